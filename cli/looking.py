"""The wiring of commands that only look at the web: the crawl engine and its workers, and no archive."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from alerting.guard import GuardedDialler
from cli.errors import FoundWantingError
from cli.network import guard_under, system_resolve
from cli.wiring import browser, limits
from crawler.access import access_of, kinds_of
from crawler.engine import CrawlEngine, CrawlParts
from crawler.fetching import Answer
from crawler.guard import GuardedResolver
from crawler.memory import ShortMemory
from extraction.extractor import PoolExtractor
from extraction.pool import WorkerPool
from news.clock import SystemClock
from news.errors import ConfigError

if TYPE_CHECKING:
    from crawler.visit import VisitBook
    from news.ports import Resolve
    from news.source import Source
    from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Lookout:
    """Fetches and extracts under everything that visits obey: the guard, robots.txt, the turn at the host."""

    crawler: CrawlEngine
    extractor: PoolExtractor


@asynccontextmanager
async def lookout(settings: "Settings", resolve: "Resolve" = system_resolve) -> AsyncIterator[Lookout]:
    """A lookout, running. The reactor must ride on this loop; once per process."""
    pool = WorkerPool(1, settings.extraction.timeout)
    guard = guard_under(settings, resolve)
    crawler = CrawlEngine(
        CrawlParts(
            limits=limits(settings),
            guard=GuardedResolver(guard),
            book=cast("VisitBook", None),  # visits write in it, and there will be none
            memory=ShortMemory(),
            workers=pool,
            clock=SystemClock(),
            browser=browser(settings, GuardedDialler(guard)),
        )
    )
    await pool.warm()
    await crawler.start()
    try:
        yield Lookout(crawler, PoolExtractor(pool))
    finally:
        await crawler.stop()
        pool.kill()


async def fetched(crawler: CrawlEngine, url: str, source: "Source | None" = None) -> Answer:
    """The answer to one polite request, made with the access and by the browser of `source` if there is one.

    Raises FoundWantingError with the reason why there is none.
    """
    answer = await crawler.fetch(url, source)
    if isinstance(answer, Answer):
        return answer
    raise FoundWantingError(answer.message, answer.hint)


def looked_at(source: "Source", *, by_browser: bool | None) -> "Source":
    """The source as it is to be looked at: by the browser or not, whatever it says itself, if that is asked for.

    Raises ConfigError where the browser cannot have its access.
    """
    if by_browser is None or by_browser == source.browser:
        return source
    if by_browser and access_of(source).road:
        raise ConfigError(
            f"the source {source.name!r} has a proxy of its own, or takes any certificate: the browser has neither",
            "look at it without --browser",
        )
    return replace(source, browser=by_browser)


def way_of(source: "Source") -> str:
    """How it is looked at, in words; empty where as by anybody."""
    said = [f"the source {source.name!r}"] if source.id else []
    said += kinds_of(source)
    return ", ".join([*said, "by the browser"] if source.browser else said)
