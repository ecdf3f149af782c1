"""The wiring: everything is constructed here, by plain calls, from the settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from alerting.channels import build
from alerting.guard import Guard
from cli.folder import DataFolder, process_name
from crawler.engine import CrawlEngine, CrawlParts
from crawler.guard import GuardedResolver
from crawler.settings import CrawlLimits
from extraction.extractor import PoolExtractor
from extraction.pool import WorkerPool
from news.address import AllowList
from news.alert import Channel
from news.clock import Clock, SystemClock
from news.ports import Sender
from scheduler.cadence import next_due
from scheduler.daemon import Daemon, DaemonParts
from scheduler.local import LocalEngine
from service.check import check_declared
from service.collect import Collector
from service.configuration import read
from service.declare import Changes, declare
from service.deliver import Deliverer
from service.settings import Settings
from service.visits import Visits
from storage import Database


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command works: the data folder, and the settings file (None where there is none)."""

    folder: DataFolder
    settings_file: Path | None

    @classmethod
    def of(cls, data: Path, config: Path | None) -> "Place":
        """From the options; without --config, `vigie.toml` in the data folder counts if it is there."""
        folder = DataFolder.at(data)
        if config is None and folder.settings_file.exists():
            config = folder.settings_file
        return cls(folder, config)

    def settings(self) -> Settings:
        """The settings as they stand now. Raises ConfigError."""
        settings = read(self.settings_file)
        check_declared(settings, self.settings_file)
        return settings


@dataclass(frozen=True, slots=True)
class Archive:
    """An open database with the settings it was opened under."""

    place: Place
    settings: Settings
    database: Database
    clock: Clock

    async def declare(self, settings: Settings | None = None) -> Changes:
        """Bring what the file declares into the database."""
        async with self.database.write() as tx:
            return await declare(tx, settings or self.settings, self.clock.now())


@asynccontextmanager
async def open_archive(place: Place, clock: Clock | None = None) -> AsyncIterator[Archive]:
    """The archive, for one command. What the file declares is brought in, unless a running service sees to that."""
    settings = place.settings()
    database = await Database.open(settings.database.url or place.folder.database_url)
    archive = Archive(place, settings, database, clock or SystemClock())
    try:
        if not place.folder.is_held():
            await archive.declare()
        yield archive
    finally:
        await database.close()


class Engine:
    """Everything that crawls, extracts and delivers, wired together and not yet started."""

    def __init__(self, archive: Archive, pool: WorkerPool | None = None) -> None:
        settings, clock, database = archive.settings, archive.clock, archive.database
        owner, lease = process_name(), timedelta(seconds=settings.service.lease)
        allow = AllowList.parse(settings.network.allow)
        self._clock = clock
        self._sending_guard = Guard(allow)
        self._fetching_guard = GuardedResolver(allow)
        self.pool = pool or WorkerPool(settings.extraction.workers, settings.extraction.timeout)
        self.extractor = PoolExtractor(self.pool)
        self.collector = Collector(database, self.extractor, clock)
        self.crawler = CrawlEngine(CrawlParts(limits(settings), self._fetching_guard, self.collector, self.pool, clock))
        self.visits = Visits(database, clock, owner, lease, next_due)
        self.local = LocalEngine(self.crawler, self.visits, settings.crawler.visits)
        self.deliverer = Deliverer(database, clock, owner, lease, self.sender_for)
        self.daemon = Daemon(
            DaemonParts(
                database=database,
                clock=clock,
                pool=self.pool,
                crawler=self.crawler,
                visits=self.visits,
                engine=self.local,
                deliverer=self.deliverer,
                lease=lease,
                stop_within=settings.service.stop_within,
            )
        )

    def sender_for(self, channel: Channel) -> Sender:
        """What sends for a channel, behind the guard."""
        return build(channel, self._sending_guard, self._clock)

    def allow(self, settings: Settings) -> None:
        """Take the allow-list of settings read again."""
        allow = AllowList.parse(settings.network.allow)
        self._fetching_guard.allow(allow)
        self._sending_guard = Guard(allow)


def limits(settings: Settings) -> CrawlLimits:
    """The crawler's part of the settings."""
    crawler = settings.crawler
    return CrawlLimits(
        user_agent=crawler.user_agent,
        contact=crawler.contact,
        delay=crawler.delay,
        timeout=crawler.timeout,
        visits=crawler.visits,
        pages_per_visit=crawler.pages_per_visit,
    )
