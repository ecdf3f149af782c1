"""The repository of refusals: how many pages of a source were no articles, by reason, and which was the last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import NoArticle, Reason
from storage import tables
from storage.rows import insert

_refusal = tables.refusal


@dataclass(frozen=True, slots=True)
class CountedRefusal:
    """So many pages of a source were refused for one reason; `last` is the latest verdict, given at `last_at`."""

    last: NoArticle
    times: int
    last_at: datetime

    @property
    def reason(self) -> Reason:
        """Why the pages were refused."""
        return self.last.reason


class Refusals:
    """Refusals by source: one row for each reason, so that there are never more than a few."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def count(self, source_id: int, verdict: NoArticle, now: datetime) -> None:
        """Count a page that is refused for good."""
        row = {"url": verdict.url, "detail": verdict.detail, "confidence": verdict.confidence, "last_at": now}
        statement = insert(self._connection, _refusal).values(
            source_id=source_id, reason=verdict.reason, times=1, **row
        )
        again = {**row, "times": _refusal.c.times + 1}
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["source_id", "reason"], set_=again)
        )

    async def of(self, source_ids: Sequence[int]) -> dict[int, list[CountedRefusal]]:
        """What was refused of each of these sources, the most frequent reason first."""
        statement = (
            select(_refusal)
            .where(_refusal.c.source_id.in_(source_ids))
            .order_by(_refusal.c.times.desc(), _refusal.c.reason)
        )
        found: dict[int, list[CountedRefusal]] = {}
        for row in await self._connection.execute(statement):
            last = NoArticle(row.url, row.reason, row.detail, row.confidence)
            found.setdefault(row.source_id, []).append(CountedRefusal(last, row.times, row.last_at))
        return found
