"""Full-text search over the archive: SQLite's FTS5 or PostgreSQL's tsvector, fed with the analyzer's own tokens.

Neither engine's language rules are used, so both give the same answers: the text is stored as folded tokens, and a
search is a plan of such tokens. What comes back are candidates, newest first; the matcher decides on them.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, cast, column, delete, literal, or_, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import StoredArticle
from news.search import SearchAll, SearchAny, SearchEverything, SearchPlan, SearchTerm
from storage import tables
from storage.articles import STORED, stored_value

_ADD = {
    "sqlite": "INSERT INTO article_search (rowid, title, body) VALUES (:id, :title, :body)",
    # No positions are kept: PostgreSQL keeps 256 of a word at most, which is no base for a search that must not miss.
    "postgresql": (
        "INSERT INTO article_search (article_id, title, body) VALUES (:id,"
        " array_to_tsvector(string_to_array(:title, ' ')), array_to_tsvector(string_to_array(:body, ' ')))"
    ),
}
# A lexeme holds 2,046 bytes and a tsvector a megabyte; past that PostgreSQL says nothing and finds nothing.
_LEXEME_CHARACTERS = 255
_TSVECTOR_BYTES = 1_000_000
_OVERFULL = "*"  # no token: it marks a tsvector that could not hold every word, and any search finds it
_fts = table("article_search", column("rowid"), column("article_id"), column("title"), column("body"))


class Search:
    """The full-text index."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name

    async def add(self, article_id: int, title_terms: str, body_terms: str) -> None:
        """Index an article under its tokens, separated by spaces."""
        if self._dialect == "postgresql":
            title_terms, body_terms = _distinct(title_terms), _distinct(body_terms)
        values = {"id": article_id, "title": title_terms, "body": body_terms}
        await self._connection.execute(text(_ADD[self._dialect]), values)

    async def put(self, article_id: int, title_terms: str, body_terms: str) -> None:
        """Index an article anew, in place of what it was indexed under."""
        key = _fts.c.article_id if self._dialect == "postgresql" else _fts.c.rowid
        await self._connection.execute(delete(_fts).where(key == article_id))
        await self.add(article_id, title_terms, body_terms)

    async def candidates(self, plan: SearchPlan, limit: int, before_id: int | None = None) -> list[StoredArticle]:
        """At most `limit` articles that the plan lets through, newest first, below an id if given."""
        article = tables.article
        statement = STORED.order_by(article.c.id.desc()).limit(limit)
        if before_id is not None:
            statement = statement.where(article.c.id < before_id)
        if not isinstance(plan, SearchEverything):
            statement = statement.where(article.c.id.in_(self._found(plan)))
        return [stored_value(row) for row in await self._connection.execute(statement)]

    def _found(self, plan: SearchPlan) -> Any:
        if self._dialect == "postgresql":
            return select(_fts.c.article_id).where(_tsquery(plan))
        match = text("article_search MATCH :plan").bindparams(bindparam("plan", _fts5(plan)))
        return select(_fts.c.rowid).where(match)


def _distinct(terms: str) -> str:
    """The distinct tokens, as many as a tsvector holds."""
    kept: list[str] = []
    size = 0
    for token in dict.fromkeys(token[:_LEXEME_CHARACTERS] for token in terms.split()):
        size += len(token.encode())
        if size > _TSVECTOR_BYTES:
            return " ".join([_OVERFULL, *kept])
        kept.append(token)
    return " ".join(kept)


def _fts5(plan: SearchPlan) -> str:
    """The plan in FTS5's language; tokens hold no quotes, so quoting them is enough."""
    match plan:
        case SearchTerm(tokens, field, prefix):
            phrase = '"' + " ".join(tokens) + '"' + ("*" if prefix else "")
            return phrase if field == "any" else f"{_COLUMN[field]} : {phrase}"
        case SearchAll(parts):
            return "(" + " AND ".join(_fts5(part) for part in parts) + ")"
        case SearchAny(parts):
            return "(" + " OR ".join(_fts5(part) for part in parts) + ")"
        case SearchEverything():
            raise ValueError("everything is no part of a plan")


def _tsquery(plan: SearchPlan) -> ColumnElement[bool]:
    """The plan as conditions; each term may stand in another column, so each is a condition of its own."""
    match plan:
        case SearchTerm(tokens, field, prefix):
            query = cast(literal(_lexemes(tokens, prefix)), TSQUERY)
            columns = [_fts.c.title, _fts.c.body] if field == "any" else [_fts.c[_COLUMN[field]]]
            return or_(*(name.op("@@")(query) for name in columns))
        case SearchAll(parts):
            return and_(*(_tsquery(part) for part in parts))
        case SearchAny(parts):
            return or_(*(_tsquery(part) for part in parts))
        case SearchEverything():
            raise ValueError("everything is no part of a plan")


def _lexemes(tokens: tuple[str, ...], prefix: bool) -> str:
    quoted = [f"'{token[:_LEXEME_CHARACTERS]}'" for token in tokens]
    if prefix:
        quoted[-1] += ":*"
    return f"({' & '.join(quoted)}) | '{_OVERFULL}'"


_COLUMN = {"title": "title", "text": "body"}
