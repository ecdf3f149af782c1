"""Search: the index is asked for candidates, and the matcher decides on what the index alone cannot tell."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, replace
from itertools import chain
from math import isfinite

from matching import spans
from matching.limits import words_of
from matching.narrowing import beyond, in_parts
from news.article import SearchHit, StoredArticle
from news.errors import CursorError
from news.query import Query
from news.search import (
    IndexCount,
    IndexedWords,
    SearchCount,
    SearchFilter,
    SearchNothing,
    SearchPage,
    SearchPlan,
    SearchPlans,
)
from news.text import clip
from service.meaning import meant
from service.plans import plans_of
from service.reader import Reader
from service.relevance import ranked
from storage import Transaction

Seen = Callable[[StoredArticle], None]
ANYTHING = SearchFilter()
EXACT_TO = 10_000
"""Up to here a count is exact, where the matcher has to look at no more candidates than so many."""
RANKED = 1_000
"""Relevance is compared among the newest so many articles that the index lets through."""
_MOST_READ = 10_000  # candidates that are looked at for one page, or one count
_USUAL_SIZE = 100  # words of a query
_SAMPLE = 200  # of those that the matcher decides on, where the number is beyond exactness anyway
_FIRST_BATCH, _LARGEST_BATCH = 32, 256
_DIGITS = 2
_NEWEST = re.compile(r"n([0-9]{1,10})")
_RELEVANT = re.compile(r"r([0-9]{1,10}):([0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?):([0-9]{1,10})")
_HIGHEST_ID = 2**31 - 2  # one more is asked for, which PostgreSQL has to be able to count
_LONGEST_SHOWN = 80


def _unnoticed(stored: StoredArticle) -> None:
    """Nobody wants to know how far the search has come."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A search: what its query means, what the index is asked, and among which articles."""

    tx: Transaction
    query: Query
    plans: SearchPlans
    only: SearchFilter
    reader: Reader
    seen: Seen

    async def hit(self, stored: StoredArticle) -> SearchHit | None:
        """The matcher's decision on a candidate."""
        self.seen(stored)
        await asyncio.sleep(0)  # in the service, others are waiting
        found = spans(self.query, await self.reader.read(stored.article, stored.source))
        return None if found is None else SearchHit(stored, found)

    async def candidates(self, plan: SearchPlan, before_id: int | None) -> AsyncGenerator[StoredArticle, None]:
        """What the plan lets through and what is not indexed, newest first, in batches that grow."""
        batch = _FIRST_BATCH
        while numbers := await self.ids(plan, batch, before_id):
            for stored in await self.tx.articles.some(numbers):
                yield stored
            before_id = numbers[-1]
            batch = min(2 * batch, _LARGEST_BATCH)

    async def ids(self, plan: SearchPlan, limit: int, before_id: int | None) -> list[int]:
        """Those of the candidates, newest first."""
        found = [await self.tx.search.ids(part, self.only, limit, before_id) for part in in_parts(plan)]
        return found[0] if len(found) == 1 else sorted(set(chain.from_iterable(found)), reverse=True)[:limit]

    async def words(self, limit: int, before_id: int | None) -> list[IndexedWords]:
        """The words of the newest articles that the index lets through."""
        found: dict[int, IndexedWords] = {}
        for part in in_parts(self.plans.possible):
            for words in await self.tx.search.words(part, self.only, limit, before_id):
                found[words.id] = words
        return [found[number] for number in sorted(found, reverse=True)[:limit]]

    @property
    def most_read(self) -> int:
        """How many candidates may be looked at: fewer where the query is so long that each takes its time."""
        return _MOST_READ // max(1, words_of(self.query) // _USUAL_SIZE)


async def _asked(tx: Transaction, query: Query, reader: Reader, only: SearchFilter, seen: Seen) -> _Asked:
    query = await meant(tx, query)
    return _Asked(tx, query, await plans_of(tx, query, reader, only.language), only, reader, seen)


async def search(
    tx: Transaction, query: Query, reader: Reader, *, only: SearchFilter = ANYTHING, seen: Seen = _unnoticed
) -> AsyncGenerator[SearchHit, None]:
    """Every article that the query matches, newest first.

    `seen` is told of each candidate that was looked at: their ids fall, which tells how far the search has come.
    Raises QueryError where the query uses watches that cannot be had.
    """
    asked = await _asked(tx, query, reader, only, seen)
    async for stored in asked.candidates(asked.plans.possible, None):
        hit = await asked.hit(stored)
        if hit is not None:
            yield hit


