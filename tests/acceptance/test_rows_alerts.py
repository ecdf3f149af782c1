"""Rows 46, 48 and 53 of what Vigie must survive: greylisting, a consumer that is slow, and what a table could run."""

import ast
import asyncio
import shutil
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from alerting.channels import build, generate_secret
from alerting.guard import GuardedDialler
from cli.network import system_resolve
from news.address import AllowList
from news.alert import Alert, Channel
from news.clock import Clock, ManualClock, SystemClock
from news.delivering import Selection
from news.guard import Guard
from service.deliver import Deliverer
from storage import Database
from tests.receivers import ALERT, HOST, SmtpReceiver
from tests.samples import NOON

DIALLER = GuardedDialler(Guard(AllowList.parse(["127.0.0.0/8"]), system_resolve))
LEASE = timedelta(minutes=1)
GREYLISTED_FOR = timedelta(minutes=5)
ROOT = Path(__file__).parents[2]


def deliverer_of(database: Database, clock: Clock, owner: str = "me") -> Deliverer:
    return Deliverer(database, clock, owner, LEASE, lambda channel: build(channel, DIALLER, clock), lambda: 0.0)


class GreylistingServer(SmtpReceiver):
    """Puts off whom it does not know, for five minutes by the clock, before or after it has read the message."""

    def __init__(self, clock: ManualClock, stage: str) -> None:
        super().__init__()
        self.put_off: list[bytes] = []
        self._clock = clock
        self._stage = stage
        self._first_seen: dict[tuple[str, str], datetime] = {}

    def _is_known(self, sender: str, to: str) -> bool:
        first = self._first_seen.setdefault((sender, to), self._clock.now())
        return self._clock.now() - first >= GREYLISTED_FOR

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        """aiosmtpd's hook for RCPT TO."""
        if self._stage == "rcpt" and not self._is_known(envelope.mail_from, address):
            return "450 4.2.0 greylisted, come back in five minutes"
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """aiosmtpd's hook for the end of a message."""
        if self._stage == "data" and not self._is_known(envelope.mail_from, envelope.rcpt_tos[0]):
            self.put_off.append(envelope.content)
            return "450 4.7.1 greylisted, come back in five minutes"
        return await super().handle_DATA(server, session, envelope)


@pytest.mark.parametrize("stage", ["rcpt", "data"])
async def test_greylisting_is_passed_by_the_second_attempt_and_after_a_restart(database: Database, stage: str) -> None:
    """Row 46: 450 until the second attempt, which comes five minutes later, from another process, and is the same."""
    clock = ManualClock(NOON)
    async with GreylistingServer(clock, stage) as smtp:
        own = {
            "host": HOST,
            "port": smtp.port,
            "security": "none",
            "from": "vigie@example.com",
            "to": ["d@example.com"],
        }
        async with database.write() as tx:
            number = await tx.channels.put(Channel(0, "desk", "email", own), NOON)
            await tx.outbox.add(replace(ALERT, watch="", kind="silent", decided_at=NOON), None, [number])
        await deliverer_of(database, clock).send_all_due()
        async with database.read() as tx:
            [waiting] = await tx.outbox.latest(9)
        assert (waiting.state, waiting.attempts, waiting.next_try_at) == ("pending", 1, NOON + GREYLISTED_FOR)
        assert "450 " in waiting.last_error
        clock.set(NOON + GREYLISTED_FOR - timedelta(seconds=1))
        await deliverer_of(database, clock).send_all_due()
        assert smtp.mails == []
        clock.set(NOON + GREYLISTED_FOR)
        await deliverer_of(database, clock, "another").send_all_due()
        [mail] = smtp.mails
        assert mail.message["Message-ID"] == f"<{waiting.key}@example.com>"
        assert [message_from_bytes(one)["Message-ID"] for one in smtp.put_off] == (
            [mail.message["Message-ID"]] if stage == "data" else []
        )
        async with database.read() as tx:
            [sent] = await tx.outbox.latest(9)
        assert (sent.state, sent.attempts) == ("sent", 2)


