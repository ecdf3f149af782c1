"""The repository of what a restored database has to unlearn: leases of processes that are gone, what waits."""

from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables

_source, _delivery, _telling, _link = tables.source, tables.delivery, tables.telling, tables.link
TOLD_BEFORE = "restored as told"
_NUMBERED = ("alert", "article", "delivery", "match", "story", "thread")
_SKIPPED = 1_000_000  # numbers: more than an archive gives out between its last backup and its loss


class Restored:
    """The first transaction on a restored database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def free_leases(self) -> int:
        """Nobody holds anything any more; how many leases there were."""
        freed = 0
        for table in (_source, _delivery):
            held = update(table).where(table.c.lease_owner.is_not(None)).values(lease_owner=None, leased_until=None)
            freed += (await self._connection.execute(held)).rowcount
        return freed

    async def skip_numbers(self) -> None:
        """Give out no number that may have been given out after the backup.

        Whoever reads our feed has seen the entry of such a number, and would not be shown another under it; a link in
        an old mail would mute another story.
        """
        on_sqlite = self._connection.dialect.name == "sqlite"
        for name in _NUMBERED:
            if not on_sqlite:
                values = {"name": f'"{name}"', "more": _SKIPPED}
                sequence = "CAST(pg_get_serial_sequence(:name, 'id') AS regclass)"
                await self._connection.execute(text(f"SELECT setval({sequence}, nextval({sequence}) + :more)"), values)
                continue
            more = {"name": name, "more": _SKIPPED}
            known = text("UPDATE sqlite_sequence SET seq = seq + :more WHERE name = :name")
            if not (await self._connection.execute(known, more)).rowcount:
                await self._connection.execute(text("INSERT INTO sqlite_sequence VALUES (:name, :more)"), more)

    async def alerting_on_history(self) -> list[str]:
        """The names of the sources that tell of whatever they list, however old."""
        named = select(_source.c.name).where(_source.c.alert_history, ~_source.c.removed).order_by(_source.c.name)
        return list((await self._connection.scalars(named)).all())

    async def count_as_told(self, now: datetime) -> int:
        """What waits counts as told, and what each source lists at its next visit as known; how much it was that waits.

        The deliveries are dead, and can be replayed. What was listed and not yet fetched is history.
        """
        values = {"state": "dead", "next_try_at": None, "settled_at": now, "last_error": TOLD_BEFORE}
        ended = await self._connection.execute(update(_delivery).where(_delivery.c.state == "pending").values(**values))
        never = {"state": "never", "due_at": None}
        held = await self._connection.execute(update(_telling).where(_telling.c.state == "held").values(**never))
        await self._connection.execute(update(_link).where(_link.c.state == "pending").values(is_history=True))
        await self._connection.execute(update(_source).where(~_source.c.alert_history).values(watched_since=None))
        return ended.rowcount + held.rowcount
