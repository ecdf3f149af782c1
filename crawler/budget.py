"""Which links a visit does not follow: addresses that a site can make without end, and that no article has. Pure.

A false refusal loses an article without a word, an endless calendar costs one visit's share of pages: in doubt a link
is followed.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from news.caps import Bite
from news.source import FoundLink

LONGEST_FOLLOWED = 2_083
MOST_REPEATS = 2
_MOST_NUMBERS_REPEATED = 5  # `/11/11/11/` is a date
_MOST_FACETS = 2

_NUMBER = re.compile(r"\d{1,4}")
_SESSION_IN_PATH = re.compile(r";(?:\w*session\w*|s?sid)=|/\([SAF]\(\w{16,}\)", re.IGNORECASE)
_SESSION_NAME = re.compile(r"(?:\w*sess(?:ion)?_?(?:id)?|s?sid|cftoken|oscsid|zenid)", re.IGNORECASE)
_SESSION_VALUE = re.compile(r"(?=.*\d)[0-9a-f]{24,}|(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[0-9A-Za-z]{26,}")

_CALENDARS = "calend[ae]r|calendrier|kalender|calendario|agenda|archives?|archiv[io]?o?|events?|ev[eé]nements?"
_YEAR = r"(?:19|20|21)\d\d"
_TWO_DIGITS = r"(?:0?[1-9]|[12]\d|3[01])"
# `/2031/05/` has no day and no slug; after the name of a calendar, nothing but dates and words that pick a view.
_MONTH_ONLY = re.compile(rf"/{_YEAR}[/-](?:0?[1-9]|1[0-2])")
_IN_CALENDAR = re.compile(
    rf"(?:/[^/]+)*/(?:{_CALENDARS})(?:/(?:month|mois|week|semaine|day|jour|list|liste))?"
    rf"/{_YEAR}(?:[/-]{_TWO_DIGITS}){{0,2}}(?:\.html?|\.php)?",
    re.IGNORECASE,
)
_DATE_NAME = re.compile(
    r"(?:(?:cal|tribe-bar|event|start|end|from|to)[_-]?)?(?:date|day|jour|month|mois|year|ann[eé]e|week|semaine)",
    re.IGNORECASE,
)
_DATE_VALUE = re.compile(rf"{_YEAR}(?:[-/.]?{_TWO_DIGITS}){{0,2}}|{_TWO_DIGITS}(?:[-/.]{_TWO_DIGITS})?[-/.]{_YEAR}")
_PART_VALUE = re.compile(r"\d{1,2}|[a-z]{3,9}", re.IGNORECASE)
_VIEW_NAME = re.compile(r"view|mode|vue|lang|hl|display|cal(?:endar)?|eventdisplay|tribe.*|ical", re.IGNORECASE)
_FACET_NAME = re.compile(
    r"(?:(?:sort|order|filter|facet|refine|tri|filtre)\w*|f|fq)(?:\[\w*\])*|dir|(?:min|max)[_-]?\w*|per[_-]?page"
    r"|page[_-]?size|limit|offset|colou?r|size|brand|price|prix",
    re.IGNORECASE,
)
_PAGE_IN_PATH = re.compile(r"(?:/.*)?/(?:page|seite|p[aá]gina)[/-]\d{1,3}", re.IGNORECASE)
_PAGE_NAME = re.compile(r"page|paged|pg|seite|p[aá]gina|pageno|page_?num(?:ber)?", re.IGNORECASE)
_SLUG = re.compile(r"[^/]*[^\W\d_]{2,}[-_][^/]*[^\W\d_]{2,}[-_][^/]*|[^/]*\d{5,}[^/]*")


def verdict(url: str) -> Bite | None:
    """The budget that a link would break, None for one to be followed; the URL is in normal form."""
    if len(url) > LONGEST_FOLLOWED:
        return Bite("URL length", url, f"{len(url)} characters; links up to {LONGEST_FOLLOWED} are followed")
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    query = parse_qsl(parts.query, keep_blank_values=True)
    return (
        _repeats(url, path)
        or _session(url, path, query)
        or _calendar(url, path, query)
        or _facets(url, query)
        or _page_number(url, path, query)
    )


def within_budget(links: Iterable[FoundLink]) -> tuple[tuple[FoundLink, ...], tuple[Bite, ...]]:
    """The links to be followed, and a bite for each budget that others would break, with how many they are."""
    followed: list[FoundLink] = []
    bites: dict[str, list[Bite]] = {}
    for link in links:
        bite = verdict(link.url)
        if bite is None:
            followed.append(link)
        else:
            bites.setdefault(bite.name, []).append(bite)
    return tuple(followed), tuple(_summed(alike) for alike in bites.values())


def _summed(bites: list[Bite]) -> Bite:
    more = f"; so do {len(bites) - 1} more links" if len(bites) > 1 else ""
    return replace(bites[0], detail=bites[0].detail + more)


def _repeats(url: str, path: str) -> Bite | None:
    """The same segment over and over, which relative links on a page that is served everywhere make."""
    counts: dict[str, int] = {}
    for segment in filter(None, path.lower().split("/")):
        counts[segment] = counts.get(segment, 0) + 1
        if counts[segment] > (_MOST_NUMBERS_REPEATED if _NUMBER.fullmatch(segment) else MOST_REPEATS):
            return Bite("path repeats", url, f"/{segment} comes {counts[segment]} times in the path")
    return None


def _session(url: str, path: str, query: list[tuple[str, str]]) -> Bite | None:
    """What `news.url.normal` did not dare to take out."""
    if _SESSION_IN_PATH.search(path):
        return Bite("session id", url, "the path holds a session's number, another for each visit")
    for name, value in query:
        if _SESSION_NAME.fullmatch(name) and _SESSION_VALUE.fullmatch(value):
            return Bite("session id", url, f"{name} holds a session's number, another for each visit")
    return None


def _calendar(url: str, path: str, query: list[tuple[str, str]]) -> Bite | None:
    """A page of a calendar or archive: there is always another month."""
    if not query and (_MONTH_ONLY.fullmatch(path) or _IN_CALENDAR.fullmatch(path)):
        return Bite("calendar", url, "the path names a span of time and no article")
    dates = [name for name, value in query if _DATE_NAME.fullmatch(name) and _DATE_VALUE.fullmatch(value)]
    others = [(name, value) for name, value in query if name not in dates]
    if dates and all(_is_view(name, value) for name, value in others) and not _has_slug(path):
        return Bite("calendar", url, f"{dates[0]} names a span of time, and nothing an article")
    return None


def _is_view(name: str, value: str) -> bool:
    """Whether a parameter beside a date picks no article: a view, or the rest of the date."""
    return bool(_VIEW_NAME.fullmatch(name) or (_DATE_NAME.fullmatch(name) and _PART_VALUE.fullmatch(value)))


def _facets(url: str, query: list[tuple[str, str]]) -> Bite | None:
    """A list, sorted and filtered: every choice of three or more is a page of its own."""
    facets = [name for name, _ in query if _FACET_NAME.fullmatch(name)]
    if len(facets) > _MOST_FACETS:
        return Bite("facets", url, f"{len(facets)} parameters sort or filter a list: {', '.join(facets[:5])}")
    return None


def _page_number(url: str, path: str, query: list[tuple[str, str]]) -> Bite | None:
    """The n-th page of a list."""
    if _PAGE_IN_PATH.fullmatch(path):
        return Bite("page number", url, "the path names a further page of a list or an article")
    if len(query) == 1 and not _has_slug(path) and not path.endswith(".php"):
        [(name, value)] = query
        if _PAGE_NAME.fullmatch(name) and value.isdigit() and len(value) <= 3:
            return Bite("page number", url, f"{name} names a further page of a list")
    return None


def _has_slug(path: str) -> bool:
    """Whether the path ends as an article's may: in three words, or a number."""
    return bool(_SLUG.fullmatch(path.rpartition("/")[2]))
