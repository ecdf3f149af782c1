"""One run of a spider of the user's own: what it has done so far, and what holds it to the rules."""

import traceback
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.settings import BaseSettings, Settings, default_settings
from twisted.python.failure import Failure

from crawler.access import Access
from crawler.brought import BadItemError, believed, brought
from crawler.failure import FetchFailure, from_exception, from_status
from crawler.guard import GuardedResolver
from crawler.memory import SiteMemory
from crawler.middlewares.access import access_meta
from crawler.middlewares.robots import is_robots_txt
from crawler.own_code import SpiderCodeError, called, held, in_pieces
from crawler.politeness import Turns
from crawler.settings import CrawlLimits, scrapy_settings
from crawler.visit import VisitBook
from crawler.wired import WIRED, wired
from news.article import Article, Page
from news.caps import Bite
from news.clock import Clock
from news.errors import PageError
from news.source import Link, Source

_MOST_ERRORS = 5
_LONGEST_PIECE = 5.0  # seconds
_WISHES = 10  # requests yielded for each that may be made, those seen before included
_NOT_ITS_OWN = ("download_maxsize", "download_timeout", "bindaddress", "download_slot")
# Of Scrapy's own settings these are left to the spider; what it names itself stays as well.
_ITS_OWN = ("DEPTH_LIMIT", "DEPTH_PRIORITY", "DEFAULT_REQUEST_HEADERS")
_ABOVE_ALL = 1_000


@dataclass(slots=True)
class Run:
    """What one run is given, and what became of it. `fault` is one of ours, such as a full disk.

    `wishes` counts the requests that the spider yields, `requests` those made; once it `is_over` nothing is taken from
    it any more.
    """

    source: Source
    guard: GuardedResolver
    turns: Turns
    memory: SiteMemory
    limits: CrawlLimits
    clock: Clock
    book: VisitBook
    access: Access = field(default_factory=Access)
    wishes: int = 0
    requests: int = 0
    items: int = 0
    is_over: bool = False
    errors: list[str] = field(default_factory=list)
    failure: FetchFailure | None = None
    fault: Exception | None = None
    bites: list[Bite] = field(default_factory=list)
    published: list[datetime] = field(default_factory=list)

    @property
    def longest_piece(self) -> float:
        """Seconds for which its code may keep everything else waiting."""
        return min(_LONGEST_PIECE, self.limits.spider_timeout)

    def failed(self, where: str, error: BaseException) -> None:
        """Note an error of the spider's own, with its line."""
        if len(self.errors) < _MOST_ERRORS:
            self.errors.append(f"the spider {self.source.spider} failed {where}: {_said(error)}")

    def callback_failed(self, failure: Failure, response: Response | Request | None) -> None:
        """Scrapy's signal: a callback raised."""
        if failure.value is not None:
            self.failed(f"on {response.url}" if response is not None else "at its start", failure.value)

    def may_wish(self, request: Request) -> bool:
        """Whether this request may wait for its turn: a callback that yields without end must not fill the memory."""
        self.wishes += 1
        is_within = self.wishes <= _WISHES * self.limits.pages_per_visit
        if not is_within:
            self.cut(request)
        return is_within

    def cut(self, request: Request) -> None:
        """The run has had its share of pages; told once."""
        if not self.bites:
            most = self.limits.pages_per_visit
            self.bites.append(Bite("pages per visit", request.url, f"after {most} requests"))

    async def take(self, item: Any) -> None:
        """Store what the spider has yielded, or note what is wrong with it."""
        try:
            one = believed(brought(item), self.clock.now())
        except BadItemError as error:
            if len(self.errors) < _MOST_ERRORS:
                hint = f"; {error.hint}" if error.hint else ""
                self.errors.append(f"the spider {self.source.spider}: {error.message}{hint}")
            return
        self.items += 1
        link = await self.book.listed(self.source, one.link)
        if link is None:
            return
        self.published.append(one.link.published_at or self.clock.now())
        await self._keep(link, one.what)

    async def _keep(self, link: Link, what: Article | Page) -> None:
        """Store it; what breaks our code is no reason to stop."""
        try:
            if isinstance(what, Article):
                await self.book.arrived(self.source, link, what)
            else:
                await self.book.fetched(self.source, link, what)
        except PageError as error:
            if not self.is_over:
                await self.book.failed(link, FetchFailure("fault", error.message))


def _said(error: BaseException) -> str:
    if isinstance(error, SpiderCodeError):
        return f"it {error.message}"
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"{said}{_line(error)}"


