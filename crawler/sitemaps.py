"""Sitemaps read: XML lists and indexes, news sitemaps, plain text and feeds, gzipped or not."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crawler.entries import Entries, Entry, read_entries
from crawler.feeds import looks_like_feed, parse_feed
from crawler.gzipped import gunzipped, is_gzipped
from news.source import FoundLink
from news.url import joined

MOST_LINKS = 10_000
MOST_CHILDREN = 500
_LARGEST = 50 * 1024 * 1024
_NEVER = datetime.min.replace(tzinfo=UTC)
_HOST = re.compile(r"^\w+://[^/]*")
_OF_NEWS = re.compile(r"news(?!letter)|actu|latest|recent|today", re.IGNORECASE)
_OF_NO_NEWS = re.compile(
    r"(?:^|[-_/.])(?:pages?(?![-_.]?\d)|categor\w*|tags?|authors?|auteurs?|images?|videos?|products?|produits?|static"
    r"|rubriques?|taxonom\w*|topics?|post_tag|users?|events?)(?![a-z])",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[-_/.]?(0[1-9]|1[0-2]))?(?:[-_/.]?([0-2]\d|3[01]))?(?!\d)")


@dataclass(frozen=True, slots=True)
class ParsedSitemap:
    """What a sitemap says: links, newest first and each once, or the sitemaps that an index names, likeliest first.

    `modified` runs parallel to `links`: when each page last changed, None where unknown. `published_at` of a link is
    from news sitemaps and feeds only: any touch to a page renews the other date. At most 10,000 links and 500
    children are kept (`is_truncated` where there were more, or the file breaks off). `child_dates` runs parallel to
    `children`: how new the newest page in each can be, by its `lastmod` and the period that its name tells, None where
    neither says.
    """

    links: tuple[FoundLink, ...] = ()
    children: tuple[str, ...] = ()
    is_news: bool = False
    is_truncated: bool = False
    modified: tuple[datetime | None, ...] = ()
    child_dates: tuple[datetime | None, ...] = ()

    def recent_only(self, since: datetime) -> tuple[FoundLink, ...]:
        """The links published or changed at `since` or later, and those that have no date at all."""
        dated = zip(self.links, self.modified, strict=True)
        newest = ((link, _newest(link.published_at, changed)) for link, changed in dated)
        return tuple(link for link, instant in newest if instant is None or instant >= since)


def parse_sitemap(body: bytes, url: str, now: datetime) -> ParsedSitemap:
    """What the sitemap at `url` says.

    Dates before 1990 or more than a day after `now` are taken for unknown. Raises FeedError for what is no sitemap,
    declares XML entities, or grows past 50 MiB when opened.
    """
    if is_gzipped(body):
        body = gunzipped(body, _LARGEST)
    if looks_like_feed(body):
        feed = parse_feed(body, url, now)
        return ParsedSitemap(feed.links, is_truncated=feed.is_truncated, modified=(None,) * len(feed.links))
    read = read_entries(body, now)
    return _index(read, url) if read.is_index else _listed(read, url)


def _listed(read: Entries, url: str) -> ParsedSitemap:
    """Sorted before the addresses are looked at, for that is the costly part and most are not kept."""
    kept: dict[str, tuple[FoundLink, Entry]] = {}
    is_truncated = read.is_truncated
    for entry in sorted(read.entries, key=_age, reverse=True):
        link = joined(url, entry.address)
        if link is None or link in kept:
            continue
        if len(kept) == MOST_LINKS:
            is_truncated = True
            break
        kept[link] = FoundLink(link, entry.title, entry.published_at, entry.modified), entry
    return ParsedSitemap(
        links=tuple(link for link, _ in kept.values()),
        is_news=any(entry.is_news for _, entry in kept.values()),
        is_truncated=is_truncated,
        modified=tuple(entry.modified for _, entry in kept.values()),
    )


def _index(read: Entries, url: str) -> ParsedSitemap:
    ranked = sorted(read.entries, key=_promise, reverse=True)
    children: dict[str, datetime | None] = {}
    for entry in ranked:
        child = joined(url, entry.address)
        if child is not None:
            children.setdefault(child, _newest_within(entry))
    return ParsedSitemap(
        children=tuple(children)[:MOST_CHILDREN],
        child_dates=tuple(children.values())[:MOST_CHILDREN],
        is_truncated=read.is_truncated or len(children) > MOST_CHILDREN,
    )


def _newest_within(entry: Entry) -> datetime | None:
    """When the newest page of a child can have changed: sitemaps of past years are often written anew every night."""
    named = _DATE.search(_HOST.sub("", entry.address))
    dates = [date for date in (entry.modified, _end(named) if named else None) if date is not None]
    return min(dates, default=None)


def _end(named: "re.Match[str]") -> datetime:
    """The end of the day, month or year named."""
    days = 1 if named[3] else 31 if named[2] else 366
    return _day(named) + timedelta(days=days)


def _newest(*dates: datetime | None) -> datetime | None:
    return max((date for date in dates if date is not None), default=None)


def _age(entry: Entry) -> datetime:
    return _newest(entry.published_at, entry.modified) or _NEVER


def by_promise(addresses: Iterable[str]) -> list[str]:
    """Addresses of sitemaps, those first whose name promises the freshest articles."""
    return sorted(addresses, key=lambda address: _promise(Entry(address)), reverse=True)


def _promise(entry: Entry) -> tuple[int, datetime, datetime]:
    """How likely a sitemap is to hold fresh articles: by its name, the date in it, then its `lastmod`.

    The date in the name goes first: many sites write the sitemaps of past years anew every night.
    """
    path = _HOST.sub("", entry.address)
    kind = 2 if _OF_NEWS.search(path) else 0 if _OF_NO_NEWS.search(path) else 1
    modified = entry.modified or _NEVER
    named = _DATE.search(path)
    return kind, _day(named) if named else modified, modified


def _day(named: "re.Match[str]") -> datetime:
    try:
        return datetime(int(named[1]), int(named[2] or 1), int(named[3] or 1), tzinfo=UTC)
    except ValueError:
        return datetime(int(named[1]), 1, 1, tzinfo=UTC)
