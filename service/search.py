"""Search: the archive is asked for candidates, newest first, and the matcher decides on each."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from matching import document, spans, superset
from news.article import SearchHit, StoredArticle
from news.query import Query
from storage import Transaction

Seen = Callable[[StoredArticle], None]
_BATCH = 100


def _unnoticed(stored: StoredArticle) -> None:
    """Nobody wants to know how far the search has come."""


async def search(
    tx: Transaction, query: Query, *, source: str = "", language: str = "", seen: Seen = _unnoticed
) -> AsyncGenerator[SearchHit, None]:
    """Every article that the query matches, newest first, of one source or language if named.

    `seen` is told of each candidate that was looked at: their ids fall, which tells how far the search has come.
    """
    plan = superset(query)
    before_id: int | None = None
    while batch := await tx.search.candidates(plan, _BATCH, before_id):
        for stored in batch:
            seen(stored)
            hit = _hit(query, stored) if _is_wanted(stored, source, language) else None
            if hit is not None:
                yield hit
        before_id = batch[-1].id


async def first_hits(
    tx: Transaction, query: Query, limit: int, *, source: str = "", language: str = "", seen: Seen = _unnoticed
) -> list[SearchHit]:
    """The newest `limit` articles that the query matches."""
    found: list[SearchHit] = []
    async with aclosing(search(tx, query, source=source, language=language, seen=seen)) as hits:
        async for hit in hits:
            found.append(hit)
            if len(found) == limit:
                break
    return found


def _is_wanted(stored: StoredArticle, source: str, language: str) -> bool:
    return (not source or stored.source == source) and (not language or stored.article.language == language)


def _hit(query: Query, stored: StoredArticle) -> SearchHit | None:
    found = spans(query, document(stored.article, stored.source))
    return None if found is None else SearchHit(stored, found)
