"""What the middlewares are made of, wherever the crawler at hand keeps it."""

from typing import Any

from scrapy.crawler import Crawler

WIRED = "vigie"


def wired(crawler: Crawler) -> Any:
    """Whatever has the guard, turns, memory, limits and clock: our own spider, or what a user's was given of ours."""
    return getattr(crawler.spider, WIRED, crawler.spider)
