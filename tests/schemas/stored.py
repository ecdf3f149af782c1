"""A stored database of every schema that there has been, in the words of neither SQLite nor PostgreSQL.

`NNNN.json` has the rows by table, and a checksum of the tables themselves on each of the two: what was published is
never changed by a later hand, for databases of that schema exist.
"""

import hashlib
import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, Date, DateTime, LargeBinary, MetaData, Table, inspect, text
from sqlalchemy.types import NullType

FOLDER = Path(__file__).parent
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic on Vigie's migrations."""
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def revisions() -> list[str]:
    """Every schema that there has been, the first one first."""
    script = ScriptDirectory.from_config(alembic_config())
    return [revision.revision for revision in script.walk_revisions()][::-1]


def stored(revision: str) -> dict[str, Any]:
    """What is stored of a schema: `shape` by dialect, and `rows` by table."""
    kept: dict[str, Any] = json.loads((FOLDER / f"{revision}.json").read_text(encoding="utf-8"))
    return kept


def build(connection: Connection, revision: str) -> None:
    """The tables of a schema in an empty database, foreign keys off in SQLite."""
    command.upgrade(alembic_config(connection), revision)


def reflected(connection: Connection) -> dict[str, Table]:
    """The tables that there are, without the full-text index, each after those it refers to."""
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: not name.startswith("article_search"))
    return {table.name: table for table in metadata.sorted_tables if table.name != "alembic_version"}


def fill(connection: Connection, rows: Rows) -> None:
    """Write stored rows, and let ids go on after them."""
    for name, table in reflected(connection).items():
        for row in rows.get(name, ()):
            values = {key: read_value(connection, table.c[key], value) for key, value in row.items()}
            connection.execute(table.insert().values(values))
        if connection.dialect.name == "postgresql" and "id" in table.c and rows.get(name):
            last = f"SELECT setval(pg_get_serial_sequence('\"{name}\"', 'id'), (SELECT max(id) FROM \"{name}\"))"
            connection.execute(text(last))


def read_value(connection: Connection, column: "Column[Any]", value: Any) -> Any:
    """A stored value as the driver wants it."""
    if value is None:
        return None
    if isinstance(column.type, DateTime):
        instant = datetime.fromisoformat(value)
        return instant.replace(tzinfo=None) if connection.dialect.name == "sqlite" else instant
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    return b64decode(value) if isinstance(column.type, LargeBinary) else value


def shape(connection: Connection) -> str:
    """A checksum of tables, columns, defaults, keys and indexes, that no order and no wording of a library changes."""
    inspector, lines = inspect(connection), []
    for table in inspector.get_table_names():
        if table.startswith("article_search_") or table == "alembic_version":
            continue
        for column in inspector.get_columns(table):
            is_known = not isinstance(column["type"], NullType)
            kind = column["type"].compile(connection.dialect) if is_known else ""
            lines.append(f"{table}.{column['name']} {kind} {column['nullable']} {column['default']}")
        lines.append(f"{table} primary {inspector.get_pk_constraint(table)['constrained_columns']}")
        for index in inspector.get_indexes(table):
            lines.append(f"{table} index {index['name']} {index['column_names']} {bool(index['unique'])}")
        for unique in inspector.get_unique_constraints(table):
            lines.append(f"{table} unique {unique['name']} {unique['column_names']}")
        for key in inspector.get_foreign_keys(table):
            to = f"{key['referred_table']}{key['referred_columns']} {sorted(key['options'].items())}"
            lines.append(f"{table} refers {key['name']} {key['constrained_columns']} {to}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]
