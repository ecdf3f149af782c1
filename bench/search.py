"""How fast the archive answers: a list of queries over many made articles, at rest and while articles are written.

    python -m bench.search [--articles 100000] [--folder FOLDER] [--turns 3] [--database URL]

The words asked for stand in .1, 1, 10 and 30 % of the articles. Every query is asked for its newest 20 articles, for a
page far behind, within a source and within a week, for the most relevant, and for its number; each in a transaction of
its own, as a request would. With --folder the archive is kept there, or found there from an earlier run; with
--database it is made in a PostgreSQL.
"""

import argparse
import asyncio
import contextlib
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median

from bench.made_archive import NOW, MadeLexicon, batches, fill_sqlite, made_articles
from matching import analyzer, parse
from news.query import Query
from news.search import SearchFilter
from news.source import Source
from service.reader import Reader
from service.search import count, most_relevant, newest
from storage import Database, Transaction, tables

QUERIES = (
    "rarea", "somea", "manya", "mosta", "lang:fr mosta",
    '"rarex rarey"', '"somex somey"', '"manyx manyy"', '"mostx mosty"',
    "mosta rarea", "mosta mostb", "manya someb", "mosta manyb somec",
    "rarea OR rareb", "somea OR manya", "mosta OR mostb OR mostc",
    "mosta -manya", "somea -mosta", "rarea -rareb",
    "mosta NEAR/5 manya", "mosta NEAR/10 mostb", "manya NEAR/5 somea",
    "rare*", "some*", "most*", "title:rarea", "title:somea", "title:mosta", "title:(mosta manya)",
    "(mosta OR manya) AND (someb OR rarec)", "bacabilo", "bacabilos somea",
)  # fmt: skip
_PAGE = 20
_WRITTEN = 5  # articles in one commit while queries are asked, and this many seconds' tenths between two commits
_PAUSE = 0.2
_WEEK = timedelta(days=7)

Ask = Callable[[Transaction, Query, Reader, int], Awaitable[object]]


async def _first(tx: Transaction, query: Query, reader: Reader, articles: int) -> object:
    return (await newest(tx, query, reader, _PAGE)).cursor


async def _later(tx: Transaction, query: Query, reader: Reader, articles: int) -> object:
    return (await newest(tx, query, reader, _PAGE, cursor=f"n{articles // 2}")).cursor


async def _of_source(tx: Transaction, query: Query, reader: Reader, articles: int) -> object:
    return (await newest(tx, query, reader, _PAGE, only=SearchFilter(source_id=7))).cursor


async def _of_a_week(tx: Transaction, query: Query, reader: Reader, articles: int) -> object:
    last = await tx.stories.last_seen()
    only = SearchFilter(since=None if last is None else last - _WEEK)
    return (await newest(tx, query, reader, _PAGE, only=only)).cursor


async def _relevant(tx: Transaction, query: Query, reader: Reader, articles: int) -> object:
    return (await most_relevant(tx, query, reader, _PAGE)).cursor


async def _number(tx: Transaction, query: Query, reader: Reader, articles: int) -> object:
    found = await count(tx, query, reader)
    return f"{'' if found.is_exact else 'about '}{found.number}"


WAYS: dict[str, Ask] = {
    "newest": _first, "later page": _later, "of a source": _of_source, "of a week": _of_a_week,
    "relevance": _relevant, "count": _number,
}  # fmt: skip


@dataclass(slots=True)
class Timing:
    """Seconds of one query asked in one way, those of them that this process computed, and its last answer."""

    query: str
    way: str
    seconds: list[float]
    computed: list[float]
    answer: object = None


