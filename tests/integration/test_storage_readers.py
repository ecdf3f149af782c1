"""Many at one SQLite file: sixteen readers, the crawler, pruning and backups, and nobody finds it locked."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bench import storage as bench_of_storage
from bench.archive_crawl import Crawl
from bench.archive_filling import EVERY, LISTED, fill
from matching import parse
from news.retention import Retention
from news.search import SearchEverything
from service.prune import Pruner
from service.search import ANYTHING, newest
from storage import Database
from storage.copies import copy_database

READERS, COPIES = 16, 3
ARTICLES, KEPT = 50, 25
_PAGE, _MANY = 5, 10_000


@pytest.fixture
def url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """A SQLite file with the schema, to be opened by many."""
    return f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'vigie.db')}"


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    """The database by connections of one's own, as another process has them; it may never be in trouble."""
    database = await Database.open(url)
    try:
        yield database
        assert not database.errors.of("errors")
    finally:
        await database.close()


async def _read(url: str, crawl: Crawl, over: asyncio.Event) -> int:
    """Look until all is over; each look sees one state, in which every article is indexed."""
    looks = 0
    async with _opened(url) as database:
        while not over.is_set() or not looks:
            async with database.read() as tx:
                count = await tx.articles.count()
                assert len(await tx.articles.latest(_PAGE)) == min(count, _PAGE)
                assert (await tx.search.count(SearchEverything(), ANYTHING, _MANY)).number == count
            looks += 1
    return looks


async def _crawl(crawl: Crawl, over: asyncio.Event) -> None:
    try:
        await crawl.store(ARTICLES)
    finally:
        over.set()


async def _prune(url: str, crawl: Crawl, over: asyncio.Event) -> int:
    """Let the older articles go, again and again."""
    gone = 0
    async with _opened(url) as database:
        pruner = Pruner(database, crawl.clock, Retention(KEPT * EVERY))
        is_last = False
        while not is_last:
            is_last = over.is_set()
            gone += sum(share.count for share in await pruner.prune())
            await asyncio.sleep(0)
    return gone


async def _back_up(url: str, folder: Path, over: asyncio.Event) -> int:
    """Copy it a few times, as long as there is something going on; each copy is examined as it is made."""
    for number in range(COPIES):
        await copy_database(url, folder / f"copy-{number}.db", "", lambda what, done, of: None)
        if over.is_set():
            break
    return number + 1


async def test_sixteen_readers_the_crawler_pruning_and_backups_find_nothing_locked(url: str, tmp_path: Path) -> None:
    over = asyncio.Event()
    async with _opened(url) as own:
        crawl = Crawl(own)
        await crawl.furnish()
        await crawl.store(KEPT)
        looks: list[asyncio.Task[int]] = []
        async with asyncio.timeout(120), asyncio.TaskGroup() as group:
            looks = [group.create_task(_read(url, crawl, over)) for _ in range(READERS)]
            pruned = group.create_task(_prune(url, crawl, over))
            copies = group.create_task(_back_up(url, tmp_path, over))
            group.create_task(_crawl(crawl, over))
        async with own.read() as tx:
            there = {int(one.article.url.rpartition("/")[2]) for one in await tx.articles.latest(_MANY)}
            matched = {int(one.stored.article.url.rpartition("/")[2]) for one in await tx.matches.latest(_MANY)}
            links = sum(count for (_, state), count in (await tx.links.state_counts(range(1, 201))).items())
    stored = KEPT + ARTICLES
    assert links == stored
    assert there >= set(range(stored - KEPT, stored))
    assert all(number in matched for number in there if number < stored - KEPT - LISTED)
    assert pruned.result() == stored - len(there)
    assert copies.result()
    assert all(task.result() for task in looks)


async def test_what_is_filled_in_for_the_bench_is_found_as_what_was_crawled(database: Database, tmp_path: Path) -> None:
    crawl = Crawl(database)
    await crawl.furnish()
    file = None if database.dialect == "postgresql" else tmp_path / "vigie.db"
    await fill(database, file, 0, 100)
    crawl = Crawl(database)
    await crawl.furnish()  # which finds what is there, and goes on after it
    await crawl.store(100)
    async with database.read() as tx:
        assert await tx.articles.count() == 200
        assert (await tx.search.count(SearchEverything(), ANYTHING, _MANY)).number == 200
        matches = await tx.matches.latest(_MANY)
        by_hand = [one for one in matches if one.stored.id <= 100]
        assert by_hand
        assert len(matches) > len(by_hand)
        wanted = {hit.stored.id for hit in (await newest(tx, parse("manya"), crawl.reader, 200)).hits}
        assert wanted == {one.stored.id for one in matches}
        assert await tx.links.due(1, crawl.clock.now(), 9) == []


def test_the_bench_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    few = ["--articles", "60,120", "--real", "40", "--measured", "20", "--pruned", "9", "--folder", str(tmp_path)]
    monkeypatch.setattr("sys.argv", ["storage", *few])
    bench_of_storage.main()
    told = capsys.readouterr().out
    assert "| articles | 60 | 120 |" in told
    assert "(1 pages, 60 articles)" in told
    assert not list(tmp_path.iterdir())
