"""The browser, for pages that only their scripts write: started when first needed, and ended with the service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from crawler.browserpage import BrowserPage, NavigationError, NotHtmlError, PageLimits, Permit, Rendering
from crawler.chromium import BrowserMissingError, Chromium, installed
from crawler.failure import HostClosed, WireError, too_large
from crawler.proxy import Connect, Passage, Proxy, ProxyLimits
from news import url as urls

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext
    from playwright.async_api import Error as PlaywrightError

log = structlog.get_logger()

_OPENING_SECONDS = 15.0
_CLOSING_SECONDS = 3.0
_LANGUAGES = "fr,en;q=0.8,*;q=0.5"


@dataclass(frozen=True, slots=True)
class BrowserLimits:
    """Pages shown at the same time, pages until the browser is started anew, and what one page may take.

    A browser that has shown no page for `idle` seconds is closed; one that could not be started is not tried again for
    `retry` seconds.
    """

    at_once: int = 1
    pages: int = 100
    idle: float = 300.0
    retry: float = 600.0
    page: PageLimits = field(default_factory=PageLimits)
    proxy: ProxyLimits = field(default_factory=ProxyLimits)


class Browser:
    """Shows pages. `connect` dials for it, under the guard; `identity` is the User-Agent it goes by."""

    def __init__(self, connect: Connect, identity: str, limits: BrowserLimits | None = None, named: str = "") -> None:
        self._limits = limits or BrowserLimits()
        self._identity = identity
        self._named = named
        self._proxy = Proxy(connect, self._limits.proxy)
        self._seats = asyncio.Semaphore(self._limits.at_once)
        self._starting = asyncio.Lock()
        self._chromium: Chromium | None = None
        self._open: dict[Chromium, int] = {}
        self._idle: asyncio.TimerHandle | None = None
        self._resting: asyncio.Task[None] | None = None
        self._failed: tuple[float, BrowserMissingError] | None = None
        self._is_closing = False

    @property
    def trouble(self) -> BrowserMissingError | None:
        """Why there is no browser to show a page; None where one may be started."""
        try:
            installed(self._named)
        except BrowserMissingError as error:
            return error
        if self._failed is None or self._failed[0] < asyncio.get_running_loop().time():
            return None
        return self._failed[1]

    async def render(self, url: str, permit: Permit) -> Rendering | None:
        """The page at the URL as a reader would find it; None where the URL holds no page.

        `permit` is asked about each further address on the same host, and raises to refuse it. Raises
        BrowserMissingError, WireError, AddressRefusedError.
        """
        async with self._seats:
            chromium = await self._running()
            async with self._seat(chromium), self._context(chromium) as context:
                return await self._load(url, context, permit)

    async def _load(self, url: str, context: "BrowserContext", permit: Permit) -> Rendering | None:
        """The page by a way of its own, which ends first: what the browser held back finds it closed."""
        with self._proxy.passage() as passage:
            try:
                async with asyncio.timeout(self._limits.page.seconds):
                    rendering = await BrowserPage(context, self._limits.page, permit, passage).load(url)
                return _checked(rendering, url, passage)
            except NotHtmlError:
                return None
            except TimeoutError as error:
                raise _of_the_way(url, passage) or _too_slow() from error
            except (NavigationError, _playwright_error()) as error:
                raise (_stops() if self._is_closing else _why(error, url, passage)) from error
            finally:
                _tell(url, passage)

    async def close(self) -> None:
        """End the browser and the proxy; no process is left."""
        self._is_closing = True
        self._stay_awake()
        async with self._starting:
            await self._drop()
            for chromium in list(self._open):
                await chromium.end()
            await self._proxy.close()

    async def _running(self) -> Chromium:
        async with self._starting:
            if self._is_closing:
                raise _stops()
            if self._chromium is not None and not self._is_fit(self._chromium):
                await self._drop()
            if self._chromium is None:
                self._chromium = await self._started()
            self._chromium.pages += 1
            return self._chromium

    async def _started(self) -> Chromium:
        """A new browser. One that could not be started takes its time to say so: it is not tried for every page."""
        if (trouble := self.trouble) is not None:
            raise trouble
        path = installed(self._named)
        if not self._proxy.port:
            await self._proxy.start()
        try:
            started = await Chromium.started(path, self._proxy.url)
        except BrowserMissingError as error:
            self._failed = (asyncio.get_running_loop().time() + self._limits.retry, error)
            log.warning("the browser cannot be started", why=error.message, hint=error.hint)
            raise
        self._failed = None
        log.info("browser started", path=str(path))
        return started

    def _is_fit(self, chromium: Chromium) -> bool:
        return chromium.is_alive and chromium.pages < self._limits.pages

    async def _drop(self) -> None:
        """Give the browser up; whoever has a page open in it ends it after that."""
        chromium, self._chromium = self._chromium, None
        if chromium is not None and not self._open.get(chromium):
            await chromium.end()

    @asynccontextmanager
    async def _seat(self, chromium: Chromium) -> AsyncIterator[None]:
        """One open page; the last to leave a browser that was given up ends it."""
        self._stay_awake()
        self._open[chromium] = self._open.get(chromium, 0) + 1
        try:
            yield
        finally:
            self._open[chromium] -= 1
            if not self._open[chromium]:
                del self._open[chromium]
                if self._chromium is not chromium:
                    await chromium.end()
            if not self._open and not self._is_closing:
                self._stay_awake()
                self._idle = asyncio.get_running_loop().call_later(self._limits.idle, self._rest)

    def _stay_awake(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _rest(self) -> None:
        self._resting = asyncio.create_task(self._end_idle(), name="end of an idle browser")

    async def _end_idle(self) -> None:
        """End the browser, unless a page has come in between."""
        async with self._starting:
            if self._chromium is not None and not self._open:
                await self._drop()
                log.info("browser ended", why="no page has needed it for a while")

    @asynccontextmanager
    async def _context(self, chromium: Chromium) -> AsyncIterator["BrowserContext"]:
        """A fresh profile: no cookies, permissions or downloads. One that cannot be closed takes the browser along."""
        context = await self._fresh(chromium)
        try:
            yield context
        finally:
            try:
                async with asyncio.timeout(_CLOSING_SECONDS):
                    await context.close()
            except (TimeoutError, _playwright_error()) as error:
                self._give_up(chromium, error)

    async def _fresh(self, chromium: Chromium) -> "BrowserContext":
        try:
            async with asyncio.timeout(_OPENING_SECONDS):
                return await chromium.launched.new_context(
                    user_agent=self._identity,
                    extra_http_headers={"Accept-Language": _LANGUAGES},
                    proxy={"server": self._proxy.url},
                    service_workers="block",
                    accept_downloads=False,
                )
        except (TimeoutError, _playwright_error()) as error:
            self._give_up(chromium, error)
            raise WireError("network", "could not be shown: the browser does not answer") from error

    def _give_up(self, chromium: Chromium, error: Exception) -> None:
        """Use the browser no more; it is ended when the last page leaves it."""
        log.warning(
            "the browser does not answer and is started anew", why=str(error).partition("\n")[0] or type(error).__name__
        )
        if self._chromium is chromium:
            self._chromium = None


def _playwright_error() -> "type[PlaywrightError]":
    from playwright.async_api import Error

    return Error


def _stops() -> HostClosed:
    """No fault of the page's, which is fetched again next time."""
    return HostClosed("the browser ends with the service", timedelta(minutes=1))


