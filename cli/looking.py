"""The wiring of commands that only look at the web: the crawl engine and its workers, and no archive."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from cli.errors import FoundWantingError
from cli.network import guard_under, system_resolve
from cli.wiring import limits
from crawler.engine import CrawlEngine, CrawlParts
from crawler.fetching import Answer
from crawler.guard import GuardedResolver
from crawler.memory import ShortMemory
from extraction.extractor import PoolExtractor
from extraction.pool import WorkerPool
from news.address import allowing
from news.clock import SystemClock
from news.url import endpoint

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
    guard = GuardedResolver(guard_under(settings, resolve))
    no_book = cast("VisitBook", None)  # visits write in it, and there will be none
    crawler = CrawlEngine(CrawlParts(limits(settings), guard, no_book, ShortMemory(), pool, SystemClock()))
    await pool.warm()
    await crawler.start()
    try:
        yield Lookout(crawler, PoolExtractor(pool))
    finally:
        await crawler.stop()
        pool.kill()


async def fetched(crawler: CrawlEngine, url: str, source: "Source | None" = None) -> Answer:
    """The answer to one polite request, made with the access of `source` if there is one.

    Raises FoundWantingError with the reason why there is none.
    """
    answer = await crawler.fetch(url, source)
    if isinstance(answer, Answer):
        return answer
    raise FoundWantingError(answer.message, allowing(*endpoint(url)) if answer.kind == "guard" else "")
