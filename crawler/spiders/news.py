"""NewsSpider: the one spider, open as long as Vigie runs; each visit to a source is one readable coroutine.

A visit enters as a request of `start()`, when the engine was given it; its callback polls the source's feeds, writes
down what they list, and fetches what is due, one page at a time, yielding each to the item pipeline.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import scrapy
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.discovery import Discovery
from crawler.failure import FetchFailure, from_exception
from crawler.fetching import Answer, Fetcher, answer_or_failure, request_for
from crawler.guard import GuardedResolver
from crawler.items import FetchedPage
from crawler.middlewares.robots import RobotsMiddleware
from crawler.politeness import Turns
from crawler.polling import Poller
from crawler.settings import SITEMAP_BYTES, CrawlLimits
from crawler.visit import Poll, VisitBook, VisitOutcome
from news.clock import Clock
from news.ports import Workers
from news.source import Feed, Source


@dataclass(slots=True)
class OpenVisit:
    """A visit under way: the source, its feeds as known at the start, and the future that ends with the outcome."""

    source: Source
    feeds: list[Feed]
    outcome: asyncio.Future[VisitOutcome]
    polls: list[Poll] = field(default_factory=list)
    pages: int = 0


class NewsSpider(scrapy.Spider):
    """Visits sources as they fall due."""

    name = "news"
    guard: GuardedResolver
    turns: Turns
    limits: CrawlLimits
    book: VisitBook
    workers: Workers
    clock: Clock
    visits: "asyncio.Queue[OpenVisit]"

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "NewsSpider":
        """Scrapy's way of construction; the keyword arguments become attributes."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.fetcher = Fetcher(crawler, spider.clock)
        spider.poller = Poller(spider.fetcher, spider.workers, spider.clock)
        spider.closing = False
        return spider

    fetcher: Fetcher
    poller: Poller
    closing: bool

    async def start(self) -> AsyncIterator[Request]:
        """The first request of each visit, as visits come."""
        while True:
            visit = await self.visits.get()
            yield self._first_request(visit)

    def _first_request(self, visit: OpenVisit) -> Request:
        feed = visit.feeds[0] if visit.feeds else None
        return request_for(
            feed.url if feed else visit.source.url,
            feed,
            SITEMAP_BYTES if feed and feed.road == "sitemap" else 0,
            callback=self.visit,
            errback=self.visit_failed,
            cb_kwargs={"visit": visit},
        )

    async def visit(self, response: Response, visit: OpenVisit) -> AsyncIterator[FetchedPage]:
        """The callback: the first answer is there, the rest of the visit follows."""
        async for item in self._visit(visit, answer_or_failure(response, self.clock.now())):
            yield item

    async def visit_failed(self, failure: Failure) -> AsyncIterator[FetchedPage]:
        """The errback: the first request has failed, which is one poll's failure and need not end the visit."""
        request: Request = failure.request  # type: ignore[attr-defined]
        why = from_exception(failure.value or RuntimeError("no reason given"), request.url)
        async for item in self._visit(request.cb_kwargs["visit"], why):
            yield item

    async def _visit(self, visit: OpenVisit, first: Answer | FetchFailure) -> AsyncIterator[FetchedPage]:
        """Discover if need be, poll, fetch; whatever happens, the visit's outcome is told."""
        try:
            knew_its_feeds = bool(visit.feeds)
            refusal = None if knew_its_feeds else await self._discover(visit, first)
            if refusal is not None:
                visit.outcome.set_result(VisitOutcome(error=refusal))
                return
            await self._poll_all(visit, first if knew_its_feeds else None)
            async for item in self._pages(visit):
                yield item
            visit.outcome.set_result(VisitOutcome(is_cut_short=True) if self.closing else _outcome(visit))
        except Exception as error:
            if not visit.outcome.done():
                visit.outcome.set_exception(error)
        finally:
            visit.outcome.cancel()  # no effect on an outcome that is there; whoever waits never waits for ever

    async def _discover(self, visit: OpenVisit, home: Answer | FetchFailure) -> str | None:
        """Find and keep the source's feeds; a sentence where there are none."""
        if isinstance(home, FetchFailure):
            return home.message
        found = await self.discovery().explore(home)
        if not found:
            return f"{visit.source.url} names no feed and no sitemap, and links to nothing that looks like an article"
        visit.feeds = await self.book.discovered(visit.source, [entry.feed for entry in found])
        return None

    def discovery(self) -> Discovery:
        """How a site is explored."""
        robots = self.crawler.get_downloader_middleware(RobotsMiddleware)
        assert robots is not None  # noqa: S101 (it is in our own settings)
        return Discovery(self.fetcher, self.workers, self.clock, robots.robots_of)

    async def _poll_all(self, visit: OpenVisit, first: Answer | FetchFailure | None) -> None:
        for number, feed in enumerate(visit.feeds):
            if self.closing:
                return
            poll = await self.poller.poll(feed, first if number == 0 else None)
            visit.polls.append(poll)
            await self.book.polled(visit.source, poll, is_last=number == len(visit.feeds) - 1)

    async def _pages(self, visit: OpenVisit) -> AsyncIterator[FetchedPage]:
        """Every link that is due, one page at a time, each settled before the next is asked for."""
        while visit.pages < self.limits.pages_per_visit and not self.closing:
            links = await self.book.due_links(visit.source, limit=1)
            if not links:
                return
            visit.pages += 1
            answer = await self.fetcher.get(links[0].url)
            if isinstance(answer, FetchFailure):
                await self.book.failed(links[0], answer)
                continue
            item = FetchedPage(visit.source, links[0], answer.page, asyncio.get_running_loop().create_future())
            yield item
            await item.settled


def _outcome(visit: OpenVisit) -> VisitOutcome:
    """A visit has failed where no feed could be read; that the feeds say nothing at all is worth a word."""
    errors = [poll.feed.last_error for poll in visit.polls if poll.feed.last_error]
    outcome = VisitOutcome(polls=len(visit.polls), pages=visit.pages)
    if errors and len(errors) == len(visit.polls):
        return replace(outcome, error=errors[0], rediscover=True)
    if visit.polls and not any(poll.links or poll.is_unchanged for poll in visit.polls):
        return replace(outcome, warning=f"{visit.polls[0].feed.url} can be read, but lists no article")
    return outcome
