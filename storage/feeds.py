"""The repository of feeds: the URLs of a source that list its articles, with the validators of their last answers."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news import url as urls
from news.source import Feed
from storage import tables
from storage.rows import insert_or_update

_feed = tables.feed

_UNREAD: dict[str, Any] = {"etag": "", "last_modified": "", "last_success_at": None, "last_error": "", "hints": {}}


def _value(row: Row[Any]) -> Feed:
    return Feed(
        url=row.url,
        road=row.road,
        id=row.id,
        etag=row.etag,
        last_modified=row.last_modified,
        last_polled_at=row.last_polled_at,
        last_success_at=row.last_success_at,
        last_error=row.last_error,
        hints=row.hints,
        hub=row.hub,
        topic=row.topic,
        not_before=row.not_before,
    )


class Feeds:
    """Feeds by source."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, source_id: int) -> list[Feed]:
        """The feeds of a source, in the order in which they were found."""
        rows = await self._connection.execute(select(_feed).where(_feed.c.source_id == source_id).order_by(_feed.c.id))
        return [_value(row) for row in rows]

    async def of_all(self, source_ids: Sequence[int]) -> dict[int, list[Feed]]:
        """The feeds of each of these sources, in the order in which they were found."""
        statement = select(_feed).where(_feed.c.source_id.in_(source_ids)).order_by(_feed.c.id)
        found: dict[int, list[Feed]] = {}
        for row in await self._connection.execute(statement):
            found.setdefault(row.source_id, []).append(_value(row))
        return found

    async def unchanged(self, numbers: Sequence[int], now: datetime) -> None:
        """These were polled and had nothing new."""
        if numbers:
            values = {"last_polled_at": now, "last_success_at": now, "last_error": "", "not_before": None}
            await self._connection.execute(update(_feed).where(_feed.c.id.in_(numbers)).values(**values))

    async def replace(self, source_id: int, feeds: Iterable[Feed]) -> None:
        """Make these the feeds of a source; those that it had already keep their validators.

        One that is read in another way from now on was never read in that way: an old validator would hide it.
        """
        keyed = {urls.key(feed.url): feed for feed in feeds}
        gone = (_feed.c.source_id == source_id) & _feed.c.url_key.not_in(list(keyed))
        await self._connection.execute(delete(_feed).where(gone))
        for key, feed in keyed.items():
            mine = (_feed.c.source_id == source_id) & (_feed.c.url_key == key)
            await self._connection.execute(update(_feed).where(mine, _feed.c.road != feed.road).values(**_UNREAD))
            row = {"source_id": source_id, "url": feed.url, "url_key": key, "road": feed.road}
            await insert_or_update(self._connection, _feed, row, key=("source_id", "url_key"), update=("url", "road"))

    async def polled(self, feed: Feed, now: datetime) -> None:
        """Keep the validators of an answer, or its error (with which the old validators stay)."""
        values: dict[str, Any] = {"last_polled_at": now, "last_error": feed.last_error, "not_before": feed.not_before}
        if not feed.last_error:
            values |= {
                "etag": feed.etag,
                "last_modified": feed.last_modified,
                "last_success_at": now,
                "hints": dict(feed.hints),
                "hub": feed.hub,
                "topic": feed.topic,
            }
        await self._connection.execute(update(_feed).where(_feed.c.id == feed.id).values(**values))
