"""What a database holds, as far as two copies of it can be compared: engine, schema, rows by table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy.engine import URL

from news.errors import StorageError
from storage.tables import metadata

EngineName = Literal["sqlite", "postgresql"]
Progress = Callable[[str, int, int], None]
"""Called with what is done, how much of it was, and of how much; 0 where that is not known."""

SCHEMA_TABLE = "alembic_version"
SEARCH_TABLE = "article_search"
MARKED = ("source", "watch")
"""Tables that backups tell of, in which what is removed is only marked so."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What one database holds. `made_with` is the program that wrote the copy, as its version tells it.

    `removed`, by table, are those of its rows that nobody sees any more; empty where that is not known.
    """

    engine: EngineName
    schema: str
    counts: Mapping[str, int]
    made_with: str = ""
    removed: Mapping[str, int] = field(default_factory=dict)

    def seen(self, table: str) -> int:
        """How many rows of a table its user would count."""
        return self.counts.get(table, 0) - self.removed.get(table, 0)


def own_tables() -> list[str]:
    """The tables that are Vigie's by now, the full-text index included and the schema's number left out."""
    return sorted([*metadata.tables, SEARCH_TABLE])


def engine_of(url: URL) -> EngineName:
    """Which of the two databases a URL names."""
    return "postgresql" if url.get_backend_name() == "postgresql" else "sqlite"


def compare(found: Contents, said: Contents) -> None:
    """Raises StorageError where a copy does not hold what it should."""
    if found.schema != said.schema:
        raise StorageError(f"the copy has schema {found.schema or 'none'} where it should have {said.schema}")
    for table in sorted(set(found.counts) | set(said.counts)):
        has, should = found.counts.get(table, 0), said.counts.get(table, 0)
        if has != should:
            raise StorageError(f"the copy has {has} rows in {table} where it should have {should}")
