"""The system's Chromium: where it is, how it is started, and how it is ended whatever state it is in."""

import asyncio
import os
import shutil
import signal
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Self

import structlog

from news.errors import VigieError

if TYPE_CHECKING:
    from playwright.async_api import Browser as Launched
    from playwright.async_api import Playwright

log = structlog.get_logger()

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_HOW = (
    "Install what is missing: pip install 'vigie[browser]', and the system's own Chromium, on Debian by apt install "
    "chromium; docs/browser.md tells more."
)
_NO_PLAYWRIGHT = "the part of Vigie that steers a browser, playwright, is not installed"
_START_SECONDS = 30.0
_END_SECONDS = 5.0
# Beside what playwright switches off already: whatever speaks to somebody by itself, or past the proxy.
_ARGUMENTS = (
    "--disable-background-networking",
    "--disable-quic",
    "--disable-sync",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--disable-crash-reporter",
    "--dns-prefetch-disable",
    "--block-new-web-contents",
    "--deny-permission-prompts",
    "--mute-audio",
    "--blink-settings=imagesEnabled=false",
    "--no-pings",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--proxy-bypass-list=<-loopback>",
    # Names are the proxy's business; a browser that tried to resolve one by itself would find nothing.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)
_ENVIRONMENT = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "FONTCONFIG_PATH")


class BrowserMissingError(VigieError):
    """There is no browser, or it cannot be started."""


def executable(named: str = "") -> Path:
    """Chromium's path, the one named or the first that PATH has. Raises BrowserMissingError."""
    for name in (named,) if named else NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    if named:
        hint = f"Name one that is there, or none: [crawler] chromium in vigie.toml. {_HOW}"
        raise BrowserMissingError(f"there is no browser at {named}", hint)
    raise BrowserMissingError("there is no Chromium on this machine", _HOW)


def installed(named: str = "") -> Path:
    """Chromium's path, where all that is needed to run it is there. Raises BrowserMissingError."""
    if find_spec("playwright") is None:
        raise BrowserMissingError(_NO_PLAYWRIGHT, _HOW)
    return executable(named)


def environment() -> dict[str, str]:
    """What the browser sees of our environment: nothing that may be a secret."""
    return {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}


class Chromium:
    """One running browser, from `started` to `end`."""

    def __init__(self, playwright: "Playwright", launched: "Launched", pids: Sequence[int]) -> None:
        self._playwright = playwright
        self.launched = launched
        self._pids = pids
        self.pages = 0

    @classmethod
    async def started(cls, path: Path, proxy: str) -> Self:
        """A browser whose every connection goes to the proxy. Raises BrowserMissingError."""
        try:
            from playwright.async_api import Error, async_playwright
        except ImportError as error:
            raise BrowserMissingError(_NO_PLAYWRIGHT, _HOW) from error
        playwright = await async_playwright().start()
        try:
            launched = await playwright.chromium.launch(
                executable_path=path,
                args=list(_ARGUMENTS),
                ignore_default_args=["--disable-popup-blocking"],
                env=dict(environment()),
                proxy={"server": proxy},
                chromium_sandbox=os.geteuid() != 0,  # as root it has none to offer
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
                timeout=_START_SECONDS * 1_000,
            )
            session = await launched.new_browser_cdp_session()
            about = await session.send("SystemInfo.getProcessInfo")
        except Error as error:
            await playwright.stop()
            first = error.message.partition("\n")[0]
            hint = f"See whether it starts for the user that Vigie runs as: {path} --version. {_HOW}"
            raise BrowserMissingError(f"the browser {path} cannot be started: {first}", hint) from error
        pid = next(entry["id"] for entry in about["processInfo"] if entry["type"] == "browser")
        return cls(playwright, launched, lineage(pid, os.getpid()))

    @property
    def is_alive(self) -> bool:
        """Whether it can be given a page."""
        return self.launched.is_connected()

    async def end(self) -> None:
        """Close it, or kill it where it does not take the hint; no process of it is left."""
        try:
            async with asyncio.timeout(_END_SECONDS):
                await self.launched.close()
        except Exception as error:
            log.warning("the browser does not close and is killed", why=str(error) or type(error).__name__)
        self._kill(self._pids[:1])
        try:
            async with asyncio.timeout(_END_SECONDS):
                await self._playwright.stop()  # this also removes the browser's folder
        except Exception as error:
            log.warning("the browser's driver does not end and is killed", why=str(error) or type(error).__name__)
        self._kill(self._pids[1:])

    def _kill(self, pids: Sequence[int]) -> None:
        """End processes that we started, the browser with all its children; those gone by themselves are no loss."""
        for pid in pids:
            try:
                if pid not in lineage(pid, os.getpid()):
                    continue  # it is gone, and its number may be somebody else's
                if os.getpgid(pid) == pid:
                    os.killpg(pid, signal.SIGKILL)
                else:
                    os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


def lineage(pid: int, ancestor: int) -> tuple[int, ...]:
    """The process and those it descends from, as far as below `ancestor`; empty where it does not descend from it."""
    found: list[int] = []
    while pid != ancestor:
        if pid <= 1:
            return ()
        found.append(pid)
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ()
        pid = int(stat.rpartition(")")[2].split()[1])
    return tuple(found)
