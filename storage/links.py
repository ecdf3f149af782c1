"""The repository of links: every URL that a poll brought, until its page is an article, refused, or given up."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news import url as urls
from news.source import FoundLink, Link, LinkState, Road
from storage import tables
from storage.rows import insert_missing

_link = tables.link


def _value(row: Row[Any]) -> Link:
    return Link(
        id=row.id,
        source_id=row.source_id,
        url=row.url,
        road=row.road,
        state=row.state,
        attempts=row.attempts,
        is_history=row.is_history,
        next_try_at=row.next_try_at,
        published_at=row.published_at,
        last_error=row.last_error,
        article_id=row.article_id,
    )


class Links:
    """Links by source. A link is known by its key, so a feed that changes its tracking brings nothing twice."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add_unknown(
        self, source_id: int, road: Road, found: Iterable[FoundLink], *, is_history: bool, now: datetime
    ) -> None:
        """Keep those links that are new to the source, pending, to be fetched at once."""
        rows = [
            {
                "source_id": source_id,
                "url": link.url,
                "url_key": urls.key(link.url),
                "road": road,
                "title": link.title,
                "published_at": link.published_at,
                "state": "pending",
                "is_history": is_history,
                "found_at": now,
                "next_try_at": now,
            }
            for link in found
        ]
        await insert_missing(self._connection, _link, rows)

    async def due(self, source_id: int, now: datetime, limit: int) -> list[Link]:
        """Links to be fetched now, in the order found."""
        due = (_link.c.source_id == source_id) & (_link.c.state == "pending") & (_link.c.next_try_at <= now)
        statement = select(_link).where(due).order_by(_link.c.id).limit(limit)
        return [_value(row) for row in await self._connection.execute(statement)]

    async def settle(
        self, number: int, state: LinkState, now: datetime, *, error: str = "", article_id: int | None = None
    ) -> None:
        """The link's end: fetched (with its article), refused (no article) or dead (given up)."""
        await self._connection.execute(
            update(_link)
            .where(_link.c.id == number)
            .values(
                state=state,
                attempts=_link.c.attempts + 1,
                next_try_at=None,
                settled_at=now,
                last_error=error,
                article_id=article_id,
            )
        )

    async def postpone(self, number: int, next_try_at: datetime, error: str, *, counts: bool = True) -> None:
        """Try it again later; `counts` is False where the attempt never reached the server."""
        await self._connection.execute(
            update(_link)
            .where(_link.c.id == number)
            .values(attempts=_link.c.attempts + int(counts), next_try_at=next_try_at, last_error=error)
        )

    async def state_counts(self, source_ids: Sequence[int]) -> dict[tuple[int, str], int]:
        """How many links each source has in each state."""
        statement = (
            select(_link.c.source_id, _link.c.state, func.count())
            .where(_link.c.source_id.in_(source_ids))
            .group_by(_link.c.source_id, _link.c.state)
        )
        return {(row[0], row[1]): row[2] for row in await self._connection.execute(statement)}

    async def next_pending(self, source_id: int) -> datetime | None:
        """When the earliest of its pending links may be tried; None where none waits."""
        pending = (_link.c.source_id == source_id) & (_link.c.state == "pending")
        found: datetime | None = await self._connection.scalar(select(func.min(_link.c.next_try_at)).where(pending))
        return found

    async def brought_news(self, article_id: int) -> bool:
        """Whether some source's link brought this article as news, not as history."""
        news = (_link.c.article_id == article_id) & ~_link.c.is_history
        return (await self._connection.scalar(select(_link.c.id).where(news).limit(1))) is not None

    async def with_url(self, url: str) -> list[Link]:
        """Every source's link to this URL."""
        rows = await self._connection.execute(select(_link).where(_link.c.url_key == urls.key(url)))
        return [_value(row) for row in rows]

    async def troubled(self, source_id: int, limit: int) -> list[Link]:
        """The latest links of a source that ended without an article or wait for another try, with their errors."""
        trouble = (_link.c.source_id == source_id) & (_link.c.last_error != "")
        statement = select(_link).where(trouble).order_by(_link.c.id.desc()).limit(limit)
        return [_value(row) for row in await self._connection.execute(statement)]
