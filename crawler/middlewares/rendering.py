"""Fetches a page by the browser, in the place of the wire: robots.txt was asked and the host's turn taken before."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response

from crawler.browser import Browser, BrowserMissingError, Rendering
from crawler.failure import WireError
from crawler.middlewares.robots import RobotsMiddleware
from crawler.rendering import BY_BROWSER
from crawler.wired import wired
from news import url as urls


class RenderingMiddleware:
    """Answers requests that are marked for the browser; what turns out to be no page is left to the wire."""

    def __init__(self, crawler: Crawler, browser: Browser | None) -> None:
        self._crawler = crawler
        self._browser = browser

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of construction; the browser is handed in through the spider."""
        return cls(crawler, getattr(wired(crawler), "browser", None))

    async def process_request(self, request: Request) -> Response | None:
        """The page as the browser shows it. Raises WireError, and what robots.txt and the guard forbid."""
        if not request.meta.get(BY_BROWSER) or self._browser is None:
            return None

        async def permit(url: str) -> None:
            robots = self._crawler.get_downloader_middleware(RobotsMiddleware)
            if robots is None:
                raise IgnoreRequest("there is nobody to ask about robots.txt")
            await robots.process_request(request.replace(url=urls.checked(url)))

        try:
            rendering = await self._browser.render(request.url, permit)
        except BrowserMissingError as error:  # no fault of the page's: its tries are not to be used up
            raise WireError("browser", f"needs a browser: {error.message}", hint=error.hint) from error
        return None if rendering is None else _response(rendering, request)


def _response(rendering: Rendering, request: Request) -> Response:
    headers = {"Content-Type": "text/html; charset=utf-8"}
    headers |= {"Location": rendering.location} if rendering.location else {}
    headers |= {"Retry-After": rendering.retry_after} if rendering.retry_after else {}
    return HtmlResponse(rendering.url, rendering.status, headers, rendering.body, request=request)
