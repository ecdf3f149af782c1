"""Many processes at one archive: readers, the crawler, one that prunes and one that makes a backup."""

import asyncio
import multiprocessing
import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from bench.archive_crawl import Crawl
from bench.archive_filling import seen_at
from bench.made_archive import MadeLexicon
from bench.search import QUERIES
from matching import parse
from news.clock import ManualClock
from news.retention import Retention
from service.backup import back_up
from service.prune import Pruner
from service.reader import Reader
from service.search import most_relevant, newest
from storage import Database, Transaction

_PAGE = 20
_THINKS = 0.5  # seconds at the most, between two looks of a reader
_BETWEEN = 0.05  # two articles of the crawler
_PATIENCE = 300  # for all of them to begin
_BACKUP = 3  # times as long as the readers read: then it is given up
_STRETCH = 0.3  # of the archive is old enough to be pruned

Told = dict[str, list[float]]


@dataclass(slots=True)
class Stress:
    """Seconds by what was done, what went wrong, and what became of the backup."""

    seconds: Told = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    backup: str = ""

    @property
    def locked(self) -> int:
        """How often a database was said to be locked."""
        return sum("locked" in error for error in self.errors)

    def take(self, told: Told, errors: list[str]) -> None:
        """What another process has seen."""
        for name, seconds in told.items():
            self.seconds.setdefault(name, []).extend(seconds)
        self.errors += errors


@dataclass(slots=True)
class _Notes:
    """What one process sees; an error is noted, and it goes on."""

    told: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)

    async def take(self, name: str, work: Awaitable[object]) -> None:
        """Do it, and note how long it took."""
        began = time.perf_counter()
        try:
            await work
        except Exception as error:  # counted: this is what is looked for
            self.errors.append(f"{name}: {type(error).__name__}: {error}")
        else:
            self.told[name].append(time.perf_counter() - began)

    @property
    def all(self) -> tuple[Told, list[str]]:
        return dict(self.told), self.errors


async def stress(url: str, crawl: Crawl, readers: int, seconds: float, folder: Path, tools: str) -> Stress:
    """Have them all at it for so long; the backup may take three times as long."""
    found, own = Stress(), _Notes()
    now, first = crawl.clock.now(), seen_at(int(crawl.number * _STRETCH))
    target = folder / "backup.zip"
    context = multiprocessing.get_context("spawn")
    begin = context.Barrier(readers + 3)
    with ProcessPoolExecutor(readers + 2, context, begin.wait, (_PATIENCE,)) as pool:
        others: list[Future[tuple[Told, list[str]]]] = [
            pool.submit(_read, url, seconds, seed, now, crawl.number) for seed in range(readers)
        ]
        others.append(pool.submit(_prune, url, seconds, now, now - first))
        others.append(pool.submit(_back_up, url, seconds, str(target), tools, now))
        await asyncio.to_thread(begin.wait, _PATIENCE)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            await own.take("article stored", crawl.store(1))
            await asyncio.sleep(_BETWEEN)
        for other in others:
            found.take(*await asyncio.wrap_future(other))
    found.take(*own.all)
    found.backup = (
        f"a backup of {target.stat().st_size:,} bytes" if target.exists() else "the backup was not done by the end"
    )
    return found


def _read(url: str, seconds: float, seed: int, now: datetime, articles: int) -> tuple[Told, list[str]]:
    notes = _Notes()
    asyncio.run(_reading(url, time.monotonic() + seconds, random.Random(seed), now, articles, notes))
    return notes.all


async def _reading(url: str, until: float, dice: random.Random, now: datetime, articles: int, notes: _Notes) -> None:
    """Looks, one after another, as commands and browsers do."""
    database = await Database.open(url)
    reader = Reader(MadeLexicon())  # type: ignore[arg-type]

    async def new(tx: Transaction) -> None:
        await newest(tx, parse(dice.choice(QUERIES)), reader, _PAGE)

    async def relevant(tx: Transaction) -> None:
        await most_relevant(tx, parse(dice.choice(QUERIES)), reader, _PAGE)

    async def page(tx: Transaction) -> None:
        await tx.articles.latest(_PAGE, before_id=dice.randrange(1, articles))

    async def status(tx: Transaction) -> None:
        await tx.figures.at(now)
        await tx.sources.all()

    looks: dict[str, Callable[[Transaction], Awaitable[None]]] = {
        "search, newest": new, "search, relevance": relevant, "page of the list": page, "status": status,
    }  # fmt: skip
    while time.monotonic() < until:
        name = dice.choice(list(looks))
        await notes.take(name, _look(database, looks[name]))
        await asyncio.sleep(dice.random() * _THINKS)
    await database.close()


async def _look(database: Database, look: Callable[[Transaction], Awaitable[None]]) -> None:
    async with database.read() as tx:
        await look(tx)


def _prune(url: str, seconds: float, now: datetime, age: timedelta) -> tuple[Told, list[str]]:
    notes = _Notes()
    asyncio.run(_pruning(url, time.monotonic() + seconds, now, age, notes))
    return notes.all


async def _pruning(url: str, until: float, now: datetime, age: timedelta, notes: _Notes) -> None:
    """As `vigie prune --yes` does, until the time is over."""
    database = await Database.open(url)

    async def pause(seconds: float) -> None:
        notes.told["transaction of the pruning"].append(seconds)
        if time.monotonic() >= until:
            pruner.wind_down()
        await asyncio.sleep(seconds)

    pruner = Pruner(database, ManualClock(now), Retention(age), pause)
    await notes.take("pruning, all in all", pruner.prune())
    await database.close()


def _back_up(url: str, seconds: float, target: str, tools: str, now: datetime) -> tuple[Told, list[str]]:
    """As `vigie backup` does; one that takes too long is ended, and has told nothing."""
    context = multiprocessing.get_context("spawn")
    told, tell = context.Pipe(duplex=False)
    making = context.Process(target=_backing_up, args=(url, target, tools, now, tell))
    making.start()
    found: tuple[Told, list[str]] = told.recv() if told.poll(_BACKUP * seconds) else ({}, [])
    making.terminate()
    making.join()
    return found


def _backing_up(url: str, target: str, tools: str, now: datetime, tell: Connection) -> None:
    notes = _Notes()

    def unnoticed(what: str, done: int, of: int) -> None:
        """Nobody looks on."""

    making = back_up(url, Path(target), None, "bench", tools, ManualClock(now), unnoticed)
    asyncio.run(notes.take("backup", making))
    tell.send(notes.all)
