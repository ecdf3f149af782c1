"""The local engine: which of the sources that are due get the places."""

import asyncio
from datetime import timedelta
from typing import Any, cast

from crawler.visit import Brief, VisitOutcome
from news.clock import ManualClock
from scheduler.local import LocalEngine
from service.visits import Visits
from storage import Database
from tests.samples import NOON, a_source


class _SlowCrawler:
    """Opens visits, and ends them when told to."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.may_end = asyncio.Event()

    async def visit(self, brief: Brief) -> VisitOutcome:
        self.open.append(brief.source.name)
        await self.may_end.wait()
        return VisitOutcome()


async def test_one_host_gets_a_quarter_of_the_places_and_the_rest_of_its_sources_wait(database: Database) -> None:
    clock, crawler = ManualClock(NOON), _SlowCrawler()
    async with database.write() as tx:
        for number in range(6):
            await tx.sources.put(a_source(f"same {number}", f"https://same.example/{number}"), NOON)
        await tx.sources.put(a_source("other", "https://other.example/"), NOON)
    visits = Visits(database, clock, "me", timedelta(minutes=1), lambda *_: NOON + timedelta(days=1))
    engine = LocalEngine(cast(Any, crawler), visits, slots=8)
    await engine.submit_due()
    await asyncio.sleep(0)
    assert sorted(crawler.open) == ["other", "same 0", "same 1"]
    await engine.submit_due()
    await asyncio.sleep(0)
    assert len(crawler.open) == 3
    crawler.may_end.set()
    await engine.finish()
    clock.set(NOON + timedelta(seconds=20))
    await engine.submit_due()
    await engine.finish()
    assert len(crawler.open) == 5


async def test_a_visit_under_way_is_not_begun_again_when_the_clock_leaps_past_its_lease(database: Database) -> None:
    clock, crawler = ManualClock(NOON), _SlowCrawler()
    async with database.write() as tx:
        number = await tx.sources.put(a_source(), NOON)
    visits = Visits(database, clock, "me", timedelta(minutes=1), lambda *_: NOON + timedelta(days=400))
    engine = LocalEngine(cast(Any, crawler), visits, slots=8)
    await engine.submit_due()
    clock.set(NOON + timedelta(days=365))
    await engine.submit_due()
    await asyncio.sleep(0)
    assert (len(engine), crawler.open) == (1, ["Le Phare"])
    assert await Visits(database, clock, "another", timedelta(minutes=1), lambda *_: NOON).lease_due(9) == []
    crawler.may_end.set()
    await engine.finish()
    async with database.read() as tx:
        assert (await tx.sources.by_id(number)).due_at == NOON + timedelta(days=400)


async def test_visits_that_end_together_are_all_written_down(database: Database) -> None:
    clock = ManualClock(NOON)
    async with database.write() as tx:
        for number in range(20):
            await tx.sources.put(a_source(f"source {number}", f"https://s{number}.example/"), NOON)
    visits = Visits(database, clock, "me", timedelta(minutes=1), lambda *_: NOON + timedelta(days=1))
    briefs = await visits.lease_due(20)
    await asyncio.gather(*(visits.end(brief, VisitOutcome(error="it burns")) for brief in briefs))
    async with database.read() as tx:
        sources = await tx.sources.all()
    due_at = NOON + timedelta(days=1)
    assert {(one.failures, one.last_error, one.due_at) for one in sources} == {(1, "it burns", due_at)}
    assert await visits.lease_due(20) == []
