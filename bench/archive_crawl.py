"""Made articles on the way that crawled ones go: a poll lists them, then each is stored with all that hangs on it."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import psutil

from bench.archive_filling import BEGIN, LISTED, SOURCES, WANTED, seen_at, source_of
from bench.made_archive import MadeArticle, MadeLexicon, made_articles
from crawler.visit import Poll
from news.alert import Channel
from news.article import Article
from news.clock import ManualClock
from news.source import Feed, FoundLink, Source
from news.watch import Watch
from scheduler.revisit import Revisits
from service.board import WatchBoard
from service.collect import Collector
from service.reader import Reader
from service.revise import Reviser
from storage import Database

_MANY = 10_000_000  # of which only those are made that are asked for


@dataclass(slots=True)
class Spent:
    """Seconds of some articles: of the clock for each poll and article, of this process for each article, of the
    processors for all together.
    """

    polls: list[float] = field(default_factory=list)
    articles: list[float] = field(default_factory=list)
    computed: list[float] = field(default_factory=list)
    own: float = 0.0
    server: float = 0.0

    @property
    def cpu(self) -> float:
        """Of an article, its share of the poll and what PostgreSQL computed for it included."""
        return (self.own + self.server) / len(self.articles)


_NOBODY = cast(Any, object())  # nothing is asked of it: articles come as they are, and are looked at once


class Crawl:
    """What the crawler writes, article after article; `number` is the one that comes next."""

    def __init__(self, database: Database) -> None:
        self.clock = ManualClock(BEGIN)
        self.number = 0
        self.reader = Reader(MadeLexicon())  # type: ignore[arg-type]
        self._made: tuple[int, Iterator[MadeArticle]] = (-1, iter(()))
        self._database = database
        self._sources: list[Source] = []
        board, nobody = WatchBoard(), _NOBODY
        reviser = Reviser(database, nobody, board, self.clock, Revisits(3), self.reader)
        self._collector = Collector(database, nobody, board, reviser, self.clock, self.reader)

    async def furnish(self) -> None:
        """Two hundred sources with a feed each, a watch and a channel, unless they are there; go on after the last."""
        async with self._database.write() as tx:
            if not await tx.sources.all():
                for number in range(1, SOURCES + 1):
                    await tx.sources.put(Source(0, f"source {number}", f"https://{number}.example/"), BEGIN)
                    await tx.sources.change(number, watched_since=BEGIN)
                    await tx.feeds.replace(number, [Feed(f"https://{number}.example/feed", "feed")])
                await tx.watches.put(Watch(0, "wanted", WANTED), BEGIN)
                await tx.channels.put(Channel(0, "desk", "webhook", {"url": "https://hooks.example/"}), BEGIN)
            self._sources = sorted(await tx.sources.all(), key=lambda source: source.id)
            self.number = max((_number(one.article) + 1 for one in await tx.articles.latest(1)), default=0)

    async def warm(self) -> None:
        """As at the start of the service."""
        await self._collector.warm()

    def made(self, count: int) -> Iterator[Article]:
        """So many articles, each when its time has come."""
        if self._made[0] != self.number:
            self._made = (self.number, made_articles(_MANY, first=self.number))
        for _ in range(count):
            made = next(self._made[1])
            self.clock.set(seen_at(self.number))
            self.number += 1
            self._made = (self.number, self._made[1])
            yield made.article

    async def store(self, count: int, server: psutil.Process | None = None) -> Spent:
        """The next so many articles, up to the end of the last poll; what they cost."""
        spent, listed = Spent(), []
        own, before = time.process_time(), computed_by(server)
        making = 0.0
        made = self.made(count)
        while True:
            began = time.process_time()
            article = next(made, None)
            making += time.process_time() - began
            if article is not None:
                listed.append(article)
            if listed and (article is None or len(listed) == LISTED):
                await self._visit(listed, spent)
                listed = []
            if article is None:
                break
        spent.own = time.process_time() - own - making
        spent.server = computed_by(server) - before
        return spent

    async def _visit(self, listed: Sequence[Article], spent: Spent) -> None:
        """One poll, and the pages of what it lists."""
        source = self._sources[source_of(_number(listed[0])) - 1]
        began = time.perf_counter()
        async with self._database.read() as tx:
            [feed] = await tx.feeds.of(source.id)
        links = tuple(FoundLink(one.canonical_url, one.title, self.clock.now()) for one in listed)
        poll = Poll(replace(feed, last_success_at=BEGIN), links)
        await self._collector.polled(source, poll, is_last=True)
        due = await self._collector.due_links(source, LISTED)
        spent.polls.append(time.perf_counter() - began)
        articles = {one.canonical_url: one for one in listed}
        for link in due:
            began, computed = time.perf_counter(), time.process_time()
            await self._collector.arrived(source, link, articles[link.url])
            spent.articles.append(time.perf_counter() - began)
            spent.computed.append(time.process_time() - computed)


def _number(article: Article) -> int:
    return int(article.url.rpartition("/")[2])


async def server_of(database: Database) -> psutil.Process | None:
    """The process from which all others of the PostgreSQL descend, which is on this machine; None with SQLite."""
    if database.dialect != "postgresql":
        return None
    async with database.read() as tx:
        number = (await tx.connection.exec_driver_sql("SELECT pg_backend_pid()")).scalar_one()
    return psutil.Process(number).parent()


def computed_by(server: psutil.Process | None) -> float:
    """Seconds that PostgreSQL's processes have computed, those that have ended included; 0 with SQLite."""
    if server is None:
        return 0.0
    found = 0.0
    for process in (server, *server.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            found += times.user + times.system
            if process == server:
                found += times.children_user + times.children_system
    return found
