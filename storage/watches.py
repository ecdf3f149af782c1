"""The repository of watches, and the counter that tells every process when they have changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from news.rules import rules_from, rules_to
from news.watch import Watch
from storage import tables
from storage.named import Named
from storage.rows import insert

_watch, _counter = tables.watch, tables.counter
_VERSION = "watches"


@dataclass(frozen=True, slots=True)
class Changed:
    """Watches that have changed up to a version: those that are there as they are now, and the ids of the removed."""

    version: int
    present: Sequence[Watch]
    gone: Sequence[int]


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
            rules=rules_from(row.rules),
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
            "rules": rules_to(watch.rules),
            "added_at": now,
        }
        return await self.add(values)

    async def of_watchlist(self, name: str) -> list[Watch]:
        """The watches that belong to a watchlist, by name."""
        of_it = (_watch.c.watchlist == name) & ~_watch.c.removed
        statement = select(_watch).where(of_it).order_by(_watch.c.name)
        return [self._value(row) for row in await self._connection.execute(statement)]

    async def version(self) -> int:
        """A number that rises with every change to any watch, whichever process makes it."""
        return int(await self._connection.scalar(select(_counter.c.value).where(_counter.c.name == _VERSION)) or 0)

    async def changed_since(self, version: int) -> "Changed":
        """What has changed since then, removals among it.

        Whoever raises the counter holds it until the change is committed. So no change can come to light later that
        bears an older version than one that was seen.
        """
        statement = select(_watch).where(_watch.c.version > version).order_by(_watch.c.version)
        rows = (await self._connection.execute(statement)).all()
        return Changed(
            version=rows[-1].version if rows else version,
            present=[self._value(row) for row in rows if not row.removed],
            gone=[row.id for row in rows if row.removed],
        )

    async def _changed(self, number: int) -> None:
        statement = insert(self._connection, _counter).values(name=_VERSION, value=1)
        raised = statement.on_conflict_do_update(index_elements=["name"], set_={"value": _counter.c.value + 1})
        version = (await self._connection.execute(raised.returning(_counter.c.value))).scalar_one()
        await self._connection.execute(update(_watch).where(_watch.c.id == number).values(version=version))
