"""What an article and a question cost in an archive of 10,000, 100,000 and 1,000,000 articles.

    python -m bench.storage [--articles 10000,100000,1000000] [--readers 16] [--folder FOLDER | --database URL]

SQLite in a temporary folder, unless --folder names one or --database an empty PostgreSQL database of a user who may do
all, on this machine; one that an earlier run has begun to fill is gone on with. Up to each size the archive is filled
past the service; the last 2,000 articles come by the real way, from the poll to the commit, and the last 1,000 of these
are measured. Then searches, pages, lists, and the pruning of a tenth. With --readers, at the end so many processes read
while the crawler writes, articles are pruned and a backup is made.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from bench.archive_asking import Pages, list_to_the_end, lists, p95, prune, search_to_the_end, searches
from bench.archive_crawl import Crawl, computed_by, server_of
from bench.archive_filling import fill
from bench.archive_readers import Stress, stress
from cli.archive import quiet_logs
from storage import Database

Figures = dict[str, str]
_TURNS = 3


def main() -> None:
    """Measure, and print tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", default="10000,100000,1000000", help="the sizes, with commas between")
    parser.add_argument("--real", type=int, default=2_000, help="articles that come by the real way, at each size")
    parser.add_argument("--measured", type=int, default=1_000, help="and how many of them, the last, are measured")
    parser.add_argument("--pruned", type=int, default=2_000, help="at most so many go, of the tenth that is pruned")
    parser.add_argument("--readers", type=int, default=0, help="processes that read at the end, beside all others")
    parser.add_argument("--seconds", type=float, default=60, help="for which they do")
    parser.add_argument("--tools", default="", metavar="FOLDER", help="where pg_dump is, for the backup")
    parser.add_argument("--folder", type=Path, help="where SQLite's file is kept; a temporary one if not given")
    parser.add_argument("--database", default="", metavar="URL", help="an empty PostgreSQL database")
    options = parser.parse_args()
    quiet_logs()
    with tempfile.TemporaryDirectory(prefix="vigie-storage-", dir=options.folder) as folder:
        asyncio.run(_measure(Path(folder), options))


async def _measure(folder: Path, options: argparse.Namespace) -> None:
    file = None if options.database else folder / "vigie.db"
    url = options.database or f"sqlite:///{file}"
    database = await Database.open(url)
    sizes = [int(size) for size in options.articles.split(",")]
    table: dict[int, Figures] = {}
    try:
        crawl = Crawl(database)
        await crawl.furnish()
        for size in sizes:
            await _grow(database, file, crawl, size - options.real)
            table[size] = await _at_size(database, crawl, size, options)
        if options.readers:
            print(f"\n{options.readers} readers, the crawler, pruning and a backup, {options.seconds:.0f} s\n")
            _show_stress(await stress(url, crawl, options.readers, options.seconds, folder, options.tools))
    finally:
        await database.close()
    print()
    _show(table)


async def _grow(database: Database, file: Path | None, crawl: Crawl, upto: int) -> None:
    began = time.perf_counter()
    if upto > crawl.number:
        await fill(database, file, crawl.number, upto)
        print(f"filled up to {upto:,} in {time.perf_counter() - began:.0f} s", flush=True)
        crawl.number = upto


async def _at_size(database: Database, crawl: Crawl, size: int, options: argparse.Namespace) -> Figures:
    found: Figures = {}

    def tell(name: str, figure: str) -> None:
        found[name] = figure
        print(f"  {time.strftime('%H:%M:%S')} {size:,}: {name}: {figure}", flush=True)

    server = await server_of(database)
    await crawl.warm()
    await crawl.store(max(0, size - crawl.number - options.measured))
    spent = await crawl.store(options.measured, server)
    tell("CPU an article, ms", f"{1000 * spent.cpu:.2f}")
    if server is not None:
        tell("– of which the server's", f"{1000 * spent.server / len(spent.articles):.2f}")
    tell("– of which the transaction's, own, median and p95", _both(spent.computed))
    tell("an article, median and p95, ms", _both(spent.articles))
    tell("a poll with 25 new links, median and p95, ms", _both(spent.polls))
    tell("disk an article, bytes", f"{await _bytes(database) / size:,.0f}")
    await _tell_searches(database, size, tell)
    tell("pages of the list, first and last, ms", _ends(await list_to_the_end(database)))
    tell("pages of a search, first and last, ms", _ends(await search_to_the_end(database, crawl)))
    for name, second in (await lists(database, crawl)).items():
        tell(f"{name}, ms", f"{1000 * second:.1f}")
    pruned = await prune(database, crawl, size // 10, options.pruned)
    tell("pruned", f"{pruned.gone:,}, {pruned.gone / pruned.took:.0f} a second")
    if pruned.batches:
        tell("its transactions, median, p95 and longest, ms", _three(pruned.batches))
    if pruned.written and pruned.read:
        tell("articles stored beside it, median, p95 and longest, ms", _three(pruned.written))
        tell("searches beside it, median, p95 and longest, ms", _three(pruned.read))
    return found


async def _tell_searches(database: Database, size: int, tell: Callable[[str, str], None]) -> None:
    server = await server_of(database)
    before = computed_by(server)
    found = await searches(database, size, _TURNS)
    for way, one in found.items():
        tell(f"search, {way}, median and p95, ms", _both(one.seconds))
    tell("search, all, own CPU, median and p95, ms", _both(found["all"].computed))
    if server is not None:
        mean = (computed_by(server) - before) / len(found["all"].seconds)
        tell("search, all, the server's CPU, mean, ms", f"{1000 * mean:.1f}")


async def _bytes(database: Database) -> int:
    asked = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    if database.dialect == "postgresql":
        asked = "SELECT pg_database_size(current_database())"
    async with database.read() as tx:
        return int((await tx.connection.exec_driver_sql(asked)).scalar_one())


def _both(seconds: Sequence[float]) -> str:
    return f"{1000 * median(seconds):.1f}, {1000 * p95(seconds):.1f}"


def _three(seconds: Sequence[float]) -> str:
    return f"{_both(seconds)}, {1000 * max(seconds):.0f}"


def _ends(pages: Pages) -> str:
    return f"{1000 * pages.first:.1f}, {1000 * pages.last:.1f} ({pages.pages:,} pages, {pages.articles:,} articles)"


def _show(table: dict[int, Figures]) -> None:
    names = list(dict.fromkeys(name for found in table.values() for name in found))
    print(f"| articles | {' | '.join(f'{size:,}' for size in table)} |")
    print(f"|---|{'---|' * len(table)}")
    for name in names:
        print(f"| {name} | {' | '.join(found.get(name, '') for found in table.values())} |")


def _show_stress(found: Stress) -> None:
    print("| | times | median and p95, ms | longest, ms |\n|---|---|---|---|")
    for name, seconds in sorted(found.seconds.items()):
        print(f"| {name} | {len(seconds)} | {_both(seconds)} | {1000 * max(seconds):.0f} |")
    print(f"\n'database is locked': {found.locked}; other errors: {len(found.errors) - found.locked}; {found.backup}")
    for error in found.errors[:5]:
        print(f"  {error}")


if __name__ == "__main__":
    main()
