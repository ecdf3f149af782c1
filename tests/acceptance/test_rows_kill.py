"""Rows 36 and 37: kill -9 at each stage of an article's way, and the power cut: P1 and P2 hold, and P9's promise."""

import asyncio
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from bench.kill import SECRET
from bench.kill_service import Service
from bench.kill_world import HOST, World
from extraction.pool import WorkerPool
from news.clock import ManualClock
from storage import Database
from tests.killed_stages import STAGES, arm
from tests.made_news import prose
from tests.receivers import SmtpReceiver
from tests.running import running
from tests.sites import LocalSite
from tests.usual import mailing

_POINTS = (*STAGES, "answered", "marked", "committed")
_IN_FLIGHT = ("answered", "marked")  # taken by the receiver, and not yet written down
_ENVIRONMENT = {"VIGIE_LOG__FORMAT": "json", "VIGIE_BENCH_SECRET": SECRET}
_PATIENCE = 60.0


def _settings(world: World, url: str) -> str:
    """One source visited each second, one watch, one webhook; leases of two seconds."""
    return f"""
[crawler]
delay = 0
interval = "1s"
revisits = 0
[service]
lease = "2s"
[web]
port = 0
[extraction]
workers = 1
[alerts]
budget = 0
[database]
url = "{url}"
[network]
allow = ["{HOST}:{world.port}"]
[[source]]
name = "Le Site"
url = "{world.url("/feed.xml")}"
[[watch]]
name = "Ministre"
query = "Ministre"
[[channel]]
name = "hook"
kind = "webhook"
url = "{world.url("/to/hook")}"
secret_env = "VIGIE_BENCH_SECRET"
"""


async def _run(folder: Path, is_done: Callable[[list[str]], bool]) -> None:
    """Let the service run until something holds of what it logs, and stop it."""
    service = await Service.started(folder, _ENVIRONMENT)
    try:
        async with asyncio.timeout(_PATIENCE):
            while not is_done(service.lines):
                assert not await service.ended(0.05), "\n".join(service.lines[-20:])
        assert await service.end(signal.SIGTERM) == 0, "\n".join(service.lines[-20:])
    finally:
        await service.end(signal.SIGKILL)


async def _killed(folder: Path, point: str) -> None:
    """Let the service run until it kills itself at a point."""
    service = await Service.started(folder, _ENVIRONMENT, f"{point}:1", more=(arm,))
    is_dead = await service.ended(_PATIENCE)
    code = await service.end(signal.SIGKILL)
    assert (is_dead, code) == (True, -signal.SIGKILL), "\n".join([point, *service.lines[-20:]])


async def test_row_36_a_kill_at_each_stage_of_an_articles_way_loses_nothing_and_makes_nothing_twice(
    database_url: str, tmp_path: Path
) -> None:
    """Row 36: after fetch, parse, insert, match, outbox, send and ack. One article is published for each."""
    async with World(1, SECRET) as world:
        (tmp_path / "vigie.toml").write_text(_settings(world, database_url), encoding="utf-8")
        world.publish()
        await _run(tmp_path, lambda lines: _visits(lines) >= 1)
        for point in _POINTS:
            world.publish("Ministre")
            await _killed(tmp_path, point)
        world.publish("Ministre")  # the last one, which nothing befalls
        await _run(tmp_path, lambda lines: _visits(lines) >= 3 and len(world.accepted["hook"]) > len(_POINTS))
        paths = {path for path, watches in world.ledger.items() if watches}
        assert world.faults == []
        assert {path for _, path in world.told.values()} == paths and len(world.told) == len(paths) > len(_POINTS)
        assert world.accepted["hook"].total() - len(paths) <= len(_IN_FLIGHT), "only what was in flight may come twice"
        await _is_all_there(database_url, {world.url(path) for path in world.ledger}, {*world.accepted["hook"]})


def _visits(lines: list[str]) -> int:
    return sum('"event": "visit"' in line for line in lines)


async def _is_all_there(url: str, urls: set[str], keys: set[str]) -> None:
    """Each article once, and for each that the watch wants one match and one delivery, which is done with."""
    database = await Database.open(url)
    async with database.read() as tx:
        articles = [one.article.url for one in await tx.articles.latest(99)]
        matches = await tx.matches.latest(99)
        deliveries = [(one.key, one.state) for one in await tx.outbox.latest(99)]
    await database.close()
    assert (len(articles), {*articles}) == (len(urls), urls)
    assert len(matches) == len({one.stored.id for one in matches}) == len(keys)
    assert (len(deliveries), {*deliveries}) == (len(keys), {(key, "sent") for key in keys})


def _cut(folder: Path, to: Path, torn: bytes = b"") -> Path:
    """What is on the disk at this instant, the end of its log perhaps written only in part."""
    to.mkdir()
    for name in ("vigie.db", "vigie.db-wal"):
        shutil.copy(folder / name, to / name)
    with (to / "vigie.db-wal").open("ab") as log:
        log.write(torn)
    return to


async def test_row_37_what_a_power_cut_leaves_opens_with_every_acknowledged_row_and_goes_on(
    site: LocalSite, smtp: SmtpReceiver, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    """Row 37: the copy of the file and its log, whole or torn, has what was told, and tells it to nobody again.

    SQLite only: PostgreSQL's own log is not ours to copy. `tests/integration/test_power_cut.py` cuts at every instant.
    """
    (tmp_path / "here").mkdir()
    site.publish("vieux", "Rien", prose(0))
    cuts: list[tuple[Path, set[str]]] = []
    async with running(tmp_path / "here", mailing(site, smtp, tables="revisits = 0"), pool, clock) as vigie:
        await vigie.visit()
        for number in (1, 2):
            site.publish(f"a{number}", f"La Corée, fois {number}", prose(number))
            vigie.wait(minutes=11)
            await vigie.visit()
            told = {one.article.title for one in await vigie.articles()}
            cuts.append((_cut(tmp_path / "here", tmp_path / f"due{number}"), told))
            await vigie.deliver()
            cuts.append((_cut(tmp_path / "here", tmp_path / f"sent{number}", bytes(range(256)) * 9), told))
    for number, (copy, titles) in enumerate(cuts):
        mails = len(smtp.mails)
        async with running(copy, mailing(site, smtp, tables="revisits = 0"), pool, clock) as vigie:
            assert {one.article.title for one in await vigie.articles()} == titles
            vigie.wait(minutes=2)
            await vigie.deliver()
            assert len(smtp.mails) - mails == (number + 1) % 2, "what was sent is sent no more; what was due is"
            await vigie.visit()
            assert len(await vigie.articles()) == 3, "what it lost sight of is found again"
        assert _integrity(copy / "vigie.db") == ["ok"]


def _integrity(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as database:
        return [str(row[0]) for row in database.execute("PRAGMA integrity_check")]
