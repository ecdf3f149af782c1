"""Problems that were told and are not over, by the alerts that told of them; and what the self-check looks at."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables

_source, _delivery, _channel, _alert = tables.source, tables.delivery, tables.channel, tables.alert

ONCE = "problem:"  # what the key of each such alert begins with, and below what it ends
_BEHIND = "problem;"
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
# Sources with an interval of at most so long, and after which time they were not visited for several of them.
_SEVERAL = ((_HOUR, 6 * _HOUR), (_DAY, 3 * _DAY), (7 * _DAY, 21 * _DAY))


class Problems:
    """The ledger of problems, and the questions of the self-check."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def told(self) -> dict[str, str]:
        """The title of each problem that was told and whose end was not, by key."""
        mine = (_alert.c.once > ONCE) & (_alert.c.once < _BEHIND)
        statement = select(_alert.c.once, _alert.c.kind, _alert.c.told).where(mine).order_by(_alert.c.id)
        latest = {_key(row.once): row for row in await self._connection.execute(statement)}
        return {key: str(row.told.get("title", "")) for key, row in latest.items() if row.kind == "problem"}

    async def leased(self) -> dict[str, set[tuple[int, str, datetime | None]]]:
        """What is leased at the moment: number, owner, and when it was due, by noun."""
        visits = select(_source.c.id, _source.c.lease_owner, _source.c.due_at).where(_source.c.lease_owner.is_not(None))
        working = _delivery.c.channel_id.in_(select(_channel.c.id))
        sendings = select(_delivery.c.id, _delivery.c.lease_owner, _delivery.c.next_try_at).where(
            working, _delivery.c.state == "pending", _delivery.c.lease_owner.is_not(None)
        )
        found = {"visits": visits, "deliveries": sendings}
        return {
            noun: {(row[0], row[1], row[2]) for row in await self._connection.execute(statement)}
            for noun, statement in found.items()
        }

    async def overdue(self, now: datetime) -> tuple[int, int]:
        """How many sources nobody visits that were not visited for several intervals; and how many there are."""
        is_visited = ~_source.c.paused & ~_source.c.removed
        counted = select(func.count()).select_from(_source).where(is_visited)
        overdue, shorter = 0, timedelta(seconds=-1)
        for interval, several in _SEVERAL:
            mine = (_source.c.interval > shorter.total_seconds()) & (_source.c.interval <= interval.total_seconds())
            late = (_source.c.due_at < now - several) & _source.c.lease_owner.is_(None)
            overdue += int(await self._connection.scalar(counted.where(mine, late)) or 0)
            shorter = interval
        return overdue, int(await self._connection.scalar(counted) or 0)

    async def failing_channels(self) -> Mapping[str, datetime]:
        """Since when nothing has got through, by the names of the channels that should work."""
        works = ~_channel.c.paused & ~_channel.c.removed & (_channel.c.paused_because == "")
        failing = works & _channel.c.failing_since.is_not(None)
        statement = select(_channel.c.name, _channel.c.failing_since).where(failing)
        return {row[0]: row[1] for row in await self._connection.execute(statement)}


def once(key: str, at: datetime) -> str:
    """The key of the alert that tells of a problem, or of its end, at an instant."""
    return f"{ONCE}{at:%Y%m%dT%H%M%S%f}:{key}"


def _key(known: str) -> str:
    return known.removeprefix(ONCE).partition(":")[2]
