"""The repository of links: every URL that a poll brought, until its page is an article, refused, or given up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news import url as urls
from news.source import FoundLink, Link, LinkState, Road
from storage import tables
from storage.rows import insert_missing

_link, _article = tables.link, tables.article
_KEYS_AT_ONCE = 500
_BITS: dict[Road, int] = {"feed": 1, "sitemap": 2, "section": 4, "spider": 8}


@dataclass(frozen=True, slots=True)
class ListedAgain:
    """A known link in a poll that says when its page was changed; `was` is what was said before.

    Its article was last fetched at `looked_at`; `first_seen_at` is None where it is no article that is looked at again.
    """

    id: int
    says: datetime
    was: datetime | None
    revisits: int
    revisit_at: datetime | None
    looked_at: datetime | None
    first_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A link with its times: when a poll brought it, and when it was settled or its article last looked at."""

    link: Link
    found_at: datetime
    settled_at: datetime | None


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
        roads=_roads(row.roads),
        modified_at=row.modified_at,
        revisits=row.revisits,
        revisit_at=row.revisit_at,
    )


def _row(source_id: int, road: Road, key: str, link: FoundLink, is_history: bool, now: datetime) -> dict[str, Any]:
    return {
        "source_id": source_id,
        "url": link.url,
        "url_key": key,
        "road": road,
        "roads": _BITS[road],
        "title": link.title,
        "published_at": link.published_at,
        "modified_at": link.modified_at,
        "state": "pending",
        "is_history": is_history,
        "found_at": now,
        "next_try_at": now,
    }


def _again(row: Row[Any], says: datetime) -> ListedAgain:
    is_looked_at = row.revisit_at is not None or row.revisits > 0
    first_seen_at = row.first_seen_at if is_looked_at else None
    return ListedAgain(row.id, says, row.modified_at, row.revisits, row.revisit_at, row.settled_at, first_seen_at)


def _newly_changed(said: datetime | None, known: datetime | None) -> datetime | None:
    return said if said is not None and (known is None or said > known) else None


def _roads(bits: int) -> tuple[Road, ...]:
    return tuple(road for road, bit in _BITS.items() if bits & bit)


