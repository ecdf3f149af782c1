"""Giving back: whatever is under way when the service stops, no lease of it is left in the database."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from news.alert import Delivery, Receipt
from news.clock import ManualClock
from news.errors import DatabaseTroubleError
from service.deliver import Deliverer
from service.giveback import give_back
from service.visits import Visits
from storage import Database
from storage import database as storage_database
from tests.samples import NOON, a_source, put_delivery

_LEASE = timedelta(minutes=1)
_SOON = 60.0  # seconds, which nothing here takes
_AT_ANY_TURN = 60  # of the event loop: a lease is taken within fewer


def _visits(database: Database, owner: str = "me") -> Visits:
    return Visits(database, ManualClock(NOON), owner, _LEASE, lambda *_: NOON)


class _Slow:
    """A receiver that answers when it may."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()

    async def send(self, delivery: Delivery) -> Receipt:
        await self.may_answer.wait()
        return Receipt("200 OK")


async def _leases(database: Database, table: str) -> int:
    async with database.read() as tx:
        found = await tx.connection.exec_driver_sql(f"SELECT count(*) FROM {table} WHERE lease_owner IS NOT NULL")
        return int(found.scalar_one())


async def test_no_source_stays_leased_that_was_being_leased_at_the_stop(database: Database) -> None:
    async with database.write() as tx:
        await tx.sources.put(a_source(), NOON)
    for turns in range(_AT_ANY_TURN):
        visits = _visits(database)
        leasing = asyncio.create_task(visits.lease_due(9))
        for _ in range(turns):
            await asyncio.sleep(0)
        await visits.release_all()
        await leasing
        assert await _leases(database, "source") == 0, f"after {turns} turns"
        assert await visits.lease_due(9) == await visits.lease([1]) == []
    assert len(await _visits(database, "another").lease_due(9)) == 1


async def test_no_delivery_stays_claimed_that_was_being_claimed_at_the_stop(database: Database) -> None:
    async with database.write() as tx:
        await put_delivery(tx)
    for turns in range(_AT_ANY_TURN):
        receiver = _Slow()
        deliverer = Deliverer(database, ManualClock(NOON), "me", _LEASE, lambda _, slow=receiver: slow)  # type: ignore[misc]
        claiming = asyncio.create_task(deliverer.begin_due())
        for _ in range(turns):
            await asyncio.sleep(0)
        await deliverer.release_all()
        await claiming
        assert await _leases(database, "delivery") == 0, f"after {turns} turns"
        receiver.may_answer.set()
        await deliverer.finish()


async def test_who_winds_down_leases_nothing_more(database: Database) -> None:
    async with database.write() as tx:
        await tx.sources.put(a_source(), NOON)
    visits = _visits(database)
    visits.wind_down()
    assert await visits.lease_due(9) == await visits.lease([1]) == []


@pytest.fixture
def sqlite_file(migrated_sqlite: Path, tmp_path: Path) -> Path:
    """A SQLite database without rows."""
    file = tmp_path / "vigie.db"
    file.write_bytes(migrated_sqlite.read_bytes())
    return file


async def test_leases_are_given_back_although_the_file_is_locked_at_first(
    sqlite_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_database, "_BUSY_SECONDS", 0.01)
    database = await Database.open(f"sqlite:///{sqlite_file}")
    visits = _visits(database)
    async with database.write() as tx:
        await tx.sources.put(a_source(), NOON)
    await visits.lease_due(9)
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        giving_back = asyncio.create_task(give_back([visits.release_all], _SOON))
        while database.trouble is None and not giving_back.done():  # noqa: ASYNC110 (nobody tells of the trouble)
            await asyncio.sleep(0)
        assert not giving_back.done()
        other.rollback()
        assert await giving_back
    assert await _leases(database, "source") == 0
    await database.close()


async def test_what_cannot_be_given_back_in_time_is_said_and_holds_up_nothing_else(database: Database) -> None:
    async with database.write() as tx:
        await tx.sources.put(a_source(), NOON)
    visits, tries = _visits(database), []
    await visits.lease_due(9)

    async def refused() -> None:
        tries.append(1)
        raise DatabaseTroubleError("its disk is full")

    async def broken() -> None:
        raise RuntimeError("a fault of ours")

    assert not await give_back([refused, broken, visits.release_all], 0.2)
    assert await _leases(database, "source") == 0
    assert tries
