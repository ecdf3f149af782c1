"""robots.txt, obeyed as RFC 9309 has it: unreachable means forbidden for now, absent means allowed.

Scrapy's own middleware takes a server's fault for a permission and never reads the file again.
"""

import asyncio
from dataclasses import dataclass
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawler.failure import RobotsForbidden, RobotsUnreachable, from_exception
from crawler.politeness import Turns
from crawler.robots import Robots, parse_robots
from news import url as urls
from news.errors import AddressRefusedError

_KEPT_SECONDS = 24 * 3600.0
_KEPT_SECONDS_UNREACHABLE = 600.0
_REMEMBERED = 10_000
_EXEMPT = "vigie_is_robots_txt"


@dataclass(slots=True)
class _Known:
    robots: asyncio.Future[Robots]
    until: float
    trouble: str = ""


class RobotsMiddleware:
    """Asks each origin's robots.txt once a day, and refuses what it forbids."""

    def __init__(self, crawler: Crawler, user_agent: str, turns: Turns) -> None:
        self._crawler = crawler
        self._user_agent = user_agent
        self._turns = turns
        self._known: dict[str, _Known] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of construction; name and turns are handed in through the spider."""
        spider = crawler.spider
        return cls(crawler, spider.limits.user_agent, spider.turns)  # type: ignore[union-attr]

    async def process_request(self, request: Request) -> None:
        """Raises RobotsForbidden or RobotsUnreachable."""
        if request.meta.get(_EXEMPT):
            return
        known = await self._known_of(request.url)
        robots = known.robots.result()
        if robots.is_unreachable:
            raise RobotsUnreachable(f"nothing may be fetched while robots.txt cannot be had: {known.trouble}")
        if not robots.allows(request.url, self._user_agent):
            raise RobotsForbidden(f"robots.txt forbids {request.url}")

    async def robots_of(self, url: str) -> Robots:
        """The rules of the URL's origin."""
        return (await self._known_of(url)).robots.result()

    async def _known_of(self, url: str) -> _Known:
        """What we know of the URL's origin; whoever asks first fetches the file, the others wait."""
        origin = urls.origin(url)
        now = asyncio.get_running_loop().time()
        known = self._known.get(origin)
        if known is None or known.until < now:
            known = _Known(asyncio.get_running_loop().create_future(), now + _KEPT_SECONDS)
            if len(self._known) >= _REMEMBERED:
                self._known = {name: entry for name, entry in self._known.items() if entry.until >= now}
            self._known[origin] = known
            await self._fetch(origin, known)
        await asyncio.shield(known.robots)
        return known

    async def _fetch(self, origin: str, known: _Known) -> None:
        try:
            robots = await self._ask(origin, known)
        except BaseException as error:
            self._known.pop(origin, None)  # whoever comes next asks again; those who wait fail as we do
            known.robots.set_exception(error if isinstance(error, Exception) else RobotsUnreachable(str(error)))
            known.robots.exception()  # seen: nobody may be waiting
            raise
        if robots.is_unreachable:
            known.until = asyncio.get_running_loop().time() + _KEPT_SECONDS_UNREACHABLE
        delay = robots.crawl_delay(self._user_agent)
        if delay:
            self._turns.ask_for(origin.partition("://")[2], delay)
        known.robots.set_result(robots)

    async def _ask(self, origin: str, known: _Known) -> Robots:
        request = Request(
            f"{origin}/robots.txt",
            callback=NO_CALLBACK,
            dont_filter=True,
            meta={_EXEMPT: True},
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except AddressRefusedError:
            raise  # the guard's reason is a better one than robots.txt being out of reach
        except IgnoreRequest:
            return parse_robots(b"", 404)  # redirected without end: RFC 9309 lets us take it for absent
        except Exception as error:
            if not _is_network(error):
                raise
            known.trouble = from_exception(error, request.url).message
            return parse_robots(b"", 0)
        known.trouble = f"{request.url} answered HTTP {response.status}"
        return parse_robots(response.body, response.status)


def _is_network(error: Exception) -> bool:
    return type(error).__module__.startswith(("scrapy.exceptions", "twisted.")) or isinstance(error, OSError)
