"""Full-text search over the archive: SQLite's FTS5 or PostgreSQL's tsvector, fed with the analyzer's own tokens.

Neither engine's language rules are used, so both give the same answers: the text is stored as folded tokens, and a
search is a plan of such tokens. Articles that are not indexed, or by an older analyzer, are candidates of every search.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    bindparam,
    column,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    table,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import StoredArticle
from news.search import (
    IndexCount,
    IndexedWords,
    SearchAll,
    SearchEverything,
    SearchFact,
    SearchFilter,
    SearchNothing,
    SearchPlan,
    SearchRow,
)
from storage import rows, tables
from storage.articles import Articles
from storage.fts5 import EVERY, fact, fts5
from storage.stretches import Span, Stretches
from storage.tsquery import condition, names, reads_texts, tsvector
from storage.vocabulary import Vocabulary

_COLUMNS = ("title", "body", "beside_title", "beside_body")
_ADD = {
    "sqlite": (
        "INSERT INTO article_search (rowid, title, body, beside_title, beside_body, facts)"
        " VALUES (:id, :title, :body, :beside_title, :beside_body, :facts)"
    ),
    "postgresql": (
        "INSERT INTO article_search (article_id, title, body, beside_title, beside_body, words)"
        " VALUES (:id, :title, :body, :beside_title, :beside_body, CAST(:words AS tsvector))"
    ),
}
_index = table("article_search", column("rowid"), column("article_id"), *map(column, _COLUMNS))
_article, _unindexed = tables.article, tables.unindexed
_by, _language = tables.indexed_by, tables.indexed_language
ANYTHING = SearchFilter()
_MOST_READ = 4_000  # texts, for a number: some tenths of a second


class Search:
    """The full-text index."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._is_postgresql = connection.dialect.name == "postgresql"
        self._id: ColumnElement[int] = _index.c.article_id if self._is_postgresql else _index.c.rowid
        self._vocabulary = Vocabulary(connection)

    async def add(self, article_id: int, row: SearchRow, source_id: int) -> None:
        """Index an article; one whose words no index row could hold stays a candidate of every search."""
        self._vocabulary.forget()
        await self._keep_analyzer(row.analyzer)
        if row.language:
            await self._keep_language(row.language)
        facts = " ".join(
            [EVERY, fact("source", str(source_id)), *([fact("lang", row.language)] if row.language else [])]
        )
        values = {
            "id": article_id,
            "title": row.title,
            "body": row.text,
            "beside_title": row.beside_title,
            "beside_body": row.beside_text,
        }
        if not self._is_postgresql:
            await self._connection.execute(text(_ADD["sqlite"]), {**values, "facts": facts})
            return
        words = tsvector(row, facts)
        if words is None:
            await self._connection.execute(insert(_unindexed).values(article_id=article_id, is_too_large=True))
        else:
            await self._connection.execute(text(_ADD["postgresql"]), {**values, "words": words})

    async def wait(self, article_id: int) -> None:
        """Have an article indexed later; until then it is a candidate of every search."""
        await rows.insert_missing(self._connection, _unindexed, [{"article_id": article_id}])

    async def put(self, article_id: int, row: SearchRow, source_id: int) -> None:
        """Index an article anew, in place of what it was indexed under, if it was."""
        await self._connection.execute(delete(_index).where(self._id == article_id))
        await self._connection.execute(delete(_unindexed).where(_unindexed.c.article_id == article_id))
        await self.add(article_id, row, source_id)

    async def languages(self) -> list[str]:
        """The languages of the articles that are indexed, without regions."""
        return list((await self._connection.scalars(select(_language.c.language).order_by(_language.c.language))).all())

    async def is_by(self, analyzer: str) -> bool:
        """Whether this analyzer made the index, as far as there is one."""
        known = await self._connection.scalar(select(_by.c.analyzer))
        return known is None or known == analyzer

    async def renew(self, analyzer: str) -> None:
        """Have all articles indexed again, by this analyzer from now on."""
        await self._connection.execute(delete(_by))
        await self._connection.execute(insert(_by).values(analyzer=analyzer))
        waiting = select(_unindexed.c.article_id)
        others = select(_article.c.id).where(_article.c.id.not_in(waiting))
        await self._connection.execute(insert(_unindexed).from_select(["article_id"], others))
        await self._connection.execute(update(_unindexed).values(is_too_large=False))

    async def backlog(self, limit: int) -> list[int]:
        """The newest articles that wait to be indexed."""
        waiting = select(_unindexed.c.article_id).where(_unindexed.c.is_too_large.is_(False))
        found = await self._connection.scalars(waiting.order_by(_unindexed.c.article_id.desc()).limit(limit))
        return list(found.all())

    async def candidates(self, plan: SearchPlan, limit: int, before_id: int | None = None) -> list[StoredArticle]:
        """At most `limit` articles that the plan lets through, newest first, below an id if given."""
        return await Articles(self._connection).some(await self.ids(plan, ANYTHING, limit, before_id))

    async def ids(self, plan: SearchPlan, only: SearchFilter, limit: int, before_id: int | None = None) -> list[int]:
        """The ids of at most `limit` articles that the plan lets through or that are not indexed, newest first."""
        found = set(await self._listed(self._waiting(only), limit, before_id))
        if isinstance(plan, SearchEverything):
            found.update(await self._listed(_every(only), limit, before_id))
        elif not isinstance(plan, SearchNothing):
            found.update(row[0] for row in await self._newest(plan, only, limit, before_id))
        return sorted(found, reverse=True)[:limit]

    async def count(self, plan: SearchPlan, only: SearchFilter, limit: int) -> IndexCount:
        """How many indexed articles the plan finds, `limit` at most, the newest then.

        Where PostgreSQL has to read texts, and is asked for a number above 4,000, it reads those of the newest 4,000
        articles that its index names.
        """
        if isinstance(plan, SearchNothing):
            return IndexCount(0)
        found = (await self._found(plan, only)).where(self._is_current())
        if self._is_postgresql:
            return await self._counted(plan, only, found, limit)
        identity: ColumnElement[int] = column("id")
        newest = found.order_by(identity.desc()).limit(limit).subquery()
        row = (await self._connection.execute(select(func.count(), func.min(newest.c.id)).select_from(newest))).one()
        return _bounded(row[0], row[1], limit)

    async def bounds(self, only: SearchFilter) -> tuple[int, int]:
        """The lowest and the highest id of articles that were first seen in the filter's time; 0 where none was."""
        lowest = await self._connection.scalar(_bound(func.min, only))
        highest = await self._connection.scalar(_bound(func.max, only))
        return lowest or 0, highest or 0

    async def words(
        self, plan: SearchPlan, only: SearchFilter, limit: int, before_id: int | None = None
    ) -> list[IndexedWords]:
        """The words of the newest articles that the plan lets through; none of those that are not indexed."""
        if isinstance(plan, SearchNothing):
            return []
        found = await self._newest(plan, only, limit, before_id, *(_index.c[name] for name in _COLUMNS))
        return [IndexedWords(row[0], *(f" {words} " for words in row[1:])) for row in found]

    async def _listed(self, asked: Select[Any], limit: int, before_id: int | None) -> Sequence[int]:
        identity = asked.selected_columns[0]
        if before_id is not None:
            asked = asked.where(identity < before_id)
        return (await self._connection.scalars(asked.order_by(column("id").desc()).limit(limit))).all()

    async def _newest(
        self, plan: SearchPlan, only: SearchFilter, limit: int, before_id: int | None, *columns: ColumnElement[Any]
    ) -> Sequence[Any]:
        """The id and these columns of the newest rows of the index that the plan finds."""
        asked = (await self._found(plan, only)).add_columns(*columns)
        if self._is_postgresql:
            return await (await self._stretches(only, before_id)).newest(asked, limit)
        if before_id is not None:
            asked = asked.where(self._id < before_id)
        rest: Sequence[Any] = (await self._connection.execute(asked.order_by(self._id.desc()).limit(limit))).all()
        return rest

    async def _counted(self, plan: SearchPlan, only: SearchFilter, found: Select[Any], limit: int) -> IndexCount:
        stretches = await self._stretches(only, None)
        reached = None
        if limit > _MOST_READ and reads_texts(plan):
            named = select(self._id.label("id")).select_from(_index).where(names(plan), *_is_of(self._id, only))
            reached = _bounded(*await stretches.count(named, _MOST_READ), _MOST_READ).reached
        counted = _bounded(*await stretches.since(reached or 0).count(found, limit), limit)
        return counted if counted.reached else replace(counted, reached=reached)

    async def _stretches(self, only: SearchFilter, before_id: int | None) -> Stretches:
        """The ids below this one that the index has and where the filter's times lie."""
        identity = _index.c.article_id
        lowest, highest = (await self._connection.execute(select(func.min(identity), func.max(identity)))).one()
        if only.since is not None:
            lowest = await self._connection.scalar(_bound(func.min, only))
        if only.until is not None:
            highest = await self._connection.scalar(_bound(func.max, only))
        if lowest is None or highest is None:
            return Stretches(self._connection, self._id, Span(0, 0))
        end = highest + 1 if before_id is None else min(highest + 1, before_id)
        return Stretches(self._connection, self._id, Span(max(lowest, only.first_id), end))

    async def _found(self, plan: SearchPlan, only: SearchFilter) -> Select[Any]:
        plan = _narrowed(plan, only)
        if self._is_postgresql:  # which is asked within bounds
            asked, passes = condition(plan), _is_of(self._id, only)
        else:
            plan = await self._vocabulary.spelled_out(plan)
            asked = text("article_search MATCH :plan").bindparams(bindparam("plan", fts5(plan)))  # type: ignore[assignment]
            passes = _passes(self._id, only)
        return select(self._id.label("id")).select_from(_index).where(asked, *passes)

    def _is_current(self) -> ColumnElement[bool]:
        return ~exists().where(_unindexed.c.article_id == self._id)

    def _waiting(self, only: SearchFilter) -> Select[Any]:
        asked = select(_unindexed.c.article_id.label("id"))
        if only.source_id is not None or only.language:
            of_article = _of_article(only)
            asked = asked.join(_article, _article.c.id == _unindexed.c.article_id).where(*of_article)
        return asked.where(*_passes(_unindexed.c.article_id, only))

    async def _keep_analyzer(self, analyzer: str) -> None:
        known = await self._connection.scalar(select(_by.c.analyzer))
        if known is None:
            await rows.insert_missing(self._connection, _by, [{"analyzer": analyzer}])
        elif known != analyzer:
            await self.renew(analyzer)

    async def _keep_language(self, language: str) -> None:
        known = await self._connection.scalar(select(literal(1)).where(_language.c.language == language))
        if known is None:
            await rows.insert_missing(self._connection, _language, [{"language": language}])


