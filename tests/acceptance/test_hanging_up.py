"""Whoever sends without end is hung up on, over TLS too, where a polite good-bye waits for an answer."""

import asyncio
from pathlib import Path

import pytest

from crawler import engine
from crawler.failure import FetchFailure
from crawler.settings import scrapy_settings
from extraction.pool import WorkerPool
from news.clock import ManualClock
from tests.hostile import HostileSite, certificate, endless
from tests.running import running

_PATHS = {
    "/endless-body": "larger than Vigie takes",
    "/endless-header": "a header longer than",
    "/endless-line": "a header longer than",
    "/silence-within": "kept us waiting",
    "/endless-nonsense": "something that is not HTTP",
}


@pytest.mark.parametrize("path", _PATHS)
@pytest.mark.parametrize("is_tls", [False, True])
async def test_a_server_that_goes_on_is_hung_up_on(
    path: str, is_tls: bool, pool: WorkerPool, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lax = {"DOWNLOAD_VERIFY_CERTIFICATES": False}
    monkeypatch.setattr(engine, "scrapy_settings", lambda limits: scrapy_settings(limits) | lax)
    async with HostileSite(certificate(tmp_path) if is_tls else None) as site:
        site.answers["/endless-nonsense"] = endless(b"", b"<p>HTTP/0.9 has no header</p>\n" * 100)
        settings = f'[crawler]\ndelay = 0\nidle_timeout = 1\n[network]\nallow = ["{site.address}"]\n'
        async with running(tmp_path, settings, pool, clock) as vigie:
            failure = await vigie.engine.crawler.fetch(site.url(path))
            assert isinstance(failure, FetchFailure)
            assert _PATHS[path] in failure.message
            async with asyncio.timeout(3):
                await site.left_alone()
