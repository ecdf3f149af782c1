"""Every request takes its turn at the host, here, next to the wire: redirects and robots.txt included."""

import asyncio
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadTimeoutError, ResponseDataLossError
from scrapy.http import Response

from crawler.failure import wait_asked_for
from crawler.politeness import Turns
from crawler.wired import wired
from news.clock import Clock

_TURN = "vigie_turn"
# What a server does that has too much to do. One that is down, or that we may not dial, needs no pause.
_BURDENED = (DownloadTimeoutError, ResponseDataLossError)


class PolitenessMiddleware:
    """Holds a request back until its host is free, and tells the turns how the host answered."""

    def __init__(self, turns: Turns, clock: Clock) -> None:
        self._turns = turns
        self._clock = clock

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of construction; turns and clock are handed in through the spider."""
        return cls(wired(crawler).turns, wired(crawler).clock)

    async def process_request(self, request: Request) -> None:
        """Wait for the turn. Raises HostClosed."""
        host = urlsplit(request.url).netloc.lower()
        await self._turns.take(host)
        request.meta[_TURN] = (host, asyncio.get_running_loop().time())

    async def process_response(self, request: Request, response: Response) -> Response:
        """The turn is over."""
        turn = request.meta.pop(_TURN, None)
        if turn is not None:
            host, began = turn
            latency = asyncio.get_running_loop().time() - began
            try:
                header = response.headers.get("Retry-After") or b""
                asked_for = wait_asked_for(header.decode("latin-1"), self._clock.now())
                await self._turns.answered(host, response.status, latency, asked_for)
            finally:
                self._turns.give_back(host)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """The turn is over, badly; a request that never had one passes here too."""
        turn = request.meta.pop(_TURN, None)
        if turn is not None:
            try:
                if isinstance(exception, _BURDENED):
                    self._turns.failed(turn[0])
            finally:
                self._turns.give_back(turn[0])
