"""The browser, with the system's Chromium and real local servers: what it shows, what it refuses, and how it ends."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from alerting.guard import GuardedDialler
from crawler.browser import Browser, BrowserLimits
from crawler.browserpage import PageLimits, Rendering
from crawler.chromium import NAMES, BrowserMissingError, executable, lineage
from crawler.failure import RobotsForbidden, WireError
from crawler.proxy import ProxyLimits
from news.address import AllowList
from news.errors import AddressRefusedError
from news.guard import Guard
from tests.dials import Dials, Names, recorded
from tests.sites import LocalSite, answering

pytest.importorskip("playwright", reason="pip install 'vigie[browser]'")
pytestmark = pytest.mark.skipif(not any(map(shutil.which, NAMES)), reason="there is no Chromium on this machine")

QUICK = BrowserLimits(page=PageLimits(seconds=10, quiet=2))
WRITTEN = "<h1>Un titre</h1><p>Un texte que seul un script écrit.</p>"


class Open:
    """A browser, the site that it may visit, and what was dialled for it."""

    def __init__(self, site: LocalSite, browser: Browser, dials: Dials) -> None:
        self.site, self.browser, self.dials = site, browser, dials
        self.asked_for: list[str] = []
        self.forbidden: set[str] = set()

    async def show(self, path: str) -> Rendering | None:
        """The page, as the browser shows it."""
        return await self.browser.render(self.site.url(path), self._permit)

    async def text(self, path: str) -> str:
        """The page's HTML."""
        shown = await self.show(path)
        assert shown is not None
        return shown.body.decode()

    async def _permit(self, url: str) -> None:
        self.asked_for.append(url)
        if url in self.forbidden:
            raise RobotsForbidden(f"robots.txt forbids {url}")

    def serve(self, path: str, html: str, **headers: str) -> None:
        """Have the site answer so."""
        self.site.scripts[path] = answering(200, html, **{"Content_Type": "text/html; charset=utf-8", **headers})

    def elsewhere(self) -> set[tuple[str, int]]:
        """What was dialled beside the site."""
        return set(self.dials.tried) - {("127.0.0.1", self.site.port)}


@asynccontextmanager
async def opened(monkeypatch: pytest.MonkeyPatch, limits: BrowserLimits = QUICK) -> AsyncIterator[Open]:
    with recorded(monkeypatch) as dials:
        async with LocalSite() as site:
            guard = Guard(AllowList.parse([site.address]), Names())
            browser = Browser(GuardedDialler(guard).connect, "Vigie (+mailto:a@b.example)", limits)
            try:
                yield Open(site, browser, dials)
            finally:
                await browser.close()


@pytest.fixture(scope="module")
async def shared() -> AsyncIterator[Open]:
    """One browser for all that leave it whole."""
    with pytest.MonkeyPatch.context() as patch:
        async with opened(patch) as here:
            yield here


async def test_what_a_script_writes_is_read(shared: Open) -> None:
    shared.site.scripts["/text"] = answering(200, WRITTEN, Content_Type="text/plain; charset=utf-8")
    shared.serve("/a", "<script>fetch('/text').then(r => r.text()).then(t => document.body.innerHTML = t)</script>")
    shown = await shared.show("/a")
    assert shown is not None
    assert WRITTEN in shown.body.decode()
    assert (shown.status, shown.url) == (200, shared.site.url("/a"))


async def test_it_says_who_it_is_and_asks_for_nothing_to_look_at(shared: Open) -> None:
    shared.serve("/looks", "<img src=/i.png><video src=/v.mp4></video><iframe src=/frame></iframe><p>Rien à voir")
    assert "Rien à voir" in await shared.text("/looks")
    assert shared.site.agents == {"Vigie (+mailto:a@b.example)"}
    assert not {"/i.png", "/v.mp4", "/frame", "/favicon.ico"} & set(shared.site.asked)


async def test_a_cookie_does_not_outlive_its_page(shared: Open) -> None:
    shared.serve("/cookie", "<script>document.title = document.cookie; document.cookie = 'a=b; max-age=999'</script>")
    assert "a=b</title>" not in await shared.text("/cookie")
    assert "a=b</title>" not in await shared.text("/cookie")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.2:81/",
        "http://169.254.169.254/latest",
        "https://10.0.0.1/",
        "ws://10.0.0.2/",
        "http://[::1]:81/",
    ],
)
async def test_a_script_reaches_no_address_that_the_guard_refuses(shared: Open, url: str) -> None:
    opens = f"new Promise((y, n) => {{ const s = new WebSocket('{url}'); s.onopen = y; s.onerror = n }})"
    asks = (
        opens
        if url.startswith("ws")
        else f"fetch('{url}', {{mode: 'no-cors'}}).then(r => {{ if (r.status > 399) throw r }})"
    )
    shared.serve("/asks", f"<script>{asks}.catch(e => document.body.append('refusé'))</script><p>Un texte")
    assert "Un texte" in await shared.text("/asks")
    assert shared.elsewhere() == set(), "nothing else was dialled"


