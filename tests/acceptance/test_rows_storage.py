"""Rows 33 to 35, and P10: databases that refuse everything for a while.

Whatever is the matter (a disk that is full, read-only or broken, a lock, a server that is gone): readiness is red and
says why, no page is fetched that could not be stored, the log says it once and without a traceback, everything goes
on by itself, and nothing that was accepted is lost.
"""

import asyncio
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import aiohttp
import psutil
import psycopg
import pytest
from aiohttp import web

from extraction.pool import WorkerPool
from news.clock import ManualClock
from tests.acceptance.test_crash import settings, titles
from tests.commands import Commands
from tests.databases import PostgreSQL, running_postgresql
from tests.made_news import prose
from tests.receivers import WebhookReceiver
from tests.running import running
from tests.service_process import ServiceProcess, service
from tests.sites import LocalSite
from tests.usual import SECRET

NEW = ("La Corée du Nord nie", "La Corée du Sud répond")
Act = Callable[[ServiceProcess], None]


async def _readiness(vigie: ServiceProcess) -> tuple[int, dict[str, str]]:
    address = next(line["web"] for line in vigie.lines if line["event"] == "vigie runs")
    async with aiohttp.ClientSession() as client, client.get(f"{address}/readyz") as answer:
        return answer.status, (await answer.json())["troubles"]


def _told(webhook: WebhookReceiver) -> set[str]:
    return {call.verified(SECRET)["data"]["article"]["title"] for call in webhook.calls}


def _count(vigie: ServiceProcess, event: str) -> int:
    return sum(line.get("event") == event for line in vigie.lines)


