"""The repository of what a restored database has to unlearn: leases of processes that are gone, what waits."""

from datetime import datetime

from sqlalchemy import inspect, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables

_source, _delivery, _telling = tables.source, tables.delivery, tables.telling
TOLD_BEFORE = "restored as told"


class Restored:
    """The first transaction on a restored database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def tables(self) -> set[str]:
        """The names of all tables that there are."""
        return set(await self._connection.run_sync(lambda sync: inspect(sync).get_table_names()))

    async def free_leases(self) -> int:
        """Nobody holds anything any more; how many leases there were."""
        freed = 0
        for table in (_source, _delivery):
            held = update(table).where(table.c.lease_owner.is_not(None)).values(lease_owner=None, leased_until=None)
            freed += (await self._connection.execute(held)).rowcount
        return freed

    async def count_as_told(self, now: datetime) -> int:
        """What waits counts as told, and what each source lists at its next visit as known; how much it was that waits.

        The deliveries are dead, and can be replayed.
        """
        values = {"state": "dead", "next_try_at": None, "settled_at": now, "last_error": TOLD_BEFORE}
        ended = await self._connection.execute(update(_delivery).where(_delivery.c.state == "pending").values(**values))
        never = {"state": "never", "due_at": None}
        held = await self._connection.execute(update(_telling).where(_telling.c.state == "held").values(**never))
        await self._connection.execute(update(_source).where(~_source.c.alert_history).values(watched_since=None))
        return ended.rowcount + held.rowcount
