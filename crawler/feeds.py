"""Feeds read: RSS 0.9 to 2.0, RDF and Atom by feedparser, JSON Feed by our own code."""

import calendar
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from time import struct_time
from typing import Any

import feedparser

from crawler.dates import believable
from crawler.decoding import decoded
from crawler.jsonfeed import is_json_feed, read_json_feed
from crawler.markup import root_name, xml_text
from crawler.titles import Writing, plain_title
from news.errors import FeedError
from news.source import FoundLink
from news.url import joined, key

MOST_ENTRIES = 1_000
_MOST_TAGS = 400_000  # feedparser spends seconds and hundreds of megabytes on more
_LOOKED_AT = 8_192
_WEEK = 7 * 24 * 3600
_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": _WEEK, "monthly": 30 * 86_400, "yearly": 365 * 86_400}
_ENTRY_END = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What a feed says: its links in the feed's order, at most 1,000 (`is_truncated` where it had more).

    `ttl_seconds` is how long the publisher asks to be left alone, up to a week; `hub` is its WebSub hub, or empty.
    """

    title: str
    links: tuple[FoundLink, ...]
    is_truncated: bool = False
    ttl_seconds: int | None = None
    hub: str = ""


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
        title, found, hub = read_json_feed(body, url, now, content_type)
        links, is_truncated = _distinct(found)
        return ParsedFeed(title, links, is_truncated, hub=hub)
    text = xml_text(body, content_type)
    if root_name(text).lower() in ("html", "head", "body"):
        raise FeedError("the answer is a web page, not a feed", "give the address of the feed itself")
    text, is_cut = _cut(text)
    parsed = _parsed(text)
    is_atom = parsed["version"].startswith("atom")
    links, is_truncated = _distinct(_links(parsed["entries"], url, now, is_atom=is_atom))
    about = parsed["feed"]
    return ParsedFeed(_title(about, is_atom=is_atom), links, is_cut or is_truncated, _ttl(about), _hub(about, url))


def _cut(text: str) -> tuple[str, bool]:
    """The text without the entries past the limit, for feedparser is slow; whatever follows the last one is kept."""
    ends = [found.end() for found in _ENTRY_END.finditer(text)]
    if len(ends) <= MOST_ENTRIES:
        return text, False
    return text[: ends[MOST_ENTRIES - 1]] + text[ends[-1] :], True


def _parsed(text: str) -> Any:
    """feedparser's result. Only a stream is handed over: a string it might take for a path or a URL to open."""
    if text.count("<") > _MOST_TAGS:
        raise FeedError(f"the feed holds more than {_MOST_TAGS:,} tags", "no feed of articles needs as many")
    stream = io.BytesIO(text.encode("utf-8"))
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        parsed = feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # it promises none, yet broken markup brings out many kinds
        raise FeedError(f"the feed cannot be read: {type(error).__name__} in its markup") from error
    if parsed["entries"]:
        return parsed
    if not parsed["version"]:
        raise FeedError("the answer is not a feed")
    if parsed["bozo"] and f"</{root_name(text)}>" not in text[-1_000:].replace(" ", ""):
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
                yield FoundLink(link, _title(entry, is_atom=is_atom), _published(entry, now))
                break


def _candidates(entry: Any) -> Iterator[str]:
    """The addresses that an entry gives for its article, the best first."""
    yield from _texts(entry, "feedburner_origlink", "pheedo_origlink")
    guid = str(dict.get(entry, "id", ""))
    is_permalink = guid.startswith(("http://", "https://"))
    if not dict.get(entry, "guidislink") or is_permalink:  # else feedparser may have taken a bare number for a link
        yield from _texts(entry, "link")
    for link in _relations(entry, "alternate"):
        yield from _texts(link, "href")
    if is_permalink and dict.get(entry, "guidislink") is not False:
        yield guid


def _relations(mapping: Any, relation: str) -> Iterator[Any]:
    """The `link` elements of this relation. A feed may overwrite any of feedparser's names with a tag of that name."""
    links = dict.get(mapping, "links")
    for link in links if isinstance(links, list) else ():
        if dict.get(link, "rel") == relation:
            yield link


def _texts(mapping: Any, *names: str) -> Iterator[str]:
    """The values of these names that are text and not empty. `dict.get` keeps clear of feedparser's aliases."""
    for name in names:
        value = dict.get(mapping, name)
        if isinstance(value, str) and value.strip():
            yield value


def _published(entry: Any, now: datetime) -> datetime | None:
    for name in ("published_parsed", "updated_parsed", "created_parsed"):
        value = dict.get(entry, name)
        if isinstance(value, struct_time):
            try:
                instant = datetime.fromtimestamp(calendar.timegm(value), UTC)
            except (ValueError, OverflowError, OSError):
                continue
            return believable(instant, now)
    return None


def _title(mapping: Any, *, is_atom: bool) -> str:
    """The title of a feed or an entry; Atom says how it is written, RSS does not."""
    detail = dict.get(mapping, "title_detail")
    is_text = isinstance(detail, dict) and dict.get(detail, "type") == "text/plain"
    writing: Writing = "either" if not is_atom else "text" if is_text else "markup"
    return plain_title(next(_texts(mapping, "title"), ""), writing)


def _ttl(about: Any) -> int | None:
    """Seconds from `ttl` (minutes) or the syndication module's period and frequency; None where neither is sane."""
    minutes = next(_texts(about, "ttl"), "")
    if minutes.isascii() and minutes.isdigit() and 0 < len(minutes) < 10:
        return min(int(minutes) * 60, _WEEK) or None
    period = _PERIODS.get(next(_texts(about, "sy_updateperiod"), "").lower())
    if period is None:
        return None
    times = next(_texts(about, "sy_updatefrequency"), "1")
    frequency = int(times) if times.isascii() and times.isdigit() and len(times) < 5 else 1
    return min(period // max(frequency, 1), _WEEK)


def _hub(about: Any, url: str) -> str:
    for link in _relations(about, "hub"):
        for address in _texts(link, "href"):
            return joined(url, address) or ""
    return ""
