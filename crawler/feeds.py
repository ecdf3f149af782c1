"""Feeds read: RSS 0.9 to 2.0, RDF and Atom by feedparser, JSON Feed by our own code."""

import calendar
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from time import struct_time
from typing import Any

import feedparser

from crawler.dates import believable, read_date
from crawler.decoding import decoded
from crawler.hints import own_address, related, relations, skipped_days, skipped_hours, texts, time_to_live
from crawler.jsonfeed import is_json_feed, read_json_feed
from crawler.markup import root_name, xml_text
from crawler.plainfeed import read_plain_feed
from crawler.titles import Writing, plain_title
from news.errors import FeedError
from news.source import FoundLink
from news.url import joined, key

MOST_ENTRIES = 1_000
_LOOKED_AT = 8_192
_ENTRY = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)(?=[\s/>])", re.IGNORECASE)
_ENTRY_END = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
# feedparser's time by what it reads: 14 to 23 µs a tag, 2 µs an ampersand; this is three seconds at most.
_MOST_WORK = 500_000
_TAG_WORK = 4
# What feedparser does in the square of their number, on elements that nobody reads here and on one tag's attributes.
_CATEGORY = re.compile(r"</?(?:[\w.-]+:)?(?:category|keywords|subject|tags)(?=[\s/>])[^<>]*>", re.IGNORECASE)
_MANY_ATTRIBUTES = re.compile(
    r"""<[\w:.-]++(?:\s++[^\s<>=]++(?:\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'|[^\s<>"']++))?+){500}"""
)


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What a feed says: its links in the feed's order, at most 1,000 (`is_truncated` where it had more).

    `ttl` is how many seconds the publisher asks to be left alone, up to a week, 0 where nothing is asked; `skip_hours`
    (UTC, 0 to 23) and `skip_days` (0 is Monday) are when asking is no use. `hub` is its WebSub hub, `topic` the feed's
    own address as written, which the hub knows it by, `next_page` where its older entries are; empty where unknown.
    """

    title: str
    links: tuple[FoundLink, ...]
    is_truncated: bool = False
    ttl: int = 0
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    hub: str = ""
    topic: str = ""
    next_page: str = ""


def looks_like_feed(body: bytes, content_type: str = "") -> bool:
    """Whether the bytes begin as a feed does; what the server calls them counts for nothing."""
    start = decoded(body[:_LOOKED_AT], content_type).lstrip()
    if start.startswith("{"):
        return is_json_feed(body, content_type)
    start = start[max(start.find("<?xml"), 0) :]
    root = root_name(start).lower()
    return root in ("rss", "feed") or (root == "rdf" and ("purl.org/rss" in start or "my.netscape.com/rdf" in start))


def parse_feed(body: bytes, url: str, now: datetime, content_type: str = "") -> ParsedFeed:
    """What the feed at `url` says; a feed without entries is fine.

    Links are resolved and in normal form, each once; what leads nowhere Vigie may go is left out. Dates before 1990 or
    more than a day after `now` are taken for unknown. Raises FeedError for what is no feed, broken beyond repair, or
    declares XML entities.
    """
    if decoded(body[:_LOOKED_AT], content_type).lstrip().startswith("{"):
        feed = read_json_feed(body, url, now, content_type)
        links, is_truncated = _distinct(feed.links)
        return ParsedFeed(feed.title, links, is_truncated, hub=feed.hub, topic=feed.topic, next_page=feed.next_page)
    text = xml_text(body, content_type)
    if root_name(text).lower() in ("html", "head", "body"):
        raise FeedError("the answer is a web page, not a feed", "give the address of the feed itself")
    text, is_cut = _cut(text, MOST_ENTRIES)
    parsed = read_plain_feed(text)
    if parsed is None:
        text, is_cut_again = _affordable(text)
        is_cut = is_cut or is_cut_again
        parsed = _parsed(text)
    is_atom = parsed["version"].startswith("atom")
    links, is_truncated = _distinct(_links(parsed["entries"], url, now, is_atom=is_atom))
    about = parsed["feed"]
    around = _around(text)
    return ParsedFeed(
        _title(about, is_atom=is_atom),
        links,
        is_cut or is_truncated,
        time_to_live(about),
        skipped_hours(around),
        skipped_days(around),
        related(about, url, "hub"),
        own_address(about, url),
        related(about, url, "next", "prev-archive"),
    )


def _cut(text: str, most: int) -> tuple[str, bool]:
    """The text without its entries past the limit, and whether there were any; what follows the last one is kept."""
    starts = [found.start() for found in _ENTRY.finditer(text)]
    if len(starts) <= most:
        return text, False
    return text[: starts[most]] + _after_entries(text), True


def _after_entries(text: str) -> str:
    end = max(text.rfind("</item"), text.rfind("</entry"), text.rfind(":item"), text.rfind(":entry"))
    found = _ENTRY_END.search(text, max(text.rfind("<", 0, end + 1), 0)) if end != -1 else None
    return text[found.end() :] if found else ""


def _around(text: str) -> str:
    """What a feed says of itself, before its first entry and after its last, as far as one would look for it."""
    first = _ENTRY.search(text)
    if first is None:
        return text[: 8 * _LOOKED_AT]
    return text[: min(first.start(), 8 * _LOOKED_AT)] + _after_entries(text)[: 8 * _LOOKED_AT]


def _affordable(text: str) -> tuple[str, bool]:
    """The text with as many of its entries as feedparser reads in good time. Raises FeedError for a monstrous one."""
    is_cut = _work(text, 0, len(text)) > _MOST_WORK
    if is_cut:
        text = _within(text, _MOST_WORK)
    if _MANY_ATTRIBUTES.search(text):
        raise FeedError("the feed has a tag of hundreds of attributes", "no feed of articles needs as many")
    return _CATEGORY.sub("", text), is_cut


def _within(text: str, most: int) -> str:
    """The text without the entries that would take it past this much work."""
    starts = [found.start() for found in _ENTRY.finditer(text)]
    works = accumulate(_work(text, begin, end) for begin, end in pairwise((0, *starts)))
    affordable = sum(work <= most for work in works) - 1
    if affordable > 0:
        text = _cut(text, affordable)[0]
    if _work(text, 0, len(text)) > most:
        raise FeedError("the feed has an entry of more tags than can be read", "no feed of articles needs as many")
    return text


def _work(text: str, start: int, end: int) -> int:
    return _TAG_WORK * text.count("<", start, end) + text.count("&", start, end)


def _parsed(text: str) -> Any:
    """feedparser's result. Only a stream is handed over: a string it might take for a path or a URL to open."""
    stream = io.BytesIO(text.encode("utf-8"))
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        parsed = feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # it promises none, yet broken markup brings out many kinds
        raise FeedError(f"the feed cannot be read: {type(error).__name__} in its markup") from error
    if parsed["entries"]:
        return parsed
    if not parsed["version"] and root_name(text).lower() != "channel":  # CDF has no version
        raise FeedError("the answer is not a feed")
    if parsed["bozo"] and not re.search(rf"</(?:[\w.-]+:)?{re.escape(root_name(text))}", text[-1_000:]):
        raise FeedError("the feed breaks off before its first entry")
    return parsed


