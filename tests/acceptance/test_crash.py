"""kill -9 at the worst moments: nothing twice, nothing lost."""

import asyncio
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

from aiohttp import web

from tests.made_news import prose
from tests.receivers import WebhookReceiver
from tests.service_process import service
from tests.sites import LocalSite
from tests.usual import SECRET, calling

_QUICK = """
[service]
lease = "2s"
stop_within = "5s"
[web]
port = 0
[extraction]
workers = 1
"""


def settings(site: LocalSite, webhook: WebhookReceiver) -> str:
    """One source visited each second, one watch, one webhook; leases of two seconds."""
    return calling(site, webhook, interval="1s", tables=_QUICK)


def rows(folder: Path, statement: str) -> list[tuple[object, ...]]:
    """What the database holds, read beside the service."""
    with closing(sqlite3.connect(f"file:{folder / 'vigie.db'}?mode=ro", uri=True, timeout=10)) as database:
        return database.execute(statement).fetchall()


def titles(folder: Path) -> list[str]:
    """All articles' titles."""
    return sorted(str(row[0]) for row in rows(folder, "SELECT title FROM article"))


async def test_kill_between_a_polls_commit_and_its_first_article(
    site: LocalSite, webhook: WebhookReceiver, tmp_path: Path
) -> None:
    (tmp_path / "vigie.toml").write_text(settings(site, webhook), encoding="utf-8")
    stalled, released = asyncio.Event(), asyncio.Event()

    async def stall(_: web.Request) -> web.Response:
        stalled.set()
        await released.wait()
        return web.Response(status=503)

    site.publish("vieux", "Rien")
    async with service(tmp_path, VIGIE_TEST_SECRET=SECRET) as vigie:
        await vigie.logged("visit")
        site.scripts["/neuf"] = stall
        site.publish("neuf", "La Corée du Nord nie")
        await stalled.wait()
        assert rows(tmp_path, "SELECT count(*) FROM link WHERE state = 'pending'") == [(1,)]
        vigie.signal(signal.SIGKILL)
        await vigie.ended()
    released.set()
    del site.scripts["/neuf"]
    async with service(tmp_path, VIGIE_TEST_SECRET=SECRET) as vigie:
        await vigie.logged("delivery", state="sent")
    assert titles(tmp_path) == ["La Corée du Nord nie", "Rien"]
    assert rows(tmp_path, "SELECT state FROM delivery") == [("sent",)]
    [call] = webhook.calls
    assert call.verified(SECRET)["data"]["article"]["title"] == "La Corée du Nord nie"


async def test_kill_in_the_middle_of_a_crawl_again_and_again(
    site: LocalSite, webhook: WebhookReceiver, tmp_path: Path
) -> None:
    (tmp_path / "vigie.toml").write_text(settings(site, webhook), encoding="utf-8")
    site.publish("vieux", "Rien")
    async with service(tmp_path, VIGIE_TEST_SECRET=SECRET) as vigie:
        await vigie.logged("visit")
        vigie.signal(signal.SIGTERM)
        assert await vigie.ended() == 0
    expected = {f"Corée : dépêche numéro {number}" for number in range(24)}
    for number, title in enumerate(expected):
        site.publish(f"neuf-{number}", title, prose(number))  # each its own story, and so told by itself
    for enough in (3, 6, 6):
        async with service(tmp_path, VIGIE_TEST_SECRET=SECRET) as vigie:
            await vigie.logged("article", times=enough)
            vigie.signal(signal.SIGKILL)
            await vigie.ended()
    async with service(tmp_path, VIGIE_TEST_SECRET=SECRET) as vigie:
        await vigie.until(lambda _: len(_ids(webhook)) == len(expected), "delivered everything")
        await vigie.logged("visit", pages=0)
    assert titles(tmp_path) == sorted(expected | {"Rien"})
    assert rows(tmp_path, "SELECT count(*) FROM match") == [(24,)]
    assert rows(tmp_path, "SELECT count(*) FROM delivery") == [(24,)]
    told = [call.verified(SECRET)["data"]["article"]["title"] for call in webhook.calls]
    assert set(told) == expected, "no alert is lost"
    assert len(_ids(webhook)) == 24, "an alert that is repeated after a crash keeps its id"
    assert rows(tmp_path, "PRAGMA integrity_check") == [("ok",)]


def _ids(webhook: WebhookReceiver) -> set[str]:
    return {call.headers["webhook-id"] for call in webhook.calls}
