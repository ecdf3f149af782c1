"""A database in trouble: in whose words it says so, that nothing of a transaction stays, and how it recovers."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url
from structlog.testing import capture_logs

from news.errors import DatabaseTroubleError
from service.recover import LONGEST, SHORTEST, WELL_AFTER, Recovery
from storage import Database
from storage import database as storage_database
from tests.databases import PostgreSQL
from tests.samples import NOON, a_source, put_article


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock is waited for no longer than a moment."""
    monkeypatch.setattr(storage_database, "_BUSY_SECONDS", 0.01)
    monkeypatch.setattr(storage_database, "_ASKED_EACH", 0.001)


@contextmanager
def _held(file: Path) -> Iterator[None]:
    """Another program holds the file."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


async def _articles(database: Database) -> int:
    async with database.read() as tx:
        return await tx.articles.count()


@pytest.fixture
def sqlite_file(migrated_sqlite: Path, tmp_path: Path) -> Path:
    """A SQLite database without rows."""
    file = tmp_path / "vigie.db"
    file.write_bytes(migrated_sqlite.read_bytes())
    return file


@pytest.mark.usefixtures("short_patience")
async def test_row_34_a_lock_that_others_hold_too_long_is_told_and_reading_goes_on(sqlite_file: Path) -> None:
    database = await Database.open(f"sqlite:///{sqlite_file}")
    with _held(sqlite_file):
        with pytest.raises(DatabaseTroubleError, match=r"vigie\.db cannot be used: another process holds it locked"):
            async with database.write() as tx:
                await put_article(tx, 1)
        assert database.trouble is not None and database.trouble.hint
        assert await _articles(database) == 0
        with pytest.raises(DatabaseTroubleError):
            await database.probe()
    assert database.trouble is not None, "only a probe ends it"
    await database.probe()
    assert database.trouble is None
    async with database.write() as tx:
        await put_article(tx, 1)
    await database.close()


async def test_row_34_who_waits_for_a_lock_can_be_called_back_at_once(sqlite_file: Path) -> None:
    database = await Database.open(f"sqlite:///{sqlite_file}")
    with _held(sqlite_file):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1), database.write():
                pass
        started = asyncio.get_running_loop().time()
        await database.close()
        assert asyncio.get_running_loop().time() - started < 5


async def test_row_33_a_file_that_may_no_longer_be_written_to_is_told(sqlite_file: Path) -> None:
    database = await Database.open(f"sqlite:///{sqlite_file}")
    async with database.write() as tx:
        await tx.connection.exec_driver_sql("PRAGMA query_only=ON")
    with pytest.raises(DatabaseTroubleError, match="it can be read, but not written to"):
        async with database.write() as tx:
            await put_article(tx, 1)
    assert await _articles(database) == 0
    await database.close()


async def test_row_33_a_full_file_is_told_and_nothing_of_the_transaction_stays(sqlite_file: Path) -> None:
    database = await Database.open(f"sqlite:///{sqlite_file}")
    async with database.write() as tx:
        await tx.connection.exec_driver_sql("PRAGMA max_page_count=1")
    with pytest.raises(DatabaseTroubleError, match="its disk is full"):
        async with database.write() as tx:
            source_id = await tx.sources.put(a_source(), NOON)
            for number in range(10_000):
                await put_article(tx, number, source_id)
    assert await _articles(database) == 0
    with pytest.raises(DatabaseTroubleError, match="its disk is full"):
        await database.probe()
    async with database.write() as tx:
        await tx.connection.exec_driver_sql("PRAGMA max_page_count=100000")
    await database.probe()
    await database.close()


async def test_a_probe_leaves_nothing_behind(database: Database) -> None:
    await database.probe()
    async with database.read() as tx:
        assert (await tx.connection.exec_driver_sql("SELECT count(*) FROM secret")).scalar_one() == 0


@pytest.mark.postgresql
@pytest.mark.parametrize("how", ["terminated", "idle in transaction"])
async def test_row_35_a_connection_that_is_ended_in_mid_transaction_is_told_and_another_takes_its_place(
    postgresql: PostgreSQL, how: str
) -> None:
    url = postgresql.borrow()
    database = await Database.open(url)
    with pytest.raises(DatabaseTroubleError, match="it does not answer, or has ended the connection") as caught:
        async with database.write() as tx:
            number = (await tx.connection.exec_driver_sql("SELECT pg_backend_pid()")).scalar_one()
            await put_article(tx, 1)
            if how == "idle in transaction":
                await tx.connection.exec_driver_sql("SET idle_in_transaction_session_timeout = '10ms'")
            with psycopg.connect(url, autocommit=True) as other:
                if how == "terminated":
                    other.execute("SELECT pg_terminate_backend(%s)", [number])
                while other.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [number]).fetchone():
                    pass
            await put_article(tx, 2)
    assert "psycopg" not in caught.value.message and str(make_url(url).database) in caught.value.message
    async with database.write() as tx:
        await put_article(tx, 3)
    assert await _articles(database) == 1
    await database.probe()
    assert database.trouble is None
    await database.close()
    postgresql.give_back(url)


@pytest.mark.usefixtures("short_patience")
async def test_recovery_tells_a_trouble_once_and_its_end_and_asks_each_second(sqlite_file: Path) -> None:
    database = await Database.open(f"sqlite:///{sqlite_file}")
    now = 0.0
    recovery = Recovery(database, lambda: now)

    async def ticks(seconds: float) -> None:
        nonlocal now
        for _ in range(int(seconds)):
            await recovery.tick()
            now += 1

    with capture_logs() as logged:
        with _held(sqlite_file):
            with pytest.raises(DatabaseTroubleError):
                await database.probe()
            await ticks(120)
            assert database.trouble is not None
        await ticks(SHORTEST + 1)
        assert database.trouble is None
        await ticks(60)
    told = [(line["event"], line["log_level"]) for line in logged if line["log_level"] != "debug"]
    assert told == [("database in trouble", "error"), ("database works again", "warning")]
    await database.close()


@pytest.mark.usefixtures("short_patience")
async def test_a_database_that_works_only_when_it_is_probed_is_probed_less_and_less(sqlite_file: Path) -> None:
    database = await Database.open(f"sqlite:///{sqlite_file}")
    now = 0.0
    recovery = Recovery(database, lambda: now)

    async def trouble() -> float:
        """Get into trouble; the seconds until the next probe has ended it."""
        nonlocal now
        began = now
        with _held(sqlite_file), pytest.raises(DatabaseTroubleError):
            await database.probe()
        while database.trouble is not None:
            await recovery.tick()
            now += 1
        return now - began - 1

    pauses = [await trouble() for _ in range(8)]
    assert pauses == [SHORTEST, 2, 4, 8, 16, 32, LONGEST, LONGEST]
    now += WELL_AFTER
    assert await trouble() == SHORTEST
    await database.close()
