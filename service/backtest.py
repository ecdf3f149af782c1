"""Backtest: what a query would have found in the archive, day by day, and how many alerts that would have been.

The full-text index is asked first. Where it knows the answer, nothing is read; the matcher decides on what lies
between what surely matches and what possibly does, and where that is too much, on an even sample of it.
"""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from matching import WatchIndex, spans
from news.article import SearchHit
from news.query import Query
from news.search import SearchNothing
from news.story import Telling
from service.backtest_gaps import Gap, gaps
from service.plans import plans_of
from service.reader import Reader
from storage import Transaction
from storage.search import ANYTHING

Progress = Callable[[int, int], None]
"""Told how many of how many articles have been read."""

NOISY = 20
"""Alerts a day, one for each story, above which a query is called noisy."""

BROAD = 0.5
"""The share of what is stored above which a query hardly tells one article from another."""

MOST_READ = 3_000
"""Articles that are read at most for a backtest; what there is beyond is estimated."""

WITHIN = 5.0
"""Seconds for which articles are read at most."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What may be read for a backtest: at most so many articles, `within` so many seconds, as `clock` counts them."""

    most_read: int = MOST_READ
    within: float = WITHIN
    clock: Callable[[], float] = time.monotonic


USUAL = Bounds()
_ALL = 2**31 - 1
_BATCH = 50  # articles, between two turns for others
_TELLING = 10  # articles; of fewer a share says nothing
_RECENT = 30  # days by which the number of alerts is estimated


@dataclass(frozen=True, slots=True)
class Day:
    """How many articles of a day match, and how many alerts that makes: the stories that match for the first time."""

    day: date
    matches: int
    alerts: int


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a query finds in the archive's `articles`; `is_about` where numbers are scaled up from a sample.

    `days` are those on which something matches, in order, by when articles were told; the last article of all was seen
    on `until`. The two numbers a day are of the last `recent_days` days of the archive. `gaps` say of a query that
    finds nothing which clauses are to blame.
    """

    articles: int
    matches: int
    is_about: bool
    days: tuple[Day, ...]
    newest: tuple[SearchHit, ...]
    until: date
    recent_days: int
    matches_a_day: float
    alerts_a_day: float
    gaps: tuple[Gap, ...] = ()

    @property
    def is_noisy(self) -> bool:
        """Whether it would tell more than anybody reads."""
        return self.alerts_a_day > NOISY

    @property
    def is_broad(self) -> bool:
        """Whether it matches most of what is stored."""
        return self.articles >= _TELLING and self.matches > BROAD * self.articles

    @property
    def busiest(self) -> Day | None:
        """The day with the most alerts."""
        return max(self.days, key=lambda one: (one.alerts, one.matches, one.day), default=None)


@dataclass(frozen=True, slots=True)
class Difference:
    """Articles that only one of two queries finds: how many, and the newest of them."""

    number: int
    newest: tuple[SearchHit, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a query finds beside another, and what is gained and lost if it takes the other's place."""

    new: Backtest
    old: Backtest
    gained: Difference
    lost: Difference


def unnoticed(_done: int, _total: int) -> None:
    """Nobody wants to know how far it has come."""


async def backtest(
    tx: Transaction,
    query: Query,
    reader: Reader,
    *,
    samples: int = 5,
    bounds: Bounds = USUAL,
    progress: Progress = unnoticed,
) -> Backtest:
    """What a query, which uses no other watches any more, finds in the archive; `samples` of the newest hits.

    `bounds` are for what is read to decide what the index leaves open.
    """
    found = await _found(tx, [query], reader, bounds, progress)
    return await _result(tx, query, reader, found.of(0), found.is_about, samples)


async def compared(
    tx: Transaction,
    new: Query,
    old: Query,
    reader: Reader,
    *,
    samples: int = 5,
    bounds: Bounds = USUAL,
    progress: Progress = unnoticed,
) -> Comparison:
    """What the new query gains and loses against the old one."""
    found = await _found(tx, [new, old], reader, bounds, progress)
    ours, theirs = found.of(0), found.of(1)
    gained = {number: weight for number, weight in ours.items() if number not in theirs}
    lost = {number: weight for number, weight in theirs.items() if number not in ours}
    return Comparison(
        await _result(tx, new, reader, ours, found.is_about, samples),
        await _result(tx, old, reader, theirs, found.is_about, 0),
        Difference(_total(gained.values()), await _hits(tx, new, reader, gained, samples)),
        Difference(_total(lost.values()), await _hits(tx, old, reader, lost, samples)),
    )


Weights = Mapping[int, float]
"""The ids of articles that match, each with how many it stands for: one, or more where it was drawn for a sample."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Of each query the articles that match it, and whether some of them stand for others."""

    weights: tuple[Weights, ...]
    is_about: bool

    def of(self, index: int) -> Weights:
        return self.weights[index]


