"""Who is told to stop while receivers do not answer ends in time, and nothing is lost or held."""

import asyncio
import signal
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from alerting.channels import build
from alerting.guard import GuardedDialler
from cli.network import system_resolve
from news.address import AllowList
from news.alert import Alert, Channel
from news.clock import ManualClock
from news.guard import Guard
from service.deliver import Deliverer
from storage import Database
from tests.acceptance.test_crash import rows, settings
from tests.receivers import STALL, TOLD, Reply, SmtpReceiver, WebhookReceiver
from tests.samples import NOON
from tests.service_process import service
from tests.sites import LocalSite
from tests.usual import SECRET


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


async def test_a_stop_breaks_a_mail_off_whose_server_stalls_and_it_goes_again_under_the_same_id(
    database: Database,
) -> None:
    clock, lease = ManualClock(NOON), timedelta(minutes=1)
    dialler = GuardedDialler(Guard(AllowList.parse(["127.0.0.0/8"]), system_resolve))
    one, next_one = (
        Deliverer(database, clock, name, lease, lambda channel: build(channel, dialler, clock)) for name in ("a", "b")
    )
    async with SmtpReceiver() as smtp, asyncio.timeout(60):
        own = {"host": "127.0.0.1", "port": smtp.port, "security": "none", "timeout": 300}
        own |= {"from": "vigie@example.com", "to": ["desk@example.com"]}
        async with database.write() as tx:
            number = await tx.channels.put(Channel(0, "desk", "email", own), NOON)
            await tx.outbox.add(Alert("", "", NOON, TOLD, kind="silent"), None, [number])
        smtp.answers["accepted"].append(STALL)
        await one.begin_due()
        while not smtp.mails:  # noqa: ASYNC110 (the receiver tells nobody)
            await asyncio.sleep(0)
        one.wind_down()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await one.finish()
        await one.release_all()
        await next_one.send_all_due()
        async with database.read() as tx:
            [sent] = await tx.outbox.latest(9)
        assert (sent.state, sent.attempts) == ("sent", 1)
        first, second = smtp.mails
        assert first.message["Message-ID"] == second.message["Message-ID"]
