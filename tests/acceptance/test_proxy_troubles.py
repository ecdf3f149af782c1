"""A source's proxy that is down, or wants a login: the error names the proxy, and not the site."""

import json
from pathlib import Path

from extraction.pool import WorkerPool
from news.clock import ManualClock
from news.source import Source
from tests.proxies import Proxy
from tests.running import running
from tests.sites import LocalSite


async def _visited(site: LocalSite, proxy: str, pool: WorkerPool, clock: ManualClock, folder: Path) -> Source:
    settings = (
        f"[crawler]\ndelay = 0\n[network]\nallow = {json.dumps([site.address, proxy])}\n"
        f'[[source]]\nname = "Le Phare"\nurl = "{site.url()}"\n[source.access]\nproxy = "http://{proxy}"\n'
    )
    async with running(folder, settings, pool, clock) as vigie:
        await vigie.visit()
        return await vigie.source("Le Phare")


async def test_a_proxy_that_is_down(site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path) -> None:
    async with Proxy() as proxy:
        address = proxy.address
    source = await _visited(site, address, pool, clock, tmp_path)
    assert "the proxy refuses connections" in source.last_error
    assert not site.asked


async def test_a_proxy_that_wants_a_login(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    async with Proxy("Basic eDp5") as proxy:
        source = await _visited(site, proxy.address, pool, clock, tmp_path)
    assert "is behind a proxy that asks for a login (HTTP 407)" in source.last_error
    assert "proxy_user" in source.advice
    assert source.trouble == "blocked"
    assert not site.asked
