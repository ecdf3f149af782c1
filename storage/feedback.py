"""The repository of what readers answer: the links used, the stories muted."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables
from storage.rows import insert

_used, _thread, _watch = tables.used_link, tables.thread, tables.watch
_KEPT = timedelta(days=60)  # twice as long as a link is good


class FeedbackLog:
    """What readers answered by their links."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def use(self, fingerprint: str, now: datetime) -> bool:
        """Use a link up; False where it was used before."""
        await self._connection.execute(delete(_used).where(_used.c.used_at < now - _KEPT))
        made = insert(self._connection, _used).values(token_hash=fingerprint, used_at=now)
        taken = await self._connection.execute(made.on_conflict_do_nothing().returning(_used.c.token_hash))
        return taken.scalar_one_or_none() is not None

    async def used_at(self, fingerprint: str) -> datetime | None:
        """When a link was used; None where it was not."""
        found: datetime | None = await self._connection.scalar(
            select(_used.c.used_at).where(_used.c.token_hash == fingerprint)
        )
        return found

    async def mute(self, watch_id: int, story_id: int, now: datetime) -> None:
        """Tell no more of this story for this watch."""
        made = insert(self._connection, _thread).values(
            watch_id=watch_id, story_id=story_id, opened_at=now, muted_at=now
        )
        muted = made.on_conflict_do_update(index_elements=["watch_id", "story_id"], set_={"muted_at": now})
        await self._connection.execute(muted)

    async def unmute(self, watch_id: int, story_id: int) -> bool:
        """Tell of this story again, from its next article on; False where it was not muted for this watch."""
        mine = (_thread.c.watch_id == watch_id) & (_thread.c.story_id == story_id) & _thread.c.muted_at.is_not(None)
        changed = await self._connection.execute(update(_thread).where(mine).values(muted_at=None))
        return bool(changed.rowcount)

    async def mutes(self, story_id: int) -> list[tuple[str, datetime]]:
        """The names of the watches for which a story is muted, and since when; the first to mute it first."""
        rows = await self._connection.execute(
            select(_watch.c.name, _thread.c.muted_at)
            .join_from(_thread, _watch, _watch.c.id == _thread.c.watch_id)
            .where(_thread.c.story_id == story_id, _thread.c.muted_at.is_not(None), ~_watch.c.removed)
            .order_by(_thread.c.muted_at, _watch.c.name)
        )
        return [(row.name, row.muted_at) for row in rows]

    async def muted_stories(self, watch_id: int) -> frozenset[int]:
        """The stories of which nothing is told for this watch."""
        mine = (_thread.c.watch_id == watch_id) & _thread.c.muted_at.is_not(None)
        return frozenset(await self._connection.scalars(select(_thread.c.story_id).where(mine)))
