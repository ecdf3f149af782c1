"""NewsSpider: the one spider, open as long as Vigie runs. It fetches the pages of every visit.

A visit whose polls have brought links enters as a request of `start()`; the callback is the rest of it: one page at a
time, each yielded to the item pipeline and settled before the next is asked for.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import scrapy
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.access import Access
from crawler.browser import Browser
from crawler.failure import FetchFailure, from_exception
from crawler.fetching import Answer, Fetcher, answer_or_failure
from crawler.guard import GuardedResolver
from crawler.items import FetchedPage
from crawler.memory import SiteMemory
from crawler.middlewares.robots import RobotsMiddleware
from crawler.openvisit import OpenVisit
from crawler.outcome import bites_of
from crawler.politeness import Turns
from crawler.rendering import trouble_of
from crawler.robots import Robots
from crawler.settings import CrawlLimits
from crawler.visit import VisitBook
from news.caps import Bite
from news.clock import Clock
from news.errors import PageError
from news.source import Link

_LINKS_AT_ONCE = 16


class NewsSpider(scrapy.Spider):
    """Fetches the pages of visits as they come."""

    name = "news"
    guard: GuardedResolver
    turns: Turns
    limits: CrawlLimits
    book: VisitBook
    memory: SiteMemory
    clock: Clock
    visits: "asyncio.Queue[OpenVisit]"
    browser: Browser | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "NewsSpider":
        """Scrapy's way of construction; the keyword arguments become attributes."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.fetcher = Fetcher(crawler, spider.clock)
        spider.closing = False
        return spider

    fetcher: Fetcher
    closing: bool

    async def start(self) -> AsyncIterator[Request]:
        """The first page of each visit, as visits come."""
        while True:
            visit = await self.visits.get()
            yield visit.fetcher.request(
                visit.link.url, callback=self.pages, errback=self.page_failed, cb_kwargs={"visit": visit}
            )

    async def pages(self, response: Response, visit: OpenVisit) -> AsyncIterator[FetchedPage]:
        """The callback: the first page is there, the rest of the visit follows."""
        async for item in self._pages(visit, answer_or_failure(response, self.clock.now())):
            yield item

    async def page_failed(self, failure: Failure) -> AsyncIterator[FetchedPage]:
        """The errback: the first page could not be had, which is no reason not to try the next."""
        request: Request = failure.request  # type: ignore[attr-defined]
        why = from_exception(failure.value or RuntimeError("no reason given"), request.url)
        async for item in self._pages(request.cb_kwargs["visit"], why):
            yield item

    async def _pages(self, visit: OpenVisit, answer: Answer | FetchFailure) -> AsyncIterator[FetchedPage]:
        """Every link that is due; whatever happens, the visit is told of the end."""
        link: Link | None = visit.link
        try:
            while link is not None:
                visit.pages += 1
                if isinstance(answer, FetchFailure):
                    await self._failed(visit, link, answer)
                else:
                    item = FetchedPage(visit.source, link, answer.page, asyncio.get_running_loop().create_future())
                    yield item
                    await self._settled(visit, item)
                link = await self._next(visit)
                answer = await visit.fetcher.get(link.url) if link is not None else answer
            visit.ended.set_result(None)
        except Exception as error:
            if not visit.ended.done():
                visit.ended.set_exception(error)
        finally:
            visit.ended.cancel()  # no effect on an end that is there; whoever waits never waits for ever

    async def _settled(self, visit: OpenVisit, item: FetchedPage) -> None:
        """What came of a page; one that breaks our code must not keep its source from all that stands behind it."""
        try:
            is_article = await item.settled
        except PageError as error:
            await self._failed(visit, item.link, FetchFailure("fault", error.message))
        else:
            if is_article is not None:
                visit.judged.append((item.link.url, is_article))

    async def _failed(self, visit: OpenVisit, link: Link, failure: FetchFailure) -> None:
        """Write a failure down; one of a fetch that our own stopping broke off tells nothing about the page."""
        if not self.closing:
            visit.bites += bites_of(failure, link.url)
            await self.book.failed(link, failure)

    async def _next(self, visit: OpenVisit) -> Link | None:
        """The next link that is due, within the visit's share of pages; none when the service stops, or the browser."""
        if self.closing or trouble_of(visit.fetcher) is not None:
            return None
        self.book.check()
        if not visit.links:
            visit.links.extend(await self.book.due_links(visit.source, limit=_LINKS_AT_ONCE))
        link = visit.links.popleft() if visit.links else None
        if link is not None and visit.pages >= self.limits.pages_per_visit:
            visit.bites.append(Bite("pages per visit", link.url, f"after {visit.pages} pages; the rest comes next"))
            return None
        return link

    async def robots_of(self, url: str, access: Access | None = None) -> Robots:
        """The robots.txt rules of the URL's origin, asked for in the way of whoever has this access."""
        robots = self.crawler.get_downloader_middleware(RobotsMiddleware)
        assert robots is not None  # noqa: S101 (it is in our own settings)
        return await robots.robots_of(url, access)
