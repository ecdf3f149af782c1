"""The repository of matches."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import Span, StoredArticle
from news.errors import NotFoundError
from news.watch import Match
from storage import tables
from storage.articles import stored_value
from storage.rows import insert_new

_match, _article, _source, _watch = tables.match, tables.article, tables.source, tables.watch
_revision = tables.revision


@dataclass(frozen=True, slots=True)
class FoundMatch:
    """A match with its watch's name and its article, as lists show it; the article's text is the one that matched."""

    match: Match
    watch: str
    query: str
    stored: StoredArticle


def _value(row: Row[Any]) -> FoundMatch:
    match = Match(
        id=row.match_id,
        watch_id=row.watch_id,
        article_id=row.id,
        spans=tuple(Span(*span) for span in row.spans),
        matched_at=row.matched_at,
        seen=row.seen,
    )
    stored = stored_value(row)
    if row.then_title is not None:
        stored = replace(stored, article=replace(stored.article, title=row.then_title, text=row.then_text))
    return FoundMatch(match, row.watch_name, row.watch_query, stored)


_FOUND = (
    select(
        _article,
        _source.c.name.label("source_name"),
        _match.c.id.label("match_id"),
        _match.c.watch_id,
        _match.c.spans,
        _match.c.matched_at,
        _match.c.seen,
        _watch.c.name.label("watch_name"),
        _watch.c.query.label("watch_query"),
        _revision.c.title.label("then_title"),
        _revision.c.text.label("then_text"),
    )
    .join(_article, _article.c.id == _match.c.article_id)
    .join(_source, _source.c.id == _article.c.source_id)
    .join(_watch, _watch.c.id == _match.c.watch_id)
    .outerjoin(_revision, (_revision.c.article_id == _article.c.id) & (_revision.c.number == _match.c.revision))
)


class Matches:
    """Matches by id and by watch."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, match: Match) -> bool:
        """Keep a match; False where this watch has this article already (seen as history, it is news from now on)."""
        values = {
            "watch_id": match.watch_id,
            "article_id": match.article_id,
            "spans": [(span.field, span.start, span.end) for span in match.spans],
            "matched_at": match.matched_at,
            "seen": match.seen,
        }
        if await insert_new(self._connection, _match, values) is not None:
            return True
        if not match.seen:
            same = (_match.c.watch_id == match.watch_id) & (_match.c.article_id == match.article_id)
            await self._connection.execute(update(_match).where(same).values(seen=False))
        return False

    async def matched_anew(self, watch_id: int, article_id: int, spans: Iterable[Span]) -> bool:
        """The article's latest text matches too: what explains it there. False where there was no such match."""
        same = (_match.c.watch_id == watch_id) & (_match.c.article_id == article_id)
        places = [(span.field, span.start, span.end) for span in spans]
        statement = update(_match).where(same).values(spans=places, revision=None).returning(_match.c.id)
        return (await self._connection.execute(statement)).scalar_one_or_none() is not None

    async def pin(self, article_id: int, revision: int, but: Iterable[int]) -> None:
        """The article gets another text: the spans of its matches refer to this revision from now on.

        Those of the watches in `but` are told anew.
        """
        others = (_match.c.article_id == article_id) & _match.c.watch_id.not_in(list(but))
        unpinned = others & _match.c.revision.is_(None)
        await self._connection.execute(update(_match).where(unpinned).values(revision=revision))

    async def latest(self, limit: int, watch: str = "", after: datetime | None = None) -> list[FoundMatch]:
        """The newest matches, of one watch if named, after an instant if given."""
        statement = _FOUND.order_by(_match.c.id.desc()).limit(limit)
        if watch:
            statement = statement.where(_watch.c.name == watch)
        if after is not None:
            statement = statement.where(_match.c.matched_at > after)
        return [_value(row) for row in await self._connection.execute(statement)]

    async def news(self, limit: int, *, watch_id: int | None = None, watchlist: str = "") -> list[FoundMatch]:
        """The newest matches of a watch, or of those of a watchlist, without history, which is told to nobody."""
        of_these = _match.c.watch_id == watch_id if watch_id is not None else _watch.c.watchlist == watchlist
        statement = _FOUND.where(of_these, ~_match.c.seen, ~_watch.c.removed).order_by(_match.c.id.desc()).limit(limit)
        return [_value(row) for row in await self._connection.execute(statement)]

    async def of(self, watch_id: int, article_id: int) -> FoundMatch | None:
        """The match of a watch and an article, if there is one."""
        same = (_match.c.watch_id == watch_id) & (_match.c.article_id == article_id)
        row = (await self._connection.execute(_FOUND.where(same))).one_or_none()
        return None if row is None else _value(row)

    async def of_article(self, article_id: int) -> list[FoundMatch]:
        """The matches of an article, newest first."""
        statement = _FOUND.where(_match.c.article_id == article_id).order_by(_match.c.id.desc())
        return [_value(row) for row in await self._connection.execute(statement)]

    async def get(self, number: int) -> FoundMatch:
        """The match with this id. Raises NotFoundError."""
        row = (await self._connection.execute(_FOUND.where(_match.c.id == number))).one_or_none()
        if row is None:
            raise NotFoundError(f"there is no match with id {number}", "vigie matches list shows the latest")
        return _value(row)
