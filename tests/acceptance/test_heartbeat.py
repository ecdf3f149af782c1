"""The heartbeat: heard while all is well, in nobody's way when it fails, and its URL told to nobody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import structlog
from aiohttp import web

from alerting.guard import GuardedDialler
from extraction.pool import WorkerPool
from news.address import AllowList
from news.clock import ManualClock
from news.errors import ConfigError
from news.guard import Guard
from news.tally import Tally
from service.configuration import read
from service.heartbeat import Heartbeat
from tests.dials import Names, recorded
from tests.running import running
from tests.samples import NOON
from tests.service_process import service, settings
from tests.sites import LocalSite

_SECRET = "9f1c2d3e-4b5a-6978"


class _Listener:
    """A server on loopback that hears heartbeats."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.is_heard = asyncio.Event()
        self.status = 200
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/ping/{_SECRET}"

    async def answer(self, request: web.Request) -> web.Response:
        self.heard.append(request.path)
        self.is_heard.set()
        return web.Response(status=self.status, headers={"location": "/elsewhere"} if self.status == 302 else {})


@asynccontextmanager
async def listening() -> AsyncIterator[_Listener]:
    listener = _Listener()
    app = web.Application()
    app.router.add_get("/{path:.*}", listener.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    listener.port = runner.addresses[0][1]
    try:
        yield listener
    finally:
        await runner.cleanup()


def a_heartbeat(url: str, names: Names | None = None, allow: tuple[str, ...] = ("127.0.0.0/8",)) -> Heartbeat:
    guard = Guard(AllowList.parse(allow), names or Names())
    return Heartbeat(url, GuardedDialler(guard), Tally(), timeout=5, seconds=lambda: 0.0)


async def test_it_is_heard() -> None:
    async with listening() as listener:
        heart = a_heartbeat(listener.url)
        await heart.ping()
        assert (listener.heard, heart.trouble) == ([f"/ping/{_SECRET}"], "")


@pytest.mark.parametrize(("status", "trouble"), [(500, "answered 500"), (404, "answered 404"), (302, "answered 302")])
async def test_any_other_answer_is_told_once_and_so_is_the_end_of_it(status: int, trouble: str) -> None:
    async with listening() as listener:
        listener.status = status
        heart = a_heartbeat(listener.url)
        with structlog.testing.capture_logs() as lines:
            await heart.ping()
            await heart.ping()
            assert heart.trouble == f"http://127.0.0.1:{listener.port} {trouble}"
            listener.status = 200
            await heart.ping()
        assert [line["event"] for line in lines] == ["heartbeat failed", "heartbeat heard again"]
        assert listener.heard == [f"/ping/{_SECRET}"] * 3
        assert heart._tally.of("heartbeats") == {("failed",): 2, ("ok",): 1}
        assert _SECRET not in str(lines)


async def test_a_private_address_is_not_dialled(monkeypatch: pytest.MonkeyPatch) -> None:
    with recorded(monkeypatch) as dials:
        heart = a_heartbeat(f"https://inside.example/{_SECRET}", Names(inside=[["192.168.1.9"]]))
        await heart.ping()
    assert dials.tried == []
    assert "192.168.1.9" in heart.trouble and _SECRET not in heart.trouble


async def test_what_cannot_be_reached_is_told_without_the_secret() -> None:
    async with listening() as listener:
        url = listener.url
    heart = a_heartbeat(url)
    await heart.ping()
    assert "could not be reached" in heart.trouble and _SECRET not in heart.trouble


async def test_a_url_that_cannot_be_called_is_told_without_the_secret() -> None:
    heart = a_heartbeat(f"https://hc.example/ {_SECRET}")
    await heart.ping()
    assert "a space" in heart.trouble and _SECRET not in heart.trouble


async def test_it_is_due_once_a_minute_and_never_without_a_url() -> None:
    seconds = [0.0]
    async with listening() as listener:
        guard = GuardedDialler(Guard(AllowList.parse(("127.0.0.0/8",)), Names()))
        heart = Heartbeat(listener.url, guard, Tally(), seconds=lambda: seconds[0])
        assert heart.is_due
        await heart.ping()
        seconds[0] = 59
        assert not heart.is_due
        seconds[0] = 60
        assert heart.is_due
        assert not Heartbeat("", guard, Tally()).is_due


async def test_a_vigie_that_is_not_at_work_is_not_heard(pool: WorkerPool, tmp_path: Path) -> None:
    async with listening() as listener:
        text = f'[service]\nheartbeat_url = "{listener.url}"\n[network]\nallow = ["127.0.0.0/8"]\n'
        async with running(tmp_path, text, pool, ManualClock(NOON)) as vigie:
            await vigie.engine.daemon.beat()
            assert listener.heard == []


async def test_a_vigie_that_runs_is_heard(site: LocalSite, tmp_path: Path) -> None:
    async with listening() as listener:
        text = settings(site)
        text = text.replace("[service]\n", f'[service]\nheartbeat_url = "{listener.url}"\n')
        text = text.replace("allow = [", 'allow = ["127.0.0.0/8", ')
        (tmp_path / "vigie.toml").write_text(text, encoding="utf-8")
        async with service(tmp_path) as vigie:
            await vigie.logged("vigie runs")
            async with asyncio.timeout(60):
                await listener.is_heard.wait()
        assert _SECRET not in "\n".join(vigie.raw)


@pytest.mark.parametrize("url", ["http://hc.example/" + _SECRET, "ftp://hc.example/" + _SECRET, "nonsense " + _SECRET])
def test_a_url_that_cannot_be_right_is_refused_without_being_repeated(tmp_path: Path, url: str) -> None:
    (tmp_path / "vigie.toml").write_text(f'[service]\nheartbeat_url = "{url}"\n', encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        read(tmp_path / "vigie.toml")
    assert "heartbeat_url" in refused.value.message and refused.value.line == 2
    assert _SECRET not in str(refused.value)
