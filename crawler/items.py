"""What the spider yields."""

import asyncio
from dataclasses import dataclass

from news.article import Page
from news.source import Link, Source


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """A page for the pipeline.

    `settled` ends when its link's row is settled, and says what `VisitBook.fetched` says, or what went wrong.
    """

    source: Source
    link: Link
    page: Page
    settled: asyncio.Future[bool | None]