def _line(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f" (line {frames[-1].lineno} of {frames[-1].filename.rpartition('/')[2]})" if frames else ""


class ItemPipeline:
    """Stands where the spider's own pipelines would."""

    def __init__(self, run: Run) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of construction."""
        return cls(wired(crawler))

    async def process_item(self, item: Any) -> Any:
        """Store it; a fault of ours ends the run."""
        if self._run.fault is None:
            try:
                await self._run.take(item)
            except Exception as error:
                self._run.fault = error
        return item


class RunMiddleware:
    """The first thing that a request of the run meets, and the last that its answer does; and what a spider yields."""

    def __init__(self, run: Run) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of construction."""
        return cls(wired(crawler))

    def process_request(self, request: Request) -> None:
        """Give it the source's access, and nothing that would undo a limit. Raises IgnoreRequest past the last."""
        if is_robots_txt(request):
            return
        for name in _NOT_ITS_OWN:
            request.meta.pop(name, None)
        request.meta.update(access_meta(self._run.access))
        if self._run.is_over or self._run.fault is not None:
            raise IgnoreRequest("the run is over")
        if self._run.requests >= self._run.limits.pages_per_visit:
            self._run.cut(request)
            raise IgnoreRequest("no more requests in this run")
        self._run.requests += 1

    def process_response(self, request: Request, response: Response) -> Response:
        """Note the first answer that is no page."""
        if self._run.failure is None and response.status >= 400 and not is_robots_txt(request):
            self._run.failure = from_status(response.status, response.url, "", self._run.clock.now())
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Note the first request that had no answer."""
        if self._run.failure is None and not is_robots_txt(request) and not self._run.bites:
            self._run.failure = from_exception(exception, request.url)

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """What the spider begins with, as far as it is taken."""
        async for one in self._taken(start):
            yield one

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """What a callback yields, as far as it is taken."""
        async for one in self._taken(result):
            yield one

    async def _taken(self, yielded: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for one in in_pieces(yielded, self._run):
            if self._run.is_over:
                return
            if isinstance(one, Request):
                if not self._run.may_wish(one):
                    return
                self._hold(one)
            yield one

    def _hold(self, request: Request) -> None:
        """Hold what it calls back to the rules."""
        for name in ("callback", "errback"):
            own = getattr(request, name)
            if own is not None and own is not NO_CALLBACK:
                setattr(request, name, held(self._run, own))


def run_settings(limits: CrawlLimits) -> Settings:
    """Scrapy's settings for a run: ours, and above all that a spider says."""
    ours = scrapy_settings(limits)
    middlewares = {
        **ours["DOWNLOADER_MIDDLEWARES"],
        "crawler.own_run.RunMiddleware": 10,
        "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": 20,
    }
    forced = {
        **ours,
        "DOWNLOADER_MIDDLEWARES": middlewares,
        "SPIDER_MIDDLEWARES": {"crawler.own_run.RunMiddleware": 10},
        "ITEM_PIPELINES": {"crawler.own_run.ItemPipeline": 300},
        "HTTPERROR_ALLOW_ALL": False,
        "CONCURRENT_REQUESTS": 4,  # those that wait for their turns when the time is over are in vain
        "DUPEFILTER_CLASS": "scrapy.dupefilters.RFPDupeFilter",
        "ADDONS": {},
        "JOBDIR": None,
    }
    left = {name: forced.pop(name) for name in _ITS_OWN if name in forced}
    settings = Settings(left)
    settings.setdict(forced, priority=_ABOVE_ALL)
    return settings


def bound(written: type[Spider], run: Run) -> type[Spider]:
    """The user's class, held to the rules: its settings give way to ours."""

    class Bound(written):  # type: ignore[misc, valid-type]
        name = getattr(written, "name", None) or written.__name__

        @classmethod
        def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
            """Scrapy's way of construction."""
            made: Self = called(run, super().from_crawler, crawler, *args, **kwargs)
            return made

        def _parse(self, response: Response, **kwargs: Any) -> Any:
            return called(run, super()._parse, response, **kwargs)

        @staticmethod
        def close(spider: Spider, reason: str) -> Any:
            """The last that it hears of."""
            return called(run, written.close, spider, reason)

        @classmethod
        def update_settings(cls, settings: BaseSettings) -> None:
            """Take over what a spider may decide."""
            own = Settings()
            written.update_settings(own)
            for name in own:
                is_ours = hasattr(default_settings, name) or name in settings
                if name in _ITS_OWN or not is_ours:
                    settings.set(name, own[name], "spider")

    setattr(Bound, WIRED, run)
    Bound.__name__, Bound.__qualname__, Bound.__module__ = written.__name__, written.__qualname__, written.__module__
    return Bound
