"""One page in the browser: where it may go, when it is at rest, and what is read of it then."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import structlog

from crawler.failure import WireError, too_large
from crawler.proxy import Passage
from crawler.settings import PAGE_BYTES
from news.errors import VigieError

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, CDPSession, Dialog, Page

log = structlog.get_logger()

Permit = Callable[[str], Awaitable[None]]

_NOT_LOADED = frozenset({"Image", "Media", "Font", "TextTrack", "Manifest", "Ping", "Prefetch", "CSPViolationReport"})
_HTML = ("text/html", "application/xhtml+xml")
_MOST_HOPS = 10
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# The page's own scripts cannot reach into the world in which this runs.
_READ = (
    "(() => {{ const top = document.documentElement; const html = top ? top.outerHTML : ''; "
    "return html.length > {} ? null : html }})()"
)


@dataclass(frozen=True, slots=True)
class PageLimits:
    """What one page may take: seconds in all, seconds in which its network may go quiet, requests, bytes of HTML."""

    seconds: float = 30.0
    quiet: float = 5.0
    requests: int = 300
    html_bytes: int = PAGE_BYTES


@dataclass(frozen=True, slots=True)
class Rendering:
    """What the browser made of a URL. `location` is another host's URL to which it leads, empty where to none."""

    url: str
    status: int
    body: bytes = b""
    retry_after: str = ""
    location: str = ""


class NotHtmlError(WireError):
    """The URL holds something that needs no browser, such as a feed, a picture or a download."""

    def __init__(self) -> None:
        super().__init__("broken answer", "is no page that a browser shows")


class NavigationError(VigieError):
    """The browser did not get to the page; the message is Chromium's name for why."""


