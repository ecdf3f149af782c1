"""JSON Feed, versions 1 and 1.1 (jsonfeed.org)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crawler.dates import read_date
from crawler.decoding import decoded
from crawler.hints import as_written
from crawler.titles import plain_title
from news.errors import FeedError
from news.source import FoundLink
from news.url import joined

_NAME = "jsonfeed.org/version/"
_LOOKED_AT = 2_048


def is_json_feed(body: bytes, content_type: str = "") -> bool:
    """Whether a JSON object says near its start that it is a JSON Feed, or its server does."""
    start = decoded(body[:_LOOKED_AT], content_type).replace("\\/", "/")
    return _NAME in start or content_type.lower().startswith("application/feed+json")


@dataclass(frozen=True, slots=True)
class JsonFeed:
    """A JSON Feed's title, its links in order (repeats and all), and its addresses, empty where there are none.

    `hub` is its WebSub hub, `topic` the feed's own URL as written, `next_page` where its older items are.
    """

    title: str
    links: Iterator[FoundLink]
    hub: str = ""
    topic: str = ""
    next_page: str = ""


def read_json_feed(body: bytes, url: str, now: datetime, content_type: str = "") -> JsonFeed:
    """What the feed at `url` says. Raises FeedError for what is no JSON, or no feed."""
    try:
        feed = json.loads(decoded(body, content_type))
    except (ValueError, RecursionError) as error:
        raise FeedError("the answer is neither a feed nor JSON that can be read") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list) or not (_text(feed, "version") or items):
        raise FeedError("the answer is JSON, but not a JSON Feed: it has no items")
    hubs = feed.get("hubs")
    websub = (hub for hub in hubs if isinstance(hub, dict)) if isinstance(hubs, list) else ()
    return JsonFeed(
        plain_title(_text(feed, "title")),
        _links(items, url, now),
        next((_address(hub, "url", url) for hub in websub if _text(hub, "type").lower() == "websub"), ""),
        as_written(url, own) if (own := _text(feed, "feed_url").strip()) else "",
        _address(feed, "next_url", url),
    )


def _links(items: list[Any], url: str, now: datetime) -> Iterator[FoundLink]:
    for item in items:
        if not isinstance(item, dict):
            continue
        link = next(filter(None, (joined(url, address) for address in _addresses(item))), None)
        if link is not None:
            modified = _text(item, "date_modified")
            published_at = read_date(_text(item, "date_published") or modified, now)
            yield FoundLink(link, plain_title(_text(item, "title")), published_at, read_date(modified, now))


def _addresses(item: dict[str, Any]) -> Iterator[str]:
    """The item's own page first; `id` only where it is a full URL, as the standard advises."""
    for name in ("url", "external_url", "id"):
        address = _text(item, name).strip()
        if address and (name != "id" or address.startswith(("http://", "https://"))):
            yield address


def _address(mapping: dict[str, Any], name: str, base: str) -> str:
    address = _text(mapping, name).strip()
    return (joined(base, address) or "") if address else ""


def _text(mapping: dict[str, Any], name: str) -> str:
    value = mapping.get(name)
    return value if isinstance(value, str) else ""
