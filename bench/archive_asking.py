"""What is asked of a big archive: searches, pages to the end, lists; and pruning while others read and write."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.archive_crawl import Crawl
from bench.archive_filling import seen_at
from bench.search import asked
from matching import parse
from news.retention import Retention
from service.prune import Pruner
from service.search import newest
from storage import Database, Transaction

WAYS = ("newest", "later page", "of a week", "relevance", "count")
_PAGE, _LISTED = 20, 100
_SOME = "somea"  # stands in one article of a hundred
_FEW = 10  # pages of which the median is told
_PAUSE = 0.2


def p95(seconds: Sequence[float]) -> float:
    """What one in twenty is above."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]


@dataclass(slots=True)
class Searched:
    """The seconds of searches, and those of them that this process computed."""

    seconds: list[float] = field(default_factory=list)
    computed: list[float] = field(default_factory=list)


async def searches(database: Database, articles: int, turns: int) -> dict[str, Searched]:
    """All queries of `bench.search`, by the way in which they were asked; and all together."""
    found = {"all": Searched()}
    for timing in await asked(database, articles, turns, WAYS):
        for one in (found.setdefault(timing.way, Searched()), found["all"]):
            one.seconds += timing.seconds
            one.computed += timing.computed
    return found


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages from the first to the last: the median seconds of the first ten and of the last ten, and of what."""

    first: float
    last: float
    pages: int
    articles: int


def _pages(seconds: Sequence[float], articles: int) -> Pages:
    return Pages(median(seconds[:_FEW]), median(seconds[-_FEW:]), len(seconds), articles)


async def list_to_the_end(database: Database) -> Pages:
    """The list of articles, a hundred a page."""
    seconds: list[float] = []
    seen: set[int] = set()
    before: int | None = None
    while True:
        began = time.perf_counter()
        async with database.read() as tx:
            some = await tx.articles.latest(_LISTED, before_id=before)
        if not some:
            return _pages(seconds, len(seen))
        seconds.append(time.perf_counter() - began)
        seen.update(one.id for one in some)
        before = some[-1].id


async def search_to_the_end(database: Database, crawl: Crawl) -> Pages:
    """The newest articles with a word that one in a hundred has, twenty a page."""
    seconds: list[float] = []
    seen: set[int] = set()
    query, cursor = parse(_SOME), ""
    while True:
        began = time.perf_counter()
        async with database.read() as tx:
            page = await newest(tx, query, crawl.reader, _PAGE, cursor=cursor)
        seconds.append(time.perf_counter() - began)
        seen.update(hit.stored.id for hit in page.hits)
        if page.cursor is None:
            return _pages(seconds, len(seen))
        cursor = page.cursor


async def _sources(tx: Transaction) -> None:
    await tx.sources.all()
    await tx.articles.counts_by_source()


async def lists(database: Database, crawl: Crawl) -> dict[str, float]:
    """The median seconds of what the lists, the metrics and the self-check ask."""
    now = crawl.clock.now()
    ways: dict[str, Callable[[Transaction], Awaitable[object]]] = {
        "list of sources, with their articles": _sources,
        "latest matches": lambda tx: tx.matches.latest(_PAGE),
        "latest stories": lambda tx: tx.stories.latest(_PAGE),
        "figures of /metrics": lambda tx: tx.figures.at(now),
    }
    found = {}
    for name, way in ways.items():
        seconds = []
        for _ in range(5):
            began = time.perf_counter()
            async with database.read() as tx:
                await way(tx)
            seconds.append(time.perf_counter() - began)
        found[name] = median(seconds)
    return found


@dataclass(slots=True)
class Pruned:
    """How many went, and seconds: of it all, of each transaction; of articles stored and searches made beside it."""

    gone: int = 0
    took: float = 0.0
    batches: list[float] = field(default_factory=list)
    written: list[float] = field(default_factory=list)
    read: list[float] = field(default_factory=list)


async def prune(database: Database, crawl: Crawl, first: int, most: int) -> Pruned:
    """Let the articles of the lowest numbers go, below `first`, at most so many, while others store and search."""
    pruned = Pruned()

    async def pause(seconds: float) -> None:
        pruned.batches.append(seconds)
        await asyncio.sleep(0)

    def told(count: int) -> None:
        pruned.gone = count
        if count >= most:
            pruner.wind_down()

    pruner = Pruner(database, crawl.clock, Retention(crawl.clock.now() - seen_at(first)), pause)
    over = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(_writes(crawl, pruned, over))
        group.create_task(_reads(database, crawl, pruned, over))
        began = time.perf_counter()
        await pruner.prune(told=told)
        pruned.took = time.perf_counter() - began
        over.set()
    return pruned


async def _writes(crawl: Crawl, pruned: Pruned, over: asyncio.Event) -> None:
    while not over.is_set():
        pruned.written += (await crawl.store(1)).articles
        await asyncio.sleep(_PAUSE)


async def _reads(database: Database, crawl: Crawl, pruned: Pruned, over: asyncio.Event) -> None:
    query = parse(_SOME)
    while not over.is_set():
        began = time.perf_counter()
        async with database.read() as tx:
            await newest(tx, query, crawl.reader, _PAGE)
        pruned.read.append(time.perf_counter() - began)
        await asyncio.sleep(_PAUSE)
