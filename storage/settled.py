"""Tellings and deliveries that are over: what waits for a removed channel is ended, what ended long ago forgotten."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables

_delivery, _channel, _telling = tables.delivery, tables.channel, tables.telling
_match, _watch = tables.match, tables.watch

REMOVED = "its channel was removed"


class Settled:
    """The end of deliveries."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def end_of_removed(self, now: datetime) -> int:
        """Make dead what waits for a channel that was removed, unless somebody is sending it; how many that were.

        What was held for it is never told: a channel that gets its name later is not told what is stale by then.
        """
        removed = (await self._connection.scalars(select(_channel.c.id).where(_channel.c.removed))).all()
        ended = 0
        for channel_id in removed:
            waits = (_delivery.c.channel_id == channel_id) & (_delivery.c.state == "pending")
            free = _delivery.c.leased_until.is_(None) | (_delivery.c.leased_until <= now)
            values = {"state": "dead", "next_try_at": None, "settled_at": now, "last_error": REMOVED}
            freed = {"lease_owner": None, "leased_until": None}
            done = await self._connection.execute(update(_delivery).where(waits, free).values(**values, **freed))
            ended += done.rowcount
            held = (_telling.c.channel_id == channel_id) & (_telling.c.state == "held")
            over = {"state": "never", "reason": "removed", "due_at": None}
            ended += (await self._connection.execute(update(_telling).where(held).values(**over))).rowcount
        return ended

    async def end_of_removed_watches(self) -> int:
        """What was held for watches that were removed is never told, whoever gets its name later; how many that was."""
        removed = select(_match.c.id).join(_watch, _watch.c.id == _match.c.watch_id).where(_watch.c.removed)
        held = (_telling.c.state == "held") & _telling.c.match_id.in_(removed)
        over = {"state": "never", "reason": "removed", "due_at": None}
        done = await self._connection.execute(update(_telling).where(held).values(**over))
        return int(done.rowcount)

    async def forget(self, before: datetime, most: int) -> int:
        """Remove at most so many deliveries that ended before an instant, with their attempts; how many that were.

        The alerts stay: by them Vigie knows what it has told.
        """
        old = select(_delivery.c.id).where(_delivery.c.settled_at < before).order_by(_delivery.c.settled_at)
        numbers = (await self._connection.scalars(old.limit(most))).all()
        if numbers:
            await self._connection.execute(delete(_delivery).where(_delivery.c.id.in_(numbers)))
        return len(numbers)
