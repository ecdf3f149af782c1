"""Transactions: all or nothing, one state for a reader, and writers that wait for each other."""

import asyncio
import contextlib
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from news.article import Span
from news.search import SearchRow
from news.watch import Match
from storage import Database, tables
from storage.database import Transaction
from tests.databases import PostgreSQL
from tests.samples import MINUTE, NOON, a_source, an_article, claim, put_article, put_delivery

ROOT = Path(__file__).parents[2]


async def _story(transaction: Transaction) -> None:
    """What collecting one article does: link, article, search, match, alert and delivery."""
    delivery = await put_delivery(transaction)
    article_id = delivery.alert.told.article_id
    watch = await transaction.watches.get("watch 1")
    await transaction.search.add(article_id, SearchRow("un titre", "un texte"), 1)
    await transaction.matches.add(Match(watch.id, article_id, (Span("title", 0, 2),), NOON))


async def _rows(database: Database) -> dict[str, int]:
    """How many rows each table has, less those that have none."""
    async with database.read() as transaction:
        counts = {
            table.name: int(await transaction.connection.scalar(select(func.count()).select_from(table)) or 0)
            for table in tables.metadata.sorted_tables
        }
    return {name: count for name, count in counts.items() if count}


async def test_a_transaction_that_ends_keeps_everything(database: Database) -> None:
    async with database.write() as transaction:
        await _story(transaction)
    once = ("source", "article", "watch", "channel", "match", "alert", "delivery", "counter", "indexed_by")
    assert await _rows(database) == dict.fromkeys(once, 1)


async def test_a_transaction_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.write() as transaction:
            await _story(transaction)
            raise ZeroDivisionError
    assert await _rows(database) == {}


async def test_a_transaction_whose_statement_fails_leaves_nothing_and_harms_no_other(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.write() as transaction:
            await _story(transaction)
            await transaction.matches.add(Match(7, 7, (), NOON))
    assert await _rows(database) == {}
    async with database.write() as transaction:
        await _story(transaction)
    assert "delivery" in await _rows(database)


async def test_a_search_entry_goes_with_its_transaction(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.write() as transaction:
            await _story(transaction)
            raise ZeroDivisionError
    async with database.read() as transaction:
        assert (await transaction.connection.exec_driver_sql("SELECT * FROM article_search")).all() == []


async def _cancelled(database: Database, turns: int) -> None:
    """A writer that is cancelled after so many turns of the loop, wherever it is then."""

    async def write_and_wait() -> None:
        async with database.write() as transaction:
            await _story(transaction)
            await asyncio.Event().wait()

    writer = asyncio.create_task(write_and_wait())
    for _ in range(turns):
        await asyncio.sleep(0)
    writer.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await writer


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89])
async def test_a_writer_that_is_cancelled_at_any_moment_leaves_nothing_and_blocks_nobody(
    database: Database, turns: int
) -> None:
    await _cancelled(database, turns)
    assert await _rows(database) == {}
    async with database.write() as transaction:
        await _story(transaction)
    assert "delivery" in await _rows(database)


async def test_the_next_writer_does_not_wait_for_one_that_was_cancelled(database: Database) -> None:
    for turns in range(60, 420, 6):
        await _cancelled(database, turns)
        async with asyncio.timeout(10), database.write() as transaction:
            await transaction.sources.put(a_source(f"after {turns}"), NOON)


async def test_a_reader_sees_one_state_to_its_end(database: Database) -> None:
    async with database.read() as reading:
        assert await reading.articles.count() == 0
        async with database.write() as transaction:
            await put_article(transaction, 1)
        assert await reading.articles.count() == 0
    async with database.read() as reading:
        assert await reading.articles.count() == 1


async def test_a_reader_does_not_wait_for_an_open_writer_nor_see_what_is_not_committed(database: Database) -> None:
    async with database.write() as transaction:
        await put_article(transaction, 1)
        async with asyncio.timeout(10), database.read() as reading:
            assert await reading.articles.count() == 0


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"):
        async with database.read() as transaction:
            await transaction.sources.put(a_source(), NOON)
    assert await _rows(database) == {}


async def test_a_writer_can_write_after_a_reader_used_its_connection(database: Database) -> None:
    for number in range(3):
        async with database.read() as reading:
            await reading.articles.count()
        async with database.write() as transaction:
            await put_article(transaction, number)
    assert (await _rows(database))["article"] == 3


async def test_many_writers_at_once_all_get_through(database: Database, database_url: str) -> None:
    async def write(which: Database, number: int) -> None:
        async with which.write() as transaction:
            await transaction.sources.all()
            await put_article(transaction, number)

    other = await Database.open(database_url)
    try:
        async with asyncio.TaskGroup() as writers:
            for number in range(30):
                writers.create_task(write((database, other)[number % 2], number))
    finally:
        await other.close()
    assert await _rows(database) == {"source": 30, "article": 30}


async def test_of_many_who_store_the_same_article_at_once_one_does(database: Database, database_url: str) -> None:
    async with database.write() as transaction:
        source_id = await transaction.sources.put(a_source(), NOON)

    async def store(which: Database) -> int | None:
        async with which.write() as transaction:
            return await transaction.articles.add(an_article(), source_id, NOON, NOON)

    other = await Database.open(database_url)
    try:
        async with asyncio.TaskGroup() as writers:
            stores = [writers.create_task(store((database, other)[turn % 2])) for turn in range(8)]
    finally:
        await other.close()
    assert len([store for store in stores if store.result() is not None]) == 1


