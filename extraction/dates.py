"""When an article was published and changed: JSON-LD, meta tags, what is shown about the title, then a guess."""

import re
from collections.abc import Iterator
from datetime import datetime, tzinfo
from itertools import islice
from typing import NamedTuple

from extraction.calendar import turns
from extraction.datelines import dated_titles, is_dateline, is_of_story
from extraction.document import Document
from extraction.guessed_day import guessed_day
from extraction.instants import Moment, mail_moment, names_no_day, read_instant, read_moment, unix_order, written_moment
from extraction.lines import tidy
from extraction.provenance import Told
from extraction.zones import local_zone
from news.text import clip
from news.url import host

__all__ = ["in_order", "modified", "published", "published_at", "read_instant"]

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "datepublished", "og:pubdate", "og:published_time",
    "pubdate", "publishdate", "publish_date", "publication_date", "dc.date.issued", "dcterms.created", "dc.date",
    "dcterms.date", "date", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "article.published",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "dcterms.modified",
    "dc.date.modified", "last-modified", "article.updated",
)  # fmt: skip
_ABOVE, _BELOW = 4, 10  # lines around the title in which a page says when
_LONGEST = 160  # characters of such a line
_DAY_FIRST_HOSTS = frozenset({"uk", "ie", "au", "nz", "in", "za"})
_LONGEST_QUOTED = 40  # characters
_LIKE_ISO = re.compile(r"\s*\d{4}-\d\d-\d\dT")
_YEAR = re.compile(r"\d{4}")
_MOST_TIMES, _FEW = 40, 8  # elements, and texts in one


class _Page(NamedTuple):
    """A page, and how it writes dates: where its clocks are, and whether its months come first."""

    document: Document
    zone: tzinfo
    month_first: bool


def _page(document: Document, spoken: str | None) -> _Page:
    claim = (document.tree.get("lang") or "").lower()
    country = host(document.url).rpartition(".")[2]
    if spoken and spoken != "en":
        month_first = False
    elif claim:
        month_first = claim in ("en", "en-us", "en_us") and country not in _DAY_FIRST_HOSTS
    else:
        month_first = len(country) != 2 or country == "us"
    return _Page(document, local_zone(document, spoken), month_first)


