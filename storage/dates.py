"""Dates by a clock that was wrong: what waits, what is leased, and since when something has been so.

Each rule names dates that no clock that was right could have written: a wait that is longer than any wait there is, a
lease that nobody gives, a past that is still to come. What held tellings wait for is their own repository's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, bindparam, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables

_source, _feed, _link, _subscription = tables.source, tables.feed, tables.link, tables.subscription
_delivery, _channel = tables.delivery, tables.channel

SKEW = timedelta(minutes=2)  # by which the clocks of two machines may differ
LONGEST_LEASE = timedelta(hours=1)  # what the settings allow
_DAY = timedelta(days=1)
_LONGEST_INTERVAL = 7 * _DAY  # likewise
_LONGEST_SCHEDULED = 62 * _DAY  # between two times of a schedule
_LONGEST_RETRY = 1.2 * _DAY  # the last wait of the timetable, and its jitter
_LONGEST_RENEWAL = 30 * _DAY
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Wait:
    """A date of something that waits, as far as `which` says; none is further ahead than `longest`."""

    column: Column[Any]
    which: ColumnElement[bool]
    longest: timedelta


# Each can be asked by an index, source by source or channel by channel.
_OF_A_SOURCE = _link.c.source_id.in_(select(_source.c.id))
_PENDING = (_delivery.c.state == "pending") & _delivery.c.channel_id.in_(select(_channel.c.id))
_SCHEDULED = _source.c.schedule != ""
_OFTEN = ~_SCHEDULED & (_source.c.interval <= _DAY.total_seconds())


def _waits(longest_interval: timedelta) -> tuple[_Wait, ...]:
    """`longest_interval` is that of sources which have none of their own."""
    usual = max(longest_interval, _DAY) + _DAY  # a feed may ask to be left alone on one day of the week
    return (
        _Wait(_source.c.due_at, _OFTEN, usual),
        _Wait(_source.c.due_at, ~_SCHEDULED, _LONGEST_INTERVAL + _DAY),
        _Wait(_source.c.due_at, _SCHEDULED, _LONGEST_SCHEDULED + _DAY),
        _Wait(_feed.c.not_before, true(), 2 * _DAY),
        _Wait(_link.c.next_try_at, _OF_A_SOURCE & (_link.c.state == "pending"), 2 * _DAY),
        _Wait(_link.c.revisit_at, _OF_A_SOURCE, _LONGEST_INTERVAL + _DAY),
        _Wait(_delivery.c.next_try_at, _PENDING, _LONGEST_RETRY),
        _Wait(_subscription.c.next_try_at, true(), _LONGEST_RENEWAL),
    )


_LEASES = ((_source, true()), (_delivery, _PENDING))
_SINCE = ((_source.c.failing_since, true()), (_channel.c.failing_since, true()), (_delivery.c.first_try_at, _PENDING))
_PAST = (
    *_SINCE,
    *((column, true()) for column in (
        _source.c.last_visit_at, _source.c.last_success_at, _source.c.last_news_at, _source.c.told_at,
        _source.c.discovered_at, _source.c.watched_since, _subscription.c.last_push_at, _feed.c.last_success_at,
    )),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Rule:
    """Rows that are wrong, and what they become."""

    table: Table
    wrong: ColumnElement[bool]
    values: Mapping[str, Any]


def _rules(now: datetime, longest_interval: timedelta) -> list[_Rule]:
    rules = [
        _Rule(one.column.table, one.which & (one.column > now + one.longest), {one.column.name: now})
        for one in _waits(longest_interval)
    ]
    which: ColumnElement[bool]
    for table, which in _LEASES:
        is_of_none = which & (table.c.leased_until > now + LONGEST_LEASE + SKEW)
        rules.append(_Rule(table, is_of_none, {"lease_owner": None, "leased_until": None}))
    for column, which in _PAST:
        rules.append(_Rule(column.table, which & (column > now + SKEW), {column.name: now}))
    return rules


class Dates:
    """All that is dated, in every table."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def last_visit(self) -> datetime | None:
        """When a visit last ended, which is among what `mend` corrects; None where none did."""
        last: datetime | None = await self._connection.scalar(select(func.max(_source.c.last_visit_at)))
        return last

    async def any_wrong(self, now: datetime, longest_interval: timedelta) -> bool:
        """Whether a date is there that no right clock has written."""
        for rule in _rules(now, longest_interval):
            if await self._connection.scalar(select(rule.table.c.id).where(rule.wrong).limit(1)) is not None:
                return True
        return False

    async def mend(self, now: datetime, longest_interval: timedelta) -> int:
        """What waits for too long is due now, leases nobody can have given are over, what is past is past; how many."""
        mended = 0
        for rule in _rules(now, longest_interval):
            done = await self._connection.execute(update(rule.table).where(rule.wrong).values(**rule.values))
            mended += done.rowcount
        return mended

    async def set_back(self, now: datetime, by: timedelta) -> int:
        """The clock was set back by so much: all that waits comes nearer by that, but is due now at the soonest."""
        seen: set[Column[Any]] = set()
        moved = 0
        for one in _waits(_DAY):
            if one.column not in seen:
                seen.add(one.column)
                which = one.which if one.column is not _source.c.due_at else true()
                moved += await self._move(one.column, which & (one.column > now), -by, soonest=now)
        return moved

    async def slept(self, now: datetime, span: timedelta) -> int:
        """Nothing was tried for so long: what has failed since some instant has failed for no longer than before."""
        return sum(
            [await self._move(column, which & column.is_not(None), span, latest=now) for column, which in _SINCE]
        )

    async def _move(
        self,
        column: Column[Any],
        which: ColumnElement[bool],
        by: timedelta,
        soonest: datetime | None = None,
        latest: datetime | None = None,
    ) -> int:
        key = column.table.c.id
        rows = (await self._connection.execute(select(key, column).where(which))).all()
        moved = [{"number": row[0], "at": _within(row[1] + by, soonest, latest)} for row in rows]
        statement = update(column.table).where(key == bindparam("number")).values({column: bindparam("at")})
        for start in range(0, len(moved), _AT_ONCE):
            await self._connection.execute(statement, moved[start : start + _AT_ONCE])
        return len(moved)


def _within(at: datetime, soonest: datetime | None, latest: datetime | None) -> datetime:
    at = at if soonest is None else max(at, soonest)
    return at if latest is None else min(at, latest)
