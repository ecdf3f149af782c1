"""Says why the guard refused: Twisted only reports that the host has no address."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response

from crawler.guard import GuardedResolver
from crawler.wired import wired
from news import url as urls


class AddressMiddleware:
    """Refuses URLs written to deceive before anything is looked up, and names the guard's reason after."""

    def __init__(self, guard: GuardedResolver) -> None:
        self._guard = guard

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of construction; the guard is handed in through the spider."""
        return cls(wired(crawler).guard)

    def process_request(self, request: Request) -> None:
        """Raises BadUrlError; redirects pass here too."""
        urls.checked(request.url)

    def process_exception(self, request: Request, exception: Exception) -> Response | None:
        """Raises the guard's refusal in place of 'no address'."""
        if isinstance(exception, CannotResolveHostError):
            refusal = self._guard.refusal(*urls.endpoint(request.meta.get("proxy") or request.url))
            if refusal is not None:
                raise refusal from exception
        return None
