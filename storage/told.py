"""What an alert tells, and what is known of a story, as the JSON that their rows keep."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from news.alert import Change, Item, Outlet, Told
from news.article import Span
from news.telling import Facts


def told_to_json(told: Told) -> dict[str, Any]:
    """Plain values, times in ISO 8601."""
    return {
        "article_id": told.article_id,
        "title": told.title,
        "url": told.url,
        "source": told.source,
        "excerpt": told.excerpt,
        "title_spans": [(span.start, span.end) for span in told.title_spans],
        "excerpt_spans": [(span.start, span.end) for span in told.excerpt_spans],
        "authors": list(told.authors),
        "published_at": told.published_at.isoformat() if told.published_at else None,
        "found_at": told.found_at.isoformat() if told.found_at else None,
        "language": told.language,
        "resurfaced_from": told.resurfaced_from.isoformat() if told.resurfaced_from else None,
    }


def told_from_json(kept: dict[str, Any]) -> Told:
    """The value again."""
    return Told(
        article_id=kept["article_id"],
        title=kept["title"],
        url=kept["url"],
        source=kept["source"],
        excerpt=kept["excerpt"],
        title_spans=tuple(Span("title", start, end) for start, end in kept["title_spans"]),
        excerpt_spans=tuple(Span("text", start, end) for start, end in kept["excerpt_spans"]),
        authors=tuple(kept["authors"]),
        published_at=_instant(kept["published_at"]),
        found_at=_instant(kept["found_at"]),
        language=kept["language"],
        resurfaced_from=_instant(kept.get("resurfaced_from")),
    )


def items_to_json(items: Iterable[Item]) -> list[dict[str, Any]]:
    """The stories of an alert as plain values."""
    return [
        {
            "watch": item.watch,
            "watch_id": item.watch_id,
            "told": told_to_json(item.told),
            "others": [[one.source, one.title, one.url, one.is_copy] for one in item.others],
            "changes": [[change.kind, change.says, change.before, change.now] for change in item.changes],
        }
        for item in items
    ]


def items_from_json(kept: Iterable[dict[str, Any]]) -> tuple[Item, ...]:
    """The stories again."""
    return tuple(
        Item(
            watch=one["watch"],
            told=told_from_json(one["told"]),
            others=tuple(Outlet(*other) for other in one["others"]),
            changes=tuple(Change(*change) for change in one["changes"]),
            watch_id=one.get("watch_id", 0),
        )
        for one in kept
    )


def facts_to_json(facts: Facts) -> dict[str, Any]:
    """What is known of a story as plain values."""
    return {"figures": {language: dict(figures) for language, figures in facts.figures.items()}}


def facts_from_json(kept: dict[str, Any]) -> Facts:
    """The facts again; none of a thread that was made when nothing was kept of it."""
    return Facts(kept.get("figures", {}))


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
