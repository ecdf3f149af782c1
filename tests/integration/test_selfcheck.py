"""The hourly self-check: what it finds in the database, and that it tells it once, and once that it is over."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from alerting.payload import payload
from news.alert import Attempt, Delivery
from news.clock import ManualClock
from service.doctor import examine_archive
from service.problems import Problem
from service.selfcheck import SelfCheck, Senses
from storage import Database, tables
from storage.problems import once
from tests.guarded import PUBLIC
from tests.samples import HOUR, MINUTE, NOON, a_channel, a_source, claim, put_delivery, record


class _Vigie:
    """A self-check whose senses are set."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.clock = database, ManualClock(NOON)
        self.late: dict[str, float] = {}
        self.heartbeat, self.awake_since, self.seconds = "", 0.0, 3_600.0
        self.folder = folder
        self.check = self.started()

    def started(self) -> SelfCheck:
        """A self-check that remembers nothing of what another has seen."""
        senses = Senses(lambda: self.late, lambda: self.heartbeat, lambda: self.awake_since, self.folder)
        return SelfCheck(self.database, self.clock, senses, lambda: self.seconds)

    async def checks(self, times: int = 1) -> list[tuple[str, str]]:
        """Hours pass; what was told meanwhile, as kind and title."""
        before = {one.id for one in await self.deliveries()}
        for _ in range(times):
            self.seconds += 3_600
            self.clock.set(self.clock.now() + HOUR)
            await self.check.tick()
            await self._sent()
        told = [one.alert for one in await self.deliveries() if one.id not in before]
        return [(alert.kind, alert.told.title) for alert in reversed(told)]

    async def _sent(self) -> None:
        """What the self-check itself had to say is on its way, and no problem of its own."""
        own = select(tables.alert.c.id).where(tables.alert.c.kind.in_(["problem", "solved"]))
        async with self.database.write() as tx:
            mine = tables.delivery.c.alert_id.in_(own)
            await tx.connection.execute(update(tables.delivery).where(mine).values(state="sent", next_try_at=None))

    async def deliveries(self) -> list[Delivery]:
        async with self.database.read() as tx:
            return await tx.outbox.latest(100)


@pytest.fixture
async def vigie(database: Database, tmp_path: Path) -> _Vigie:
    async with database.write() as tx:
        await tx.channels.put(a_channel(), NOON)
    return _Vigie(database, tmp_path)


async def test_a_problem_is_told_once_and_so_is_its_end(vigie: _Vigie) -> None:
    assert await vigie.checks() == []
    vigie.late["visits"] = 4_000
    assert await vigie.checks(5) == [("problem", "Vigie is behind with its work")]
    assert vigie.check.kinds() == {"ticks": 1}
    vigie.late.clear()
    assert await vigie.checks() == []
    assert await vigie.checks(4) == [("solved", "Over: Vigie is behind with its work")]
    assert vigie.check.kinds() == {}
    vigie.late["visits"] = 4_000
    assert await vigie.checks(2) == [("problem", "Vigie is behind with its work")]


async def test_a_problem_of_the_night_is_told_when_quiet_hours_end(vigie: _Vigie) -> None:
    async with vigie.database.write() as tx:
        await tx.channels.change(1, rules={"quiet": "12:30-15:00", "timezone": "UTC"})
    vigie.late["visits"] = 4_000
    await vigie.check.tick()
    vigie.clock.set(NOON + HOUR)
    vigie.heartbeat = "https://hc.example answered 404"
    await vigie.check.tick()
    due = {one.alert.told.source: one.next_try_at for one in await vigie.deliveries()}
    assert (due["ticks"], due["heartbeat"]) == (NOON, NOON + 3 * HOUR)


async def test_a_restart_tells_nothing_again_and_forgets_no_end(vigie: _Vigie) -> None:
    vigie.late["visits"] = 4_000
    assert len(await vigie.checks()) == 1
    vigie.check = vigie.started()
    assert await vigie.checks(2) == []
    vigie.check = vigie.started()
    vigie.late.clear()
    assert await vigie.checks(3) == [("solved", "Over: Vigie is behind with its work")]
    vigie.check = vigie.started()
    assert await vigie.checks(3) == []


async def test_what_is_told_can_be_read_by_a_webhook(vigie: _Vigie) -> None:
    vigie.heartbeat = "https://hc.example answered 404"
    await vigie.checks()
    vigie.heartbeat = ""
    await vigie.checks(2)
    over, problem = [payload(one.alert) for one in await vigie.deliveries()]
    assert (problem["type"], over["type"]) == ("vigie.problem", "vigie.solved")
    assert problem["data"]["problem"] == over["data"]["problem"] == {"kind": "heartbeat"}
    assert problem["data"]["text"].startswith("https://hc.example answered 404.")


