"""Reading: articles become documents as every watch reads them, and what that needs is loaded in a thread."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

import structlog

from matching import DictionaryLexicon, Document, document, search_plans
from news.article import Article
from news.errors import DatabaseTroubleError
from news.query import Query
from news.search import SearchPlans
from service.beside import beside
from storage import Database

log = structlog.get_logger()

_LATEST = 2_000  # articles that tell which languages will be wanted


class Reader:
    """Makes documents of articles, each with the inflections of its language."""

    def __init__(self, lexicon: DictionaryLexicon) -> None:
        self._lexicon = lexicon

    async def read(self, article: Article, source: str) -> Document:
        """The article as the watches see it; waits for its language the first time, while others go on."""
        await self.ready(article.language)
        return document(article, source, self._lexicon)

    async def ready(self, language: str | None) -> None:
        """See to it that a language can be read without a wait."""
        if not self._lexicon.is_loaded(language):
            await asyncio.to_thread(self._lexicon.load, language)

    async def plans(self, query: Query, languages: Sequence[str]) -> SearchPlans:
        """What the index is asked for a query; waits for those languages, unless only exact forms are wanted."""
        wanted: list[str] = []

        def asked(_exact: str, folded: str, _language: str | None) -> tuple[str, ...]:
            wanted.append(folded)
            return (folded,)

        plans = search_plans(query, asked, languages)
        if not wanted:
            return plans
        for language in languages:
            await self.ready(language)
        return search_plans(query, self._lexicon, languages)

    def warming(self, database: Database) -> AbstractAsyncContextManager[None]:
        """Load what the archive speaks, while the block goes on; at its end, what is not begun is left."""
        return beside(self._warm(database))

    async def _warm(self, database: Database) -> None:
        """Load the languages of the latest articles, the most frequent first."""
        try:
            async with database.read() as tx:
                languages = await tx.articles.languages(_LATEST)
        except DatabaseTroubleError:  # then each is loaded when an article speaks it
            return
        for language in languages:
            await self.ready(language)
        log.debug("languages loaded", languages=languages)
