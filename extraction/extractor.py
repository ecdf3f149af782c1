"""Extraction as the rest of Vigie sees it: pages in, articles or verdicts out, whatever a page does to its worker."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from news.article import Article, NoArticle, Page
from news.errors import WorkerDiedError
from news.guidance import UNGUIDED, Guidance
from news.ports import Workers

if TYPE_CHECKING:
    from extraction.explain import Explanation

T = TypeVar("T")
_LONGEST_RULES = 400  # characters


def _extract(page: Page, guidance: Guidance) -> Article | NoArticle:
    from extraction.article import extract_article  # here, so that only workers pay for trafilatura

    return extract_article(page, guidance)


def _explain(page: Page, guidance: Guidance) -> "Explanation":
    from extraction.explain import explained

    return explained(page, guidance)


def _rules(guidance: Guidance) -> str:
    """The user's rules, which may be what takes the time; empty where there are none."""
    rules = guidance.rules
    named = [*([f"body {rules.body!r}"] if rules.body else []), *(f"drop {css!r}" for css in rules.drop)]
    return f"; its source has rules, which may be slow: {', '.join(named)}"[:_LONGEST_RULES] if named else ""


class PoolExtractor:
    """Extracts in worker processes."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    async def extract(self, page: Page, guidance: Guidance = UNGUIDED) -> Article | NoArticle:
        """The page's article, or why it has none; never raises for a bad page."""
        return await self._run(_extract, page, guidance)

    async def explain(self, page: Page, guidance: Guidance = UNGUIDED) -> "Explanation":
        """What becomes of each block of the page, and why; never raises for a bad page."""
        from extraction.explain import Explanation

        found = await self._run(_explain, page, guidance)
        return Explanation((), found) if isinstance(found, NoArticle) else found

    async def _run(self, function: Callable[[Page, Guidance], T], page: Page, guidance: Guidance) -> T | NoArticle:
        try:
            return await self._workers.run(function, page, guidance)
        except TimeoutError:
            return NoArticle(
                page.url, "timed out", f"the page takes longer to read than Vigie allows{_rules(guidance)}"
            )
        except (WorkerDiedError, MemoryError) as error:
            return NoArticle(page.url, "crashed", f"the page broke its reader: {error}")
