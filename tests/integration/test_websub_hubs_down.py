"""A hub that many feeds name, when it is down: it is spared, and the other hubs are not held up by it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from extraction.pool import WorkerPool
from news.source import Feed
from storage import Database
from storage.subscriptions import Subscription
from tests.hubs import HubReply, LocalHub, ReachableVigie, reachable
from tests.samples import NOON, a_source
from tests.worker_jobs import nothing

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
async def pool() -> AsyncIterator[WorkerPool]:
    """One worker process."""
    workers = WorkerPool(1, 10, rehearsal=nothing)
    await workers.warm()
    yield workers
    await workers.close()


@pytest.fixture
async def vigie(database: Database, pool: WorkerPool) -> AsyncIterator[ReachableVigie]:
    """Vigie, with one source."""
    async with reachable(database, pool) as started:
        yield started


async def _name(vigie: ReachableVigie, *hubs: str) -> None:
    """The source has one feed for each of these hubs, in this order."""
    async with vigie.database.write() as tx:
        vigie.source_id = await tx.sources.put(a_source(), NOON)
        await tx.feeds.replace(
            vigie.source_id, [Feed(f"https://phare.example/{number}", "feed") for number in range(len(hubs))]
        )
        for feed, hub in zip(await tx.feeds.of(vigie.source_id), hubs, strict=True):
            await tx.feeds.polled(replace(feed, hub=hub), NOON)


async def _of(vigie: ReachableVigie, hub: str) -> list[Subscription]:
    async with vigie.database.read() as tx:
        return [one for one in (await tx.subscriptions.of(vigie.source_id)).values() if one.hub == hub]


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_a_hub_that_is_down_is_asked_for_one_feed_and_the_others_wait_alike(
    vigie: ReachableVigie, status: int
) -> None:
    async with LocalHub(HubReply(status)) as down, LocalHub() as well:
        await _name(vigie, *[down.url] * 3, well.url)
        await vigie.ask(well)
        assert len(down.forms) == 1
        for one in await _of(vigie, down.url):
            assert (one.failures, one.next_try_at) == (1, NOON + HOUR)
            assert f"answered {status}" in one.last_error
        assert [one.state for one in await _of(vigie, well.url)] == ["verified"]
        vigie.wait(hours=1)
        await vigie.ask(down)
        assert [one.state for one in await _of(vigie, down.url)] == ["verified"] * 3


async def test_feeds_of_a_hub_that_stays_down_wait_longer_each_time_at_one_request(vigie: ReachableVigie) -> None:
    async with LocalHub(*[HubReply(503)] * 3) as down:
        await _name(vigie, *[down.url] * 3)
        for asked, hours in enumerate((1, 2, 4), start=1):
            await vigie.ask(down)
            assert len(down.forms) == asked
            due = vigie.clock.now() + hours * HOUR
            assert [one.next_try_at for one in await _of(vigie, down.url)] == [due] * 3
            vigie.clock.set(due)


@pytest.mark.parametrize("status", [400, 404, 302])
async def test_a_hub_that_refuses_one_feed_is_asked_for_the_others(vigie: ReachableVigie, status: int) -> None:
    async with LocalHub(HubReply(status)) as hub:
        await _name(vigie, *[hub.url] * 3)
        await vigie.ask(hub)
        assert len(hub.forms) == 3
        assert sorted(one.state for one in await _of(vigie, hub.url)) == ["asked", "verified", "verified"]


async def test_a_hub_that_is_down_is_told_of_one_end_and_all_are_forgotten(vigie: ReachableVigie) -> None:
    async with LocalHub() as hub:
        await _name(vigie, *[hub.url] * 3)
        await vigie.ask(hub)
        hub.replies.append(HubReply(503))
        async with vigie.database.write() as tx:
            await tx.sources.pause(vigie.source_id, True, NOON)
        await vigie.ask(hub)
        assert len(hub.forms) == 4
        assert await _of(vigie, hub.url) == []


@pytest.mark.parametrize("odd", ["mailto:hub@example.org", "http://[::1", "http://a b/", "http://a:99999999/"])
async def test_a_hub_whose_address_is_none_keeps_no_other_from_being_asked(vigie: ReachableVigie, odd: str) -> None:
    async with LocalHub() as hub:
        await _name(vigie, odd, hub.url)
        await vigie.ask(hub)
        [broken] = await _of(vigie, odd)
        assert broken.last_error
        assert broken.next_try_at == NOON + HOUR
        assert [one.state for one in await _of(vigie, hub.url)] == ["verified"]
