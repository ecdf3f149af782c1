"""The newest hits of PostgreSQL's index of words, asked for in stretches of ids from the newest down.

No index of PostgreSQL's knows words in the order of ids. It can read its index of words whole, and all rows that this
names: of a word that stands in every third article that is a third of the archive, for a page of twenty. Or it can look
into row after row, which for a rare word is all of them. A stretch bounds both: within it, the index of words and the
index of ids together name the rows that are read, and how many of these were hits tells how long the next one has to
be. Stretches grow so fast that the whole archive is a handful of them, also where nothing is found.
"""

import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Select, column, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

_SHORTEST, _LONGEST_FIRST = 128, 4_000  # ids
_MARGIN = 1.25  # more ids than would do if hits came as regularly as so far
_GROWTH = 16  # times the stretch before, at the most, unless that one had so many hits that what they tell is sure:
_MANY = 32
# PostgreSQL takes a row for cheap, yet its words are stored apart and compressed: to unpack those takes longer than to
# read a page that is in memory. And where a bitmap has no room for each row, it unpacks those of whole pages. What the
# driver has asked a few times it prepares: one plan would then have to do for rare words and common ones.
_SETTINGS = {
    "cpu_tuple_cost": "1",
    "random_page_cost": "1.1",
    "work_mem": "64MB",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "plan_cache_mode": "force_custom_plan",
}


@dataclass(frozen=True, slots=True)
class Span:
    """Ids from `first` on, below `end`."""

    first: int
    end: int

    def __len__(self) -> int:
        return max(self.end - self.first, 0)


def following(whole: Span, last: Span | None, hits: Sequence[int], wanted: int) -> Span | None:
    """The stretch to ask after the last one (None: the first), or None where there is none left or enough was found.

    `hits` are those of each stretch so far.
    """
    found = sum(hits)
    end = whole.end if last is None else last.first
    left = Span(whole.first, end)
    if not left or found >= wanted:
        return None
    if last is None:
        size = min(max(2 * wanted, _SHORTEST), _LONGEST_FIRST)
    else:
        size = _GROWTH * len(last)
        if hits[-1]:  # else nobody knows how far the next one is
            needed = ceil(_MARGIN * (wanted - found) * (whole.end - last.first) / found)
            size = max(needed if hits[-1] >= _MANY else min(needed, size), _SHORTEST)
    # What would be left over is not worth a question of its own.
    return left if len(left) <= 2 * size else Span(end - size, end)


class Stretches:
    """What is asked of PostgreSQL's index, whose rows have this id, among the ids of a span."""

    def __init__(self, connection: AsyncConnection, identity: ColumnElement[int], whole: Span) -> None:
        self._connection = connection
        self._id = identity
        self._whole = whole

    def since(self, first: int) -> "Stretches":
        """The same, from this id on."""
        whole = Span(max(self._whole.first, first), self._whole.end)
        return Stretches(self._connection, self._id, whole)

    async def newest(self, asked: Select[Any], limit: int) -> Sequence[Any]:
        """At most `limit` rows, those of the highest ids, in falling order of these."""
        found: list[Any] = []
        hits: list[int] = []
        async with _settings(self._connection):
            span = following(self._whole, None, hits, limit)
            while span is not None:
                part = self._within(asked, span, limit - len(found))
                rows = (await self._connection.execute(part)).all()
                found += rows
                hits.append(len(rows))
                span = following(self._whole, span, hits, limit)
        return found

    async def count(self, asked: Select[Any], limit: int) -> tuple[int, int]:
        """How many rows there are, `limit` at most, and the lowest `id` of those counted, the newest; 0 of none."""
        oldest = 0
        hits: list[int] = []
        identity: ColumnElement[int] = column("id")
        async with _settings(self._connection):
            span = following(self._whole, None, hits, limit)
            while span is not None:
                part = self._within(asked, span, limit - sum(hits)).subquery()
                counted = select(func.count(), func.min(identity)).select_from(part)
                more, lowest = (await self._connection.execute(counted)).one()
                hits.append(more)
                oldest = lowest or oldest
                span = following(self._whole, span, hits, limit)
        return sum(hits), oldest

    def _within(self, asked: Select[Any], span: Span, limit: int) -> Select[Any]:
        # In an order that no index has, PostgreSQL cannot count on coming upon enough hits before the stretch ends.
        within = asked.where(self._id >= span.first, self._id < span.end)
        return within.order_by((self._id + 0).desc()).limit(limit)


@contextlib.asynccontextmanager
async def _settings(connection: AsyncConnection) -> AsyncIterator[None]:
    """Have PostgreSQL plan for such rows here, and as before for what else this transaction asks."""
    before = (await connection.execute(select(*map(func.current_setting, _SETTINGS)))).one()
    await connection.execute(select(*_set(_SETTINGS)))
    yield
    # After an error the transaction is lost, and these settings with it.
    await connection.execute(select(*_set(dict(zip(_SETTINGS, before, strict=False)))))


def _set(values: Mapping[str, str]) -> Iterator[ColumnElement[str]]:
    return (func.set_config(name, value, True) for name, value in values.items())
