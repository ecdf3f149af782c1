"""Ends of visits that are written down together."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from crawler.visit import VisitOutcome
from news.clock import ManualClock
from scheduler.cadence import Bounds, cadence_within
from service.visits import Visits
from storage import Database
from tests.samples import HOUR, MINUTE, NOON, a_source


async def test_one_who_no_longer_waits_for_the_end_of_a_visit_keeps_no_other_from_hearing_of_its_own(
    database: Database,
) -> None:
    visits = Visits(database, ManualClock(NOON), "me", HOUR, cadence_within(Bounds()))
    async with database.write() as tx:
        for number in range(3):
            await tx.sources.put(a_source(f"Le Phare {number}"), NOON - MINUTE)
    briefs = await visits.lease_due(3)
    async with database.write():  # whoever writes now holds up the ends
        ends = [asyncio.create_task(visits.end(brief, VisitOutcome())) for brief in briefs]
        await asyncio.sleep(0)
        ends[1].cancel()
        with suppress(asyncio.CancelledError):
            await ends[1]
    async with asyncio.timeout(5):
        await asyncio.gather(ends[0], ends[2])
    async with database.read() as tx:
        assert not await tx.sources.any_due(NOON)
        assert await tx.sources.overdue(NOON + timedelta(days=2)) == 3
