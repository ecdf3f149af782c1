"""Extraction as the rest of Vigie sees it: pages in, articles or verdicts out, whatever the page does to the worker."""

from extraction.article import extract_article
from news.article import Article, NoArticle, Page
from news.errors import WorkerDiedError
from news.ports import Workers


class PoolExtractor:
    """Extracts in worker processes."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    async def extract(self, page: Page) -> Article | NoArticle:
        """The page's article, or why it has none; never raises for a bad page."""
        try:
            return await self._workers.run(extract_article, page)
        except TimeoutError:
            return NoArticle(page.url, "timed out", "the page takes longer to read than Vigie allows")
        except (WorkerDiedError, MemoryError) as error:
            return NoArticle(page.url, "crashed", f"the page broke its reader: {error}")
