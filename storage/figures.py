"""Figures: how much there is, how much waits, and for how long; each asked of an index, for whoever looks often."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Select, Table, case, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables

_source, _link, _delivery, _channel = tables.source, tables.link, tables.delivery, tables.channel
_telling, _watch = tables.telling, tables.watch

_WORKS = ~_channel.c.paused & ~_channel.c.removed & (_channel.c.paused_because == "")
UNSENT = ("pending", "failed", "dead")
_IS_VISITED = ~_source.c.paused & ~_source.c.removed
_LAST = {
    "sqlite": text("SELECT seq FROM sqlite_sequence WHERE name = :name"),
    "postgresql": text(
        "SELECT pg_sequence_last_value(CAST(pg_get_serial_sequence(quote_ident(:name), 'id') AS regclass))"
    ),
}


@dataclass(frozen=True, slots=True)
class Due:
    """How many there are whose time has come, and since when the first of them."""

    count: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What the database tells of the state of things.

    `articles`, `matches` and `alerts` are the last numbers given out, so they count what has gone as well. `sources`
    are by how they fare (`ok`, `paused`, or their trouble), `deliveries` that were not sent by channel and state.
    `visits`, `deliveries_due` and `holds` are due; `links`, `held` and `unindexed` wait.
    """

    articles: int = 0
    matches: int = 0
    alerts: int = 0
    watches: int = 0
    sources: dict[str, int] = field(default_factory=dict)
    deliveries: dict[tuple[str, str], int] = field(default_factory=dict)
    channels: dict[str, bool] = field(default_factory=dict)
    visits: Due = Due()
    deliveries_due: Due = Due()
    holds: Due = Due()
    links: int = 0
    held: int = 0
    unindexed: int = 0


class FigureBook:
    """Asks for the figures."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def at(self, now: datetime) -> Figures:
        """All of them."""
        return Figures(
            articles=await self._last(tables.article),
            matches=await self._last(tables.match),
            alerts=await self._last(tables.alert),
            watches=await self._count(
                select(func.count()).select_from(_watch).where(~_watch.c.paused, ~_watch.c.removed)
            ),
            sources=await self._sources(),
            deliveries=await self._deliveries(),
            channels=await self._channels(),
            visits=await self.visits_due(now),
            deliveries_due=await self.deliveries_due(now),
            holds=await self._due(_telling.c.due_at, (_telling.c.state == "held") & (_telling.c.due_at <= now)),
            links=await self._count(_pending_links()),
            held=await self._count(_counted(_telling).where(_telling.c.state == "held")),
            unindexed=await self._count(_counted(tables.unindexed)),
        )

    async def visits_due(self, now: datetime) -> Due:
        """Sources whose time has come and that nobody visits."""
        free = or_(_source.c.leased_until.is_(None), _source.c.leased_until <= now)
        return await self._due(_source.c.due_at, _IS_VISITED & free & (_source.c.due_at <= now))

    async def deliveries_due(self, now: datetime) -> Due:
        """Deliveries whose time has come, over channels that work; those under way too, which no index leaves out."""
        working = _delivery.c.channel_id.in_(select(_channel.c.id).where(_WORKS))
        is_due = working & (_delivery.c.state == "pending") & (_delivery.c.next_try_at <= now)
        return await self._due(_delivery.c.next_try_at, is_due)

    async def _last(self, table: Table) -> int:
        """The last number that the table gave out: after pruning, that of its newest row may be a smaller one."""
        asked = _LAST[self._connection.dialect.name]
        return int(await self._connection.scalar(asked, {"name": table.name}) or 0)

    async def _count(self, statement: Select[int]) -> int:
        return int(await self._connection.scalar(statement) or 0)

    async def _due(self, column: Column[datetime], is_due: ColumnElement[bool]) -> Due:
        count, since = (await self._connection.execute(select(func.count(), func.min(column)).where(is_due))).one()
        return Due(count, since)

    async def _sources(self) -> dict[str, int]:
        fares = case((_source.c.paused, "paused"), (_source.c.trouble == "", "ok"), else_=_source.c.trouble)
        statement = select(fares, func.count()).where(~_source.c.removed).group_by(fares)
        return {row[0]: row[1] for row in await self._connection.execute(statement)}

    async def _deliveries(self) -> dict[tuple[str, str], int]:
        """Without those that were sent, of which there are as many as there ever were alerts."""
        known = _delivery.c.channel_id.in_(select(_channel.c.id)) & _delivery.c.state.in_(UNSENT)
        counted = (
            select(_delivery.c.channel_id, _delivery.c.state, func.count().label("count"))
            .where(known)
            .group_by(_delivery.c.channel_id, _delivery.c.state)
            .subquery()
        )
        joined = counted.join(_channel, _channel.c.id == counted.c.channel_id)
        statement = select(_channel.c.name, counted.c.state, counted.c["count"]).select_from(joined)
        rows = await self._connection.execute(statement.where(~_channel.c.removed))
        return {(row[0], row[1]): row[2] for row in rows}

    async def _channels(self) -> dict[str, bool]:
        works = _WORKS & _channel.c.failing_since.is_(None)
        statement = select(_channel.c.name, case((works, 1), else_=0)).where(~_channel.c.removed)
        return {row[0]: bool(row[1]) for row in await self._connection.execute(statement.order_by(_channel.c.name))}


def _counted(table: Table) -> Select[int]:
    return select(func.count()).select_from(table)


def _pending_links() -> Select[int]:
    """Source by source, as the index has them."""
    of_a_source = _link.c.source_id.in_(select(_source.c.id))
    return _counted(_link).where(of_a_source, _link.c.state == "pending")
