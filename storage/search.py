"""Full-text search over the archive: SQLite's FTS5 or PostgreSQL's tsvector, fed with the analyzer's own tokens.

Neither engine's language rules are used, so both give the same answers: the text is stored as folded tokens.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_ADD = {
    "sqlite": "INSERT INTO article_search (rowid, title, body) VALUES (:id, :title, :body)",
    "postgresql": (
        "INSERT INTO article_search (article_id, title, body)"
        " VALUES (:id, to_tsvector('simple', :title), to_tsvector('simple', :body))"
    ),
}


class Search:
    """The full-text index."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name

    async def add(self, article_id: int, title_terms: str, body_terms: str) -> None:
        """Index an article under its tokens, separated by spaces."""
        values = {"id": article_id, "title": title_terms, "body": body_terms}
        await self._connection.execute(text(_ADD[self._dialect]), values)
