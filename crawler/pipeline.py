"""Scrapy's item pipeline: hands every fetched page to the visit's book, and tells the visit how that went."""

from typing import Self

from scrapy.crawler import Crawler

from crawler.items import FetchedPage
from crawler.visit import VisitBook


class ArticlePipeline:
    """From page to article. An exception here would not reach the visit by itself, so the item carries it."""

    def __init__(self, book: VisitBook) -> None:
        self._book = book

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of construction; the book is handed in through the spider."""
        return cls(crawler.spider.book)  # type: ignore[union-attr]

    async def process_item(self, item: FetchedPage) -> FetchedPage:
        """Extract, match, decide and store, all behind the book."""
        try:
            is_article = await self._book.fetched(item.source, item.link, item.page)
        except Exception as error:
            item.settled.set_exception(error)
        else:
            item.settled.set_result(is_article)
        return item
