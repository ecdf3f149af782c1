"""Which pages of a source the browser fetches: those that readers look at, and none that only machines read."""

from typing import Any

from scrapy import Request

from crawler.browser import Browser
from crawler.chromium import BrowserMissingError
from crawler.fetching import Fetcher
from news.source import Feed, Source

BY_BROWSER = "vigie_by_browser"


class BrowserFetcher(Fetcher):
    """A source's fetcher, whose articles, section pages and home page go through the browser."""

    @property
    def trouble(self) -> BrowserMissingError | None:
        """Why no page can be fetched at the moment, None where one can."""
        browser = getattr(self._crawler.spider, "browser", None)
        return browser.trouble if isinstance(browser, Browser) else None

    def request(self, url: str, feed: Feed | None = None, max_bytes: int = 0, **wiring: Any) -> Request:
        """The request, marked for the browser unless it is for a feed or a sitemap."""
        request = super().request(url, feed, max_bytes, **wiring)
        is_read_by_machines = bool(max_bytes) or (feed is not None and feed.road != "section")
        request.meta[BY_BROWSER] = not is_read_by_machines
        return request


def fetcher_for(source: Source, fetcher: Fetcher) -> Fetcher:
    """The fetcher for what belongs to a source. The browser has no proxy but ours, so a source with one is refused it.

    Raises ConfigError where its access cannot be read.
    """
    own = fetcher.of(source)
    if not source.browser or (own.access is not None and own.access.road):
        return own
    return BrowserFetcher(own._crawler, own._clock, own.access)


def trouble_of(fetcher: Fetcher) -> BrowserMissingError | None:
    """What keeps the fetcher from all pages: a browser that it needs and that is not there."""
    return fetcher.trouble if isinstance(fetcher, BrowserFetcher) else None
