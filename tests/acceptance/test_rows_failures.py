"""P12: every failure is visible, with its state, its last error, its next try, and as a figure.

That a silence is judged by the source's own history, and at which rate of false alarms, `tests/unit/test_silence.py`
holds; that it is told, `tests/acceptance/test_sources_fare.py`.
"""

from pathlib import Path

import pytest
from aiohttp import web

from extraction.pool import WorkerPool
from news.clock import ManualClock
from tests.acceptance.test_crash import settings
from tests.commands import Commands
from tests.made_news import prose
from tests.receivers import Reply, WebhookReceiver
from tests.running import running
from tests.sites import LocalSite, answering
from tests.usual import SECRET


async def test_p12_a_page_a_source_and_a_channel_that_fail_are_seen_by_command_and_in_the_metrics(
    site: LocalSite, webhook: WebhookReceiver, pool: WorkerPool, clock: ManualClock, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("VIGIE_TEST_SECRET", SECRET)
    commands = Commands(tmp_path)
    commands.settings(settings(site, webhook))
    site.publish("vieux", "Rien", prose(0))
    async with running(commands.folder, settings(site, webhook), pool, clock) as vigie:
        await vigie.visit()
        site.publish("neuf", "La Corée du Nord nie", prose(1))
        site.publish("casse", "La Corée, encore", prose(2))
        site.scripts["/casse"] = answering(500)
        webhook.replies.extend([Reply(503)] * 9)
        vigie.wait(seconds=20)
        await vigie.go_round()
        site.scripts["/feed.xml"] = _gone
        vigie.wait(seconds=20)
        await vigie.visit()
        [link] = await vigie.links(site.url("/casse"))
        assert (link.state, "500" in link.last_error) == ("pending", True)
        figures = await vigie.engine.metrics.page()
    source = (await commands.apart("source", "show", "Le Site", "--json")).json
    assert (source["state"], "410" in source["last_error"], bool(source["next_visit_at"])) == ("failing", True, True)
    [delivery] = (await commands.apart("deliveries", "list", "--json")).json
    assert (delivery["state"], delivery["attempts"], "503" in delivery["last_error"]) == ("pending", 1, True), delivery
    assert delivery["next_try_at"]
    for figure in ('sources{state="failing"} 1\n', 'deliveries{channel="hook",state="pending"} 1\n'):
        assert f"vigie_{figure}" in figures
    assert 'vigie_pages_total{result="http"}' in figures


async def _gone(_: web.Request) -> web.Response:
    return web.Response(status=410)