class BrowserPage:
    """One page, loaded once. `permit` is asked before it goes on to another address of its host."""

    def __init__(self, context: "BrowserContext", limits: PageLimits, permit: Permit, passage: Passage) -> None:
        self._context = context
        self._limits = limits
        self._permit = permit
        self._passage = passage
        self._ended: asyncio.Future[Rendering] = asyncio.get_running_loop().create_future()
        self._tasks: set[asyncio.Task[None]] = set()
        self._url, self._status, self._retry_after = "", 0, ""
        self._requests = self._hops = 0

    async def load(self, url: str) -> Rendering:
        """Load the URL. Raises WireError, playwright's errors, and whatever `permit` raises."""
        self._url = url
        page = await self._context.new_page()
        self._context.on("page", lambda other: self._do(other.close()))
        page.on("dialog", self._dismiss)
        page.on("crash", lambda _: self._fail(WireError("broken answer", "makes the browser's page crash")))
        session = await self._context.new_cdp_session(page)
        await self._steer(session)
        shown = asyncio.create_task(self._shown(page, session, url))
        self._do(self._spent())
        try:
            await asyncio.wait({shown, self._ended}, return_when=asyncio.FIRST_COMPLETED)
            return self._ended.result() if self._ended.done() else shown.result()
        finally:
            shown.cancel()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(shown, *self._tasks, return_exceptions=True)
            if not self._ended.cancel() and not self._ended.cancelled():
                self._ended.exception()  # seen, where the page was at rest first

    async def _shown(self, page: "Page", session: "CDPSession", url: str) -> Rendering:
        """The page at rest, or as it is when its time to come to rest is over."""
        from playwright.async_api import TimeoutError as StillBusy

        parsed = asyncio.Event()
        session.on("Page.domContentEventFired", lambda _: parsed.set())
        # The end of parsing is not told where a script led away, and we did not follow.
        session.on("Page.frameStoppedLoading", lambda _: parsed.set() if self._status else None)
        await session.send("Page.enable")
        parsed.clear()
        gone = await session.send("Page.navigate", {"url": url})
        if gone.get("errorText"):
            raise NavigationError(gone["errorText"])
        await parsed.wait()
        with suppress(StillBusy):  # some pages never are at rest; what they show by now is what a reader sees
            await page.wait_for_load_state("networkidle", timeout=self._limits.quiet * 1_000)
        return Rendering(self._url, self._status, await self._html(session))

    async def _spent(self) -> None:
        """The end of a page that takes more than its share."""
        await self._passage.used_up.wait()
        self._fail(too_large(self._passage.limits.page_bytes, self._passage.limits.page_bytes))

    async def _html(self, session: "CDPSession") -> bytes:
        tree = await session.send("Page.getFrameTree")
        world = await session.send("Page.createIsolatedWorld", {"frameId": tree["frameTree"]["frame"]["id"]})
        read = await session.send(
            "Runtime.evaluate",
            {
                "expression": _READ.format(self._limits.html_bytes),
                "contextId": world["executionContextId"],
                "returnByValue": True,
            },
        )
        text = read["result"].get("value")
        body = text.encode("utf-8", errors="replace") if text is not None else b""
        if text is None or len(body) > self._limits.html_bytes:
            raise too_large(self._limits.html_bytes, PAGE_BYTES)
        return b"<!DOCTYPE html>" + body

    async def _steer(self, session: "CDPSession") -> None:
        """Have every request brought before us, and each answer and step of the page itself."""
        tree = await session.send("Page.getFrameTree")
        own = tree["frameTree"]["frame"]["id"]

        def paused(event: dict[str, Any]) -> None:
            if event["resourceType"] != "Document":
                self._do(self._sifted(session, event))
            else:
                self._do(self._step(session, event, is_own=event.get("frameId") == own))

        session.on("Fetch.requestPaused", paused)
        session.on("Fetch.authRequired", lambda event: self._do(self._identified(session, event)))
        patterns = [{"requestStage": "Request"}, {"resourceType": "Document", "requestStage": "Response"}]
        await session.send("Fetch.enable", {"patterns": patterns, "handleAuthRequests": True})

    async def _identified(self, session: "CDPSession", event: dict[str, Any]) -> None:
        """Show the proxy this page's credential; a site that wants a login gets none."""
        response: dict[str, str] = {"response": "CancelAuth"}
        if event["authChallenge"].get("source") == "Proxy":
            secret = {"username": self._passage.name, "password": self._passage.password}
            response = {"response": "ProvideCredentials", **secret}
        await session.send(
            "Fetch.continueWithAuth", {"requestId": event["requestId"], "authChallengeResponse": response}
        )

    async def _sifted(self, session: "CDPSession", event: dict[str, Any]) -> None:
        """Let a part of the page through: nothing to be looked at or listened to, and no more than a page needs."""
        self._requests += 1
        is_fit = event["resourceType"] not in _NOT_LOADED and not event["request"]["url"].endswith("/favicon.ico")
        await _let(session, event, goes_on=is_fit and self._requests <= self._limits.requests)

    async def _step(self, session: "CDPSession", event: dict[str, Any], *, is_own: bool) -> None:
        """Let the page itself take a step; frames within it are not loaded, for their text is not the page's."""
        goes_on = False
        if is_own:
            try:
                is_answer = "responseStatusCode" in event
                goes_on = self._answered(event) if is_answer else await self._may_go(event)
            except Exception as error:
                self._fail(error)
        await _let(session, event, goes_on=goes_on)

    async def _may_go(self, event: dict[str, Any]) -> bool:
        """Whether the page may go to the address. Another host is not for this page: its turn has to be waited for."""
        target = event["request"]["url"]
        if not self._hops and _bare(target) == _bare(self._url):
            self._hops = 1
            return True
        if urlsplit(target)[:2] != urlsplit(self._url)[:2]:
            if "redirectedRequestId" in event or not self._status:
                self._end(Rendering(self._url, 302, location=target))
            return False  # a script that leads away from a page that is there is not followed
        self._hops += 1
        if self._hops > _MOST_HOPS:
            raise WireError("redirects", f"redirects more than {_MOST_HOPS} times", "redirects")
        await self._permit(target)
        self._url = target
        return True

    def _answered(self, event: dict[str, Any]) -> bool:
        """Whether the answer is to be shown; where it is no page, that is the end."""
        header = {entry["name"].lower(): entry["value"] for entry in event.get("responseHeaders", ())}
        status = event["responseStatusCode"]
        if status in _REDIRECTS and header.get("location"):
            target = urljoin(self._url, header["location"])
            return urlsplit(target).scheme in ("http", "https") or self._lost(target)
        if not 200 <= status < 300:
            self._end(Rendering(self._url, status, retry_after=header.get("retry-after", "")))
            return False
        kind = header.get("content-type", "text/html").partition(";")[0].strip().lower()
        is_download = header.get("content-disposition", "").strip().lower().startswith("attachment")
        if kind not in _HTML or is_download or status in (204, 205):
            raise NotHtmlError
        self._status = status
        return True

    def _lost(self, target: str) -> bool:
        raise WireError("redirects", f"redirects to an address that cannot be read: {target[:100]!r}")

    def _end(self, rendering: Rendering) -> None:
        if not self._ended.done():
            self._ended.set_result(rendering)

    def _fail(self, error: Exception) -> None:
        if not self._ended.done():
            self._ended.set_exception(error)

    def _dismiss(self, dialog: "Dialog") -> None:
        self._do(dialog.dismiss())

    def _do(self, what: Any) -> None:
        """Have something done on the side, which may fail only because the page is gone."""
        task = asyncio.ensure_future(_tried(what))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _let(session: "CDPSession", event: dict[str, Any], *, goes_on: bool) -> None:
    """Let a request go on; one that may not is given up, so that what stands in the page stays there."""
    request = {"requestId": event["requestId"]}
    if goes_on:
        await session.send("Fetch.continueRequest", request)
    else:
        await session.send("Fetch.failRequest", request | {"errorReason": "Aborted"})


async def _tried(what: Awaitable[Any]) -> None:
    from playwright.async_api import Error

    try:
        await what
    except Error as error:
        log.debug("the page is gone", why=error.message)


def _bare(url: str) -> str:
    return url.partition("#")[0]
