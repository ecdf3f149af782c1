"""Prune: articles and links go when they are old enough, a few at a time, so that nobody waits for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Literal

import structlog

from news.clock import Clock
from news.retention import Retention
from news.source import Source
from storage import Database, Transaction
from storage.pruning import Outdated

log = structlog.get_logger()

AT_ONCE = 10  # articles in one transaction: others wait for it to finish, some hundredths of a second
_STRETCH = 2_000  # ids that are looked through at once, by a reader
_LINKS = 1_000  # ids of links in one transaction
_MUCH = 0.2  # of what is left: then the index is rewritten
_DAILY = timedelta(days=1)
_YEAR = timedelta(days=365)
_ROBOTS = timedelta(days=30)
_VOLUMES = timedelta(days=400)

What = Literal["articles", "matched articles", "links"]
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Share:
    """What goes of one kind: how many, first seen before when, and of which sources."""

    what: What
    before: datetime
    count: int
    by_source: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Rules:
    """The retention in the terms of storage."""

    articles: tuple[Outdated, ...]
    links: datetime | None
    source_ids: tuple[int, ...] | None


class Pruner:
    """Removes what is old enough. `pause` is called between two transactions with the seconds that one took."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        retention: Retention,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._database = database
        self._clock = clock
        self._retention = retention
        self._pause = pause
        self._last: datetime | None = None
        self._is_ending = False

    def wind_down(self) -> None:
        """Begin no further transaction; what is left goes the next time."""
        self._is_ending = True

    async def tick(self) -> None:
        """Once a day: prune, and forget what wears out."""
        now = self._clock.now()
        if self._last is not None and _DAILY > now - self._last >= timedelta(0):
            return
        while not self._is_ending and await self._forget(now):
            await self._pause(0)
        if self._retention.is_on:
            shares = await self.prune()
            if any(share.count for share in shares):
                log.info("archive pruned", **{share.what.replace(" ", "_"): share.count for share in shares})
        self._last = now  # at the end: what failed is tried again with the next tick

    async def _forget(self, now: datetime) -> int:
        async with self._database.write() as tx:
            return await tx.pruning.forget(now - _YEAR, now - _ROBOTS, (now - _VOLUMES).date())

    async def plan(self, source: str = "") -> list[Share]:
        """What would go, and goes nowhere. Raises NotFoundError if there is no such source."""
        async with self._database.read() as tx:
            sources = await tx.sources.all()
            rules = await self._rules(tx, sources, source)
            names = {one.id: one.name for one in sources}
            shares = [_share(rule, await tx.pruning.count(rule), names) for rule in rules.articles]
            if rules.links is not None:
                count = await tx.pruning.count_links(rules.links, rules.source_ids)
                shares.append(Share("links", rules.links, count, {}))
        return shares

    async def prune(self, source: str = "", told: Told = lambda count: None) -> list[Share]:
        """Remove it; what went. `told` is called with how much has gone so far."""
        async with self._database.read() as tx:
            rules = await self._rules(tx, await tx.sources.all(), source)
        shares: list[Share] = []
        done = 0
        for rule in rules.articles:
            count = 0
            async for some in self._articles(rule):
                count, done = count + some, done + some
                told(done)
            shares.append(_share(rule, {0: count}, {}))
        if done:
            await self._tidy(done)
        if rules.links is not None:
            count = 0
            async for some in self._links(rules.links, rules.source_ids):
                count, done = count + some, done + some
                told(done)
            shares.append(Share("links", rules.links, count, {}))
        return shares

    async def _tidy(self, gone: int) -> None:
        """Have the index give back its room where much has gone; where little has, that comes with what is added."""
        async with self._database.read() as tx:
            if gone < _MUCH * await tx.articles.count():
                return
        is_first = has_more = True
        while has_more and not self._is_ending:
            with _timed() as took:
                async with self._database.write() as tx:
                    has_more = await tx.pruning.tidy_index(is_first=is_first)
            is_first = False
            await self._pause(took())

    async def _rules(self, tx: Transaction, sources: Sequence[Source], only: str) -> _Rules:
        now, kept = self._clock.now(), self._retention
        ids = ((await tx.sources.get(only)).id,) if only else None
        own = {one.id: kept.sources[one.name] for one in sources if one.name in kept.sources}
        found: list[Outdated] = []
        if kept.articles is not None:
            found.append(Outdated(now - kept.articles, is_matched=False, source_ids=ids, but=tuple(own)))
        for age in sorted(set(own.values())):
            some = tuple(number for number in own if own[number] == age and (ids is None or number in ids))
            if some:
                found.append(Outdated(now - age, is_matched=False, source_ids=some))
        if kept.matched is not None:
            found.append(Outdated(now - kept.matched, is_matched=True, source_ids=ids))
        return _Rules(tuple(found), now - kept.links if kept.links is not None else None, ids)

    async def _articles(self, rule: Outdated) -> AsyncIterator[int]:
        async with self._database.read() as tx:
            last = await tx.pruning.last_article(rule.before)
        for above in range(0, last, _STRETCH):
            async with self._database.read() as tx:
                numbers = await tx.pruning.articles(rule, above, above + _STRETCH)
            for start in range(0, len(numbers), AT_ONCE):
                if self._is_ending:
                    return
                with _timed() as took:
                    async with self._database.write() as tx:
                        gone = await tx.pruning.remove_articles(numbers[start : start + AT_ONCE], rule)
                yield gone
                await self._pause(took())

    async def _links(self, before: datetime, source_ids: tuple[int, ...] | None) -> AsyncIterator[int]:
        async with self._database.read() as tx:
            last = await tx.pruning.last_link()
        for above in range(0, last, _LINKS):
            if self._is_ending:
                return
            with _timed() as took:
                async with self._database.write() as tx:
                    gone = await tx.pruning.remove_links(before, source_ids, above, above + _LINKS)
            if gone:
                yield gone
            await self._pause(took())


def _share(rule: Outdated, counts: dict[int, int], names: dict[int, str]) -> Share:
    by_source = {names[number]: count for number, count in counts.items() if number in names}
    return Share("matched articles" if rule.is_matched else "articles", rule.before, sum(counts.values()), by_source)


@contextmanager
def _timed() -> Iterator[Callable[[], float]]:
    """How many seconds the block took, asked after it."""
    began = monotonic()
    ended: list[float] = []
    yield lambda: ended[0] - began
    ended.append(monotonic())
