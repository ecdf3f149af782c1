"""Spiders of the user's own: found by name, run in this process under our rules, one run a visit."""

import asyncio
import importlib
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import structlog
from scrapy import Spider, signals
from scrapy.crawler import AsyncCrawlerRunner, Crawler

from crawler.access import access_of
from crawler.advice import advice
from crawler.hindrance import without_access
from crawler.own_code import SpiderCodeError, in_a_thread
from crawler.own_run import Run, bound, run_settings
from crawler.settings import CrawlLimits
from crawler.visit import VisitOutcome
from news.caps import Bite
from news.errors import ConfigError, VigieError

log = structlog.get_logger()

_CLOSING_SECONDS = 3.0
_IMPORT_SECONDS = 30.0
_LOOK = "docs/spiders.md tells what a spider may yield; the log has the whole story."


class BadSpiderError(VigieError):
    """A spider that is not there, cannot be imported, or is none."""


def load(name: str, folder: Path | None) -> type[Spider]:
    """The class that `module:Class` names, from `folder` or wherever Python finds it. Raises BadSpiderError."""
    if folder is not None and str(folder) not in sys.path:
        sys.path.append(str(folder))  # at the end: a file of the user's hides no module of ours
    module_name, _, class_name = name.partition(":")
    importlib.invalidate_caches()
    try:
        module = importlib.import_module(module_name)
    except (Exception, SystemExit) as error:
        where = f" ({folder} is looked through too)" if folder is not None else ""
        what = f"the spider {name} cannot be imported: {type(error).__name__}: {error}{where}"
        raise BadSpiderError(what) from error
    written = getattr(module, class_name, None)
    if not isinstance(written, type) or not issubclass(written, Spider):
        raise BadSpiderError(f"{module_name} has no scrapy.Spider called {class_name!r}")
    return written


class OwnSpiders:
    """Runs them; any number may run at once. `folder` is on Python's path for them."""

    def __init__(self, limits: CrawlLimits, folder: Path | None) -> None:
        self._limits = limits
        self._folder = folder
        self._runner = AsyncCrawlerRunner(run_settings(limits))
        self._is_closing = False
        self._stopping: set[asyncio.Task[None]] = set()

    async def visit(self, run: Run) -> VisitOutcome:
        """One run, to its end or its limit. Raises only for faults of ours."""
        if self._is_closing:
            return VisitOutcome(is_cut_short=True)
        try:
            run = replace(run, access=access_of(run.source))
        except ConfigError as error:
            return without_access(error)
        try:
            written = await self._loaded(run.source.spider)
            await self._run(written, run)
        except VigieError as error:
            return VisitOutcome(error=error.message, advice=error.hint or _LOOK)
        if run.fault is not None:
            raise run.fault
        if self._is_closing:
            return VisitOutcome(is_cut_short=True)
        outcome = _outcome(run)
        # One page that always fails must not make everything history for ever.
        if run.source.watched_since is None and (run.items or not outcome.error):
            await run.book.first_run_ended(run.source)
        return outcome

    async def _loaded(self, name: str) -> type[Spider]:
        try:
            return await in_a_thread(
                partial(load, name, self._folder), min(_IMPORT_SECONDS, self._limits.spider_timeout)
            )
        except SpiderCodeError as error:
            raise BadSpiderError(f"the spider {name} cannot be imported: that {error.message}") from error

    async def _run(self, written: type[Spider], run: Run) -> None:
        crawler = self._runner.create_crawler(bound(written, run))
        crawler.signals.connect(run.callback_failed, signal=signals.spider_error, weak=False)
        task = self._runner.crawl(crawler)
        done, _ = await asyncio.wait({task}, timeout=self._limits.spider_timeout)
        if not done:
            await self._stop(crawler, task, run)
        if task.done() and not task.cancelled() and (error := task.exception()) is not None:
            log.warning("spider failed", source=run.source.name, spider=run.source.spider, exc_info=error)
            run.failed("before it could start", error)

    async def _stop(self, crawler: Crawler, task: "asyncio.Task[None]", run: Run) -> None:
        """End a run whose time is over: nothing more is taken from it, and requests under way get theirs."""
        limit = self._limits.spider_timeout
        run.bites.append(Bite("time", run.source.url, f"the spider was stopped after {limit:g} s"))
        run.is_over = True
        stopping = asyncio.create_task(crawler.stop_async())
        done, _ = await asyncio.wait({task, stopping}, timeout=_CLOSING_SECONDS, return_when=asyncio.ALL_COMPLETED)
        if task in done:
            return
        if (slot := crawler.engine.scraper.slot) is not None and not slot.is_idle():
            run.errors.append(f"the spider {run.source.spider} does not end when it is told to")
        for one in (task, stopping):
            one.cancel()

    async def stop(self) -> None:
        """End all runs; what they were for is done at the next visit."""
        self._is_closing = True
        try:
            async with asyncio.timeout(_CLOSING_SECONDS):
                await self._runner.stop()
                await self._runner.join()
        except TimeoutError:
            log.warning("spiders broken off", hint="they did not end when they were told to")

    def wind_down(self) -> None:
        """Runs end with the requests at hand."""
        self._is_closing = True
        for crawler in self._runner.crawlers:
            stopping = asyncio.create_task(crawler.stop_async())
            self._stopping.add(stopping)
            stopping.add_done_callback(self._stopping.discard)


def _outcome(run: Run) -> VisitOutcome:
    """What is told of a run: the spider's own errors first, then why nothing could be fetched."""
    error, failure, what_to_do = "", None, ""
    if run.errors:
        error, what_to_do = run.errors[0], _LOOK
    elif run.failure is not None and not run.items:
        error, failure, what_to_do = run.failure.message, run.failure, advice(run.failure)
    is_dumb = not (error or run.items or run.bites) and run.source.last_news_at is None
    warning = "" if not is_dumb else f"the spider {run.source.spider} ran to its end and brought nothing"
    return VisitOutcome(
        error=error,
        failure=failure,
        advice=what_to_do or (_LOOK if warning else ""),
        warning=warning,
        published=tuple(run.published),
        bites=tuple(run.bites),
        polls=1,
        pages=run.requests,
    )
