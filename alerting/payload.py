"""The JSON that a webhook carries: versioned, told in docs/webhooks.md, described by webhook.schema.json. Pure."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from news.alert import Alert, AlertKind, Change, Item, Outlet, Told

SOURCE_TYPES = ("source.silent", "source.failing", "source.blocked", "source.suspect", "source.back")
TYPES: dict[AlertKind, str] = {
    "match": "article.matched",
    "update": "story.updated",
    "digest": "digest",
    "spike": "watch.spike",
    "channel": "channel.paused",
    "problem": "vigie.problem",
    "solved": "vigie.solved",
}
VERSION = 2


def payload(alert: Alert, thread_key: str = "") -> dict[str, Any]:
    """The alert as plain values; the hits count characters (Unicode code points) of the title or excerpt given here."""
    return {
        "type": TYPES.get(alert.kind, f"source.{alert.kind}"),
        "version": VERSION,
        "timestamp": _instant(alert.decided_at),
        "data": {"sequence": alert.sequence, "test": alert.is_test, **_told(alert, thread_key)},
    }


def body(alert: Alert, thread_key: str = "") -> bytes:
    """The bytes that are signed and sent: UTF-8, compact. A lone surrogate, which UTF-8 has not, becomes `?`."""
    return json.dumps(payload(alert, thread_key), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def schema() -> dict[str, Any]:
    """The JSON Schema that every payload obeys."""
    text = Path(__file__).with_name("webhook.schema.json").read_text(encoding="utf-8")
    described: dict[str, Any] = json.loads(text)
    return described


def _told(alert: Alert, thread_key: str) -> dict[str, Any]:
    told = alert.told
    if alert.kind not in TYPES:
        return {"source": {"name": told.source, "url": told.url}, "title": told.title, "text": told.excerpt}
    if alert.kind == "channel":
        return {"channel": {"name": told.source}, "title": told.title, "text": told.excerpt}
    if alert.kind in ("problem", "solved"):
        return {"problem": {"kind": told.source}, "title": told.title, "text": told.excerpt}
    of_watch = {"watch": alert.watch, "query": alert.query}
    if alert.kind == "spike":
        return {**of_watch, "title": told.title, "text": told.excerpt}
    if alert.kind == "digest":
        stories = [{"watch": item.watch, **_item(item)} for item in alert.items]
        return {**of_watch, "title": told.title, "text": told.excerpt, "stories": stories}
    item = next(iter(alert.items), Item(alert.watch, told))
    if alert.kind == "match":
        return {**of_watch, **_item(item)}
    story = {"title": told.title, "url": told.url, "first": thread_key or None}
    return {**of_watch, "story": story, **_item(item)}


def _item(item: Item) -> dict[str, Any]:
    told = item.told
    return {
        "article": _article(told),
        "hits": [
            {"field": field, "start": span.start, "end": span.end}
            for field, spans in (("title", told.title_spans), ("excerpt", told.excerpt_spans))
            for span in spans
        ],
        "others": _others(item.others),
        "changes": _changes(item.changes),
    }


def _article(told: Told) -> dict[str, Any]:
    return {
        "id": told.article_id,
        "title": told.title,
        "url": told.url,
        "source": told.source,
        "authors": list(told.authors),
        "published_at": _instant(told.published_at),
        "found_at": _instant(told.found_at),
        "language": told.language,
        "excerpt": told.excerpt,
        "resurfaced_from": _instant(told.resurfaced_from),
    }


def _others(others: Iterable[Outlet]) -> list[dict[str, Any]]:
    return [{"source": one.source, "title": one.title, "url": one.url, "copy": one.is_copy} for one in others]


def _changes(changes: Iterable[Change]) -> list[dict[str, Any]]:
    return [
        {"kind": one.kind, "text": one.says, "before": one.before or None, "now": one.now or None} for one in changes
    ]


def _instant(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z") if instant else None
