"""A site whose articles only scripts write, from the feed to the archive, through the real engine."""

import json
import shutil
from pathlib import Path

import pytest

from crawler.chromium import NAMES
from extraction.pool import WorkerPool
from news.clock import ManualClock
from tests.running import Running, running
from tests.sites import LocalSite, answering

pytest.importorskip("playwright", reason="pip install 'vigie[browser]'")
pytestmark = pytest.mark.skipif(not any(map(shutil.which, NAMES)), reason="there is no Chromium on this machine")

SHELL = (
    "<html lang=fr><head><title>Le Site</title></head><body><div id=app>Chargement</div><script>"
    "fetch('/api' + location.pathname).then(r => r.text()).then(t => { document.body.innerHTML = t })"
    "</script></body></html>"
)
HTML = "text/html; charset=utf-8"


def _settings(site: LocalSite, **more: object) -> str:
    own = "".join(f"{name} = {json.dumps(value)}\n" for name, value in more.items())
    return (
        f"[crawler]\ndelay = 0\nrevisits = 0\n[network]\nallow = {json.dumps([site.address])}\n"
        f'[[source]]\nname = "site"\nurl = "{site.url()}"\nbrowser = true\n{own}'
    )


def _written_by_script(site: LocalSite, slug: str, title: str) -> None:
    site.publish(slug, title)
    article = site.articles.pop(f"/{slug}")
    site.scripts[f"/api/{slug}"] = answering(200, article, Content_Type=HTML)
    site.scripts[f"/{slug}"] = answering(200, SHELL, Content_Type=HTML)


async def _texts(vigie: Running) -> dict[str, str]:
    return {stored.article.title: stored.article.text for stored in await vigie.articles()}


async def test_an_article_that_only_a_script_writes_is_stored(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    _written_by_script(site, "un", "Retrait des troupes")
    _written_by_script(site, "deux", "Un autre titre")
    async with running(tmp_path, _settings(site), pool, clock) as vigie:
        await vigie.visit()
        texts = await _texts(vigie)
        assert set(texts) == {"Retrait des troupes", "Un autre titre"}
        assert "retrait immédiat des troupes" in texts["Retrait des troupes"]
    assert site.asked["/feed.xml"] == 1, "feeds need no browser"


async def test_robots_txt_holds_for_the_browser_as_well(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    site.robots = "User-agent: *\nDisallow: /un\n"
    _written_by_script(site, "un", "Interdit")
    _written_by_script(site, "deux", "Permis")
    async with running(tmp_path, _settings(site), pool, clock) as vigie:
        await vigie.visit()
        assert set(await _texts(vigie)) == {"Permis"}
    assert not site.asked["/un"]


async def test_without_the_flag_the_script_is_not_run(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    _written_by_script(site, "un", "Retrait des troupes")
    settings = _settings(site).replace("browser = true", "browser = false")
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
    assert site.asked["/un"]
    assert not site.asked["/api/un"]


async def test_a_missing_browser_is_told_and_costs_no_try(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    _written_by_script(site, "un", "Retrait des troupes")
    settings = _settings(site).replace("[crawler]", '[crawler]\nchromium = "/nowhere/chromium"')
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
        source = await vigie.source("site")
        assert "needs a browser: there is no browser at /nowhere/chromium" in source.last_error
        assert "vigie[browser]" in source.advice
    assert not site.asked["/un"]
