"""The repository of articles: one row for one canonical URL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from news import url as urls
from news.article import Article, StoredArticle, title_key
from news.errors import NotFoundError
from storage import tables
from storage.rows import insert_new

_article, _source = tables.article, tables.source
STORED = select(_article, _source.c.name.label("source_name")).join(_source, _source.c.id == _article.c.source_id)


def stored_value(row: Row[Any]) -> StoredArticle:
    """The stored article that a row of `STORED` is."""
    article = Article(
        url=row.url,
        canonical_url=row.canonical_url,
        title=row.title,
        text=row.text,
        authors=tuple(row.authors),
        published_at=row.published_at,
        language=row.language,
        confidence=row.confidence,
        modified_at=row.modified_at,
        section=row.section,
        tags=tuple(row.tags),
        image=row.image,
        is_paywalled=row.is_paywalled,
        word_count=row.word_count,
        provenance=row.provenance,
    )
    return StoredArticle(
        id=row.id,
        source_id=row.source_id,
        source=row.source_name,
        article=article,
        fetched_at=row.fetched_at,
        first_seen_at=row.first_seen_at,
    )


class Articles:
    """Articles by id and by URL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, article: Article, source_id: int, fetched_at: datetime, now: datetime) -> int | None:
        """Insert an article; its id, or None where its canonical URL is in the archive already."""
        if await self.id_of(article.canonical_url) is not None:
            return None  # an insertion that meets a unique key uses up a number
        values = {
            "source_id": source_id,
            "url": article.url,
            "canonical_url": article.canonical_url,
            "url_key": urls.key(article.canonical_url),
            "title": article.title,
            "text": article.text,
            "authors": list(article.authors),
            "published_at": article.published_at,
            "language": article.language,
            "confidence": article.confidence,
            "modified_at": article.modified_at,
            "section": article.section,
            "tags": list(article.tags),
            "image": article.image,
            "is_paywalled": article.is_paywalled,
            "word_count": article.word_count,
            "provenance": dict(article.provenance),
            "title_key": title_key(article.title),
            "fetched_at": fetched_at,
            "first_seen_at": now,
        }
        return await insert_new(self._connection, _article, values)

    async def languages(self, latest: int) -> list[str]:
        """The languages of the latest articles, at most so many of which are looked at, the most frequent first."""
        looked_at = select(_article.c.language).order_by(_article.c.id.desc()).limit(latest).subquery()
        language, number = looked_at.c.language, func.count()
        asked = select(language).where(language.is_not(None)).group_by(language).order_by(number.desc(), language)
        return list((await self._connection.scalars(asked)).all())

    async def get(self, number: int) -> StoredArticle:
        """The article with this id. Raises NotFoundError."""
        row = (await self._connection.execute(STORED.where(_article.c.id == number))).one_or_none()
        if row is None:
            raise NotFoundError(f"there is no article with id {number}", "vigie article list shows the latest")
        return stored_value(row)

    async def id_of(self, url: str) -> int | None:
        """The id of the article with this canonical URL, if it is in the archive."""
        found: int | None = await self._connection.scalar(
            select(_article.c.id).where(_article.c.url_key == urls.key(url))
        )
        return found

    async def of(self, url: str) -> StoredArticle:
        """The article with this canonical URL. Raises NotFoundError."""
        row = (await self._connection.execute(STORED.where(_article.c.url_key == urls.key(url)))).one_or_none()
        if row is None:
            raise NotFoundError(f"there is no article at {url}")
        return stored_value(row)

    async def fetched_from(self, urls_: Sequence[str]) -> StoredArticle | None:
        """The newest article whose page was at one of these addresses, canonical or not; no index helps here."""
        statement = STORED.where(_article.c.url.in_(urls_)).order_by(_article.c.id.desc()).limit(1)
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else stored_value(row)

    async def some(self, numbers: Sequence[int]) -> list[StoredArticle]:
        """These articles, newest first."""
        statement = STORED.where(_article.c.id.in_(numbers)).order_by(_article.c.id.desc())
        return [stored_value(row) for row in await self._connection.execute(statement)]

    async def latest(self, limit: int, source: str = "", before_id: int | None = None) -> list[StoredArticle]:
        """The newest articles (those first seen last), of one source if named, below an id if given."""
        statement = STORED.order_by(_article.c.id.desc()).limit(limit)
        if source:
            statement = statement.where(_source.c.name == source)
        if before_id is not None:
            statement = statement.where(_article.c.id < before_id)
        return [stored_value(row) for row in await self._connection.execute(statement)]

    async def titled(self, title: str, before: datetime, but: int, limit: int = 5) -> list[StoredArticle]:
        """The oldest articles of the same title that were first seen before an instant; none for a title of few words.

        `but` is the id of the article that is asked about.
        """
        key = title_key(title)
        if not key:
            return []
        same = (_article.c.title_key == key) & (_article.c.first_seen_at < before) & (_article.c.id != but)
        statement = STORED.where(same).order_by(_article.c.id).limit(limit)
        return [stored_value(row) for row in await self._connection.execute(statement)]

    async def count(self) -> int:
        """How many articles the archive holds."""
        return int(await self._connection.scalar(select(func.count()).select_from(_article)) or 0)

    async def counts_by_source(self) -> dict[int, int]:
        """How many articles each source brought first."""
        statement = select(_article.c.source_id, func.count()).group_by(_article.c.source_id)
        return {row[0]: row[1] for row in await self._connection.execute(statement)}