async def newest(
    tx: Transaction,
    query: Query,
    reader: Reader,
    limit: int,
    *,
    only: SearchFilter = ANYTHING,
    cursor: str = "",
    seen: Seen = _unnoticed,
) -> SearchPage:
    """The newest articles that the query matches, from a cursor on; newest are those that were first seen last.

    Looks at 10,000 candidates at most: a page may be short, its cursor then goes on. Raises QueryError, CursorError.
    """
    asked = await _asked(tx, query, reader, only, seen)
    hits: list[SearchHit] = []
    looked_at = 0
    candidates = asked.candidates(asked.plans.possible, _newest_from(cursor))
    async for stored in candidates:
        looked_at += 1
        hit = await asked.hit(stored)
        if hit is not None:
            hits.append(hit)
        if len(hits) == limit or looked_at == asked.most_read:
            has_more = await anext(candidates, None) is not None
            return SearchPage(tuple(hits), f"n{stored.id}" if has_more else None)
    return SearchPage(tuple(hits), None)


async def most_relevant(
    tx: Transaction,
    query: Query,
    reader: Reader,
    limit: int,
    *,
    only: SearchFilter = ANYTHING,
    cursor: str = "",
    seen: Seen = _unnoticed,
) -> SearchPage:
    """The most relevant first, among the newest 1,000 that the index lets through; articles not yet indexed come last.

    What arrives between two pages changes nothing on the later ones. Raises QueryError, CursorError.
    """
    asked = await _asked(tx, query, reader, only, seen)
    top, after = _relevant_from(cursor)
    before_id = None if top is None else top + 1
    words = await asked.words(RANKED, before_id)
    unindexed = await tx.search.ids(SearchNothing(), only, RANKED, before_id)
    order = ranked(asked.plans.possible, words, unindexed)
    top = top or max((number for _, number in order), default=0)
    left = [(score, number) for score, number in order if after is None or (score, number) < after]
    hits: list[SearchHit] = []
    for start in range(0, len(left), limit):
        chunk = left[start : start + limit]
        stored = {one.id: one for one in await tx.articles.some([number for _, number in chunk])}
        for score, number in chunk:
            hit = await asked.hit(stored[number]) if number in stored else None
            if hit is not None:
                hits.append(hit)
            if len(hits) == limit:
                has_more = (score, number) != left[-1]
                return SearchPage(tuple(hits), f"r{top}:{score!r}:{number}" if has_more else None)
    return SearchPage(tuple(hits), None)


async def count(
    tx: Transaction, query: Query, reader: Reader, *, only: SearchFilter = ANYTHING, seen: Seen = _unnoticed
) -> SearchCount:
    """How many articles match: exactly up to 10,000, beyond that about.

    Where the index cannot tell, the matcher decides on 10,000 candidates at most, and the number is about right beyond.
    Raises QueryError.
    """
    asked = await _asked(tx, query, reader, only, seen)
    sure = await tx.search.count(asked.plans.sure, only, EXACT_TO + 1)
    decided = await _decided(asked, sure.reached)
    if sure.reached is None and decided.reached is None and sure.number + decided.number <= EXACT_TO:
        return SearchCount(sure.number + decided.number, is_exact=True)
    low, high = await tx.search.bounds(only)
    about = _rounded(sum(_extrapolated(one, low, high) for one in (sure, decided)))
    # None among the newest is not none at all.
    return SearchCount(about or len(await asked.ids(asked.plans.sure, _SAMPLE, None)), is_exact=False)


async def _decided(asked: _Asked, reached: int | None) -> IndexCount:
    """How many match of what the index is unsure of; a few are looked at where it has not looked at all itself."""
    most = asked.most_read
    if reached is not None:
        asked, most = replace(asked, only=replace(asked.only, first_id=reached)), _SAMPLE
    found = looked_at = 0
    async for stored in asked.candidates(beyond(asked.plans), None):
        if looked_at == most:
            return IndexCount(found, stored.id)
        looked_at += 1
        found += await asked.hit(stored) is not None
    return IndexCount(found, reached)


def _extrapolated(counted: IndexCount, low: int, high: int) -> float:
    """What that makes for all ids."""
    if counted.reached is None:
        return counted.number
    return counted.number * (high - low + 1) / max(high - counted.reached + 1, 1)


def _rounded(about: float) -> int:
    return int(round(about, _DIGITS - len(str(int(about)))))


def _newest_from(cursor: str) -> int | None:
    if not cursor:
        return None
    found = _NEWEST.fullmatch(cursor)
    if found is None or int(found[1]) > _HIGHEST_ID:
        raise _bad(cursor)
    return int(found[1])


def _relevant_from(cursor: str) -> tuple[int | None, tuple[float, int] | None]:
    """The newest article of the first page, and the last one of the page before with its score."""
    if not cursor:
        return None, None
    found = _RELEVANT.fullmatch(cursor)
    if found is None:
        raise _bad(cursor)
    top, score, number = int(found[1]), float(found[2]), int(found[3])
    if max(top, number) > _HIGHEST_ID or not isfinite(score):
        raise _bad(cursor)
    return top, (score, number)


def _bad(cursor: str) -> CursorError:
    shown = clip(cursor, _LONGEST_SHOWN)
    return CursorError(f"{shown!r} is no cursor of this search", "take the one that the page before it gave")