def _too_slow() -> WireError:
    return WireError("timeout", "did not come to an end in the browser in time", "time")


def _checked(rendering: Rendering, url: str, passage: Passage) -> Rendering:
    """The rendering, unless it is of the proxy's own words: raises what those were about."""
    trouble = _of_the_way(url, passage) if rendering.status >= 400 or passage.is_used_up else None
    if trouble is not None:
        raise trouble
    return rendering


def _of_the_way(url: str, passage: Passage) -> Exception | None:
    """Why the page's own host could not be had, where the proxy knows."""
    place = urls.endpoint(url)
    if refusal := passage.refused.get(place):
        return refusal
    if unreached := passage.unreached.get(place):
        return WireError("network", f"could not be reached: {unreached}")
    if passage.is_used_up:
        return too_large(passage.limits.page_bytes, passage.limits.page_bytes)
    return None


def _why(error: "NavigationError | PlaywrightError", url: str, passage: Passage) -> Exception:
    """What the browser's trouble with a page means, as far as the proxy knows better."""
    trouble = _of_the_way(url, passage)
    if trouble is not None:
        return trouble
    message = error.message.partition("\n")[0]
    if "net::ERR_CERT" in message:
        return WireError("certificate", f"has a certificate that the browser refuses ({message})")
    if "Timeout" in message:
        return _too_slow()
    return WireError("network", f"could not be shown by the browser: {message[:200]}")


def _tell(url: str, passage: Passage) -> None:
    for (host, port), refusal in passage.refused.items():
        log.warning("a page asked for an address that is refused", page=url, host=host, port=port, why=str(refusal))


__all__ = ["Browser", "BrowserLimits", "BrowserMissingError", "Rendering"]