async def test_where_there_is_no_channel_it_is_known_all_the_same(database: Database, tmp_path: Path) -> None:
    vigie = _Vigie(database, tmp_path)
    vigie.heartbeat = "https://hc.example answered 404"
    assert await vigie.checks() == []
    async with database.read() as tx:
        assert await tx.problems.told() == {"heartbeat:": "The heartbeat is not heard"}


async def test_a_channel_that_does_not_work_is_told_over_the_others(vigie: _Vigie) -> None:
    async with vigie.database.write() as tx:
        await put_delivery(tx, 1)
        [delivery] = await claim(tx)
        await record(tx, delivery, Attempt(NOON, 1, False, "503"), "pending", NOON + 99 * HOUR)
        await tx.sources.pause((await tx.sources.get("source 1")).id, True, NOON)
    assert await vigie.checks(5) == []
    assert await vigie.checks(3) == [("problem", "Nothing gets through over the channel channel 1")]
    [told] = [one for one in await vigie.deliveries() if one.alert.kind == "problem"]
    assert told.channel.name == "bureau"
    assert "vigie deliveries list --channel 'channel 1'" in told.alert.told.excerpt


async def test_sources_that_are_not_visited_for_several_intervals_are_told_of(vigie: _Vigie) -> None:
    async with vigie.database.write() as tx:
        for interval in (0, 900, 7_200, 604_800):
            number = await tx.sources.put(a_source(f"each {interval}", f"https://s{interval}.example/"), NOON)
            await tx.sources.change(number, interval=interval)
    assert await vigie.checks(6) == []
    assert await vigie.checks() == [("problem", "Sources are not being visited")]
    async with vigie.database.read() as tx:
        assert await tx.problems.overdue(NOON + 7 * HOUR) == (2, 4)
        assert await tx.problems.overdue(NOON + 73 * HOUR) == (3, 4)
        assert await tx.problems.overdue(NOON + 22 * 24 * HOUR) == (4, 4)


async def test_neither_a_paused_source_nor_one_under_visit_is_overdue(vigie: _Vigie) -> None:
    async with vigie.database.write() as tx:
        paused = await tx.sources.put(a_source("paused", "https://paused.example/"), NOON)
        await tx.sources.pause(paused, True, NOON)
        visited = await tx.sources.put(a_source("visited", "https://visited.example/"), NOON)
        await tx.sources.lease([visited], NOON, "me", NOON + MINUTE)
        assert await tx.problems.overdue(NOON + 99 * 24 * HOUR) == (0, 1)


async def test_a_visit_and_a_delivery_that_do_not_end_are_told_of(vigie: _Vigie) -> None:
    async with vigie.database.write() as tx:
        number = await tx.sources.put(a_source(), NOON)
        await tx.sources.lease([number], NOON, "me", NOON + MINUTE)
    assert await vigie.checks() == []
    assert await vigie.checks(3) == [("problem", "Some visits do not end")]
    async with vigie.database.write() as tx:
        await tx.sources.end_visit(number, "me", due_at=NOON + 200 * HOUR)
        await put_delivery(tx, 1, NOON + 4 * HOUR)
        await claim(tx, NOON + 4 * HOUR, until=NOON + 99 * HOUR)
    assert ("problem", "Some deliveries do not end") in await vigie.checks(2)
    assert ("solved", "Over: Some visits do not end") in [
        (one.alert.kind, one.alert.told.title) for one in await vigie.deliveries()
    ]


async def test_alerts_that_are_due_for_an_hour_are_told_of_but_not_right_after_waking(vigie: _Vigie) -> None:
    async with vigie.database.write() as tx:
        await put_delivery(tx, 1, NOON)
    vigie.awake_since = vigie.seconds + 3_600
    assert await vigie.checks() == []
    assert await vigie.checks() == [("problem", "Alerts are not being sent")] * 2  # over both channels


async def test_the_doctor_knows_of_what_was_told(vigie: _Vigie) -> None:
    vigie.heartbeat = "https://hc.example answered 404"
    await vigie.checks()
    async with vigie.database.read() as tx:
        findings = await examine_archive(tx, _guard(), vigie.clock.now(), is_running=True)
    [finding] = [one for one in findings if one.check == "heartbeat"]
    assert (finding.verdict, finding.found) == ("warn", "the self-check: The heartbeat is not heard")


def _guard() -> Any:
    from news.address import AllowList
    from news.guard import Guard
    from tests.dials import Names

    return Guard(AllowList.parse(()), Names(hooks=[[PUBLIC]]))


def test_the_key_of_an_alert_fits_its_column_and_begins_with_its_hour() -> None:
    at = NOON + timedelta(microseconds=7)
    assert len(once(Problem("channel", "", "", "é" * 200).key, at)) <= 200
    assert once("disk:", at) == "problem:20261114T120000000007:disk:"