class Consumers:
    """Two consumers on one server: `/slow` holds on until it is released, `/live` answers at once."""

    def __init__(self) -> None:
        self.got: Counter[str] = Counter()
        self.release = asyncio.Event()
        self._news = asyncio.Condition()

    async def answer(self, request: web.Request) -> web.Response:
        """Take a message."""
        async with self._news:
            self.got[request.path] += 1
            self._news.notify_all()
        if request.path == "/slow":
            await self.release.wait()
        return web.Response()

    async def until(self, path: str, count: int) -> None:
        """Wait for so many messages there."""
        async with asyncio.timeout(30), self._news:
            await self._news.wait_for(lambda: self.got[path] >= count)


@asynccontextmanager
async def consuming(consumers: Consumers) -> AsyncIterator[int]:
    application = web.Application()
    application.router.add_post("/{path:.*}", consumers.answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    yield int(runner.addresses[0][1])
    consumers.release.set()
    await runner.cleanup()


async def test_a_consumer_of_20_seconds_a_call_with_10_000_waiting_delays_nobody(
    migrated_sqlite: Path, tmp_path: Path
) -> None:
    """Row 48: it has eight messages under way and no more, and what is for another goes at once."""
    file = Path(shutil.copy(migrated_sqlite, tmp_path / "vigie.db"))
    consumers = Consumers()
    async with consuming(consumers) as port:
        database = await Database.open(f"sqlite:///{file}")
        numbers = {}
        for name in ("slow", "live"):
            own = {"url": f"http://{HOST}:{port}/{name}", "secret": generate_secret(), "timeout": 60}
            async with database.write() as tx:
                numbers[name] = await tx.channels.put(Channel(0, name, "webhook", own), NOON)
        notice = replace(ALERT, watch="", kind="silent")
        async with database.write() as tx:
            await tx.outbox.add(notice, None, [numbers["slow"]])
        multiply(file, 10_000)
        deliverer = deliverer_of(database, SystemClock())
        deliverer.start()
        await deliverer.begin_due()
        await consumers.until("/slow", 8)
        await write(database, notice, numbers["live"], 100)
        await consumers.until("/live", 100)
        assert consumers.got["/slow"] == 8
        deliverer.wind_down()
        consumers.release.set()
        await deliverer.finish()
        assert consumers.got == {"/slow": 8, "/live": 100}
        async with database.read() as tx:
            assert await tx.outbox.counts() == {"sent": 108, "pending": 9_992}
            assert {one.state for one in await tx.outbox.latest(999, Selection(channel="live"))} == {"sent"}
        await database.close()


async def write(database: Database, alert: Alert, channel: int, count: int) -> None:
    async with database.write() as tx:
        for _ in range(count):
            await tx.outbox.add(alert, None, [channel])


def multiply(file: Path, count: int) -> None:
    """Have the one alert and delivery that there are wait so many times."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "WITH RECURSIVE numbers(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)"
            " INSERT INTO alert (kind, told, query, decided_at)"
            " SELECT kind, told, query, decided_at FROM alert, numbers",
            (count,),
        )
        connection.execute(
            "INSERT INTO delivery (key, alert_id, channel_id, state, created_at, next_try_at)"
            " SELECT key || alert.id, alert.id, channel_id, state, created_at, next_try_at"
            " FROM alert, (SELECT * FROM delivery) WHERE alert.id != alert_id"
        )


def test_nothing_writes_a_table_that_a_spreadsheet_would_run() -> None:
    """Row 53: there is no export to CSV or XLSX; whoever adds one prefixes what begins with = + - @ and a tab."""
    writers = {"csv", "openpyxl", "xlsxwriter", "pandas", "xlwt", "odf"}
    ours = [file for folder in ("alerting", "cli", "matching", "news", "service", "storage", "web", "crawler",
                                "extraction", "scheduler") for file in (ROOT / folder).rglob("*.py")]  # fmt: skip
    assert len(ours) > 100
    for file in ours:
        for node in ast.walk(ast.parse(file.read_bytes())):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert writers.isdisjoint(name.partition(".")[0] for name in names), file
