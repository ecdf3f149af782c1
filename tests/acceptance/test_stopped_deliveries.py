"""A service that is told to stop while receivers do not answer: it ends in time, and nothing is lost or held."""

import asyncio
import signal
import time
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.acceptance.test_crash import SECRET, rows, settings
from tests.receivers import Reply, WebhookReceiver
from tests.service_process import service
from tests.sites import LocalSite


class Called(WebhookReceiver):
    """One that lets others know of each call."""

    def __init__(self, *replies: Reply) -> None:
        super().__init__(*replies)
        self.was_called = asyncio.Event()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.was_called.set()
        return await super()._answer(request)


async def test_a_stop_waits_for_no_receiver_gives_the_leases_back_and_sends_again_under_the_same_id(
    site: LocalSite, tmp_path: Path
) -> None:
    async with Called(Reply(stall=True)) as webhook:
        (tmp_path / "vigie.toml").write_text(settings(site, webhook), encoding="utf-8")
        site.publish("vieux", "Rien")
        async with service(tmp_path, VIGIE_TEST_SECRET=SECRET) as vigie:
            await vigie.logged("visit")
            site.publish("neuf", "La Corée du Nord nie")
            async with asyncio.timeout(60):
                await webhook.was_called.wait()
            began = time.monotonic()
            vigie.signal(signal.SIGTERM)
            assert await vigie.ended() == 0
            assert time.monotonic() - began < 25
            assert "Traceback" not in "\n".join(vigie.raw)
        held: list[tuple[Any, ...]] = rows(tmp_path, "SELECT state, lease_owner, attempts FROM delivery")
        assert held == [("pending", None, 0)]
        async with service(tmp_path, VIGIE_TEST_SECRET=SECRET) as vigie:
            await vigie.logged("delivery", state="sent")
        assert len({call.headers["webhook-id"] for call in webhook.calls}) == 1
        assert len(webhook.calls) == 2
