"""Time: what waits, what is leased and what has failed for long survives a clock that is set, and a machine asleep."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from crawler.visit import VisitOutcome
from news.alert import Attempt
from news.clock import ManualClock
from news.rhythm import Rhythm
from service.timekeeper import Timekeeper
from service.visits import Visits
from storage import Database, tables
from tests.samples import HOUR, MINUTE, NOON, a_source, claim, put_delivery, record

DAY = 24 * HOUR
YEAR = 365 * DAY
_WEEKEND = 62 * HOUR


@dataclass
class _World:
    """A database, and a machine whose two times are moved."""

    database: Database
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOON))
    seconds: float = 1_000.0

    def __post_init__(self) -> None:
        self.keeper = Timekeeper(self.database, self.clock, 6 * HOUR, lambda: self.seconds)

    async def passes(self, span: timedelta, leap: timedelta = timedelta()) -> None:
        """Time passes, and the clock leaps besides."""
        self.seconds += span.total_seconds()
        self.clock.set(self.clock.now() + span + leap)
        await self.keeper.tick(self.renew)

    async def renew(self) -> None:
        """What the service does with what it holds itself."""
        async with self.database.write() as tx:
            await tx.sources.renew([1], "me", self.clock.now() + MINUTE)

    async def writes(self, table: Any, **values: Any) -> None:
        async with self.database.write() as tx:
            await tx.connection.execute(update(table).values(**values))

    async def reads(self, column: Any) -> Any:
        async with self.database.read() as tx:
            return await tx.connection.scalar(select(column))


async def a_world(database: Database) -> _World:
    """One source that is visited each quarter of an hour, and was a moment ago; one delivery that is to be tried."""
    world = _World(database)
    async with database.write() as tx:
        await put_delivery(tx)
    await world.writes(tables.source, interval=900, last_visit_at=NOON, due_at=NOON + 15 * MINUTE)
    await world.keeper.tick()
    return world


SOURCE, DELIVERY, CHANNEL = tables.source.c, tables.delivery.c, tables.channel.c


async def test_a_clock_that_is_set_back_an_hour_puts_nothing_off(database: Database) -> None:
    world = await a_world(database)
    await world.writes(tables.delivery, next_try_at=NOON + 5 * MINUTE)
    await world.passes(MINUTE, -HOUR)
    now = world.clock.now()
    assert await world.reads(SOURCE.due_at) == now + 14 * MINUTE
    assert await world.reads(SOURCE.last_visit_at) == now
    assert await world.reads(DELIVERY.next_try_at) == now + 4 * MINUTE


async def test_what_is_due_when_the_clock_is_set_back_is_due_still(database: Database) -> None:
    world = await a_world(database)
    await world.passes(timedelta(seconds=1), -HOUR)
    assert await world.reads(DELIVERY.next_try_at) == world.clock.now()


async def test_a_clock_that_was_set_back_while_vigie_was_down_is_noticed_at_its_start(database: Database) -> None:
    world = await a_world(database)
    world.clock.set(NOON - HOUR)
    await Timekeeper(database, world.clock, 6 * HOUR, lambda: 0.0).tick()
    assert await world.reads(SOURCE.due_at) == NOON - 45 * MINUTE


async def test_what_was_planned_while_the_clock_was_a_year_fast_is_not_a_year_away(database: Database) -> None:
    world = await a_world(database)
    await world.passes(MINUTE, YEAR)
    fast = world.clock.now()
    await world.writes(
        tables.source,
        last_visit_at=fast,
        due_at=fast + 15 * MINUTE,
        failing_since=fast,
        told_at=fast,
        leased_until=fast,
    )
    await world.writes(tables.delivery, next_try_at=fast + HOUR, leased_until=fast + MINUTE, lease_owner="dead")
    await world.passes(MINUTE, -YEAR)
    now = world.clock.now()
    assert await world.reads(SOURCE.due_at) == now + 14 * MINUTE
    assert [await world.reads(one) for one in (SOURCE.failing_since, SOURCE.told_at)] == [now, now]
    assert [await world.reads(one) for one in (SOURCE.leased_until, DELIVERY.leased_until)] == [None, None]
    assert await world.reads(DELIVERY.lease_owner) is None
    assert await world.reads(DELIVERY.next_try_at) == now + HOUR - MINUTE


async def test_a_date_that_no_right_clock_has_written_is_found_within_the_hour(database: Database) -> None:
    world = await a_world(database)
    await world.writes(tables.source, due_at=NOON + 3 * DAY)
    await world.writes(tables.delivery, next_try_at=NOON + 2 * DAY)
    await world.passes(59 * MINUTE)
    assert await world.reads(SOURCE.due_at) == NOON + 3 * DAY
    await world.passes(MINUTE)
    assert await world.reads(SOURCE.due_at) == world.clock.now()
    assert await world.reads(DELIVERY.next_try_at) == world.clock.now()


async def test_every_wait_that_there_can_be_stays_as_it_is(database: Database) -> None:
    world = await a_world(database)
    due = NOON + 7 * DAY
    await world.writes(tables.source, interval=7 * 86_400, due_at=due, leased_until=NOON + HOUR, lease_owner="me")
    await world.writes(tables.delivery, next_try_at=NOON + timedelta(hours=28.8))
    async with database.read() as tx:
        assert not await tx.dates.any_wrong(NOON, 6 * HOUR)
    await world.passes(HOUR)
    assert await world.reads(SOURCE.due_at) == due
    assert await world.reads(SOURCE.lease_owner) == "me"
    assert await world.reads(DELIVERY.next_try_at) == NOON + timedelta(hours=28.8)


async def test_a_schedule_may_let_a_source_wait_for_two_months_and_no_longer(database: Database) -> None:
    world = await a_world(database)
    await world.writes(tables.source, schedule="0 0 31 * *", due_at=NOON + 62 * DAY)
    await world.passes(HOUR)
    assert await world.reads(SOURCE.due_at) == NOON + 62 * DAY
    await world.writes(tables.source, due_at=NOON + 64 * DAY)
    await world.passes(HOUR)
    assert await world.reads(SOURCE.due_at) == world.clock.now()


async def test_a_lease_that_nobody_can_have_given_is_over(database: Database) -> None:
    world = await a_world(database)
    await world.writes(tables.source, leased_until=NOON + 3 * HOUR, lease_owner="dead")
    await world.passes(HOUR)
    assert await world.reads(SOURCE.lease_owner) is None


async def test_a_visit_under_way_keeps_its_lease_when_the_clock_is_set_back(database: Database) -> None:
    world = await a_world(database)
    await world.writes(tables.source, leased_until=NOON + MINUTE, lease_owner="me")
    await world.passes(MINUTE, -24 * HOUR)
    assert await world.reads(SOURCE.lease_owner) == "me"
    assert await world.reads(SOURCE.leased_until) == world.clock.now() + MINUTE


async def test_articles_of_a_clock_that_was_fast_do_not_hasten_everything_each_hour(database: Database) -> None:
    world = await a_world(database)
    await world.writes(tables.article, first_seen_at=NOON + YEAR)
    await world.writes(tables.source, interval=43_200, due_at=NOON + 12 * HOUR)
    for _ in range(3):
        await world.passes(HOUR)
    assert await world.reads(SOURCE.due_at) == NOON + 12 * HOUR


async def test_a_weekend_asleep_is_no_weekend_of_failures(database: Database) -> None:
    world = await a_world(database)
    async with database.write() as tx:
        [delivery] = await claim(tx)
        await record(tx, delivery, Attempt(NOON, 1, False, "503"), "pending", NOON + MINUTE)
    await world.writes(tables.source, failing_since=NOON)
    await world.passes(HOUR, _WEEKEND)
    for since in (CHANNEL.failing_since, DELIVERY.first_try_at, SOURCE.failing_since):
        assert await world.reads(since) == NOON + _WEEKEND
    assert await world.reads(DELIVERY.next_try_at) == NOON + MINUTE


async def test_a_small_correction_of_the_clock_changes_nothing(database: Database) -> None:
    world = await a_world(database)
    await world.passes(MINUTE, timedelta(seconds=-9))
    await world.passes(MINUTE, timedelta(seconds=9))
    assert await world.reads(SOURCE.due_at) == NOON + 15 * MINUTE
    assert await world.reads(DELIVERY.next_try_at) == NOON


async def test_after_a_leap_of_more_than_a_day_nothing_is_forgotten_for_a_day(database: Database) -> None:
    world = await a_world(database)
    assert world.keeper.is_sure
    await world.passes(MINUTE, YEAR)
    assert not world.keeper.is_sure
    await world.passes(23 * HOUR)
    assert not world.keeper.is_sure
    await world.passes(HOUR)
    assert world.keeper.is_sure


async def test_a_clock_that_is_far_ahead_of_all_that_was_done_is_doubted_from_the_start(database: Database) -> None:
    world = await a_world(database)
    world.clock.set(NOON + YEAR)
    keeper = Timekeeper(database, world.clock, 6 * HOUR, lambda: 0.0)
    await keeper.tick()
    assert not keeper.is_sure


async def test_a_weekend_asleep_is_made_up_for_by_one_visit_to_each_source(database: Database) -> None:
    clock = ManualClock(NOON)
    visits = Visits(database, clock, "me", MINUTE, lambda *_: clock.now() + HOUR)
    async with database.write() as tx:
        for number in range(30):
            await tx.sources.put(replace(a_source(f"s {number}", f"https://s{number}.example/"), interval=3_600), NOON)
    assert len(await _visit_all(visits)) == 30
    clock.set(NOON + _WEEKEND)
    assert len(await _visit_all(visits)) == 30
    assert await visits.lease_due(100) == []


async def _visit_all(visits: Visits) -> list[str]:
    visited = []
    while briefs := await visits.lease_due(8):
        for brief in briefs:
            visited.append(brief.source.name)
            await visits.end(brief, VisitOutcome())
    return visited


def _after_a_month(until: datetime) -> Rhythm:
    """An article an hour, for a month."""
    rhythm = Rhythm()
    for hours in range(24 * 30, -1, -1):
        rhythm = rhythm.after([until - hours * HOUR], until - hours * HOUR)
    return rhythm


async def test_a_clock_a_year_fast_does_not_call_every_source_silent(database: Database) -> None:
    clock = ManualClock(NOON)
    visits = Visits(database, clock, "me", MINUTE, lambda *_: clock.now() + HOUR)
    async with database.write() as tx:
        await put_delivery(tx)
        number = await tx.sources.put(a_source(), NOON)
        await tx.sources.change(number, rhythm=_after_a_month(NOON).as_json(), last_news_at=NOON, last_visit_at=NOON)
    notices = []
    for moment in (NOON + YEAR, NOON + YEAR + HOUR, NOON + 2 * HOUR, NOON + 3 * HOUR):
        clock.set(moment)
        [brief] = await visits.lease([number])
        await visits.end(brief, VisitOutcome())
        notices.append(await _told_of(database, number))
    assert notices == [""] * 4
    clock.set(NOON + DAY)
    [brief] = await visits.lease([number])
    await visits.end(brief, VisitOutcome())
    assert await _told_of(database, number) == "silent"


async def _told_of(database: Database, number: int) -> str:
    async with database.read() as tx:
        return (await tx.sources.by_id(number)).told_of
