"""One answer of a feed or a section page, read for its links, its rhythm and its next page. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crawler.anchors import is_same_site
from crawler.decoding import decoded
from crawler.feeds import ParsedFeed, looks_like_feed, parse_feed
from crawler.markup import root_name
from crawler.pagination import next_page_of
from crawler.patterns import SAMPLED, Patterns
from crawler.sections import page_links
from news.caps import Bite
from news.errors import FeedError
from news.source import FoundLink
from news.url import key

_KINDS = {"rss": "RSS", "rdf": "RSS 1.0", "feed": "Atom"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a feed, sitemap or section page said, at `url` after redirects.

    `kind` is its format in a word or two, `next_page` where it goes on. `news` are the files of a sitemap index that
    are news sitemaps and will last. `error` says why none of an index's files could be read, `warning` why
    some could not.
    """

    links: tuple[FoundLink, ...] = ()
    title: str = ""
    kind: str = ""
    hints: Mapping[str, Any] = field(default_factory=dict)
    hub: str = ""
    topic: str = ""
    bites: tuple[Bite, ...] = ()
    next_page: str = ""
    news: tuple[str, ...] = ()
    error: str = ""
    warning: str = ""
    url: str = ""


def read_feed(body: bytes, url: str, now: datetime, content_type: str = "", *, is_paged: bool = False) -> Reading:
    """The feed at `url`, and where it goes on if it `is_paged`. Raises FeedError like `parse_feed`."""
    parsed = parse_feed(body, url, now, content_type)
    cut = Bite("feed entries", url, f"the feed lists more than the {len(parsed.links)} entries that are read")
    return Reading(
        links=parsed.links,
        title=parsed.title,
        kind=_kind(body, content_type),
        hints=_hints(parsed),
        hub=parsed.hub,
        topic=parsed.topic,
        bites=(cut,) if parsed.is_truncated else (),
        next_page=_own(parsed.next_page, url) or next_page_of(body, url, content_type) or "" if is_paged else "",
    )


def read_section(
    body: bytes, url: str, content_type: str = "", patterns: Patterns | None = None, *, is_paged: bool = False
) -> Reading:
    """The section page at `url`, judged by what is known of the site's URLs; where it goes on if it `is_paged`.

    Raises FeedError for what is no page but a feed.
    """
    if looks_like_feed(body, content_type):
        raise FeedError(f"{url} was a page, and is a feed now")
    links = page_links(body, url, content_type, patterns)
    next_page = next_page_of(body, url, content_type) or "" if is_paged else ""
    return Reading(links.articles, kind="section page", bites=_left_out(links.left_out), next_page=next_page)


def _left_out(urls: Sequence[str]) -> tuple[Bite, ...]:
    said = f"{len(urls)} on one page: pages at such addresses were no articles; one in {SAMPLED} is fetched anyway"
    return (Bite("unlike articles", urls[0], said),) if urls else ()


def _kind(body: bytes, content_type: str) -> str:
    start = decoded(body[:8_192], content_type).lstrip("\ufeff \t\r\n")
    return "JSON Feed" if start.startswith("{") else _KINDS.get(root_name(start).lower(), "feed")


def _own(next_page: str, url: str) -> str:
    """The next page that a feed names, if it is of the feed's own site."""
    return next_page if next_page and is_same_site(next_page, url) and key(next_page) != key(url) else ""


def _hints(parsed: ParsedFeed) -> dict[str, Any]:
    """What the feed says of its own rhythm, in seconds, hours and days (0 is Monday); nothing where it says nothing."""
    said = {"ttl": parsed.ttl, "skip_hours": sorted(parsed.skip_hours), "skip_days": sorted(parsed.skip_days)}
    return {name: value for name, value in said.items() if value}
