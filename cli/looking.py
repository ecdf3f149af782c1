"""The wiring of commands that only look at the web: the crawl engine and its workers, and no archive."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from cli.errors import FoundWantingError
from cli.wiring import limits
from crawler.engine import CrawlEngine, CrawlParts
from crawler.fetching import Answer
from crawler.guard import GuardedResolver
from extraction.extractor import PoolExtractor
from extraction.pool import WorkerPool
from news.address import AllowList
from news.clock import SystemClock

if TYPE_CHECKING:
    from crawler.visit import VisitBook
    from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Lookout:
    """Fetches and extracts under everything that visits obey: the guard, robots.txt, the turn at the host."""

    crawler: CrawlEngine
    extractor: PoolExtractor


@asynccontextmanager
async def lookout(settings: "Settings") -> AsyncIterator[Lookout]:
    """A lookout, running. The reactor must ride on this loop; once per process."""
    pool = WorkerPool(1, settings.extraction.timeout)
    guard = GuardedResolver(AllowList.parse(settings.network.allow))
    no_book = cast("VisitBook", None)  # visits write in it, and there will be none
    crawler = CrawlEngine(CrawlParts(limits(settings), guard, no_book, pool, SystemClock()))
    await pool.warm()
    await crawler.start()
    try:
        yield Lookout(crawler, PoolExtractor(pool))
    finally:
        await crawler.stop()
        pool.kill()


async def fetched(crawler: CrawlEngine, url: str) -> Answer:
    """The answer to one polite request. Raises FoundWantingError with the reason why there is none."""
    answer = await crawler.fetch(url)
    if isinstance(answer, Answer):
        return answer
    hint = ""
    if answer.kind == "guard":
        parts = urlsplit(url)
        port = parts.port or (80 if parts.scheme == "http" else 443)
        hint = f'if that is meant, allow it: [network] allow = ["{parts.hostname}:{port}"]'
    raise FoundWantingError(answer.message, hint)
