"""Watches as code on a running service: included files, watches that use each other, and a plan applied to it."""

import asyncio
import signal
import sys
from pathlib import Path

from tests.service_process import service, settings
from tests.sites import LocalSite

USING = '[[watch]]\nname = "Sommet"\nquery = "watch:Pays sommet"\n'


def _settings(site: LocalSite) -> str:
    return f'include = ["watches/*.toml"]\n{settings(site)}'


def _write(folder: Path, query: str, more: str = USING) -> None:
    (folder / "watches").mkdir(exist_ok=True)
    text = f'[[watch]]\nname = "Pays"\nquery = "{query}"\npaused = true\n' if query else ""
    (folder / "watches" / "asie.toml").write_text(text + more, encoding="utf-8")


async def _vigie(folder: Path, *arguments: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", *arguments, "--data", str(folder)), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


async def test_what_others_use_is_changed_by_a_plan_by_sighup_and_goes_missing_without_harm(
    site: LocalSite, tmp_path: Path
) -> None:
    (tmp_path / "vigie.toml").write_text(_settings(site), encoding="utf-8")
    _write(tmp_path, "Japon")
    async with service(tmp_path) as vigie:
        await vigie.logged("visit")
        _write(tmp_path, "Corée")
        code, told = await _vigie(tmp_path, "watch", "apply", "--yes")
        assert (code, "    query: Japon\n        → Corée\n" in told) == (0, True)
        site.publish("un", "La Corée du Nord au sommet")
        await vigie.logged("article", title="La Corée du Nord au sommet", watches=["Sommet"])
        _write(tmp_path, "Chine")
        vigie.signal(signal.SIGHUP)
        await vigie.logged("settings reloaded", changed=["watch Pays"])
        site.publish("deux", "La Chine absente du sommet")
        await vigie.logged("article", title="La Chine absente du sommet", watches=["Sommet"])
        _write(tmp_path, "", USING + '[[watch]]\nname = "Autre"\nquery = "sommet"\n')
        vigie.signal(signal.SIGHUP)
        await vigie.logged("settings reloaded", removed=["watch Pays"], broken=["Sommet"])
        site.publish("trois", "La Chine revient au sommet")
        await vigie.logged("article", title="La Chine revient au sommet", watches=["Autre"])
        assert [line["watch"] for line in vigie.lines if line["event"] == "watch skipped"] == ["Sommet"]
        assert "broken" in (await _vigie(tmp_path, "watch", "list"))[1]
