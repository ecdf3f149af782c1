"""Two days of a small world, made to have in them what each promise needs to be broken: for the breaks made on purpose.

A service that keeps its promises comes through it, and its books are clean.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.soak.books import Books
from bench.soak.checks import compare, look_at_digests
from bench.soak.faults import happen
from bench.soak.plan import Event
from bench.soak.run import STEP, Soak
from bench.soak.service import Breaking
from bench.soak.shown import look_at_metrics
from bench.soak.world import WATCHES, World

_SEED = 20261122
_SOURCES = 20  # on two hosts
_EACH = 4 * 3_600
_BEGIN = datetime(2026, 9, 14, 4, tzinfo=UTC)
_FAILING = "h1.soak.example"


async def short_life(folder: Path, breaking: Breaking | None = None, *, database: bool = True) -> Books:
    """Live through it, with or without (`database`) a database that is locked meanwhile."""
    data = folder / "data"
    data.mkdir(parents=True)
    async with World(_SOURCES, _SEED, _BEGIN) as world, Soak(data, world, Books(_SEED), _BEGIN) as soak:
        soak.breaking, soak.now, soak.odd_until = breaking, _BEGIN, _BEGIN
        world.sites._watches = dict.fromkeys(WATCHES, 1.0)
        for site in world.sites.all:
            site.interval, site.rate = _EACH, 0.0
        for site in world.sites.all[:3]:
            world.sites.publish(site, _BEGIN - timedelta(hours=3), is_history=True)
        soak.write_settings()
        await soak.begin()
        await soak.step(timedelta(minutes=5))
        await _work(soak)
        if database:
            await happen(soak, Event(soak.now, "database", "", "locked"))
        await soak.step(timedelta(hours=24))
        soak.look_at_visits()
        await look_at_metrics(soak)
        await happen(soak, Event(soak.now, "term"))
        await soak.stop()
        compare(soak)
        look_at_digests(soak)
    return soak.books


async def _work(soak: Soak) -> None:
    """News twice within a day, visits hour by hour, a host that fails, a backup."""
    sites = soak.world.sites
    for site in (sites.all[3], sites.all[5]):
        sites.publish(site, soak.now)
        for _ in range(5):
            await soak.step(STEP)
    await happen(soak, Event(soak.now, "site", _FAILING, "500"))
    await soak.step(timedelta(hours=5))
    await look_at_metrics(soak)
    await happen(soak, Event(soak.now, "site", _FAILING))
    sites.publish(sites.all[4], soak.now)
    soak.change("UPDATE source SET due_at = last_visit_at")
    await happen(soak, Event(soak.now, "backup"))
