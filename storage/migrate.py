"""Bringing a database's schema to what this program needs, by Alembic."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from news.errors import StorageError

_MIGRATING = int.from_bytes(b"vigie")


async def bring_up_to_date(connection: AsyncConnection) -> None:
    """Run the missing migrations, all in one transaction.

    Raises StorageError if the database was written by a newer Vigie.
    """
    async with connection.begin():
        await connection.run_sync(_upgrade)


def _config(connection: Connection) -> Config:
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