async def test_a_redirect_within_the_host_is_asked_of_robots_txt(shared: Open) -> None:
    shared.site.scripts["/old"] = answering(302, "", Location="/new")
    shared.serve("/new", "<p>Ici")
    shown = await shared.show("/old")
    assert shown is not None
    assert shown.url == shared.site.url("/new")
    assert shared.site.url("/new") in shared.asked_for


@pytest.mark.parametrize("way", ["redirect", "script"])
async def test_what_robots_txt_forbids_is_not_fetched_by_a_detour(shared: Open, way: str) -> None:
    shared.forbidden.add(shared.site.url("/secret"))
    shared.serve("/detour", "<script>location.href = '/secret'</script>")
    if way == "redirect":
        shared.site.scripts["/detour"] = answering(302, "", Location="/secret")
    with pytest.raises(RobotsForbidden):
        await shared.show("/detour")
    assert not shared.site.asked["/secret"]


async def test_a_redirect_to_another_host_is_handed_back_and_not_followed(shared: Open) -> None:
    shared.site.scripts["/away"] = answering(302, "", Location="http://10.0.0.3/x")
    shown = await shared.show("/away")
    assert shown is not None
    assert (shown.status, shown.location) == (302, "http://10.0.0.3/x")
    assert shared.elsewhere() == set()


async def test_a_script_that_leads_to_another_host_is_not_followed(shared: Open) -> None:
    shared.serve("/hijack", "<p>Un texte<script>location.href = 'http://10.0.0.4/'</script>")
    assert "Un texte" in await shared.text("/hijack")
    assert shared.elsewhere() == set()


async def test_a_page_that_is_refused_says_why() -> None:
    guard = Guard(AllowList.parse([]), Names())
    browser = Browser(GuardedDialler(guard).connect, "Vigie", QUICK)

    async def permit(_: str) -> None: ...

    try:
        for url in ("http://127.0.0.1:8081/", "https://10.0.0.1/"):
            with pytest.raises(AddressRefusedError):
                await browser.render(url, permit)
    finally:
        await browser.close()


@pytest.mark.parametrize("status", [403, 404, 429, 503])
async def test_an_error_is_told_as_it_is(shared: Open, status: int) -> None:
    shared.site.scripts["/error"] = answering(status, "<p>Non", Content_Type="text/html", Retry_After="7")
    shown = await shared.show("/error")
    assert shown is not None
    assert (shown.status, shown.retry_after) == (status, "7")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": "application/rss+xml"},
        {"Content_Type": "application/pdf"},
        {"Content_Disposition": "attachment; filename=a.html"},
    ],
)
async def test_what_is_no_page_is_left_to_others(shared: Open, headers: dict[str, str]) -> None:
    shared.serve("/file", "<rss/>", **headers)
    assert await shared.show("/file") is None


async def test_popups_and_permissions_come_to_nothing(shared: Open) -> None:
    shared.serve(
        "/popup",
        "<p>Un texte<script>window.open('/opened'); Notification.requestPermission();"
        "navigator.geolocation.getCurrentPosition(() => document.body.append('ici'))</script>",
    )
    text = await shared.text("/popup")
    assert "Un texte" in text
    assert "ici</body>" not in text
    assert not shared.site.asked["/opened"]


async def test_a_page_that_never_rests_is_read_as_it_is(shared: Open) -> None:
    shared.serve("/busy", "<p>Un texte<script>setInterval(() => fetch('/none'), 100)</script>")
    assert "Un texte" in await shared.text("/busy")


