"""The wiring: all that runs is constructed here, by plain calls, from the settings."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version

from alerting.channels import build
from alerting.guard import GuardedDialler
from cli.folder import process_name
from cli.languages import lexicon
from cli.network import guard_under, system_resolve
from cli.place import Archive
from crawler.browser import Browser
from crawler.engine import CrawlEngine, CrawlParts
from crawler.guard import GuardedResolver
from crawler.settings import CrawlLimits
from extraction.extractor import PoolExtractor
from extraction.pool import WorkerPool
from news.address import AllowList
from news.alert import Channel
from news.delivering import Passing, unobserved
from news.ports import Resolve, Sender
from news.tally import Tally
from scheduler.cadence import Bounds, cadence_within
from scheduler.daemon import Daemon, DaemonParts
from scheduler.local import LocalEngine
from scheduler.revisit import Revisits
from scheduler.ticker import Ticker
from service.board import WatchBoard
from service.collect import Collector
from service.deliver import Deliverer
from service.feedback import FeedbackDesk
from service.forget import Forgetter
from service.furnish import FurnishedSender
from service.heartbeat import Heartbeat
from service.hub import GuardedHub
from service.metrics import Metrics, Sources
from service.prune import Pruner
from service.push import Pushes
from service.reader import Reader
from service.recover import Recovery
from service.reindex import Reindexer
from service.release import Releaser
from service.remember import StoredMemory
from service.revise import Reviser
from service.selfcheck import SelfCheck, Senses
from service.settings import Settings
from service.subscribe import Subscriber
from service.timekeeper import Timekeeper
from service.visits import Visits


@dataclass(frozen=True, slots=True)
class Pace:
    """What time passes by, besides the archive's clock: seconds that nobody sets, and what calls the ticks.

    For simulations; whatever waits on the event loop, as pauses and time limits do, goes by the loop.
    """

    seconds: Callable[[], float] = time.monotonic
    ticker: Callable[[], Ticker] = Ticker


class Engine:
    """Everything that crawls, extracts and delivers, wired together and not yet started."""

    def __init__(
        self,
        archive: Archive,
        pool: WorkerPool | None = None,
        resolve: Resolve = system_resolve,
        passing: Passing = unobserved,
        pace: Pace = Pace(),
    ) -> None:
        settings, clock, database = archive.settings, archive.clock, archive.database
        owner, lease = process_name(), timedelta(seconds=settings.service.lease)
        self._clock, self.tally = clock, Tally()
        self._database, self._feedback = database, archive.feedback
        self._guard = guard_under(settings, resolve)
        self._dialler = GuardedDialler(self._guard)
        self.pool = pool or WorkerPool(settings.extraction.workers, settings.extraction.timeout)
        self.extractor = PoolExtractor(self.pool)
        self.board = board = WatchBoard()
        self.reader = reader = Reader(lexicon())
        self.reindexer = Reindexer(database, reader)
        reviser = Reviser(database, self.pool, board, clock, Revisits(settings.crawler.revisits), reader)
        self.collector = Collector(database, self.extractor, board, reviser, clock, reader, self.tally, self._is_sure)
        self.crawler = CrawlEngine(
            CrawlParts(
                limits=limits(settings),
                guard=GuardedResolver(self._guard),
                book=self.collector,
                memory=StoredMemory(database, clock),
                workers=self.pool,
                clock=clock,
                spiders=archive.place.folder.path / "spiders",
                browser=browser(settings, self._dialler),
            )
        )
        self.visits = Visits(database, clock, owner, lease, cadence_within(bounds(settings)), self.tally)
        self.local = LocalEngine(self.crawler, self.visits, settings.crawler.visits)
        self.releaser = Releaser(database, clock)
        self.deliverer = Deliverer(database, clock, owner, lease, self.sender_for, passing=passing, tally=self.tally)
        self.subscriber = Subscriber(database, clock, GuardedHub(self._dialler), settings.web.public_url)
        self.feedback_desk = FeedbackDesk(database, self._feedback, self.reader, clock) if self._feedback else None
        self._put_together(archive, lease, pace)

    def _put_together(self, archive: Archive, lease: timedelta, pace: Pace) -> None:
        """The service, and what watches over it."""
        settings, clock, database = archive.settings, archive.clock, archive.database
        self.pushes = Pushes(database, clock, self.pool, self.collector)
        self.pruner = Pruner(database, clock, settings.retention.kept)
        url, seconds = settings.service.heartbeat_url, pace.seconds
        self.heartbeat = Heartbeat(url, self._dialler, self.tally, seconds=seconds)
        self.timekeeper = Timekeeper(database, clock, bounds(settings).longest, seconds)
        senses = Senses(
            late=lambda: self.daemon.late(),  # noqa: PLW0108 (there is no daemon yet)
            heartbeat=lambda: self.heartbeat.trouble,
            awake_since=lambda: self.timekeeper.awake_since,
            folder=archive.place.folder.path,
        )
        self.self_check = SelfCheck(database, clock, senses, seconds)
        self.recovery = Recovery(database, seconds)
        self.daemon = self._daemon(archive, lease, pace.ticker())
        self.metrics = Metrics(database, clock, self._sources(archive))

    def _is_sure(self) -> bool:
        return self.timekeeper.is_sure

    def _sources(self, archive: Archive) -> Sources:
        return Sources(
            tally=self.tally,
            late=self.daemon.late,
            troubles=self.daemon.troubles,
            problems=self.self_check.kinds,
            folder=archive.place.folder.path,
            version=version("vigie"),
        )

    def _daemon(self, archive: Archive, lease: timedelta, ticker: Ticker) -> Daemon:
        return Daemon(
            DaemonParts(
                database=archive.database,
                clock=archive.clock,
                pool=self.pool,
                crawler=self.crawler,
                visits=self.visits,
                engine=self.local,
                board=self.board,
                releaser=self.releaser,
                deliverer=self.deliverer,
                forgetter=Forgetter(archive.database, archive.clock),
                pruner=self.pruner,
                subscriber=self.subscriber,
                pushes=self.pushes,
                timekeeper=self.timekeeper,
                heartbeat=self.heartbeat,
                self_check=self.self_check,
                recovery=self.recovery,
                lease=lease,
                stop_within=archive.settings.service.stop_within,
            ),
            ticker,
        )

    def sender_for(self, channel: Channel) -> Sender:
        """What sends for a channel, behind the guard."""
        return FurnishedSender(build(channel, self._dialler, self._clock), self._database, self._feedback)

    def allow(self, settings: Settings) -> None:
        """Take the allow-list of settings read again."""
        self._guard.allow(AllowList.parse(settings.network.allow))


def browser(settings: Settings, dialler: GuardedDialler) -> Browser:
    """The browser for sources that need one; it is started when the first of their pages is fetched."""
    return Browser(dialler.connect, limits(settings).identity, named=settings.crawler.chromium)


def limits(settings: Settings) -> CrawlLimits:
    """The crawler's part of the settings."""
    crawler = settings.crawler
    return CrawlLimits(
        user_agent=crawler.user_agent,
        contact=crawler.contact,
        delay=crawler.delay,
        timeout=crawler.timeout,
        idle_timeout=crawler.idle_timeout,
        visits=crawler.visits,
        pages_per_visit=crawler.pages_per_visit,
        spider_timeout=crawler.spider_timeout,
    )


def bounds(settings: Settings) -> Bounds:
    """Between which intervals sources are visited as they publish."""
    crawler = settings.crawler
    return Bounds(timedelta(seconds=crawler.shortest_interval), timedelta(seconds=crawler.longest_interval))
