"""The repository of threads: what each watch was told of a story so far; and how much it has a day."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news.telling import Facts, Thread, Volume
from storage import tables
from storage.rows import insert
from storage.told import facts_from_json, facts_to_json

_thread, _volume = tables.thread, tables.volume
_AT_ONCE = 500  # ids in one statement


def _value(row: Row[Any]) -> Thread:
    return Thread(
        id=row.id,
        watch_id=row.watch_id,
        story_id=row.story_id,
        opened_at=row.opened_at,
        last_told_at=row.last_told_at,
        updates=row.updates,
        facts=facts_from_json(row.told),
        muted_at=row.muted_at,
    )


class Threads:
    """Threads by watch and story; volumes by watch and day."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, story_id: int, watch_ids: Iterable[int]) -> dict[int, Thread]:
        """The threads of a story, by the ids of these watches; those that there are."""
        mine = (_thread.c.story_id == story_id) & _thread.c.watch_id.in_(list(watch_ids))
        return {row.watch_id: _value(row) for row in await self._connection.execute(select(_thread).where(mine))}

    async def some(self, numbers: Iterable[int]) -> dict[int, Thread]:
        """These threads, by id."""
        wanted, found = list(numbers), dict[int, Thread]()
        for start in range(0, len(wanted), _AT_ONCE):
            mine = select(_thread).where(_thread.c.id.in_(wanted[start : start + _AT_ONCE]))
            found |= {row.id: _value(row) for row in await self._connection.execute(mine)}
        return found

    async def know(self, watch_id: int, story_id: int, facts: Facts, now: datetime) -> int:
        """Keep what is known of a story by now, in its thread, which is opened if there is none; its id."""
        statement = insert(self._connection, _thread).values(
            watch_id=watch_id, story_id=story_id, opened_at=now, told=facts_to_json(facts)
        )
        statement = statement.on_conflict_do_update(
            index_elements=["watch_id", "story_id"], set_={"told": statement.excluded.told}
        )
        return int((await self._connection.execute(statement.returning(_thread.c.id))).scalar_one())

    async def told(self, number: int, now: datetime, *, is_update: bool, is_regular: bool = False) -> None:
        """Somebody was told of it. What goes to several channels at one instant is one update.

        A regular digest does not put off the updates that others get at their own time.
        """
        more = case((_thread.c.last_told_at == now, _thread.c.updates), else_=_thread.c.updates + 1)
        at = func.coalesce(_thread.c.last_told_at, now) if is_regular else now
        values: dict[str, Any] = {"last_told_at": at, **({"updates": more} if is_update else {})}
        await self._connection.execute(update(_thread).where(_thread.c.id == number).values(**values))

    async def mute(self, number: int, at: datetime | None) -> bool:
        """Tell nothing more of it, or (None) tell again; False where there is no such thread."""
        statement = update(_thread).where(_thread.c.id == number).values(muted_at=at).returning(_thread.c.id)
        return (await self._connection.execute(statement)).scalar_one_or_none() is not None

    async def volumes(self, watch_ids: Iterable[int], since: date) -> dict[int, list[Volume]]:
        """How much these watches had from a day on; a day without anything is left out."""
        mine = _volume.c.watch_id.in_(list(watch_ids)) & (_volume.c.day >= since)
        found: dict[int, list[Volume]] = {}
        for row in await self._connection.execute(select(_volume).where(mine).order_by(_volume.c.day)):
            found.setdefault(row.watch_id, []).append(Volume(row.day, row.matches, row.alerts))
        return found

    async def count(self, watch_id: int, day: date, matches: int = 0, alerts: int = 0) -> None:
        """So many more on a day."""
        statement = insert(self._connection, _volume).values(watch_id=watch_id, day=day, matches=matches, alerts=alerts)
        more = {"matches": _volume.c.matches + matches, "alerts": _volume.c.alerts + alerts}
        await self._connection.execute(statement.on_conflict_do_update(index_elements=["watch_id", "day"], set_=more))
