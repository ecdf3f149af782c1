"""The repository of revisions: every text that an article has had, once it has had more than one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import Article
from storage import tables

_revision, _article = tables.revision, tables.article


@dataclass(frozen=True, slots=True)
class StoredRevision:
    """One text of an article, numbered from 0, which is the first that was seen; `kind` says what changed."""

    number: int
    kind: str
    title: str
    text: str
    fetched_at: datetime


class Revisions:
    """Revisions by article."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, article_id: int) -> list[StoredRevision]:
        """All texts of an article, the first first; none where it never changed."""
        statement = select(_revision).where(_revision.c.article_id == article_id).order_by(_revision.c.number)
        return [
            StoredRevision(row.number, row.kind, row.title, row.text, row.fetched_at)
            for row in await self._connection.execute(statement)
        ]

    async def add(
        self, article_id: int, old: Article, new: Article, kind: str, first_at: datetime, at: datetime
    ) -> int:
        """Keep `new` as the article's latest text, and with the first change also what it was; the revision's number.

        The article's own row then says what the page says now.
        """
        last = await self._connection.scalar(
            select(func.max(_revision.c.number)).where(_revision.c.article_id == article_id)
        )
        if last is None:
            await self._insert(article_id, 0, "first", old, first_at)
            last = 0
        await self._insert(article_id, last + 1, kind, new, at)
        await self._connection.execute(
            update(_article).where(_article.c.id == article_id).values(title=new.title, text=new.text, changed_at=at)
        )
        return int(last) + 1

    async def _insert(self, article_id: int, number: int, kind: str, text: Article, at: datetime) -> None:
        await self._connection.execute(
            _revision.insert().values(
                article_id=article_id, number=number, kind=kind, title=text.title, text=text.text, fetched_at=at
            )
        )
