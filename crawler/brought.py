"""What a spider of the user's own brings: a page to be read, or an article as it stands. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

from scrapy.http import Response

from crawler.dates import believable
from news import url as urls
from news.article import Article, Page
from news.errors import BadUrlError, VigieError
from news.source import FoundLink
from news.text import storable

LONGEST_TEXT = 1_000_000  # characters
_LONGEST_TITLE = 1_000
_LANGUAGE = re.compile(r"[a-z]{2}")
_SHAPES = "an item is a response, or has `url` and `body`, or `url`, `title` and `text`"


class BadItemError(VigieError):
    """An item that is neither a page nor an article."""


@dataclass(frozen=True, slots=True)
class Brought:
    """One item: where it belongs, and what it is."""

    link: FoundLink
    what: Page | Article


def believed(one: Brought, now: datetime) -> Brought:
    """The same, published now where it claims to come from the future, and at an unknown time before the web."""
    claimed = one.link.published_at
    published_at = None if claimed is None else believable(min(claimed, now), now)
    link = replace(one.link, published_at=published_at)
    what = replace(one.what, published_at=published_at) if isinstance(one.what, Article) else one.what
    return Brought(link, what)


def brought(item: Any) -> Brought:
    """What an item is. Raises BadItemError, which says what is wrong with it."""
    if isinstance(item, Response):
        header = (item.headers.get("Content-Type") or b"").decode("latin-1")
        page = Page(_url(item.url), item.body, header)
        return Brought(FoundLink(page.url), page)
    if isinstance(item, Mapping):
        values = dict(item)
    elif is_dataclass(item) and not isinstance(item, type):
        values = {entry.name: getattr(item, entry.name) for entry in fields(item)}
    else:
        raise BadItemError(f"it has yielded {_shown(item)}", _SHAPES)
    url = _url(values.get("url"))
    return _article(url, values) if values.get("text") is not None else _page(url, values)


def _page(url: str, values: Mapping[str, Any]) -> Brought:
    body = values.get("body") if values.get("body") is not None else values.get("html")
    if isinstance(body, str):
        page = Page(url, body.encode("utf-8", "replace"), "text/html; charset=utf-8")
    elif isinstance(body, bytes):
        page = Page(url, body, str(values.get("content_type") or ""))
    else:
        raise BadItemError(f"the item of {url} has no text and no body", _SHAPES)
    return Brought(FoundLink(url, published_at=_instant(values.get("published_at"))), page)


def _article(url: str, values: Mapping[str, Any]) -> Brought:
    title, text = values.get("title"), values["text"]
    if not isinstance(title, str) or not title.strip():
        raise BadItemError(f"the item of {url} has no title", _SHAPES)
    if not isinstance(text, str) or not text.strip():
        raise BadItemError(f"the text of {url} is empty, or no text", _SHAPES)
    if len(text) > LONGEST_TEXT:
        raise BadItemError(f"the text of {url} is longer than {LONGEST_TEXT} characters")
    published_at = _instant(values.get("published_at"))
    article = Article(
        url=url,
        canonical_url=url,
        title=storable(" ".join(title.split()))[:_LONGEST_TITLE],
        text=storable(text.strip()),
        authors=_authors(values.get("authors")),
        published_at=published_at,
        language=_language(values.get("language")),
    )
    return Brought(FoundLink(url, article.title, published_at), article)


def _url(url: Any) -> str:
    if not isinstance(url, str):
        raise BadItemError("an item has no url", _SHAPES)
    try:
        return urls.normal(url)
    except BadUrlError as error:
        raise BadItemError(f"an item's url is none: {error.message}") from None


def _authors(written: Any) -> tuple[str, ...]:
    names = [written] if isinstance(written, str) else written or ()
    if not isinstance(names, list | tuple | set):
        raise BadItemError(f"authors are no list of names: {_shown(written)}")
    return tuple(storable(name.strip()) for name in names if isinstance(name, str) and name.strip())


def _language(written: Any) -> str | None:
    code = written.lower()[:2] if isinstance(written, str) else ""
    return code if _LANGUAGE.fullmatch(code) else None


def _instant(written: Any) -> datetime | None:
    """A time in UTC, which is what one without a zone is taken for. Raises BadItemError for what is no time."""
    if written is None or written == "":
        return None
    try:
        read = datetime.fromisoformat(written) if isinstance(written, str) else written
        if not isinstance(read, datetime) and isinstance(read, date):
            read = datetime.combine(read, time())
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise BadItemError(f"published_at is no time: {_shown(written)}", "write it as 2026-11-20T08:30:00Z") from None


def _shown(thing: Any) -> str:
    return f"{type(thing).__name__} {str(thing)[:80]!r}"
