"""The database's file is moved away under a service that runs: it says so, and goes on when it is back."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import aiohttp

from tests.acceptance.test_crash import settings, titles
from tests.made_news import prose
from tests.receivers import WebhookReceiver
from tests.service_process import ServiceProcess, service
from tests.sites import LocalSite
from tests.usual import SECRET


async def _readiness(vigie: ServiceProcess) -> tuple[int, str]:
    address = next(line["web"] for line in vigie.lines if line["event"] == "vigie runs")
    async with aiohttp.ClientSession() as client, client.get(f"{address}/readyz") as answer:
        return answer.status, (await answer.json())["troubles"].get("database", "")


async def _command(*arguments: str | Path) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", *arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def test_a_file_that_is_moved_away_while_vigie_runs_costs_nothing_once_it_is_back(
    site: LocalSite, webhook: WebhookReceiver, tmp_path: Path
) -> None:
    (tmp_path / "vigie.toml").write_text(settings(site, webhook), encoding="utf-8")
    file = tmp_path / "vigie.db"
    site.publish("vieux", "Rien")
    async with service(tmp_path, VIGIE_TEST_SECRET=SECRET) as vigie:
        await vigie.logged("visit")
        file.rename(tmp_path / "away.db")
        site.publish("neuf", "La Corée du Nord nie", prose(1))
        await vigie.logged("database in trouble")
        status, said = await _readiness(vigie)
        assert (status, "moved or replaced while Vigie has it open" in said) == (503, True), said
        code, told = await _command("source", "list", "--data", tmp_path)
        assert (code, "is not there, though a service has it open" in told, "Traceback" in told) == (2, True, False)
        assert not file.exists()
        (tmp_path / "away.db").rename(file)
        await vigie.logged("database works again")
        await vigie.logged("delivery", state="sent")
        assert await _readiness(vigie) == (200, "")
        vigie.signal(signal.SIGTERM)
        assert await vigie.ended() == 0
        assert "Traceback" not in "\n".join(vigie.raw)
    assert titles(tmp_path) == ["La Corée du Nord nie", "Rien"]
    assert len(webhook.calls) == 1
