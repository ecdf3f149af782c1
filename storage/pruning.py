"""The repository of what is kept no more: articles and links beyond their age, and small memories that wear out.

Articles go with all that is theirs: texts, index row, matches, tellings, alerts, place. What stays of one is a link
(`fetched`, without an article) under each of its addresses, by which it is known should a site list it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, exists, func, select, table, text, update
from sqlalchemy import column as named_column
from sqlalchemy.ext.asyncio import AsyncConnection

from news import url as urls
from storage import tables
from storage.contents import SEARCH_TABLE
from storage.rows import insert_missing

_article, _link, _match, _telling = tables.article, tables.link, tables.match, tables.telling
_alert, _delivery, _placing, _story = tables.alert, tables.delivery, tables.placing, tables.story
_volume, _host, _robots = tables.volume, tables.host, tables.robots
_search = table(SEARCH_TABLE, named_column("rowid"), named_column("article_id"))
_AT_ONCE = 500  # of small rows
_TIDIED = 32  # pages of the index rewritten in one transaction
_SOME_WORK = 2  # changes that a merge makes if it has done anything, as FTS5 promises


@dataclass(frozen=True, slots=True)
class Outdated:
    """Articles first seen before an instant, with a match or without; of some sources, or of all but some."""

    before: datetime
    is_matched: bool
    source_ids: tuple[int, ...] | None = None
    but: tuple[int, ...] = ()


def _is_matched() -> ColumnElement[bool]:
    return exists().where(_match.c.article_id == _article.c.id)


def _is_being_told() -> ColumnElement[bool]:
    """Whether something of it waits to be told, or stands in the list of deliveries."""
    listed = exists().where(_alert.c.article_id == _article.c.id, _delivery.c.alert_id == _alert.c.id)
    held = exists().where(
        _match.c.article_id == _article.c.id, _telling.c.match_id == _match.c.id, _telling.c.state == "held"
    )
    return listed | held


def _which(rule: Outdated) -> list[ColumnElement[bool]]:
    found = [_article.c.first_seen_at < rule.before, _is_matched() if rule.is_matched else ~_is_matched()]
    if rule.is_matched:
        found.append(~_is_being_told())
    if rule.source_ids is not None:
        found.append(_article.c.source_id.in_(rule.source_ids))
    if rule.but:
        found.append(_article.c.source_id.not_in(rule.but))
    return found


def _old_links(before: datetime, source_ids: tuple[int, ...] | None) -> list[ColumnElement[bool]]:
    found = [_link.c.found_at < before, _link.c.state.in_(("refused", "dead"))]
    return found if source_ids is None else [*found, _link.c.source_id.in_(source_ids)]


class Pruning:
    """What is beyond its age, and its end."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def count(self, rule: Outdated) -> dict[int, int]:
        """How many articles a rule lets go, by source."""
        statement = select(_article.c.source_id, func.count()).where(*_which(rule)).group_by(_article.c.source_id)
        return {row[0]: row[1] for row in await self._connection.execute(statement)}

    async def last_article(self, before: datetime) -> int:
        """The highest id of an article first seen before an instant; 0 where there is none."""
        # Of a sum no index knows the highest: otherwise all newer articles would be read, from the newest down.
        last = select(func.max(_article.c.id + 0)).where(_article.c.first_seen_at < before)
        return await self._connection.scalar(last) or 0

    async def articles(self, rule: Outdated, above: int, upto: int) -> list[int]:
        """The ids of the articles that a rule lets go, within a stretch of ids."""
        stretch = (_article.c.id > above) & (_article.c.id <= upto)
        statement = select(_article.c.id).where(stretch, *_which(rule)).order_by(_article.c.id)
        return list((await self._connection.scalars(statement)).all())

    async def remove_articles(self, numbers: Sequence[int], rule: Outdated) -> int:
        """Remove those of these articles that the rule still lets go; how many."""
        wanted = select(_article).where(_article.c.id.in_(numbers), *_which(rule)).order_by(_article.c.id)
        if self._connection.dialect.name == "postgresql":
            wanted = wanted.with_for_update()
        rows = (await self._connection.execute(wanted)).all()
        if not rows:
            return 0
        gone = [row.id for row in rows]
        await self._remember(rows)
        await self._connection.execute(
            update(_placing).where(_placing.c.copy_of.in_(gone)).values(copy_of=None, containment=None)
        )
        left = select(_placing.c.story_id, func.count()).where(_placing.c.article_id.in_(gone))
        stories = {row[0]: row[1] for row in await self._connection.execute(left.group_by(_placing.c.story_id))}
        await self._connection.execute(delete(_search).where(self._search_id().in_(gone)))
        await self._connection.execute(delete(_article).where(_article.c.id.in_(gone)))
        await self._leave_stories(stories)
        return len(gone)

    def _search_id(self) -> ColumnElement[int]:
        return _search.c.article_id if self._connection.dialect.name == "postgresql" else _search.c.rowid

    async def _remember(self, rows: Sequence[Any]) -> None:
        """Have links to these articles under all their addresses, with their titles, and none to be looked at again."""
        kept = [{"number": row.id, "says": row.title} for row in rows]
        known = update(_link).where(_link.c.article_id == bindparam("number"))
        await self._connection.execute(known.values(title=bindparam("says"), revisit_at=None), kept)
        addresses = {
            (row.source_id, urls.key(url)): {
                "source_id": row.source_id,
                "url": url,
                "url_key": urls.key(url),
                "road": "feed",
                "title": row.title,
                "state": "fetched",
                "found_at": row.first_seen_at,
                "settled_at": row.fetched_at,
            }
            for row in rows
            for url in (row.url, row.canonical_url)
        }
        await insert_missing(self._connection, _link, list(addresses.values()))

    async def _leave_stories(self, stories: dict[int, int]) -> None:
        """Stories count the articles that they still have; those that have none go, with what was told of them."""
        for number, articles in sorted(stories.items()):
            fewer = update(_story).where(_story.c.id == number).values(articles=_story.c.articles - articles)
            await self._connection.execute(fewer)
        empty = _story.c.id.in_(stories) & ~exists().where(_placing.c.story_id == _story.c.id)
        await self._connection.execute(delete(_story).where(empty))

    async def count_links(self, before: datetime, source_ids: tuple[int, ...] | None) -> int:
        """How many links led to no article and were found before an instant."""
        statement = select(func.count()).select_from(_link).where(*_old_links(before, source_ids))
        return int(await self._connection.scalar(statement) or 0)

    async def last_link(self) -> int:
        """The highest id of a link; 0 where there is none."""
        return await self._connection.scalar(select(func.max(_link.c.id))) or 0

    async def remove_links(self, before: datetime, source_ids: tuple[int, ...] | None, above: int, upto: int) -> int:
        """Remove the links, within a stretch of ids, that led to no article and are old enough; how many."""
        stretch = (_link.c.id > above) & (_link.c.id <= upto)
        done = await self._connection.execute(delete(_link).where(stretch, *_old_links(before, source_ids)))
        return done.rowcount

    async def forget(self, before: datetime, robots_before: datetime, days_before: date) -> int:
        """Remove, some at a time, what wears out: hosts not asked and alerts on no article since an instant, robots.txt
        files kept until another, volumes of days before one. How many rows went; 0: there are no more.
        """
        told = exists().where(_delivery.c.alert_id == _alert.c.id)
        alerts = select(_alert.c.id).where(_alert.c.article_id.is_(None), _alert.c.decided_at < before, ~told)
        hosts = select(_host.c.name).where(_host.c.updated_at < before)
        files = select(_robots.c.origin).where(_robots.c.keep_until < robots_before)
        gone = await self._some(_alert.c.id, alerts)
        gone += await self._some(_host.c.name, hosts)
        gone += await self._some(_robots.c.origin, files)
        gone += (await self._connection.execute(delete(_volume).where(_volume.c.day < days_before))).rowcount
        return gone

    async def _some(self, key: Any, which: Select[Any]) -> int:
        found = list((await self._connection.scalars(which.limit(_AT_ONCE))).all())
        if found:
            await self._connection.execute(delete(key.table).where(key.in_(found)))
        return len(found)

    async def tidy_index(self, *, is_first: bool) -> bool:
        """Rewrite a little of SQLite's full-text index without what was removed; whether there is more to do.

        FTS5 only notes that a row has gone: the words of the row, and the note, take room until its parts are merged.
        PostgreSQL's autovacuum does the like by itself.
        """
        if self._connection.dialect.name == "postgresql":
            return False
        before = await self._connection.scalar(text("SELECT total_changes()")) or 0
        pages = -_TIDIED if is_first else _TIDIED  # below zero: all parts are to become one
        merge = text(f"INSERT INTO {SEARCH_TABLE} ({SEARCH_TABLE}, rank) VALUES ('merge', :pages)")  # noqa: S608
        await self._connection.execute(merge.bindparams(pages=pages))
        return (await self._connection.scalar(text("SELECT total_changes()")) or 0) - before >= _SOME_WORK

    async def free_bytes(self) -> int:
        """How much of SQLite's file is free to be used again; 0 on PostgreSQL, which sees to that by itself."""
        if self._connection.dialect.name == "postgresql":
            return 0
        pages = await self._connection.scalar(text("PRAGMA freelist_count"))
        return int(pages or 0) * int(await self._connection.scalar(text("PRAGMA page_size")) or 0)
