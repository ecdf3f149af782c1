"""The statements that SQLite and PostgreSQL spell alike but SQLAlchemy keeps in two places."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert(connection: AsyncConnection, table: Table) -> Any:
    """The dialect's own INSERT, which knows ON CONFLICT."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


async def insert_new(connection: AsyncConnection, table: Table, values: Mapping[str, Any]) -> int | None:
    """Insert a row; its id, or None where a unique key says that it was there already."""
    statement = insert(connection, table).values(**values).on_conflict_do_nothing().returning(table.c.id)
    return (await connection.execute(statement)).scalar_one_or_none()


async def insert_missing(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert those rows whose unique keys are not taken."""
    if rows:
        await connection.execute(insert(connection, table).on_conflict_do_nothing(), [dict(row) for row in rows])


async def insert_or_update(
    connection: AsyncConnection, table: Table, values: Mapping[str, Any], key: Sequence[str], update: Sequence[str]
) -> int:
    """Insert a row, or update the named columns of the one that has the same key; the row's id."""
    statement = insert(connection, table).values(**values)
    statement = statement.on_conflict_do_update(
        index_elements=list(key), set_={name: statement.excluded[name] for name in update}
    ).returning(table.c.id)
    return int((await connection.execute(statement)).scalar_one())
