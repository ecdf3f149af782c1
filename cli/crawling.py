"""One round of visits on the command line: sources leased, visited, and their alerts sent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.progress import Progress

from cli.output import err
from cli.place import Archive, Place, open_archive
from cli.wiring import Engine
from news.source import Source
from scheduler.local import LocalEngine
from scheduler.ticker import Ticker


async def crawl_once(place: Place, names: list[str]) -> list[dict[str, object]]:
    """Visit the sources named, or all that are not paused, and send what is due; what came of each."""
    async with open_archive(place) as archive:
        sources = await _chosen(archive, names)
        before = await _counts(archive)
        engine = Engine(archive)
        await engine.pool.warm()
        await engine.crawler.start()
        try:
            leased = await engine.visits.lease([source.id for source in sources])
            async with _leases_kept(archive, engine):
                engine.local.submit(leased)
                await _shown(engine.local, len(leased))
                await engine.releaser.release_due()
                await engine.deliverer.send_all_due()
        finally:
            await engine.crawler.stop()
            engine.pool.kill()
            await engine.visits.release_all()
            await engine.deliverer.release_all()
        after = await _counts(archive)
        return await _told(archive, sources, {brief.source.id for brief in leased}, before, after)


@asynccontextmanager
async def _leases_kept(archive: Archive, engine: Engine) -> AsyncIterator[None]:
    """Renew what we hold, so that a service beside us does not take a long visit for a dead one."""
    ticker = Ticker()
    every = archive.settings.service.lease / 3
    ticker.every(every, "visits", engine.local.renew)
    ticker.every(every, "deliveries", engine.deliverer.renew)
    ticker.start()
    try:
        yield
    finally:
        await ticker.stop()


async def _shown(visits: LocalEngine, count: int) -> None:
    """Wait for the visits, with a bar for whoever looks on."""
    with Progress(*Progress.get_default_columns(), console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("visiting sources", total=count)
        while left := await visits.one_ended():
            bar.update(task, completed=count - left)


async def _chosen(archive: Archive, names: list[str]) -> list[Source]:
    async with archive.database.read() as tx:
        if names:
            return [await tx.sources.get(name) for name in names]
        return [source for source in await tx.sources.all() if not source.paused]


async def _counts(archive: Archive) -> dict[int, int]:
    async with archive.database.read() as tx:
        return await tx.articles.counts_by_source()


async def _told(
    archive: Archive, sources: list[Source], leased: set[int], before: dict[int, int], after: dict[int, int]
) -> list[dict[str, object]]:
    told: list[dict[str, object]] = []
    async with archive.database.read() as tx:
        for source in sources:
            now = await tx.sources.by_id(source.id)
            error = now.last_error if source.id in leased else "is being visited by another process"
            new = after.get(source.id, 0) - before.get(source.id, 0)
            told.append({"source": source.name, "new_articles": new, "error": error})
    return told
