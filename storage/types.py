"""Column types that hold the same on SQLite and PostgreSQL: aware UTC instants, clean text, JSON as text."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator

from news.text import composed, storable


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; SQLite has no zones, so it gets the naive form and gives the aware one back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; a naive datetime is a mistake of ours and refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime cannot be stored: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always aware, always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class CleanText(TypeDecorator[str]):
    """Text without what one of the databases refuses, so that both keep the same."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Clean it on its way in."""
        return None if value is None else storable(value)


class NameText(CleanText):
    """A name, which is kept and looked up as composed text: `é` may be typed as one sign or as two."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Clean and compose it on its way in."""
        cleaned = super().process_bind_param(value, dialect)
        return None if cleaned is None else composed(cleaned)


class JsonText(TypeDecorator[Any]):
    """Plain values as JSON text, cleaned likewise."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Compact JSON, characters kept readable."""
        return None if value is None else json.dumps(_clean(value), ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The values again, lists for tuples."""
        return None if value is None else json.loads(value)


class LearnedText(JsonText):
    """The same of what can be learned anew: what is no JSON is as if it were not there, and breaks nothing."""

    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The values again; None where they cannot be read."""
        try:
            return super().process_result_value(value, dialect)
        except ValueError:
            return None


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value
