"""The repository of caps: which limits bit at a source, how often, and where last."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from news.caps import Bite
from storage import tables
from storage.rows import insert

_cap = tables.cap


@dataclass(frozen=True, slots=True)
class BittenCap:
    """A cap of a source: how many times it bit, and the last time."""

    bite: Bite
    times: int
    last_at: datetime


class Caps:
    """Caps by source."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def bit(self, source_id: int, bites: Iterable[Bite], now: datetime) -> None:
        """Count these bites."""
        for bite in sorted(bites, key=lambda known: known.name):
            row = {"url": bite.url, "detail": bite.detail, "last_at": now}
            statement = insert(self._connection, _cap).values(source_id=source_id, name=bite.name, times=1, **row)
            await self._connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["source_id", "name"], set_={**row, "times": _cap.c.times + 1}
                )
            )

    async def of(self, source_ids: Sequence[int]) -> dict[int, list[BittenCap]]:
        """The caps that have bitten at each of these sources, the latest first."""
        statement = select(_cap).where(_cap.c.source_id.in_(source_ids)).order_by(_cap.c.last_at.desc(), _cap.c.name)
        found: dict[int, list[BittenCap]] = {}
        for row in await self._connection.execute(statement):
            bitten = BittenCap(Bite(row.name, row.url, row.detail), row.times, row.last_at)
            found.setdefault(row.source_id, []).append(bitten)
        return found
