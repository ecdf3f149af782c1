"""The crawl engine: one long-lived Scrapy crawler in this process, to which visits are given."""

import asyncio
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog
from scrapy import signals
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.settings import Settings

from crawler.browser import Browser
from crawler.discovery import Discovery
from crawler.failure import FetchFailure
from crawler.fetching import Answer, Fetcher
from crawler.guard import GuardedResolver
from crawler.memory import SiteMemory
from crawler.openvisit import OpenVisit
from crawler.own_run import Run
from crawler.own_spider import OwnSpiders
from crawler.politeness import Turns
from crawler.rendering import fetcher_for
from crawler.settings import CrawlLimits, scrapy_settings
from crawler.spiders.news import NewsSpider
from crawler.visit import Brief, VisitBook, VisitOutcome
from crawler.visitor import Visitor
from news.clock import Clock
from news.errors import VigieError
from news.ports import Workers
from news.source import Source

log = structlog.get_logger()

_CLOSING_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class CrawlParts:
    """What the crawler is made of. `spiders` is the folder of the user's own, `browser` is for sources so marked."""

    limits: CrawlLimits
    guard: GuardedResolver
    book: VisitBook
    memory: SiteMemory
    workers: Workers
    clock: Clock
    spiders: Path | None = None
    browser: Browser | None = None


class CrawlEngine:
    """Start it once, give it visits, stop it once."""

    def __init__(self, parts: CrawlParts) -> None:
        self._parts = parts
        self._visits: asyncio.Queue[OpenVisit] = asyncio.Queue()
        self._turns = Turns(parts.limits.delay, parts.memory, parts.clock)
        self._runner = AsyncCrawlerRunner(Settings(scrapy_settings(parts.limits)))
        self._own = OwnSpiders(parts.limits, parts.spiders)
        self._crawler: Crawler | None = None
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the spider; the reactor must ride on this loop already."""
        self._parts.guard.install()
        crawler = self._runner.create_crawler(NewsSpider)
        is_open = asyncio.Event()
        crawler.signals.connect(is_open.set, signal=signals.engine_started, weak=False)
        self._running = self._runner.crawl(
            crawler,
            guard=self._parts.guard,
            turns=self._turns,
            memory=self._parts.memory,
            limits=self._parts.limits,
            book=self._parts.book,
            clock=self._parts.clock,
            visits=self._visits,
            browser=self._parts.browser,
        )
        opened = asyncio.create_task(is_open.wait())
        await asyncio.wait({opened, self._running}, return_when=asyncio.FIRST_COMPLETED)
        opened.cancel()
        if not is_open.is_set():
            await self._running  # raises what went wrong
            raise VigieError("the crawler stopped as soon as it was started")
        self._crawler = crawler

    @property
    def _spider(self) -> NewsSpider:
        if self._crawler is None or not isinstance(self._crawler.spider, NewsSpider):
            raise VigieError("the crawler is not running")
        return self._crawler.spider

    async def visit(self, brief: Brief) -> VisitOutcome:
        """Visit a source: poll its feeds, fetch what is due. Raises only for faults of ours, such as a full disk."""
        visitor = Visitor(self._spider, self._parts.workers, self._visits)
        try:
            if brief.source.spider:
                return await self._own.visit(self._run_of(brief.source))
            return await visitor.visit(brief)
        finally:
            await self._turns.keep()

    def _run_of(self, source: Source) -> Run:
        parts = self._parts
        return Run(source, parts.guard, self._turns, parts.memory, parts.limits, parts.clock, parts.book)

    async def fetch(self, url: str, source: Source | None = None) -> Answer | FetchFailure:
        """Fetch one URL with everything that visits obey: the guard, robots.txt, the turn at the host.

        With the access and, if it is so marked, the browser of `source`. Raises ConfigError where its access cannot be
        read.
        """
        return await self._fetcher(source).get(url)

    def discovery(self, source: Source | None = None) -> Discovery:
        """For a look at a site before it is added, or in the way of a source that is there. Raises as `fetch` does."""
        fetcher = self._fetcher(source)
        robots_of = partial(self._spider.robots_of, access=fetcher.access)
        return Discovery(fetcher, self._parts.workers, self._parts.clock, robots_of)

    def _fetcher(self, source: Source | None) -> Fetcher:
        fetcher = self._spider.fetcher
        return fetcher if source is None else fetcher_for(source, fetcher)

    def wind_down(self) -> None:
        """Open visits end with the page at hand."""
        if self._crawler is not None:
            self._spider.closing = True
            self._own.wind_down()

    async def stop(self) -> None:
        """Close the spider; requests under way get a moment to end, then they are left to the loop's end."""
        if self._crawler is None:
            return
        self.wind_down()
        if self._parts.browser is not None:
            await self._parts.browser.close()
        try:
            async with asyncio.timeout(_CLOSING_SECONDS):
                await self._own.stop()
                await self._runner.stop()
                await self._runner.join()
        except TimeoutError:
            log.warning("requests broken off", hint="what they were for is fetched again next time")
        self._crawler = None
