"""Ends of visits that are written down together."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from crawler.visit import VisitOutcome
from news.clock import ManualClock
from scheduler.cadence import Bounds, cadence_within
from service.change import edit_source
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


@pytest.mark.parametrize(
    "change",
    [
        {"interval": "1h"},
        {"interval": "0 8 * * *"},
        {"browser": True},
        {"access": {"headers": {"Accept": "text/html"}}},
    ],
)
async def test_a_source_that_was_changed_while_it_was_visited_is_due_at_once_and_not_as_it_was_before(
    database: Database, change: dict[str, Any]
) -> None:
    visits = Visits(database, ManualClock(NOON), "me", HOUR, cadence_within(Bounds()))
    async with database.write() as tx:
        await tx.sources.put(replace(a_source(), interval=259_200), NOON - MINUTE)
    [brief] = await visits.lease_due(1)
    async with database.write() as tx:
        changed = await edit_source(tx, "Le Phare", change, None, NOON)
    await visits.end(brief, VisitOutcome(error="it burns"))
    async with database.read() as tx:
        assert await tx.sources.by_id(changed.id) == changed
    [again] = await visits.lease_due(1)
    await visits.end(again, VisitOutcome(error="it burns", not_before=NOON + 2 * HOUR))
    async with database.read() as tx:
        due_at = (await tx.sources.by_id(changed.id)).due_at
    assert due_at is not None and due_at >= NOON + 2 * HOUR, "whoever wants to be left alone is"


async def test_a_source_that_was_only_renamed_while_it_was_visited_has_been_visited(database: Database) -> None:
    visits = Visits(database, ManualClock(NOON), "me", HOUR, cadence_within(Bounds()))
    async with database.write() as tx:
        number = await tx.sources.put(replace(a_source(), interval=259_200), NOON - MINUTE)
    [brief] = await visits.lease_due(1)
    async with database.write() as tx:
        await edit_source(tx, "Le Phare", {"name": "Le Fanal"}, None, NOON)
    await visits.end(brief, VisitOutcome())
    async with database.read() as tx:
        source = await tx.sources.by_id(number)
    assert (source.last_visit_at, source.due_at) == (NOON, NOON + timedelta(days=3))
