"""The repository of watches, and the counter that tells every process when they have changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from news.watch import Watch
from storage import tables
from storage.named import Named
from storage.rows import insert

_watch, _counter = tables.watch, tables.counter
_VERSION = "watches"


class Watches(Named[Watch]):
    """Watches by name."""

    table = _watch
    noun = "watch"

    def _value(self, row: Row[Any]) -> Watch:
        return Watch(
            id=row.id,
            name=row.name,
            query=row.query,
            channels=tuple(row.channels),
            watchlist=row.watchlist,
            origin=row.origin,
            paused=row.paused,
            added_at=row.added_at,
        )

    async def put(self, watch: Watch, now: datetime) -> int:
        """Add a watch; its id. Raises ConflictError if the name is taken."""
        values = {
            "name": watch.name,
            "query": watch.query,
            "channels": list(watch.channels),
            "watchlist": watch.watchlist,
            "origin": watch.origin,
            "paused": watch.paused,
            "added_at": now,
        }
        return await self.add(values)

    async def version(self) -> int:
        """A number that rises with every change to any watch, whichever process makes it."""
        return int(await self._connection.scalar(select(_counter.c.value).where(_counter.c.name == _VERSION)) or 0)

    async def _changed(self) -> None:
        statement = insert(self._connection, _counter).values(name=_VERSION, value=1)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["name"], set_={"value": _counter.c.value + 1})
        )
