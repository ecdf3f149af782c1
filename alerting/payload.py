"""The JSON that a webhook carries: versioned, told in docs/webhooks.md, described by webhook.schema.json. Pure."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from news.alert import Alert, Told

TYPE = "article.matched"
SOURCE_TYPES = ("source.silent", "source.failing", "source.blocked", "source.suspect", "source.back")
CHANNEL_TYPE = "channel.paused"
VERSION = 1


def payload(alert: Alert) -> dict[str, Any]:
    """The alert as plain values; the hits count characters (Unicode code points) of the title or excerpt given here."""
    told = alert.told
    head = {
        "type": _type(alert),
        "version": VERSION,
        "timestamp": _instant(alert.decided_at),
        "sequence": alert.sequence,
        "test": alert.is_test,
    }
    if alert.kind == "channel":
        return {**head, "channel": {"name": told.source}, "title": told.title, "text": told.excerpt}
    if alert.kind != "match":
        source = {"name": told.source, "url": told.url}
        return {**head, "source": source, "title": told.title, "text": told.excerpt}
    return {
        **head,
        "watch": alert.watch,
        "query": alert.query,
        "article": _article(told),
        "hits": [
            {"field": field, "start": span.start, "end": span.end}
            for field, spans in (("title", told.title_spans), ("excerpt", told.excerpt_spans))
            for span in spans
        ],
    }


def _type(alert: Alert) -> str:
    if alert.kind == "match":
        return TYPE
    return CHANNEL_TYPE if alert.kind == "channel" else f"source.{alert.kind}"


def body(alert: Alert) -> bytes:
    """The bytes that are signed and sent: UTF-8, compact. A lone surrogate, which UTF-8 has not, becomes `?`."""
    return json.dumps(payload(alert), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def schema() -> dict[str, Any]:
    """The JSON Schema that every payload obeys."""
    text = Path(__file__).with_name("webhook.schema.json").read_text(encoding="utf-8")
    described: dict[str, Any] = json.loads(text)
    return described


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
    }


def _instant(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z") if instant else None
