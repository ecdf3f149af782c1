"""Bringing a database's schema to what this program needs, by Alembic."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from news.errors import StorageError

_MIGRATING = int.from_bytes(b"vigie")


async def bring_up_to_date(connection: AsyncConnection) -> None:
    """Run the missing migrations, all in one transaction.

    Raises StorageError if the database was written by a newer Vigie.
    """
    # SQLite alters a table by making it anew and dropping the old one, which would take along the rows that refer to
    # it; and it knows this switch only outside of a transaction.
    await _set_foreign_keys(connection, "OFF")
    try:
        async with connection.begin():
            await connection.run_sync(_upgrade)
    finally:
        await _set_foreign_keys(connection, "ON")


def known_schemas() -> set[str]:
    """The numbers of all schemas that a database can be brought up to date from."""
    return {revision.revision for revision in ScriptDirectory.from_config(_config()).walk_revisions()}


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


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        # Of several processes that start at once, one migrates and the others find it done.
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
    config = _config(connection)
    script = ScriptDirectory.from_config(config)
    present = MigrationContext.configure(connection).get_current_revision()
    if present is not None and present not in {revision.revision for revision in script.walk_revisions()}:
        raise StorageError(
            f"the database has schema {present}, which this version of Vigie does not know",
            "it was written by a newer version: upgrade Vigie, or restore a backup made before",
        )
    if present != script.get_current_head():
        command.upgrade(config, "head")
        _check_references(connection)


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        if broken:
            raise StorageError(
                f"{len(broken)} rows refer to what is not there, the first in {broken[0][0]!r}",
                "restore the last backup, and tell the makers of Vigie",
            )
