"""How much of the disk each table and index takes."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.contents import SEARCH_TABLE

_SQLITE = (
    "SELECT coalesce(m.tbl_name, s.name), s.name, sum(s.pgsize) FROM dbstat s"
    " LEFT JOIN sqlite_master m ON m.name = s.name GROUP BY s.name"
)
_POSTGRESQL = (
    "SELECT t.relname, t.relname, pg_table_size(t.oid) FROM pg_class t"
    " WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace"
    " UNION ALL SELECT t.relname, i.relname, pg_relation_size(i.oid) FROM pg_class t"
    " JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid"
    " WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace"
)


@dataclass(frozen=True, slots=True)
class Size:
    """What one table, or one index of it, takes, in bytes."""

    table: str
    name: str
    bytes: int


async def sizes(connection: AsyncConnection) -> list[Size]:
    """What each table and index takes; all parts of the full-text index belong to one table.

    SQLite tells it only where it was built with `dbstat`, as most are.
    """
    asked = _POSTGRESQL if connection.dialect.name == "postgresql" else _SQLITE
    return [
        Size(SEARCH_TABLE if row[0].startswith(SEARCH_TABLE) else row[0], row[1], row[2])
        for row in await connection.execute(text(asked))
    ]