async def _found(
    tx: Transaction, queries: Sequence[Query], reader: Reader, bounds: Bounds, progress: Progress
) -> _Found:
    waiting = set(await tx.search.ids(SearchNothing(), ANYTHING, _ALL))
    sure: list[set[int]] = []
    doubtful: set[int] = set()
    for query in queries:
        plans = await plans_of(tx, query, reader)
        surely = set(await tx.search.ids(plans.sure, ANYTHING, _ALL)) - waiting
        sure.append(surely)
        if not plans.is_exact or waiting:
            doubtful |= set(await tx.search.ids(plans.possible, ANYTHING, _ALL)) - surely
    drawn = _evenly(sorted(doubtful), bounds.most_read)
    wanted, read = await _decided(tx, queries, drawn, reader, bounds, progress)
    weight = len(doubtful) / read if read else 1.0
    weights = tuple(
        {**dict.fromkeys(surely - doubtful, 1.0), **dict.fromkeys(wanted[index], weight)}
        for index, surely in enumerate(sure)
    )
    return _Found(weights, read < len(doubtful))


def _evenly(numbers: Sequence[int], most: int) -> list[int]:
    """At most so many of the numbers: one by chance of each stretch, for what is stored may come round in a rhythm.

    They come in no order, so that the first of them are a sample, too. The same numbers give the same sample.
    """
    dice = random.Random(len(numbers))  # noqa: S311 (it draws a sample, and guards nothing)
    if len(numbers) <= most:
        return dice.sample(numbers, len(numbers))
    ends = [index * len(numbers) // most for index in range(most + 1)]
    drawn = [numbers[dice.randrange(start, end)] for start, end in pairwise(ends)]
    dice.shuffle(drawn)
    return drawn


async def _decided(
    tx: Transaction,
    queries: Sequence[Query],
    numbers: Sequence[int],
    reader: Reader,
    bounds: Bounds,
    progress: Progress,
) -> tuple[list[set[int]], int]:
    """Which of these articles the matcher says that each query wants, and how many were read before time was up."""
    until = bounds.clock() + bounds.within
    index = WatchIndex()
    for number, query in enumerate(queries):
        index.put(number, query)
    wanted: list[set[int]] = [set() for _ in queries]
    progress(0, len(numbers))
    for start in range(0, len(numbers), _BATCH):
        for stored in await tx.articles.some(numbers[start : start + _BATCH]):
            for number in index.matching(await reader.read(stored.article, stored.source)):
                wanted[number].add(stored.id)
        read = min(start + _BATCH, len(numbers))
        progress(read, len(numbers))
        if bounds.clock() > until:
            return wanted, read
    return wanted, len(numbers)


async def _result(
    tx: Transaction, query: Query, reader: Reader, found: Weights, is_about: bool, samples: int
) -> Backtest:
    days = days_of(await tx.stories.tellings(sorted(found)), found)
    first, last = await _recent(tx)
    recent = [day for day in days if first <= day.day <= last]
    length = (last - first).days + 1
    return Backtest(
        articles=await tx.articles.count(),
        matches=_total(found.values()),
        is_about=is_about,
        days=days,
        newest=await _hits(tx, query, reader, found, samples),
        until=last,
        recent_days=length,
        matches_a_day=sum(day.matches for day in recent) / length,
        alerts_a_day=sum(day.alerts for day in recent) / length,
        gaps=() if found else tuple(await gaps(tx, query, reader)),
    )


def days_of(tellings: Mapping[int, Telling], found: Weights) -> tuple[Day, ...]:
    """The days on which something was told, in order: a story counts as an alert on the day of its first match."""
    matches: defaultdict[date, float] = defaultdict(float)
    alerts: defaultdict[date, float] = defaultdict(float)
    stories: set[int] = set()
    for number, telling in sorted(tellings.items(), key=lambda one: (one[1].told_at, one[0])):
        day, weight = telling.told_at.date(), found[number]
        matches[day] += weight
        if telling.story_id not in stories:
            alerts[day] += weight
        if telling.story_id is not None:
            stories.add(telling.story_id)
    return tuple(Day(day, round(matches[day]), round(alerts[day])) for day in sorted(matches))


async def _recent(tx: Transaction) -> tuple[date, date]:
    """The first and the last of the archive's latest days, as far as it reaches back."""
    last = await tx.stories.last_seen()
    if last is None:
        return date.min, date.min
    first = await tx.stories.first_told(last - timedelta(days=_RECENT - 1))
    return (first or last).date(), last.date()


async def _hits(
    tx: Transaction, query: Query, reader: Reader, found: Iterable[int], samples: int
) -> tuple[SearchHit, ...]:
    """The newest of these articles, with where in them the query's words stand."""
    hits = []
    for stored in await tx.articles.some(sorted(found, reverse=True)[:samples]):
        places = spans(query, await reader.read(stored.article, stored.source))
        hits.append(SearchHit(stored, places or ()))
    return tuple(hits)


def _total(weights: Iterable[float]) -> int:
    return round(sum(weights))
