"""robots.txt, obeyed as RFC 9309 has it: unreachable means forbidden for now, absent means allowed.

Scrapy's own middleware takes a server's fault for a permission and never reads the file again.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, DownloadConnectionRefusedError, IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawler.access import Access
from crawler.failure import FetchFailure, HostClosed, RobotsForbidden, RobotsUnreachable, from_exception
from crawler.handler import ENOUGH
from crawler.memory import SiteMemory
from crawler.middlewares.access import ACCESS, access_meta
from crawler.politeness import Turns
from crawler.robots import LONGEST, Robots, parse_robots
from crawler.wired import wired
from news import url as urls
from news.clock import Clock
from news.errors import AddressRefusedError, BadUrlError
from news.site import RobotsFile

KEPT = timedelta(hours=24)
KEPT_UNREACHABLE = timedelta(minutes=10)
MOST_REDIRECTS = 5
# Parsed and at hand; all the others are in the memory that outlives us, and are parsed when they are asked for.
_REMEMBERED = 500
_MOST_CHARACTERS = 5 * 1024 * 1024
_EXEMPT = "vigie_is_robots_txt"
_HOPS = "vigie_robots_hops"

_Asked = tuple[str, str]  # an origin, and the way there where it is not the usual one


def is_robots_txt(request: Request) -> bool:
    """Whether a request is this middleware's own, for a robots.txt."""
    return bool(request.meta.get(_EXEMPT))


@dataclass(frozen=True, slots=True)
class _Known:
    """The rules of an origin, parsed, and how long they hold; `failure` is why there are none, where we saw it."""

    robots: Robots
    until: datetime
    trouble: str
    failure: FetchFailure | None = None


