"""Plans: what the index is asked for a query, whoever asks."""

from matching import analyzer
from news.query import Query
from news.search import SearchEverything, SearchNothing, SearchPlans
from service.reader import Reader
from storage import Transaction


async def plans_of(tx: Transaction, query: Query, reader: Reader, language: str | None = None) -> SearchPlans:
    """What the index is asked for a query, which uses no other watches any more; in all languages, or in one alone."""
    if not await tx.search.is_by(analyzer()):
        return SearchPlans(SearchNothing(), SearchEverything())  # the index knows nothing of today's tokens
    return await reader.plans(query, [language] if language else await tx.search.languages())
