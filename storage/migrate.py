"""Bringing a database's schema to what this program needs, by Alembic."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, func, inspect, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.ext.asyncio import AsyncConnection

from news.errors import NoArchiveError, StorageError
from storage.contents import SCHEMA_TABLE, SEARCH_TABLE, own_tables
from storage.tables import metadata

_MIGRATING = int.from_bytes(b"vigie")
RESTORE = "restore the last backup (vigie restore FILE --replace), or ask whoever else changes this database"
_START = "make a backup (vigie backup), stop the service if it runs, and start this version: it brings it up to date"
MADE_BY = "it is made by vigie run, and by the first command that needs it"
_OURS = {"source", "article", "link", "watch", "match", "delivery"}
_COLUMNS = {
    "sqlite": "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'",
    "postgresql": "SELECT t.relname, c.attname FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid"
    " WHERE t.relkind = 'r' AND c.attnum > 0 AND NOT c.attisdropped AND pg_table_is_visible(t.oid)"
    " AND t.relnamespace <> 'pg_catalog'::regnamespace",
}


async def bring_up_to_date(connection: AsyncConnection, *, upgrades: bool = True, makes: bool = True) -> None:
    """Run the missing migrations, all in one transaction.

    Without `upgrades` a database that has a schema must have today's, and without `makes` it must have one
    (NoArchiveError). Raises StorageError if it has not, or was written by a newer Vigie, or was left half-way between
    two schemas.
    """
    # SQLite alters a table by making it anew and dropping the old one, which would take along the rows that refer to
    # it; and it knows this switch only outside of a transaction.
    await _set_foreign_keys(connection, "OFF")
    try:
        async with connection.begin():
            await connection.run_sync(_upgrade, upgrades=upgrades, makes=makes)
    finally:
        await _set_foreign_keys(connection, "ON")


def known_schemas() -> set[str]:
    """The numbers of all schemas that a database can be brought up to date from."""
    return {revision.revision for revision in ScriptDirectory.from_config(_config()).walk_revisions()}


def tables_of(schema: str) -> set[str]:
    """The tables that a database of this schema has on either engine, the one with the schema's number left out.

    They are what the migrations make, in memory and within a second; none of a schema that is not known.
    """
    if schema not in known_schemas():
        return set()
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            command.upgrade(_config(connection), schema)
            made = set(inspect(connection).get_table_names())
    finally:
        engine.dispose()
    return {name for name in made if name != SCHEMA_TABLE and not name.startswith(f"{SEARCH_TABLE}_")}


async def _set_foreign_keys(connection: AsyncConnection, state: str) -> None:
    if connection.dialect.name == "sqlite":
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None  # noqa: S101 (it was opened to come here)
        await driver.execute(f"PRAGMA foreign_keys={state}")


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection, *, upgrades: bool, makes: bool) -> None:
    if connection.dialect.name == "postgresql":
        # Of several processes that start at once, one migrates and the others find it done.
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
    config = _config(connection)
    script = ScriptDirectory.from_config(config)
    head = script.get_current_head()
    present = _present(connection, {revision.revision for revision in script.walk_revisions()})
    if present is None and not makes:
        raise NoArchiveError("the database holds no archive yet", MADE_BY)
    if present is not None and present != head and not upgrades:
        raise StorageError(f"the database has schema {present}, and this version of Vigie needs {head}", _START)
    if present != head:
        used = _used_ids(connection)
        try:
            command.upgrade(config, "head")
        except DatabaseError as error:
            if present is None:
                raise
            raise _unfinished(present, head, error) from error
        _keep_used(connection, used)
        _check_references(connection)
    _check_whole(connection, head)


def _present(connection: Connection, known: set[str]) -> str | None:
    """The schema that the database says it has; None of a new one."""
    said = MigrationContext.configure(connection).get_current_heads()
    if len(said) > 1:
        raise StorageError(f"the database says that it has {len(said)} schemas: {', '.join(sorted(said))}", RESTORE)
    present = said[0] if said else None
    if present is None and set(inspect(connection).get_table_names()) >= _OURS:
        raise StorageError("the database has Vigie's tables, and does not say which schema they are of", RESTORE)
    if present is None and (aside := _aside(connection)):
        raise StorageError(
            f"there is no archive, for a restoration was cut off: the one before is in the schema {aside}",
            "run vigie restore again, or put that schema back as docs/deploy.md tells",
        )
    if present is not None and present not in known:
        raise StorageError(
            f"the database has schema {present}, which this version of Vigie does not know",
            "it was written by a newer version: upgrade Vigie, or restore a backup made before",
        )
    return present


def _aside(connection: Connection) -> str:
    """The schema into which `vigie restore` has moved an archive on PostgreSQL; empty where there is none."""
    if connection.dialect.name != "postgresql":
        return ""
    kept = "SELECT max(schemaname) FROM pg_tables WHERE tablename = 'alembic_version' AND schemaname ~ :named"
    return connection.scalar(text(kept), {"named": r"^replaced_\d{8}_\d{6}$"}) or ""


def _unfinished(present: str, head: str | None, error: DatabaseError) -> StorageError:
    reason = (str(error.orig).strip() or type(error.orig).__name__).splitlines()[0]
    return StorageError(
        f"the database cannot be brought from schema {present} to {head}: {reason}; it is as it was before",
        "make room if the disk is full, and start again; the version of before goes on working; if neither helps, "
        + RESTORE,
    )


def _check_whole(connection: Connection, head: str | None) -> None:
    """A database that says what it is, and lacks a part of it, was left half-way by something else than Vigie."""
    found = {(table, column) for table, column in connection.execute(text(_COLUMNS[connection.dialect.name]))}
    wanted = {(table.name, column.name) for table in metadata.tables.values() for column in table.columns}
    missing = sorted(wanted - found)
    tables = {table for table, _ in found}
    lacking = [table for table in own_tables() if table not in tables]
    if lacking or missing:
        what = f"the table {lacking[0]}" if lacking else f"the column {missing[0][1]} of {missing[0][0]}"
        raise StorageError(f"the database says that it has schema {head}, but {what} is not there", RESTORE)


def _used_ids(connection: Connection) -> dict[str, int]:
    """The highest id that each of SQLite's tables has ever given out, rows that are gone included."""
    is_sqlite = connection.dialect.name == "sqlite"
    if not is_sqlite or not connection.scalar(
        text("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_sequence'")
    ):
        return {}
    return {row.name: row.seq for row in connection.execute(text("SELECT name, seq FROM sqlite_sequence"))}


def _keep_used(connection: Connection, used: dict[str, int]) -> None:
    """A table that was made anew has forgotten them: receivers would see the number of an old alert once more."""
    for name, last in used.items():
        values = {"name": name, "last": last}
        connection.execute(text("UPDATE sqlite_sequence SET seq = :last WHERE name = :name AND seq < :last"), values)
        missing = "INSERT INTO sqlite_sequence (name, seq) SELECT :name, :last WHERE NOT EXISTS"
        connection.execute(text(f"{missing} (SELECT 1 FROM sqlite_sequence WHERE name = :name)"), values)  # noqa: S608


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        if broken:
            raise StorageError(
                f"{len(broken)} rows refer to what is not there, the first in {broken[0][0]!r}",
                "restore the last backup, and tell the makers of Vigie",
            )