class Links:
    """Links by source. A link is known by its key, so a feed that changes its tracking brings nothing twice."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add_unknown(
        self, source_id: int, road: Road, found: Sequence[FoundLink], *, is_history: bool, now: datetime
    ) -> list[FoundLink]:
        """Keep those links that are new to the source, pending, to be fetched at once; which they are.

        Of those that are known it is noted that this road lists them too, and when the sitemap says they changed.
        """
        keyed: dict[str, FoundLink] = {}
        for link in found:
            keyed.setdefault(urls.key(link.url), link)
        known = await self._known(source_id, list(keyed))
        new = {key: link for key, link in keyed.items() if key not in known}
        rows = [_row(source_id, road, key, link, is_history, now) for key, link in new.items()]
        await insert_missing(self._connection, _link, rows)
        for key, (number, roads, modified_at) in known.items():
            changed = _newly_changed(keyed[key].modified_at, modified_at)
            if changed is not None or not roads & _BITS[road]:
                values = {"roads": _link.c.roads.op("|")(_BITS[road])} | ({"modified_at": changed} if changed else {})
                await self._connection.execute(update(_link).where(_link.c.id == number).values(**values))
        return list(new.values())

    async def _known(self, source_id: int, keys: Sequence[str]) -> dict[str, tuple[int, int, datetime | None]]:
        """Id, roads and last change of those of these links that the source has."""
        found: dict[str, tuple[int, int, datetime | None]] = {}
        columns = (_link.c.url_key, _link.c.id, _link.c.roads, _link.c.modified_at)
        for start in range(0, len(keys), _KEYS_AT_ONCE):
            some = _link.c.url_key.in_(keys[start : start + _KEYS_AT_ONCE])
            rows = await self._connection.execute(select(*columns).where(_link.c.source_id == source_id, some))
            found |= {row.url_key: (row.id, row.roads, row.modified_at) for row in rows}
        return found

    async def listed_again(self, source_id: int, found: Sequence[FoundLink]) -> list[ListedAgain]:
        """Those of these links that the source has already, as they stand; without those of which no change is said."""
        says = {urls.key(link.url): link.modified_at for link in reversed(found) if link.modified_at is not None}
        keys, known = list(says), []
        listed = select(_link, _article.c.first_seen_at).select_from(_link.outerjoin(_article))
        for start in range(0, len(keys), _KEYS_AT_ONCE):
            some = _link.c.url_key.in_(keys[start : start + _KEYS_AT_ONCE])
            rows = await self._connection.execute(listed.where(_link.c.source_id == source_id, some))
            known += [_again(row, says[row.url_key]) for row in rows]
        return known

    async def due(self, source_id: int, now: datetime, limit: int) -> list[Link]:
        """Links to be fetched now, in the order found."""
        due = (_link.c.source_id == source_id) & (_link.c.state == "pending") & (_link.c.next_try_at <= now)
        statement = select(_link).where(due).order_by(_link.c.id).limit(limit)
        return [_value(row) for row in await self._connection.execute(statement)]

    async def settle(
        self,
        number: int,
        state: LinkState,
        now: datetime,
        *,
        error: str = "",
        article_id: int | None = None,
        revisit_at: datetime | None = None,
    ) -> None:
        """The link's end: fetched (with its article), refused (no article) or dead (given up).

        An article is looked at again at `revisit_at`.
        """
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
                revisit_at=revisit_at,
            )
        )

    async def revisited(self, number: int, revisit_at: datetime | None, now: datetime) -> None:
        """An article was looked at again; the next look is at `revisit_at`, or there is none."""
        values = {"revisits": _link.c.revisits + 1, "revisit_at": revisit_at, "settled_at": now}
        await self._connection.execute(update(_link).where(_link.c.id == number).values(**values))

    async def plan_revisits(self, revisits: Mapping[int, datetime | None]) -> None:
        """Have the articles of these links looked at again at these instants, or never."""
        for number, revisit_at in revisits.items():
            await self._connection.execute(update(_link).where(_link.c.id == number).values(revisit_at=revisit_at))

    async def due_revisits(self, source_id: int, now: datetime, limit: int) -> list[Link]:
        """Articles to be looked at again, the longest overdue first."""
        due = (_link.c.source_id == source_id) & (_link.c.revisit_at <= now)
        statement = select(_link).where(due).order_by(_link.c.revisit_at).limit(limit)
        return [_value(row) for row in await self._connection.execute(statement)]

    async def next_revisits(self, source_ids: Sequence[int]) -> dict[int, datetime]:
        """When the first of the articles of each of these sources is to be looked at again; absent where none is."""
        statement = (
            select(_link.c.source_id, func.min(_link.c.revisit_at))
            .where(_link.c.source_id.in_(source_ids), _link.c.revisit_at.is_not(None))
            .group_by(_link.c.source_id)
        )
        return {row[0]: row[1] for row in await self._connection.execute(statement)}

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

    async def next_fetches(self, source_ids: Sequence[int]) -> dict[int, datetime]:
        """When the earliest of the pending links of each of these sources may be tried; absent where none waits."""
        statement = (
            select(_link.c.source_id, func.min(_link.c.next_try_at))
            .where(_link.c.source_id.in_(source_ids), _link.c.state == "pending")
            .group_by(_link.c.source_id)
        )
        return {row[0]: row[1] for row in await self._connection.execute(statement) if row[1] is not None}

    async def by_roads(self, source_id: int, since: datetime) -> dict[tuple[Road, ...], int]:
        """How many articles found since then stand on which roads together."""
        mine = (_link.c.source_id == source_id) & (_link.c.found_at >= since) & (_link.c.state == "fetched")
        statement = select(_link.c.roads, func.count()).where(mine).group_by(_link.c.roads)
        return {_roads(row[0]): row[1] for row in await self._connection.execute(statement)}

    async def brought_news(self, article_id: int) -> bool:
        """Whether some source's link brought this article as news, not as history."""
        news = (_link.c.article_id == article_id) & ~_link.c.is_history
        return (await self._connection.scalar(select(_link.c.id).where(news).limit(1))) is not None

    async def pruned(self, keys: Sequence[str]) -> dict[str, str]:
        """Which of these keys were an article's that is kept no more, and its title."""
        gone = (_link.c.state == "fetched") & _link.c.article_id.is_(None)
        found: dict[str, str] = {}
        for start in range(0, len(keys), _KEYS_AT_ONCE):
            some = _link.c.url_key.in_(keys[start : start + _KEYS_AT_ONCE])
            rows = await self._connection.execute(select(_link.c.url_key, _link.c.title).where(some, gone))
            found |= {row.url_key: row.title for row in rows}
        return found

    async def with_url(self, url: str) -> list[Link]:
        """Every source's link to this URL."""
        rows = await self._connection.execute(select(_link).where(_link.c.url_key == urls.key(url)))
        return [_value(row) for row in rows]

    async def listings(self, url_keys: Sequence[str], article_id: int | None = None) -> list[Listing]:
        """Every source's links with one of these keys (`news.url.key`), or to an article; the first found first."""
        wanted: ColumnElement[bool] = _link.c.url_key.in_(url_keys)
        if article_id is not None:
            wanted = wanted | (_link.c.article_id == article_id)
        rows = await self._connection.execute(select(_link).where(wanted).order_by(_link.c.found_at, _link.c.id))
        return [Listing(_value(row), row.found_at, row.settled_at) for row in rows]

    async def troubled(self, source_id: int, limit: int) -> list[Link]:
        """The latest links of a source that ended without an article or wait for another try, with their errors."""
        trouble = (_link.c.source_id == source_id) & (_link.c.last_error != "")
        statement = select(_link).where(trouble).order_by(_link.c.id.desc()).limit(limit)
        return [_value(row) for row in await self._connection.execute(statement)]