def _distinct(links: Iterable[FoundLink]) -> tuple[tuple[FoundLink, ...], bool]:
    """The first of each link up to the limit, and whether there were more."""
    distinct: dict[str, FoundLink] = {}
    for link in links:
        name = key(link.url)
        if name not in distinct and len(distinct) == MOST_ENTRIES:
            return tuple(distinct.values()), True
        distinct.setdefault(name, link)
    return tuple(distinct.values()), False


def _links(entries: Iterable[Any], url: str, now: datetime, *, is_atom: bool) -> Iterator[FoundLink]:
    for entry in entries:
        for candidate in _candidates(entry):
            link = joined(url, candidate)
            if link is not None:
                published, modified = _instants(entry, now)
                yield FoundLink(link, _title(entry, is_atom=is_atom), published, modified)
                break


def _candidates(entry: Any) -> Iterator[str]:
    """The addresses that an entry gives for its article, the best first."""
    yield from filter(_is_full, texts(entry, "feedburner_origlink", "pheedo_origlink"))
    guid = str(dict.get(entry, "id", ""))
    is_permalink = _is_full(guid)
    may_be_link = is_permalink or not dict.get(entry, "guidislink")  # else feedparser takes a bare number for a link
    yield from (link for link in texts(entry, "link") if may_be_link or link != guid)
    for link in relations(entry, "alternate"):
        yield from texts(link, "href")
    if is_permalink and dict.get(entry, "guidislink") is not False:
        yield guid


def _is_full(address: str) -> bool:
    return address[:8].lower().startswith(("http://", "https://"))


def _instants(entry: Any, now: datetime) -> tuple[datetime | None, datetime | None]:
    """When an entry was published, and when it was last changed."""
    published, updated, created = (_instant(entry, name, now) for name in ("published", "updated", "created"))
    return published or updated or created, updated


def _instant(entry: Any, name: str, now: datetime) -> datetime | None:
    value = dict.get(entry, f"{name}_parsed")
    if isinstance(value, struct_time):
        try:
            return believable(datetime.fromtimestamp(calendar.timegm(value), UTC), now)
        except (ValueError, OverflowError, OSError):
            return None
    return read_date(next(texts(entry, name), ""), now)  # feedparser reads no mail date without a zone


def _title(mapping: Any, *, is_atom: bool) -> str:
    """The title of a feed or an entry; Atom says how it is written, RSS does not."""
    detail = dict.get(mapping, "title_detail")
    is_text = isinstance(detail, dict) and dict.get(detail, "type") == "text/plain"
    writing: Writing = "either" if not is_atom else "text" if is_text else "markup"
    return plain_title(next(texts(mapping, "title"), ""), writing)
