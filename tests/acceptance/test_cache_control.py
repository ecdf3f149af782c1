"""What a server says of how long its answer stays fresh, down to the time of the next visit."""

from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from extraction.pool import WorkerPool
from news.clock import ManualClock
from tests.running import Running, running
from tests.sites import LocalSite


class FreshSite:
    """A busy site whose feed is answered with these headers."""

    def __init__(self, site: LocalSite, clock: ManualClock) -> None:
        self.site = site
        self.headers: dict[str, str] = {}
        self._clock = clock
        self.publishes("article", 60)
        site.scripts["/feed.xml"] = self._feed

    def publishes(self, slug: str, count: int) -> None:
        """So many articles, the last of them now: one in ten minutes."""
        for number in range(count):
            at = self._clock.now() - timedelta(minutes=10 * number)
            self.site.publish(f"{slug}-{number}", "Un article", published_at=at)

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        usual = self.site._usual(request)
        usual.headers.update(self.headers)
        return usual


async def _wait(vigie: Running) -> timedelta:
    """Visit, and how long it is until the next visit."""
    await vigie.visit()
    source = await vigie.source("Le Site")
    assert source.due_at is not None and source.last_error == ""
    wait = source.due_at - vigie.clock.now()
    vigie.clock.set(source.due_at)
    return wait


@pytest.mark.parametrize(
    "headers", [{}, {"Cache-Control": "no-cache, max-age=1800"}, {"Cache-Control": "s-maxage=1800"}]
)
async def test_a_feed_that_need_not_be_left_alone_is_not(
    headers: dict[str, str], site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    fresh = FreshSite(site, clock)
    fresh.headers = headers
    async with running(tmp_path, _settings(site), pool, clock) as vigie:
        assert await _wait(vigie) < timedelta(minutes=15)


async def test_a_feed_is_left_alone_as_long_as_it_stays_fresh_and_an_hour_at_most(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    fresh = FreshSite(site, clock)
    async with running(tmp_path, _settings(site), pool, clock) as vigie:
        fresh.headers = {"Cache-Control": "public, max-age=2400", "Age": "600"}
        assert await _wait(vigie) == timedelta(minutes=30)
        fresh.headers = {}
        assert await _wait(vigie) == timedelta(minutes=30), "a 304 that says nothing leaves it as it was"
        fresh.headers = {"Cache-Control": "max-age=2400"}
        assert await _wait(vigie) == timedelta(minutes=40)
        fresh.headers = {"Cache-Control": "max-age=86400"}
        assert await _wait(vigie) == timedelta(hours=1)
        fresh.headers = {"Cache-Control": "no-store"}
        fresh.publishes("more", 16)  # it is as busy as ever, whatever the hour
        assert await _wait(vigie) < timedelta(minutes=15)
        assert site.conditional["/feed.xml"] == 3


def _settings(site: LocalSite) -> str:
    return (
        f'[crawler]\ndelay = 0\nrevisits = 0\npages_per_visit = 1000\n[network]\nallow = ["{site.address}"]\n'
        f'[[source]]\nname = "Le Site"\nurl = "{site.url("/feed.xml")}"\n'
    )