def _bounded(number: int, oldest: int, limit: int) -> IndexCount:
    """So many, and the oldest of them, where there may be more than the `limit`."""
    return IndexCount(number, oldest if number == limit else None)


def _narrowed(plan: SearchPlan, only: SearchFilter) -> SearchPlan:
    parts: list[SearchPlan] = [plan]
    if only.source_id is not None:
        parts.append(SearchFact("source", str(only.source_id)))
    if only.language:
        parts.append(SearchFact("lang", only.language))
    return SearchAll(tuple(parts)) if len(parts) > 1 else plan


def _every(only: SearchFilter) -> Select[Any]:
    return select(_article.c.id.label("id")).where(*_of_article(only), *_passes(_article.c.id, only))


def _of_article(only: SearchFilter) -> list[ColumnElement[bool]]:
    """What the index holds as facts, asked of the articles themselves."""
    found: list[ColumnElement[bool]] = []
    if only.source_id is not None:
        found.append(_article.c.source_id == only.source_id)
    if only.language:
        tag = func.lower(_article.c.language)
        found.append(
            or_(tag == only.language, *(tag.startswith(only.language + sign, autoescape=True) for sign in "-_"))
        )
    return found


def _passes(identity: ColumnElement[int], only: SearchFilter) -> list[ColumnElement[bool]]:
    """What no fact of the index tells, and within which ids."""
    found: list[ColumnElement[bool]] = []
    # The bounds keep the index from being read where nothing can be; ids rise with the time, but not strictly.
    if only.since is not None:
        found.append(identity >= _bound(func.min, only).scalar_subquery())
    if only.until is not None:
        found.append(identity <= _bound(func.max, only).scalar_subquery())
    if only.first_id:
        found.append(identity >= only.first_id)
    return found + _is_of(identity, only)