@pytest.mark.postgresql
async def test_on_postgresql_who_leases_does_not_wait_for_others_that_lease(postgresql: PostgreSQL) -> None:
    url = postgresql.borrow()
    database = await Database.open(url)
    until = NOON + MINUTE
    async with database.write() as transaction:
        deliveries = [await put_delivery(transaction, number) for number in range(2)]
        sources = [source.id for source in await transaction.sources.all()]
    async with database.write() as one:
        leased = [source.id for source in await one.sources.lease_due(NOON, 1, "one", until)]
        sent = [delivery.id for delivery in await one.sending.claim(NOON, {deliveries[0].channel.id: 9}, "one", until)]
        async with asyncio.timeout(30), database.write() as other:
            leased += [source.id for source in await other.sources.lease_due(NOON, 9, "other", until)]
            sent += [delivery.id for delivery in await claim(other, owner="other")]
    assert (leased, sent) == (sources, [delivery.id for delivery in deliveries])
    await database.close()
    postgresql.give_back(url)


@pytest.fixture
def sqlite_file(migrated_sqlite: Path, tmp_path: Path) -> Path:
    """A SQLite file without rows."""
    file = tmp_path / "vigie.db"
    shutil.copy(migrated_sqlite, file)
    return file


async def test_a_writer_waits_for_another_process_that_holds_the_lock(sqlite_file: Path) -> None:
    database = await Database.open(f"sqlite:///{sqlite_file}")

    async def write() -> None:
        async with database.write() as transaction:
            await put_article(transaction, 2)

    with contextlib.closing(sqlite3.connect(sqlite_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO counter VALUES ('other', 1)")
        writer = asyncio.create_task(write())
        finished, _ = await asyncio.wait([writer], timeout=0.3)
        assert not finished
        assert await _rows(database) == {}
        other.execute("COMMIT")
        await writer
    assert await _rows(database) == {"counter": 1, "source": 1, "article": 1}
    await database.close()


async def test_a_writer_that_reads_first_is_not_overtaken_by_another_process(sqlite_file: Path) -> None:
    database = await Database.open(f"sqlite:///{sqlite_file}")
    with contextlib.closing(sqlite3.connect(sqlite_file, isolation_level=None, timeout=0)) as other:
        async with database.write() as transaction:
            assert await transaction.articles.count() == 0
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("INSERT INTO counter VALUES ('other', 1)")
            await put_article(transaction, 1)
        other.execute("INSERT INTO counter VALUES ('other', 1)")
    assert await _rows(database) == {"counter": 1, "source": 1, "article": 1}
    await database.close()


async def test_sqlite_keeps_what_was_acknowledged_and_its_references(sqlite_file: Path) -> None:
    database = await Database.open(f"sqlite:///{sqlite_file}")
    for opened in (database.read, database.write):
        async with opened() as transaction:
            for name, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
                assert (await transaction.connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one() == value
    await database.close()


_FRESH = [["Corée", "at once", "told", 1], ["Corée", "hourly", "held", 0]]
_STORED = [
    *_FRESH, ["Corée", "at once", "held", 0], ["Corée", "hourly", "held", 0],
    ["Séoul", "at once", "told", 1], ["Séoul", "hourly", "held", 0],
]  # fmt: skip
_RELEASED = [[watch, channel, "told", 1] for watch, channel, *_ in _STORED]
_HALF = [after if after[1] == "at once" else before for before, after in zip(_STORED, _RELEASED, strict=True)]


def _killed(url: str, every: int, *acts: str) -> list[dict[str, Any]]:
    program = [sys.executable, "-m", "tests.killed", url, str(every), *acts]
    run = subprocess.run(program, capture_output=True, text=True, timeout=300, check=True, cwd=ROOT)
    return [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]


def test_a_process_killed_after_any_statement_has_taken_an_article_in_or_not_and_so_released_what_was_held(
    sqlite_file: Path,
) -> None:
    told = _killed(f"sqlite:///{sqlite_file}", 1, "take-in", "release")
    _is_all_or_nothing([one for one in told if one["act"] == "take-in"], [_FRESH, _STORED], 30)
    _is_all_or_nothing([one for one in told if one["act"] == "release"], [_STORED, _HALF, _RELEASED], 20)


@pytest.mark.postgresql
def test_on_postgresql_too_a_killed_process_has_taken_an_article_in_or_not(postgresql: PostgreSQL) -> None:
    url = postgresql.borrow()
    _is_all_or_nothing(_killed(url, 5, "take-in"), [_FRESH, _STORED], 6)
    postgresql.give_back(url)


def _is_all_or_nothing(told: list[dict[str, Any]], stages: list[list[Any]], statements: int) -> None:
    """Each process died after a statement, the last but one was left alone, and the last had nothing left to do.

    A release is one transaction for each channel, and may have done with one of them.
    """
    books = [([[row[0], *row[2:4], row[5]] for row in one["ledger"]], one["rows"]) for one in told]
    first, *killed, done, again = [one["status"] for one in told]
    assert len(killed) >= statements
    assert set(killed) == {-signal.SIGKILL}
    assert (first, done, again) == (0, 0, 0)
    met = [stages.index(ledger) for ledger, _ in books]
    assert met == sorted(met)
    assert set(met) == set(range(len(stages)))
    for stage in met:
        rows = [counts for at, (_, counts) in zip(met, books, strict=True) if at == stage]
        assert all(counts == rows[0] for counts in rows)
