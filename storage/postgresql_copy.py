"""Copies of a PostgreSQL database: dumped from one snapshot by pg_dump, examined, and restored by pg_restore.

Rows are counted in the very snapshot that is dumped, and then in the dump, so that nothing is missing unseen.
"""

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from news.errors import ConflictError, StorageError
from storage import postgresql_tools as tools
from storage.contents import MARKED, SCHEMA_TABLE, Contents, Progress, compare, own_tables

_HERE = "SELECT tablename FROM pg_tables WHERE schemaname = coalesce(:schema, current_schema())"
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
_COPY = re.compile(rb'^COPY (?:"[^"]+"\.|\w+\.)?"?(\w+)"? \(', re.MULTILINE)
_LISTED = re.compile(rb"^\d+; \d+ \d+ TABLE (\S+) " + SCHEMA_TABLE.encode() + rb" ", re.MULTILINE)
_END = b"\n\\.\n"
_LEAST = 14  # of what is still maintained; --snapshot and --table are as old as any of them


async def copy(url: URL, to: Path, folder: str, progress: Progress) -> Contents:
    """Dump Vigie's tables into a new file, and examine the dump; what it holds. Raises StorageError."""
    async with _connected(url) as connection:
        await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        tool = await tools.find("pg_dump", await _major(connection), folder)
        schema, names = await _tables(connection)
        snapshot = await connection.scalar(text("SELECT pg_export_snapshot()"))
        contents = await _contents(connection, names, tool.version)
        progress("copying", 0, 0)
        plain, environment = tools.connection(url)
        wanted = [f'--table="{schema}"."{name}"' for name in names]
        options = ["--format=custom", "--compress=1", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
        await tools.run(tool, [*options, *wanted, f"--file={to}", f"--dbname={plain}"], environment)
    progress("checking the copy", 0, 0)
    compare(await examine(to, folder, contents), contents)
    return contents


async def examine(file: Path, folder: str, said: Contents) -> Contents:
    """What a dump holds, once all of it was read, by a program that is no older than the one that wrote it.

    Raises StorageError, or ConfigError where there is no such program.
    """
    tool = await _pg_restore(said, folder)
    counter = _Rows()
    async with tools.running(tool, ["--data-only", "--file=-", str(file)]) as pieces:
        async for piece in pieces:
            counter.read(piece)
    return Contents("postgresql", counter.schema, counter.counts, said.made_with)


async def is_taken(url: URL) -> bool:
    """Whether the database holds any table of Vigie's. Raises ConflictError where somebody else is connected to it."""
    async with _connected(url) as connection:
        others = await connection.scalar(text(_OTHERS)) or 0
        if others:
            raise ConflictError(
                f"{others} other connections to this database are open", "stop the service, and whatever else uses it"
            )
        return bool(await _own(connection))


@asynccontextmanager
async def placed(url: URL, copy: Path, said: Contents, aside: str, folder: str) -> AsyncIterator[None]:
    """Restore a dump, its predecessor moved into a schema of its own; both undone if this or the block fails."""
    tool, away = await _pg_restore(said, folder), aside
    dumped = await _dumped_schema(tool, copy)
    async with _connected(url) as connection:
        schema, old = await _schema(connection), await _own(connection)
        is_elsewhere = dumped != schema
        is_made = is_elsewhere and await _make_room(connection, dumped)
        if old:
            await connection.execute(text(f'CREATE SCHEMA "{away}"'))
            await _move(connection, old, schema, away)
    try:
        plain, environment = tools.connection(url)
        options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
        await tools.run(tool, [*options, f"--dbname={plain}", str(copy)], environment)
        async with _connected(url) as connection:
            if is_elsewhere:
                await _move(connection, await _own(connection, dumped), dumped, schema)
            compare(await _contents(connection, (await _tables(connection))[1], said.made_with), said)
        yield
    except BaseException:
        async with _connected(url) as connection:
            await _drop(connection, await _own(connection), schema)
            if is_elsewhere:
                await _drop(connection, await _own(connection, dumped), dumped)
            if old:
                await _move(connection, old, away, schema)
                await connection.execute(text(f'DROP SCHEMA "{away}"'))
        raise
    finally:
        if is_made:
            async with _connected(url) as connection:
                await connection.execute(text(f'DROP SCHEMA "{dumped}"'))


async def _dumped_schema(tool: tools.Tool, copy: Path) -> str:
    """The schema whose tables a dump makes, whatever the one is called in which they are to be."""
    listed = b""
    async with tools.running(tool, ["--list", str(copy)]) as pieces:
        async for piece in pieces:
            listed += piece
    found = _LISTED.search(listed)
    if found is None:
        raise StorageError("the dump holds no archive of Vigie's", "take another backup")
    return found[1].decode()


async def _make_room(connection: AsyncConnection, schema: str) -> bool:
    """Have the schema, with none of Vigie's tables in it, into which a dump is restored; whether it was made.

    Raises ConflictError where they are there: they are another archive's.
    """
    if await _own(connection, schema):
        raise ConflictError(
            f"the backup goes through the schema {schema!r}, in which there is another archive",
            "name a database of its own in [database] url",
        )
    is_there = await connection.scalar(text("SELECT 1 FROM pg_namespace WHERE nspname = :name"), {"name": schema})
    if not is_there:
        await connection.execute(text(f'CREATE SCHEMA "{schema}"'))
    return not is_there


async def _pg_restore(said: Contents, folder: str) -> tools.Tool:
    return await tools.find("pg_restore", tools.major_of(said.made_with) or _LEAST, folder)


class _Rows:
    """Counts the rows of each table in the text of a dump, piece by piece, and finds the schema's number in it."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.schema = ""
        self._table = ""
        self._kept = b""

    def read(self, piece: bytes) -> None:
        """Take in what comes next."""
        text = self._kept + piece
        self._kept = b""
        while text:
            text = self._rows(text) if self._table else self._head(text)

    def _head(self, text: bytes) -> bytes:
        found = _COPY.search(text)
        line_end = text.find(b"\n", found.start()) if found else -1
        if found is None or line_end < 0:
            self._kept = text[found.start() if found else text.rfind(b"\n") + 1 :]
            return b""
        self._table = found[1].decode()
        if self._table != SCHEMA_TABLE:
            self.counts[self._table] = 0
        return text[line_end:]

    def _rows(self, text: bytes) -> bytes:
        """The rows of one table; each begins after a line's end, and the last is followed by `\\.`."""
        end = text.find(_END)
        rows = text[:end] if end >= 0 else text[: text.rfind(b"\n")]
        if self._table == SCHEMA_TABLE:
            self.schema += rows.decode().strip()
        else:
            self.counts[self._table] += rows.count(b"\n")
        if end < 0:
            self._kept = text[len(rows) :]
            return b""
        self._table = ""
        return text[end + len(_END) :]


@asynccontextmanager
async def _connected(url: URL) -> AsyncIterator[AsyncConnection]:
    """A transaction of its own. Raises StorageError for whatever PostgreSQL refuses."""
    engine = create_async_engine(url, hide_parameters=True)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SET LOCAL lock_timeout = '30s'"))
            yield connection
    except DatabaseError as error:
        reason = (str(error.orig).strip() or type(error.orig).__name__).splitlines()[0]
        raise StorageError(
            f"PostgreSQL refuses: {reason}", "check that it runs, and that the user owns the database"
        ) from error
    finally:
        await engine.dispose()


async def _major(connection: AsyncConnection) -> int:
    return int(await connection.scalar(text("SELECT current_setting('server_version_num')::int / 10000")) or 0)


async def _schema(connection: AsyncConnection) -> str:
    return str(await connection.scalar(text("SELECT current_schema()")))


async def _own(connection: AsyncConnection, schema: str | None = None) -> list[str]:
    """Vigie's tables in a schema, or in the current one."""
    here = {row[0] for row in await connection.execute(text(_HERE), {"schema": schema})}
    return sorted(here & {SCHEMA_TABLE, *own_tables()})


async def _tables(connection: AsyncConnection) -> tuple[str, list[str]]:
    """The schema, and Vigie's tables in it. Raises StorageError where there are none."""
    names = await _own(connection)
    if SCHEMA_TABLE not in names:
        raise StorageError("this PostgreSQL database holds no archive of Vigie's", "check [database] url")
    return await _schema(connection), names


async def _contents(connection: AsyncConnection, names: Iterable[str], made_with: str) -> Contents:
    schema = await connection.scalar(text(f"SELECT version_num FROM {SCHEMA_TABLE}"))  # noqa: S608
    counts = {
        name: int(await connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0)  # noqa: S608
        for name in names
        if name != SCHEMA_TABLE
    }
    removed = {
        name: int(await connection.scalar(text(f"SELECT count(*) FROM {name} WHERE removed")) or 0)  # noqa: S608
        for name in MARKED
        if name in counts
    }
    return Contents("postgresql", str(schema or ""), counts, made_with, removed)


async def _move(connection: AsyncConnection, names: Iterable[str], here: str, there: str) -> None:
    for name in names:
        await connection.execute(text(f'ALTER TABLE "{here}"."{name}" SET SCHEMA "{there}"'))


async def _drop(connection: AsyncConnection, names: Iterable[str], schema: str) -> None:
    for name in names:
        await connection.execute(text(f'DROP TABLE IF EXISTS "{schema}"."{name}" CASCADE'))