def _is_of(identity: ColumnElement[int], only: SearchFilter) -> list[ColumnElement[bool]]:
    """What no fact of the index tells."""
    found: list[ColumnElement[bool]] = []
    if only.since is not None or only.until is not None:
        dated = _article.alias()
        found.append(exists().where(dated.c.id == identity, *_seen(dated, only)))
    if only.watch_id is not None:
        match = tables.match
        found.append(exists().where(match.c.watch_id == only.watch_id, match.c.article_id == identity))
    if only.story_id is not None:
        placing = tables.placing
        found.append(exists().where(placing.c.story_id == only.story_id, placing.c.article_id == identity))
    return found


def _bound(extreme: Callable[[ColumnElement[int]], ColumnElement[int]], only: SearchFilter) -> Select[Any]:
    """The lowest or the highest id of articles that were first seen in the filter's time.

    Of a sum no index knows the lowest: otherwise the articles would be read by id, one after another, until the first
    that is of that time, and that may be the last of a million.
    """
    seen = _seen(_article, only)
    return select(extreme(_article.c.id + 0 if seen else _article.c.id)).where(*seen)


def _seen(articles: FromClause, only: SearchFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if only.since is not None:
        found.append(articles.c.first_seen_at >= only.since)
    if only.until is not None:
        found.append(articles.c.first_seen_at < only.until)
    return found