def main() -> None:
    """Build or find the archive, ask, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where the archive is kept; a temporary one if not given")
    parser.add_argument("--turns", type=int, default=3, help="how often each query is asked in each way")
    parser.add_argument("--ways", default=",".join(WAYS), help="which of them, with commas between")
    parser.add_argument("--database", metavar="URL", help="an empty database of Vigie's, in place of a file")
    options = parser.parse_args()
    ways = options.ways.split(",")
    if options.database:
        asyncio.run(_measure(options.database, options.articles, options.turns, ways, file=None))
        return
    with _folder(options.folder) as folder:
        file = folder / f"made-{options.articles}.db"
        asyncio.run(_measure(f"sqlite:///{file}", options.articles, options.turns, ways, file=file))
        print(f"{file.stat().st_size / options.articles:.0f} bytes of file an article")


@contextlib.contextmanager
def _folder(named: Path | None) -> Iterator[Path]:
    if named is not None:
        named.mkdir(parents=True, exist_ok=True)
        yield named
        return
    folder = Path(tempfile.mkdtemp(prefix="vigie-search-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


async def _measure(url: str, articles: int, turns: int, ways: Sequence[str], file: Path | None) -> None:
    database = await Database.open(url)
    try:
        async with database.read() as tx:
            is_there = await tx.articles.count() >= articles
        if not is_there:
            started = time.perf_counter()
            if file is not None:
                fill_sqlite(file, made_articles(articles))
            else:
                await fill(database, articles)
            print(f"{articles} articles written in {time.perf_counter() - started:.0f} s")
        async with database.write() as tx:  # made words are the same to every analyzer
            await tx.connection.execute(tables.indexed_by.update().values(analyzer=analyzer()))
        print("\nat rest")
        show(await asked(database, articles, turns, ways))
        print("\nwhile articles are written")
        async with _writing(database) as written:
            timings = await asked(database, articles, turns, ways)
        show(timings)
        print(f"  {len(written)} articles written meanwhile")
    finally:
        await database.close()


async def fill(database: Database, articles: int) -> None:
    """Put articles into any archive, by the service's own ways."""
    async with database.write() as tx:
        for number in range(1, 201):
            await tx.sources.put(Source(id=0, name=f"source {number}", url=f"https://{number}.example/"), NOW)
    for some in batches(made_articles(articles), 500):
        async with database.write() as tx:
            for one in some:
                added = await tx.articles.add(one.article, one.source_id, one.seen_at, one.seen_at)
                if added is not None:
                    await tx.search.add(added, one.row, one.source_id)
    async with database.write() as tx:
        if tx.connection.dialect.name == "postgresql":
            await tx.connection.exec_driver_sql("ANALYZE")


async def asked(database: Database, articles: int, turns: int, ways: Sequence[str]) -> list[Timing]:
    """Every query in every way, each turn after the other."""
    reader = Reader(MadeLexicon())  # type: ignore[arg-type]
    timings = [Timing(query, way, [], []) for way in ways for query in QUERIES]
    for _ in range(turns):
        for timing in timings:
            started, computed = time.perf_counter(), time.process_time()
            async with database.read() as tx:
                timing.answer = await WAYS[timing.way](tx, parse(timing.query), reader, articles)
            timing.seconds.append(time.perf_counter() - started)
            timing.computed.append(time.process_time() - computed)
    return timings


def show(timings: Sequence[Timing]) -> None:
    """A line for each way, then the slowest."""
    for way in dict.fromkeys(timing.way for timing in timings):
        found = sorted(second for timing in timings if timing.way == way for second in timing.seconds)
        print(f"  {way:12} median {1000 * median(found):6.0f} ms   p95 {1000 * _p95(found):6.0f} ms", end="")
        print(f"   longest {1000 * found[-1]:6.0f} ms")
    everything = sorted(second for timing in timings for second in timing.seconds)
    computed = sorted(second for timing in timings for second in timing.computed)
    print(f"  {'all':12} median {1000 * median(everything):6.0f} ms   p95 {1000 * _p95(everything):6.0f} ms", end="")
    print(f"   computed: median {1000 * median(computed):.0f} ms, p95 {1000 * _p95(computed):.0f} ms")
    for timing in sorted(timings, key=lambda one: -median(one.seconds))[:12]:
        print(f"    {1000 * median(timing.seconds):6.0f} ms  {timing.way}: {timing.query}  ({timing.answer})")


def _p95(ordered: Sequence[float]) -> float:
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]


@contextlib.asynccontextmanager
async def _writing(database: Database) -> AsyncIterator[list[int]]:
    written: list[int] = []

    async def write() -> None:
        for some in batches(made_articles(1_000_000, first=10_000_000), _WRITTEN):
            async with database.write() as tx:
                for one in some:
                    added = await tx.articles.add(one.article, one.source_id, one.seen_at, one.seen_at)
                    if added is not None:
                        await tx.search.add(added, one.row, one.source_id)
                        written.append(added)
            await asyncio.sleep(_PAUSE)

    task = asyncio.create_task(write())
    try:
        yield written
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


if __name__ == "__main__":
    main()
