"""Every request takes its turn at the host, here, next to the wire: redirects and robots.txt included."""

from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.politeness import Turns

_TURN = "vigie_turn"


class PolitenessMiddleware:
    """Holds a request back until its host is free."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of construction; the turns are handed in through the spider."""
        return cls(crawler.spider.turns)  # type: ignore[union-attr]

    async def process_request(self, request: Request) -> None:
        """Wait for the turn."""
        host = urlsplit(request.url).netloc
        await self._turns.take(host)
        request.meta[_TURN] = host

    def process_response(self, request: Request, response: Response) -> Response:
        """The turn is over."""
        self._over(request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """The turn is over, badly; a request that never had one passes here too."""
        self._over(request)

    def _over(self, request: Request) -> None:
        host = request.meta.pop(_TURN, None)
        if host is not None:
            self._turns.give_back(host)