class RobotsMiddleware:
    """Asks each origin's robots.txt once a day, and refuses what it forbids."""

    def __init__(self, crawler: Crawler, user_agent: str, turns: Turns, memory: SiteMemory, clock: Clock) -> None:
        self._crawler = crawler
        self._user_agent = user_agent
        self._turns = turns
        self._memory = memory
        self._clock = clock
        self._known: OrderedDict[_Asked, _Known] = OrderedDict()
        self._asking: dict[_Asked, asyncio.Task[_Known]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of construction; everything else is handed in through the spider."""
        parts = wired(crawler)
        return cls(crawler, parts.limits.user_agent, parts.turns, parts.memory, parts.clock)

    async def process_request(self, request: Request) -> None:
        """Raises RobotsForbidden, RobotsUnreachable, or HostClosed."""
        if is_robots_txt(request):
            request.meta[_HOPS].append(request.url)
            return
        known = await self._known_of(request.url, request.meta.get(ACCESS))
        if known.robots.is_unreachable:
            raise _unreachable(known)
        if not known.robots.allows(request.url, self._user_agent):
            raise RobotsForbidden(f"robots.txt forbids {request.url}")

    async def robots_of(self, url: str, access: Access | None = None) -> Robots:
        """The rules of the URL's origin, asked for in the way of whoever has this access."""
        return (await self._known_of(url, access)).robots

    async def _known_of(self, url: str, access: Access | None = None) -> _Known:
        """What we know of the URL's origin; whoever asks first looks it up, the others wait for that.

        What a source's own proxy says, or a server with any certificate, binds nobody else.
        """
        origin = urls.origin(url)
        way = access.without_credentials() if access is not None and access.road else None
        asked = (origin, f"{way.road} {way.source}" if way else "")
        known = self._known.get(asked)
        if known is not None and self._holds(known.until):
            self._known.move_to_end(asked)
            return known
        asking = self._asking.get(asked)
        if asking is None:
            asking = asyncio.create_task(self._look_up(asked, way), name=f"robots.txt of {origin}")
            self._asking[asked] = asking
            asking.add_done_callback(self._asked)
        return await asyncio.shield(asking)

    def _holds(self, until: datetime) -> bool:
        """Whether that is still to come; further ahead than a day it was set by a clock that was fast."""
        now = self._clock.now()
        return now < until <= now + KEPT

    def _asked(self, asking: "asyncio.Task[_Known]") -> None:
        self._asking = {origin: task for origin, task in self._asking.items() if task is not asking}
        if not asking.cancelled():
            asking.exception()  # seen: whoever asked may be gone

    async def _look_up(self, asked: _Asked, way: Access | None) -> _Known:
        origin = asked[0]
        kept = await self._memory.robots(origin) if way is None else None
        if kept is None or not self._holds(kept.keep_until):
            known = await self._fetched(origin, way)
            if way is None:
                file = RobotsFile(origin, known.robots.rules, known.robots.is_unreachable, known.trouble, known.until)
                await self._memory.keep_robots(file)
        else:
            known = _Known(Robots(kept.rules, kept.is_unreachable), kept.keep_until, kept.trouble)
        self._remember(asked, known)
        await self._learn_delay(origin, known.robots, is_usual=way is None)
        return known

    def _remember(self, asked: _Asked, known: _Known) -> None:
        self._known[asked] = known
        self._known.move_to_end(asked)
        held = sum(len(one.robots.rules) for one in self._known.values())
        while len(self._known) > _REMEMBERED or (held > _MOST_CHARACTERS and len(self._known) > 1):
            held -= len(self._known.popitem(last=False)[1].robots.rules)

    async def _learn_delay(self, origin: str, robots: Robots, *, is_usual: bool) -> None:
        """What the file asks for; that it asks for none any more counts where it could be had, and in the usual way."""
        delay = robots.crawl_delay(self._user_agent) or 0.0
        if delay or (is_usual and not robots.is_unreachable):
            await self._turns.ask_for(origin.partition("://")[2], delay)

    async def _fetched(self, origin: str, way: Access | None) -> _Known:
        robots, trouble, failure = await self._ask(origin, way)
        keep = KEPT_UNREACHABLE if robots.is_unreachable else KEPT
        return _Known(robots, self._clock.now() + keep, trouble, failure)

    async def _ask(self, origin: str, way: Access | None) -> tuple[Robots, str, FetchFailure | None]:
        """The rules, what was the matter with the file, if anything, and the failure of a fetch without an answer."""
        hops: list[str] = []
        request = Request(
            f"{origin}/robots.txt",
            callback=NO_CALLBACK,
            dont_filter=True,
            headers={"Accept-Encoding": "identity"},  # the beginning of a file can be read, that of an archive hardly
            meta={_EXEMPT: True, ENOUGH: LONGEST + 1, _HOPS: hops, "redirect_ttl": MOST_REDIRECTS, **access_meta(way)},
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except (AddressRefusedError, HostClosed):
            raise  # better reasons than robots.txt being out of reach
        except IgnoreRequest:
            return parse_robots(b"", 404), "redirected without end", None  # RFC 9309 lets us take it for absent
        except Exception as error:
            if not _is_network(error):
                raise
            asked = hops[-1] if hops else request.url
            is_of_the_host = _is_of_the_host(error) and urls.origin(asked) == origin
            failure = from_exception(error, f"{origin}/" if is_of_the_host else asked)
            return parse_robots(b"", 0), failure.message, failure
        return parse_robots(response.body, response.status), f"{request.url} answered HTTP {response.status}", None


def _unreachable(known: _Known) -> RobotsUnreachable:
    """What keeps us from the host altogether is told as it stands: robots.txt is only where we met it first."""
    if known.failure is not None and "/robots.txt" not in known.failure.message:
        return RobotsUnreachable(known.trouble, known.failure)
    return RobotsUnreachable(f"nothing may be fetched while robots.txt cannot be had: {known.trouble}", known.failure)


def _is_of_the_host(error: Exception) -> bool:
    """Whether any other request would have failed in the same way."""
    kinds = (CannotResolveHostError, DownloadConnectionRefusedError)
    return isinstance(error, kinds) or from_exception(error, "").kind == "certificate"


def _is_network(error: Exception) -> bool:
    """Also an address that robots.txt leads to and that nobody can read: it says nothing of the pages asked for."""
    known = isinstance(error, (OSError, BadUrlError))
    return known or type(error).__module__.startswith(("scrapy.exceptions", "twisted."))
