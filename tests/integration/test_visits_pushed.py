"""Pushes that come while a visit is open, and when a source that is pushed is visited next."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.visit import Brief, VisitOutcome
from extraction.pool import WorkerPool
from news.rhythm import Rhythm
from news.source import Feed
from scheduler.cadence import Bounds, cadence_within
from service.visits import Visits
from storage import Database
from tests.hubs import FEED, LocalHub, ReachableVigie, pushed, reachable, rss, subscribed
from tests.samples import HOUR, NOON
from tests.worker_jobs import nothing

BOUNDS = Bounds()
READ = VisitOutcome(polls=1)


@pytest.fixture(scope="module")
async def pool() -> AsyncIterator[WorkerPool]:
    """One worker process."""
    workers = WorkerPool(1, 10, rehearsal=nothing)
    await workers.warm()
    yield workers
    await workers.close()


@pytest.fixture
async def hub() -> AsyncIterator[LocalHub]:
    """A hub that behaves."""
    async with LocalHub() as started:
        yield started


@pytest.fixture
async def vigie(database: Database, pool: WorkerPool, hub: LocalHub) -> AsyncIterator[ReachableVigie]:
    """Vigie, with one source whose one feed is subscribed."""
    async with reachable(database, pool) as started:
        await subscribed(started, hub)
        yield started


@pytest.fixture
def visits(vigie: ReachableVigie) -> Visits:
    """The visits of this process."""
    return Visits(vigie.database, vigie.clock, "me", HOUR, cadence_within(BOUNDS))


async def leased(vigie: ReachableVigie, visits: Visits) -> Brief:
    """The source, whose hour has come."""
    vigie.wait(hours=1)
    [brief] = await visits.lease_due(1)
    return brief


async def learned(vigie: ReachableVigie) -> Rhythm:
    """What is known of when the source publishes."""
    async with vigie.database.write() as tx:
        rhythm, _ = (await tx.sources.learned([vigie.source_id]))[vigie.source_id]
    return Rhythm.from_json(rhythm)


async def settle_links(vigie: ReachableVigie) -> None:
    """Whatever waits to be fetched was fetched."""
    async with vigie.database.write() as tx:
        for link in await tx.links.due(vigie.source_id, vigie.clock.now(), 100):
            await tx.links.settle(link.id, "refused", vigie.clock.now())


@pytest.mark.parametrize("outcome", [READ, VisitOutcome(polls=1, pages=1), VisitOutcome(error="gone", polls=1)])
async def test_what_a_push_taught_while_a_visit_was_open_is_kept(
    vigie: ReachableVigie, hub: LocalHub, visits: Visits, outcome: VisitOutcome
) -> None:
    brief = await leased(vigie, visits)
    vigie.wait(minutes=1)
    pushed_at = vigie.clock.now()
    await pushed(vigie, hub, rss("https://phare.example/a", "https://phare.example/b"))
    vigie.wait(minutes=1)
    await visits.end(brief, outcome)
    rhythm = await learned(vigie)
    assert sum(rhythm.hours) == pytest.approx(2, abs=0.01)
    assert rhythm.last == pushed_at
    assert rhythm.until == (pushed_at if outcome.error else vigie.clock.now())
    source = await vigie.source()
    assert source.last_news_at == pushed_at
    assert source.last_visit_at == vigie.clock.now()


async def test_what_the_visit_found_itself_is_learned_on_top(
    vigie: ReachableVigie, hub: LocalHub, visits: Visits
) -> None:
    brief = await leased(vigie, visits)
    vigie.wait(minutes=1)
    await pushed(vigie, hub, rss("https://phare.example/a"))
    vigie.wait(minutes=1)
    found_at = vigie.clock.now()
    await visits.end(brief, replace(READ, published=(found_at, found_at - HOUR)))
    assert sum((await learned(vigie)).hours) == pytest.approx(3, abs=0.01)
    assert (await vigie.source()).last_news_at == found_at


async def test_older_news_than_was_pushed_does_not_set_the_source_back(
    vigie: ReachableVigie, hub: LocalHub, visits: Visits
) -> None:
    brief = await leased(vigie, visits)
    pushed_at = vigie.clock.now()
    await pushed(vigie, hub, rss("https://phare.example/a"))
    await visits.end(brief, replace(READ, published=(NOON,)))
    assert (await vigie.source()).last_news_at == pushed_at


@pytest.mark.parametrize(("polls", "body"), [(0, rss("https://phare.example/a")), (1, b"something is new")])
async def test_a_push_while_a_visit_is_open_is_worth_another_visit(
    vigie: ReachableVigie, hub: LocalHub, visits: Visits, polls: int, body: bytes
) -> None:
    brief = await leased(vigie, visits)
    vigie.wait(minutes=1)
    await pushed(vigie, hub, body)
    vigie.wait(minutes=1)
    await visits.end(brief, VisitOutcome(polls=polls))
    assert (await vigie.source()).due_at == vigie.clock.now()


async def test_a_host_that_wants_to_be_left_alone_is_left_alone_whatever_was_pushed(
    vigie: ReachableVigie, hub: LocalHub, visits: Visits
) -> None:
    brief = await leased(vigie, visits)
    vigie.wait(minutes=1)
    await pushed(vigie, hub, b"something is new")
    await visits.end(brief, replace(READ, not_before=NOON + 3 * HOUR))
    assert (await vigie.source()).due_at == NOON + 3 * HOUR


async def test_visits_that_end_together_have_each_their_own_pushes(
    vigie: ReachableVigie, hub: LocalHub, visits: Visits
) -> None:
    async with vigie.database.write() as tx:
        other = await tx.sources.put(replace(await tx.sources.by_id(vigie.source_id), name="other"), NOON)
        await tx.sources.change(other, last_news_at=NOON - HOUR)
    vigie.wait(hours=1)
    briefs = await visits.lease_due(2)
    await pushed(vigie, hub, rss("https://phare.example/a"))
    await asyncio.gather(*(visits.end(brief, READ) for brief in briefs))
    async with vigie.database.read() as tx:
        assert (await tx.sources.by_id(other)).last_news_at == NOON - HOUR
    assert (await vigie.source()).last_news_at == vigie.clock.now()


async def published_hourly(vigie: ReachableVigie) -> None:
    """The source has published once an hour for weeks."""
    rhythm = Rhythm().after([NOON - number * HOUR for number in range(600)], NOON)
    async with vigie.database.write() as tx:
        await tx.sources.change(vigie.source_id, rhythm=rhythm.as_json(), last_news_at=NOON)


async def next_visit(vigie: ReachableVigie, visits: Visits, outcome: VisitOutcome = READ) -> timedelta:
    """How long after a visit that the push asked for, and that fetched what was pushed, the next is due."""
    vigie.wait(minutes=1)
    [brief] = await visits.lease([vigie.source_id])
    await settle_links(vigie)
    await visits.end(brief, outcome)
    due_at = (await vigie.source()).due_at
    assert due_at is not None
    return due_at - vigie.clock.now()


async def test_a_source_that_is_pushed_is_polled_as_seldom_as_any(
    vigie: ReachableVigie, hub: LocalHub, visits: Visits
) -> None:
    await published_hourly(vigie)
    assert await next_visit(vigie, visits) < HOUR, "the hub has not pushed yet"
    await pushed(vigie, hub, rss("https://phare.example/a"))
    assert await next_visit(vigie, visits) == BOUNDS.longest


async def test_a_visit_that_finds_what_was_not_pushed_ends_the_trust_in_the_hub_until_it_pushes(
    vigie: ReachableVigie, hub: LocalHub, visits: Visits
) -> None:
    await published_hourly(vigie)
    await pushed(vigie, hub, rss("https://phare.example/a"))
    assert await next_visit(vigie, visits) == BOUNDS.longest
    vigie.wait(hours=6)
    lost = replace(READ, published=(vigie.clock.now(),))
    assert await next_visit(vigie, visits, lost) < 2 * HOUR
    assert await next_visit(vigie, visits) < 2 * HOUR
    await pushed(vigie, hub, rss("https://phare.example/b"))
    assert await next_visit(vigie, visits) == BOUNDS.longest


async def test_a_source_with_a_second_feed_that_nobody_pushes_is_polled_as_ever(
    vigie: ReachableVigie, hub: LocalHub, visits: Visits
) -> None:
    await published_hourly(vigie)
    await pushed(vigie, hub, rss("https://phare.example/a"))
    async with vigie.database.write() as tx:
        await tx.feeds.replace(vigie.source_id, [Feed(FEED, "feed"), Feed(f"{FEED}/2", "feed")])
    assert await next_visit(vigie, visits) < HOUR