async def _survives(
    folder: Path, site: LocalSite, webhook: WebhookReceiver, text: str, broken: Act, mended: Act, reason: str
) -> None:
    """Vigie runs, something breaks its database, and after a while mends it."""
    (folder / "vigie.toml").write_text(text, encoding="utf-8")
    site.publish("vieux", "Rien")
    async with service(folder, VIGIE_TEST_SECRET=SECRET, VIGIE_LOG__LEVEL="debug") as vigie:
        await vigie.logged("visit")
        broken(vigie)
        site.publish("neuf", NEW[0], prose(1))
        await vigie.logged("database in trouble")
        status, troubles = await _readiness(vigie)
        assert (status, reason in troubles["database"]) == (503, True), troubles
        await vigie.logged("database still in trouble")
        asked = dict(site.asked)
        site.publish("encore", NEW[1], prose(2))
        await vigie.logged("database still in trouble", times=2)
        assert dict(site.asked) == asked, "nothing is fetched that could not be stored"
        assert site.asked["/neuf"] <= 1
        mended(vigie)
        await vigie.logged("database works again")
        await vigie.logged("delivery", times=2, state="sent")
        await vigie.logged("visit", times=_count(vigie, "visit") + 1)
        assert await _readiness(vigie) == (200, {})
        vigie.signal(signal.SIGTERM)
        assert await vigie.ended() == 0
        assert "Traceback" not in "\n".join(vigie.raw)
        assert _count(vigie, "database works again") == 1
        errors = [line for line in vigie.lines if line.get("level") == "error"]
        assert all(line["event"] == "database in trouble" and line["hint"] for line in errors)
        assert len({line["error"] for line in errors}) == len(errors), "what is the matter is told once"
    assert _told(webhook) == set(NEW)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", folder], capture_output=True, check=False)
    if mount.returncode:
        pytest.skip(f"no file system can be mounted here: {mount.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def _fill(ballast: Path) -> None:
    """Leave no room on its disk."""
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(bytes(4_096)) == 4_096:
            pass


async def _full(folder: Path) -> None:
    """ENOSPC, on a real file system with no room left."""
    async with LocalSite() as site, WebhookReceiver() as webhook:
        ballast = folder / "ballast"
        await _survives(
            folder, site, webhook, settings(site, webhook),
            lambda _: _fill(ballast), lambda _: ballast.unlink(), "its disk is full",
        )  # fmt: skip
    assert titles(folder) == sorted({*NEW, "Rien"})


async def _failing(folder: Path) -> None:
    """EIO. What the process may no longer write is for SQLite a disk that fails."""

    def limit(vigie: ServiceProcess, size: int) -> None:
        psutil.Process(vigie.process.pid).rlimit(psutil.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    async with LocalSite() as site, WebhookReceiver() as webhook:
        await _survives(
            folder, site, webhook, settings(site, webhook),
            lambda vigie: limit(vigie, 1), lambda vigie: limit(vigie, resource.RLIM_INFINITY), "I/O error",
        )  # fmt: skip
    assert titles(folder) == sorted({*NEW, "Rien"})


async def test_row_33_a_disk_that_is_full_and_one_that_fails(small_disk: Path, tmp_path: Path) -> None:
    """Row 33: two services, side by side, for both mostly wait."""
    await asyncio.gather(_full(small_disk), _failing(tmp_path))


async def _stops(folder: Path, broken: Act, mended: Act, *, is_told: bool) -> None:
    """It stops as always while nothing can be written, and the next start loses nothing."""
    async with LocalSite() as site, WebhookReceiver() as webhook:
        (folder / "vigie.toml").write_text(settings(site, webhook), encoding="utf-8")
        site.publish("vieux", "Rien")
        async with service(folder, VIGIE_TEST_SECRET=SECRET) as vigie:
            await vigie.logged("visit")
            broken(vigie)
            before = site.asked["/feed.xml"]
            site.publish("neuf", NEW[0], prose(1))
            if is_told:
                await vigie.logged("database in trouble")
            started = asyncio.get_running_loop().time()
            vigie.signal(signal.SIGTERM)
            assert await vigie.ended() == 0
            assert asyncio.get_running_loop().time() - started < 25
            assert "Traceback" not in "\n".join(vigie.raw), "\n".join(vigie.raw[-60:])
            assert is_told or (_count(vigie, "leases not given back"), site.asked["/feed.xml"] <= before + 1) == (
                1,
                True,
            )
        mended(vigie)
        async with service(folder, VIGIE_TEST_SECRET=SECRET) as vigie:
            await vigie.logged("delivery", state="sent")
        assert _told(webhook) == {NEW[0]}


async def test_row_34_a_stop_while_another_process_holds_the_lock_or_the_disk_is_full(
    small_disk: Path, tmp_path: Path
) -> None:
    """Rows 33 and 34: the service stops in time, and the next one loses nothing."""
    ballast = small_disk / "ballast"
    with ExitStack() as other:

        def lock(_: ServiceProcess) -> None:
            database = other.enter_context(closing(sqlite3.connect(tmp_path / "vigie.db", isolation_level=None)))
            database.execute("BEGIN IMMEDIATE")

        await asyncio.gather(
            _stops(small_disk, lambda _: _fill(ballast), lambda _: ballast.unlink(), is_told=True),
            _stops(tmp_path, lock, lambda _: other.close(), is_told=False),
        )


async def _vigie(*arguments: str | Path) -> tuple[int, str]:
    """A command to its end: its exit code, and what it said on standard error."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", *arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


def test_row_33_a_command_on_a_full_disk_says_so(small_disk: Path) -> None:
    """Row 33: words, a hint and exit code 1, and no traceback."""
    vigie = Commands(small_disk)
    assert vigie("watch", "add", "Corée", "Corée").code == 0
    _fill(small_disk / "ballast")
    said = vigie("watch", "add", "Séoul", "Séoul")
    assert (said.code, "its disk is full" in said.err, "make room" in said.err) == (1, True, True), said
    (small_disk / "ballast").unlink()
    assert vigie("watch", "add", "Séoul", "Séoul").code == 0


def _remount(folder: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", folder], check=True)


async def test_row_33_a_read_only_mount(small_disk: Path) -> None:
    """Row 33: commands and the service say what they need, and write nothing."""
    vigie = Commands(small_disk)
    assert (await asyncio.to_thread(vigie, "watch", "add", "Corée", "Corée")).code == 0
    _remount(small_disk, "ro")
    said = await asyncio.to_thread(vigie, "watch", "add", "Séoul", "Séoul")
    assert (said.code, f"check that {vigie.folder} exists and is writable" in " ".join(said.err.split())) == (
        2,
        True,
    ), said
    code, told = await _vigie("run", "--data", vigie.folder)
    assert (code, "cannot be written to" in told, "Traceback" in told) == (2, True, False), told
    _remount(small_disk, "rw")
    assert (await asyncio.to_thread(vigie, "watch", "add", "Séoul", "Séoul")).code == 0


async def test_row_34_a_second_service_on_the_same_folder_is_refused_and_commands_still_work(
    site: LocalSite, webhook: WebhookReceiver, tmp_path: Path
) -> None:
    """Row 34: one service has the folder; commands are used beside it."""
    (tmp_path / "vigie.toml").write_text(settings(site, webhook), encoding="utf-8")
    async with service(tmp_path, VIGIE_TEST_SECRET=SECRET) as first:
        await first.logged("vigie runs")
        async with service(tmp_path) as second:
            assert await second.ended() == 2
            assert "another Vigie is running" in "\n".join(second.raw)
        assert (await _vigie("source", "list", "--data", tmp_path))[0] == 0


async def _survives_on(folder: Path, broken: Callable[[PostgreSQL], None], mended: Callable[[PostgreSQL], None],
                       reason: str) -> None:  # fmt: skip
    """The same on a server that nobody else uses, so that it may go down."""
    with running_postgresql() as server:
        url = server.blank()
        async with LocalSite() as site, WebhookReceiver() as webhook:
            text = settings(site, webhook) + f'[database]\nurl = "{url}"\n'
            await _survives(folder, site, webhook, text, lambda _: broken(server), lambda _: mended(server), reason)
        with psycopg.connect(url) as connection:
            stored = {title for (title,) in connection.execute("SELECT title FROM article").fetchall()}
    assert stored == {*NEW, "Rien"}


def _fail_over(server: PostgreSQL) -> None:
    """For a while there is only a server that may be read; connections of that time are not kept."""
    server.go_down()
    server.come_up(is_standby=True)


@pytest.mark.postgresql
async def test_row_35_a_postgresql_that_is_restarted_and_a_standby_that_is_promoted_later(tmp_path: Path) -> None:
    """Row 35: it goes down in the midst of the work, and comes back, or another one does."""
    for name in ("restarted", "failed over"):
        (tmp_path / name).mkdir()
    await asyncio.gather(
        _survives_on(
            tmp_path / "restarted", lambda server: server.go_down(), lambda server: server.come_up(),
            "it does not answer, or has ended the connection",
        ),
        _survives_on(tmp_path / "failed over", _fail_over, lambda server: server.tell("SELECT pg_promote()"), ""),
    )  # fmt: skip


async def test_p10_nothing_is_fetched_while_nothing_can_be_kept_and_no_source_is_blamed(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P10: a lock is taken in the midst of a visit; the page at hand is the last one, and all come later."""
    monkeypatch.setattr("storage.database._BUSY_SECONDS", 0.01)
    names = [site.publish(f"a{number}", f"Un article {number}", prose(number)) for number in range(4)]
    async with running(tmp_path, _one(site), pool, clock) as vigie:
        with closing(sqlite3.connect(tmp_path / "vigie.db", isolation_level=None)) as other:

            async def lock(request: web.Request) -> web.Response:
                if not other.in_transaction:
                    other.execute("BEGIN IMMEDIATE")
                return web.Response(text=site.articles[request.path], content_type="text/html")

            site.scripts |= dict.fromkeys(site.articles, lock)
            await vigie.visit()
            assert sum(site.asked[path] for path in site.articles) == 1
            other.rollback()
        site.scripts.clear()
        asked = dict(site.asked)
        vigie.wait(minutes=2)
        await vigie.engine.local.submit_due()
        assert len(vigie.engine.local) == 0, "not before a probe has gone well"
        vigie.engine.local.submit(await vigie.engine.visits.lease([1]))  # as one that was open when the trouble began
        await vigie.engine.local.finish()
        assert dict(site.asked) == asked
        source = await vigie.source("Le Site")
        assert (source.trouble, source.last_error, source.failures) == ("", "", 0)
        await vigie.archive.database.probe()
        await vigie.visit()
        assert sorted(one.article.url for one in await vigie.articles()) == sorted(names)


def _one(site: LocalSite) -> str:
    return (
        f'[crawler]\ndelay = 0\nrevisits = 0\n[network]\nallow = ["{site.address}"]\n'
        f'[[source]]\nname = "Le Site"\nurl = "{site.url()}"\n'
    )