TROUBLES: dict[str, tuple[str, str]] = {
    "an alert without end": ("<p>x<script>while (true) alert('!')</script>", "in time"),
    "a loop without end": ("<p>x<script>while (true) {}</script>", "in time"),
    "too much HTML": ("<script>document.write('<p>' + 'x'.repeat(11 * 1024 * 1024))</script>", "larger"),
    "redirects to itself": ("<script>location.search = Math.random()</script><p>x", "redirects"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_after_a_page_that_misbehaves_the_next_is_shown(monkeypatch: pytest.MonkeyPatch, trouble: str) -> None:
    html, said = TROUBLES[trouble]
    limits = replace(QUICK, page=PageLimits(seconds=3 if said == "in time" else 60, quiet=2))
    async with opened(monkeypatch, limits) as here:
        here.serve("/bad", html)
        here.serve("/good", "<p>Ici")
        with pytest.raises(WireError, match=said):
            await here.show("/bad")
        assert "Ici" in await here.text("/good")


async def test_a_page_that_takes_more_than_its_share_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = replace(QUICK, proxy=ProxyLimits(page_bytes=100_000))
    async with opened(monkeypatch, limits) as here:
        here.serve("/big", "x" * 1_000_000)
        here.serve("/good", "<p>Ici")
        with pytest.raises(WireError, match="larger"):
            await here.show("/big")
        assert "Ici" in await here.text("/good")


def _pids(browser: Browser) -> tuple[int, ...]:
    assert browser._chromium is not None
    return tuple(browser._chromium._pids)


def _alive(pids: tuple[int, ...]) -> list[int]:
    return [pid for pid in pids if lineage(pid, os.getpid())]


async def test_a_browser_that_dies_is_started_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(monkeypatch) as here:
        here.serve("/good", "<p>Ici")
        assert "Ici" in await here.text("/good")
        first = _pids(here.browser)
        os.killpg(first[0], signal.SIGKILL)
        with pytest.raises(WireError):
            while True:  # it may take a moment until its end is noticed
                await here.show("/good")
                assert _pids(here.browser) == first, "noticed before a page was lost"
        assert "Ici" in await here.text("/good")
        assert _pids(here.browser) != first


async def test_no_process_is_left_not_even_of_a_browser_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    for does in ("nothing", "hang"):
        async with opened(monkeypatch) as here:
            here.serve("/good", "<p>Ici")
            assert "Ici" in await here.text("/good")
            pids = _pids(here.browser)
            assert _alive(pids) == list(pids)
            if does == "hang":
                os.kill(pids[0], signal.SIGSTOP)
        assert _alive(pids) == []


async def test_after_so_many_pages_the_browser_is_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(monkeypatch, replace(QUICK, pages=2)) as here:
        here.serve("/good", "<p>Ici")
        seen = []
        for _ in range(3):
            await here.show("/good")
            seen.append(_pids(here.browser)[0])
        assert seen[0] == seen[1] != seen[2]
        assert _alive((seen[0],)) == []


async def test_a_browser_that_shows_no_page_for_a_while_is_ended_and_the_next_page_gets_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with opened(monkeypatch, replace(QUICK, idle=0)) as here:
        here.serve("/good", "<p>Ici")
        assert "Ici" in await here.text("/good")
        first = _pids(here.browser)
        fired = asyncio.Event()
        asyncio.get_running_loop().call_later(0, fired.set)  # after the browser's own timer
        await fired.wait()
        assert here.browser._resting is not None
        await here.browser._resting
        assert (here.browser._chromium, _alive(first)) == (None, [])
        assert "Ici" in await here.text("/good")


async def test_a_page_keeps_the_browser_from_its_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(monkeypatch) as here:
        here.serve("/good", "<p>Ici")
        await here.show("/good")
        first, timer = _pids(here.browser), here.browser._idle
        await here.show("/good")
        assert timer is not None
        assert timer.cancelled()
        assert _pids(here.browser) == first
    assert here.browser._idle is None


async def test_a_browser_that_cannot_be_started_is_not_tried_for_every_page(tmp_path: Path) -> None:
    fake = tmp_path / "chromium"
    fake.write_text(f"#!/bin/sh\necho x >> {tmp_path}/starts\nexit 3\n", encoding="utf-8")
    fake.chmod(0o755)
    browser = Browser(GuardedDialler(Guard(AllowList(), Names())).connect, "Vigie", QUICK, named=str(fake))

    async def permit(_: str) -> None: ...

    try:
        assert browser.trouble is None
        for _ in range(2):
            with pytest.raises(BrowserMissingError, match="cannot be started") as caught:
                await browser.render("http://127.0.0.1:9/", permit)
        assert browser.trouble is caught.value
        assert f"{fake} --version" in caught.value.hint
    finally:
        await browser.close()
    assert (tmp_path / "starts").read_text(encoding="utf-8").count("x") == 1


async def test_pages_asked_for_together_are_shown_one_by_one(shared: Open) -> None:
    shared.serve("/one", "<p>Ici")
    shown = await asyncio.gather(*(shared.show("/one") for _ in range(3)))
    assert all(one is not None and b"Ici" in one.body for one in shown)


def test_without_a_chromium_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrowserMissingError) as caught:
        executable()
    assert "vigie[browser]" in caught.value.hint
