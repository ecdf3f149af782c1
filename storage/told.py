"""What an alert tells, as the JSON that its row keeps."""

from datetime import datetime
from typing import Any

from news.alert import Told
from news.article import Span


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
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
