"""The background service: how it starts, stops, reloads, and guards its folder."""

import asyncio
import re
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import aiohttp
import psutil
import pytest
from aiohttp import web

from service.metrics import FAMILIES
from tests.receivers import WebhookReceiver
from tests.service_process import ServiceProcess, service, settings
from tests.sites import LocalSite


async def started(vigie: ServiceProcess) -> str:
    """Wait until it runs; the address of its HTTP server."""
    await vigie.logged("vigie runs")
    return str(next(line["web"] for line in vigie.lines if line["event"] == "vigie runs"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_stops_when_asked_without_traceback_or_orphan(
    site: LocalSite, tmp_path: Path, number: signal.Signals
) -> None:
    (tmp_path / "vigie.toml").write_text(settings(site), encoding="utf-8")
    site.publish("vieux", "Rien")
    async with service(tmp_path) as vigie:
        await started(vigie)
        await vigie.logged("visit")
        children = psutil.Process(vigie.process.pid).children(recursive=True)
        assert children
        vigie.signal(number)
        assert await vigie.ended() == 0
        assert vigie.lines[-1]["event"] == "vigie has stopped"
        assert len(vigie.lines) == len(vigie.raw), "every line is a structured one: no traceback, no warning"
        assert psutil.wait_procs(children, timeout=10)[1] == []


async def test_it_stops_in_time_although_a_page_hangs_and_fetches_it_after_the_next_start(
    site: LocalSite, tmp_path: Path
) -> None:
    (tmp_path / "vigie.toml").write_text(settings(site), encoding="utf-8")
    site.publish("vieux", "Rien")
    stalled, released = asyncio.Event(), asyncio.Event()

    async def stall(_: web.Request) -> web.Response:
        stalled.set()
        await released.wait()
        return web.Response(status=503)

    site.scripts["/vieux"] = stall
    async with service(tmp_path) as vigie:
        await stalled.wait()
        vigie.signal(signal.SIGTERM)
        assert await vigie.ended() == 0
        assert "Traceback" not in "\n".join(vigie.raw)
    released.set()
    del site.scripts["/vieux"]
    async with service(tmp_path) as vigie:
        await vigie.logged("article", title="Rien")


async def test_a_second_ctrl_c_stops_at_once(site: LocalSite, tmp_path: Path) -> None:
    (tmp_path / "vigie.toml").write_text(settings(site).replace('"2s"', '"200s"'), encoding="utf-8")
    site.publish("vieux", "Rien")
    stalled, released = asyncio.Event(), asyncio.Event()

    async def stall(_: web.Request) -> web.Response:
        stalled.set()
        await released.wait()
        return web.Response(status=503)

    site.scripts["/vieux"] = stall
    async with service(tmp_path) as vigie:
        await stalled.wait()
        children = psutil.Process(vigie.process.pid).children(recursive=True)
        vigie.signal(signal.SIGINT)
        await vigie.logged("vigie stops")
        vigie.signal(signal.SIGINT)
        assert await vigie.ended() == 130
        assert psutil.wait_procs(children, timeout=10)[1] == []
    released.set()


async def test_a_killed_service_leaves_no_worker_behind(site: LocalSite, tmp_path: Path) -> None:
    (tmp_path / "vigie.toml").write_text(settings(site), encoding="utf-8")
    async with service(tmp_path) as vigie:
        await started(vigie)
        children = psutil.Process(vigie.process.pid).children(recursive=True)
        vigie.signal(signal.SIGKILL)
        await vigie.ended()
        assert psutil.wait_procs(children, timeout=10)[1] == []


TICKS = {
    *("database", "time", "watches", "visits", "releases", "deliveries"),
    *("forgetting", "pruning", "self-check", "heartbeat", "leases"),
}


async def test_health_readiness_and_every_tick_answer(site: LocalSite, tmp_path: Path) -> None:
    (tmp_path / "vigie.toml").write_text(settings(site), encoding="utf-8")
    site.publish("vieux", "Rien")
    async with service(tmp_path) as vigie, aiohttp.ClientSession() as client:
        address = await started(vigie)
        async with client.get(f"{address}/healthz") as answer:
            assert (answer.status, await answer.json()) == (200, {"status": "ok"})
        await vigie.logged("visit")
        async with client.get(f"{address}/readyz") as answer:
            assert await answer.json() == {"status": "ready", "troubles": {}, "problems": {}}
            assert answer.status == 200
        await vigie.logged("visit", 2)  # by then the first is written down, and counted
        async with client.get(f"{address}/metrics") as answer:
            assert answer.status == 200
            told = await answer.text()
        assert 'vigie_visits_total{result="ok"}' in told
        assert {*re.findall(r'vigie_tick_late_seconds\{tick="([^"]+)"\}', told)} == TICKS
        assert {line.split()[2] for line in told.splitlines() if line.startswith("# TYPE")} == set(FAMILIES)


async def test_a_watch_that_another_process_adds_pauses_or_removes_counts_within_two_seconds(
    site: LocalSite, tmp_path: Path
) -> None:
    (tmp_path / "vigie.toml").write_text(settings(site), encoding="utf-8")
    commands = (("add", "Corée", "Corée"), ("add", "Séoul", "Séoul"), ("pause", "Corée"), ("remove", "Séoul"))
    asked = (1, 2, 1, 0)
    async with service(tmp_path) as vigie:
        await started(vigie)
        for command, number in zip(commands, asked, strict=True):
            told = sum(line.get("event") == "watches" and line.get("asked") == number for line in vigie.lines)
            other = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "cli", "watch", *command, "--data", str(tmp_path),
                stdout=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            assert await other.wait() == 0, command
            async with asyncio.timeout(2):
                await vigie.logged("watches", times=told + 1, asked=number)


async def test_a_port_that_is_taken_is_an_error_and_not_a_traceback(
    site: LocalSite, webhook: WebhookReceiver, tmp_path: Path
) -> None:
    (tmp_path / "vigie.toml").write_text(settings(site), encoding="utf-8")
    async with service(tmp_path, VIGIE_WEB__PORT=str(webhook.port)) as vigie:
        assert await vigie.ended() == 2
        told = "\n".join(vigie.raw)
    assert "nothing can listen on" in told
    assert "Traceback" not in told


async def test_sighup_reads_the_settings_again_and_a_broken_file_changes_nothing(
    site: LocalSite, tmp_path: Path
) -> None:
    file = tmp_path / "vigie.toml"
    file.write_text(settings(site), encoding="utf-8")
    async with service(tmp_path) as vigie:
        await started(vigie)
        file.write_text(settings(site, '[[watch]]\nname = "Corée"\nquery = "Corée ET"\n'), encoding="utf-8")
        vigie.signal(signal.SIGHUP)
        await vigie.logged("settings not reloaded")
        file.write_text(settings(site, '[[watch]]\nname = "Corée"\nquery = "Corée"\n'), encoding="utf-8")
        vigie.signal(signal.SIGHUP)
        await vigie.logged("settings reloaded", added=["watch Corée"])
        site.publish("neuf", "La Corée du Nord nie")
        await vigie.logged("article", watches=["Corée"])


async def test_a_setting_that_is_unknown_refuses_to_start_with_its_line(site: LocalSite, tmp_path: Path) -> None:
    (tmp_path / "vigie.toml").write_text("[crawler]\ndelai = 0\n", encoding="utf-8")
    async with service(tmp_path) as vigie:
        assert await vigie.ended() == 2
        told = "\n".join(vigie.raw)
    assert "vigie.toml:2:1" in told
    assert "did you mean 'delay'" in told


async def test_ctrl_c_ends_a_crawl_soon_and_gives_its_leases_back(site: LocalSite, tmp_path: Path) -> None:
    (tmp_path / "vigie.toml").write_text(settings(site), encoding="utf-8")
    site.publish("vieux", "Rien")
    stalled, released = asyncio.Event(), asyncio.Event()

    async def stall(_: web.Request) -> web.Response:
        stalled.set()
        await released.wait()
        return web.Response(status=503)

    site.scripts["/vieux"] = stall
    crawl = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", "crawl", "--data", str(tmp_path)), stderr=asyncio.subprocess.PIPE
    )
    await stalled.wait()
    crawl.send_signal(signal.SIGINT)
    _, told = await crawl.communicate()
    released.set()
    assert crawl.returncode == 130
    assert b"Traceback" not in told
    assert b"pending" not in told
    with closing(sqlite3.connect(tmp_path / "vigie.db")) as database:
        assert database.execute("SELECT lease_owner FROM source").fetchall() == [(None,)]
