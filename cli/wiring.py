"""The wiring: all that runs is constructed here, by plain calls, from the settings."""

from datetime import timedelta

from alerting.channels import build
from alerting.guard import Guard
from cli.folder import process_name
from cli.place import Archive
from crawler.engine import CrawlEngine, CrawlParts
from crawler.guard import GuardedResolver
from crawler.settings import CrawlLimits
from extraction.extractor import PoolExtractor
from extraction.pool import WorkerPool
from news.address import AllowList
from news.alert import Channel
from news.ports import Sender
from scheduler.cadence import next_due
from scheduler.daemon import Daemon, DaemonParts
from scheduler.local import LocalEngine
from service.collect import Collector
from service.deliver import Deliverer
from service.settings import Settings
from service.visits import Visits


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
