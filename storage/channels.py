"""The repository of channels."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, update

from news.alert import Channel
from news.rules import rules_from, rules_to
from storage import tables
from storage.named import Named


def channel_value(row: Row[Any]) -> Channel:
    """The channel that a row of its table is."""
    return Channel(
        id=row.id,
        name=row.name,
        kind=row.kind,
        settings=row.settings,
        origin=row.origin,
        paused=row.paused,
        paused_because=row.paused_because,
        at_once=row.at_once,
        per_minute=row.per_minute,
        failing_since=row.failing_since,
        trouble=row.trouble,
        rules=rules_from(row.rules),
    )


class Channels(Named[Channel]):
    """Channels by name."""

    table = tables.channel
    noun = "channel"

    def _value(self, row: Row[Any]) -> Channel:
        return channel_value(row)

    async def put(self, channel: Channel, now: datetime) -> int:
        """Add a channel; its id. Raises ConflictError if the name is taken."""
        values = {
            "name": channel.name,
            "kind": channel.kind,
            "settings": dict(channel.settings),
            "origin": channel.origin,
            "paused": channel.paused,
            "rules": rules_to(channel.rules),
            "at_once": channel.at_once,
            "per_minute": channel.per_minute,
            "added_at": now,
        }
        return await self.add(values, fresh={"paused_because": "", "failing_since": None, "trouble": ""})

    async def pause(self, number: int, paused: bool, now: datetime) -> None:
        """Stop or resume it; resuming forgives what Vigie paused it for; what was tried before is due at once.

        What was never tried is due when it always was: at once, or at the end of quiet hours.
        """
        if paused:
            await self.change(number, paused=True)
            return
        await self.change(number, paused=False, paused_because="", failing_since=None)
        waiting = (tables.delivery.c.channel_id == number) & (tables.delivery.c.state == "pending")
        due = case((tables.delivery.c.attempts > 0, now), else_=tables.delivery.c.next_try_at)
        await self._connection.execute(
            update(tables.delivery).where(waiting).values(next_try_at=due, first_try_at=None, attempts=0)
        )

    async def stop(self, number: int, because: str) -> bool:
        """Have it stand still until somebody resumes it; whether it worked until now."""
        works = (self.table.c.id == number) & (self.table.c.paused_because == "") & ~self.table.c.removed
        stopped = await self._connection.execute(update(self.table).where(works).values(paused_because=because))
        return stopped.rowcount == 1
