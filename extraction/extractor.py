"""Extraction as the rest of Vigie sees it: pages in, articles or verdicts out, whatever a page does to its worker."""

from news.article import Article, NoArticle, Page
from news.errors import WorkerDiedError
from news.guidance import UNGUIDED, Guidance
from news.ports import Workers


def _extract(page: Page, guidance: Guidance) -> Article | NoArticle:
    from extraction.article import extract_article  # here, so that only workers pay for trafilatura

    return extract_article(page, guidance)


class PoolExtractor:
    """Extracts in worker processes."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    async def extract(self, page: Page, guidance: Guidance = UNGUIDED) -> Article | NoArticle:
        """The page's article, or why it has none; never raises for a bad page."""
        try:
            return await self._workers.run(_extract, page, guidance)
        except TimeoutError:
            return NoArticle(page.url, "timed out", "the page takes longer to read than Vigie allows")
        except (WorkerDiedError, MemoryError) as error:
            return NoArticle(page.url, "crashed", f"the page broke its reader: {error}")