def _declared(document: Document, properties: tuple[str, ...], names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Each date that the page declares, and where."""
    for name in properties:
        yield from ((text, "json-ld") for text in document.data.get(name, ()))
    for name in names:
        yield from ((text, f"meta {name}") for text in document.meta.get(name, ()))


def _origin(origin: str, moment: Moment, zone: tzinfo, aside: str = "") -> str:
    guess = f", taken as {zone}" if moment.has_time and not moment.has_zone else ""
    return f"{origin}{guess}{aside}"


def _read(text: str, page: _Page) -> Moment | None:
    """A declared date; one in figures that is no ISO 8601 names a wrong day, or a zone that no clock has."""
    text = text[:_LONGEST]
    moment = read_moment(text, page.zone) or mail_moment(text)
    if moment is not None or _LIKE_ISO.match(text):
        return moment
    return written_moment(unix_order(text), page.zone, month_first=page.month_first)


def _told(page: _Page, properties: tuple[str, ...], names: tuple[str, ...]) -> tuple[Told[datetime | None], set[str]]:
    """The first declared date that can be; what cannot is told beside it. And all that was refused."""
    aside = ""
    refused: set[str] = set()
    for text, origin in _declared(page.document, properties, names):
        moment = _read(text, page)
        if moment is not None:
            return Told(moment.at, _origin(origin, moment, page.zone, aside)), refused
        refused.add(text)
        why = "names no day" if names_no_day(text) else "is no date"
        aside = aside or f"; {origin} {why}: {clip(text, _LONGEST_QUOTED)!r}"
    return Told(None, aside.removeprefix("; ")), refused


def _about_title(document: Document) -> list[str]:
    """The short lines right above and below the headline, those below first. A date in it is the story's.

    So is one in a line that repeats it, such as the path to the page, or leads to a story of that day.
    """
    lines = document.lines
    at = next((at for at, line in enumerate(lines) if line.style.startswith("h1.")), 0)
    around = (*lines[at + 1 : at + 1 + _BELOW], *lines[max(0, at - _ABOVE) : at + 1])
    short = [line for line in around if len(line.text) <= _LONGEST]
    titles = dated_titles(document) if any(_YEAR.search(line.text) for line in short) else ()
    return [line.text for line in short if not is_of_story(line, titles)]


def _parts(text: str, *, changed: bool) -> list[str]:
    """What of a line is about the change, or about publication: all before a word for the former is of the latter."""
    found, start, is_change = [], 0, False
    for turn in turns().finditer(text):
        if (turn.lastgroup == "changed") != is_change:
            if is_change == changed:
                found.append(text[start : turn.start()])
            start, is_change = turn.start(), not is_change
    return [*found, text[start:]] if is_change == changed else found


def _timed(page: _Page, near: list[str], *, changed: bool) -> Moment | None:
    """What a time element says in a line about the title that is no prose."""
    for element in islice(page.document.elements.times, _MOST_TIMES):
        text, written = tidy("".join(islice(element.itertext(), _FEW))[:_LONGEST]), element.get("datetime")
        moment = _read(written, page) if text and written else None
        holding = (line for line in near if text in line) if moment is not None else ()
        if any(any(text in part for part in _parts(line, changed=changed)) and is_dateline(line) for line in holding):
            return moment
    return None


def _written(page: _Page, near: list[str], *, changed: bool) -> Moment | None:
    """The date in the lines about the title that are no prose: of the change, or of publication."""
    for line in near:
        if not _YEAR.search(line):
            continue
        for part in _parts(line, changed=changed):
            moment = written_moment(part, page.zone, month_first=page.month_first)
            if moment is not None and is_dateline(line):
                return moment
    return None


def _shown(page: _Page, aside: str = "", *, changed: bool) -> Told[datetime | None]:
    """What the page shows about its title: in a time element, else in words."""
    near = _about_title(page.document)
    for origin, find in (("time", _timed), ("text", _written)):
        moment = find(page, near, changed=changed)
        if moment is not None:
            return Told(moment.at, _origin(origin, moment, page.zone, aside))
    return Told(None)


def published(document: Document, spoken: str | None = None) -> Told[datetime | None]:
    """The instant of first publication, aware, in UTC, and its origin; midnight where only the day is known.

    A local time without zone is taken for one of the zone that host and language point to, and the origin says so.
    `spoken` is the language of the text, where the page's own word for it may be its maker's default.
    """
    page = _page(document, spoken)
    declared, refused = _told(page, ("datePublished", "dateCreated"), _PUBLISHED)
    if declared.value is not None:
        return declared
    aside = f"; {declared.origin}" if declared.origin else ""
    shown = _shown(page, aside, changed=False)
    if shown.value is not None:
        return shown
    guessed, changed = guessed_day(document, refused), _changed(page)
    if guessed is not None and (changed.value is None or changed.value.date() != guessed.date()):
        return Told(guessed, f"htmldate{aside}")
    return Told(changed.value, f"{changed.origin}, of its change{aside}") if changed.value is not None else declared


def modified(document: Document, spoken: str | None = None) -> Told[datetime | None]:
    """The instant of the last change that the page tells of, aware, in UTC, and its origin."""
    return _changed(_page(document, spoken))


def _changed(page: _Page) -> Told[datetime | None]:
    declared, _ = _told(page, ("dateModified",), _MODIFIED)
    if declared.value is not None:
        return declared
    shown = _shown(page, changed=True)
    return shown if shown.value is not None else declared


def in_order(first: Told[datetime | None], last: Told[datetime | None]) -> Told[datetime | None]:
    """The date of change; none where that of publication is later, and the origin says so."""
    if first.value is None or last.value is None or last.value >= first.value:
        return last
    return Told(None, f"{last.origin}; {last.value.isoformat()} is before publication, left out")


def published_at(document: Document) -> datetime | None:
    """The instant of first publication alone."""
    return published(document).value
