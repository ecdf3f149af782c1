"""Vigie in the test's own process: wired as in production, its clock stands still, and ticks come when told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cli.network import system_resolve
from cli.place import Archive, Place, open_archive
from cli.wiring import Engine
from extraction.pool import WorkerPool
from news.alert import Delivery
from news.article import StoredArticle
from news.clock import ManualClock
from news.ports import Resolve
from news.source import Link, Source
from storage.matches import FoundMatch


@dataclass(frozen=True)
class Running:
    """A Vigie that visits and delivers when told to."""

    archive: Archive
    engine: Engine
    clock: ManualClock

    async def visit(self) -> None:
        """Visit everything that is due, to the end."""
        await self.engine.local.submit_due()
        await self.engine.local.finish()

    async def deliver(self) -> None:
        """Send everything that is due, to the end."""
        await self.engine.releaser.release_due()
        await self.engine.deliverer.send_all_due()

    async def go_round(self) -> None:
        """One visit and one delivery."""
        await self.visit()
        await self.deliver()

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.clock.set(self.clock.now() + timedelta(**span))

    async def articles(self) -> list[StoredArticle]:
        """All articles, newest first."""
        async with self.archive.database.read() as tx:
            return await tx.articles.latest(1_000)

    async def matches(self) -> list[FoundMatch]:
        """All matches, newest first."""
        async with self.archive.database.read() as tx:
            return await tx.matches.latest(1_000)

    async def deliveries(self) -> list[Delivery]:
        """All deliveries, newest first."""
        async with self.archive.database.read() as tx:
            return await tx.outbox.latest(1_000)

    async def source(self, name: str) -> Source:
        """A source as it stands."""
        async with self.archive.database.read() as tx:
            return await tx.sources.get(name)

    async def links(self, url: str) -> list[Link]:
        """The links to a URL."""
        async with self.archive.database.read() as tx:
            return await tx.links.with_url(url)


@asynccontextmanager
async def running(
    folder: Path, settings: str, pool: WorkerPool, clock: ManualClock, resolve: Resolve = system_resolve
) -> AsyncIterator[Running]:
    """Vigie on a folder with these settings; `[crawler] delay = 0` is usually wanted."""
    (folder / "vigie.toml").write_text(settings, encoding="utf-8")
    place = Place.of(folder, None)
    async with open_archive(place, clock) as archive:
        engine = Engine(archive, pool, resolve)
        await engine.crawler.start()
        try:
            yield Running(archive, engine, clock)
        finally:
            await engine.crawler.stop()
            await engine.visits.release_all()
            await engine.deliverer.release_all()
