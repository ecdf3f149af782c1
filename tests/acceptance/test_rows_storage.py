"""Rows 30 to 35, and P10: text that databases refuse, and databases that refuse everything for a while.

Whatever is the matter (a disk that is full, read-only or broken, a lock, a server that is gone): readiness is red and
says why, no page is fetched that could not be stored, the log says it once and without a traceback, everything goes
on by itself, and nothing that was accepted is lost.
"""

import asyncio
import re
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import aiohttp
import psutil
import psycopg
import pytest
from aiohttp import web

from extraction.pool import WorkerPool
from news.clock import ManualClock
from tests.acceptance.test_crash import SECRET, settings, titles
from tests.databases import PostgreSQL, running_postgresql
from tests.made_news import prose
from tests.receivers import WebhookReceiver
from tests.running import running
from tests.service_process import ServiceProcess, service
from tests.sites import LocalSite

NEW = ("La Corée du Nord nie", "La Corée du Sud répond")
Act = Callable[[ServiceProcess], None]


async def _readiness(vigie: ServiceProcess) -> tuple[int, dict[str, str]]:
    address = next(line["web"] for line in vigie.lines if line["event"] == "vigie runs")
    async with aiohttp.ClientSession() as client, client.get(f"{address}/readyz") as answer:
        return answer.status, (await answer.json())["troubles"]


def _told(webhook: WebhookReceiver) -> set[str]:
    return {call.verified(SECRET)["data"]["article"]["title"] for call in webhook.calls}


def _count(vigie: ServiceProcess, event: str) -> int:
    return sum(line.get("event") == event for line in vigie.lines)


async def _survives(
    folder: Path, site: LocalSite, webhook: WebhookReceiver, text: str, broken: Act, mended: Act, reason: str
) -> None:
    """Vigie runs, something breaks its database, and after a while mends it."""
    (folder / "vigie.toml").write_text(text, encoding="utf-8")
    site.publish("vieux", "Rien")
    async with service(folder, VIGIE_TEST_SECRET=SECRET, VIGIE_LOG__LEVEL="debug") as vigie:
        await vigie.logged("visit")
        broken(vigie)
        site.publish("neuf", NEW[0], prose(1))
        await vigie.logged("database in trouble")
        status, troubles = await _readiness(vigie)
        assert (status, reason in troubles["database"]) == (503, True), troubles
        await vigie.logged("database still in trouble")
        asked = dict(site.asked)
        site.publish("encore", NEW[1], prose(2))
        await vigie.logged("database still in trouble", times=3)
        assert dict(site.asked) == asked, "nothing is fetched that could not be stored"
        assert site.asked["/neuf"] <= 1
        mended(vigie)
        await vigie.logged("database works again")
        await vigie.logged("delivery", times=2, state="sent")
        await vigie.logged("visit", times=_count(vigie, "visit") + 2)
        assert await _readiness(vigie) == (200, {})
        vigie.signal(signal.SIGTERM)
        assert await vigie.ended() == 0
        assert "Traceback" not in "\n".join(vigie.raw)
        assert _count(vigie, "database works again") == 1
        errors = [line for line in vigie.lines if line.get("level") == "error"]
        assert all(line["event"] == "database in trouble" and line["hint"] for line in errors)
        assert len({line["error"] for line in errors}) == len(errors), "what is the matter is told once"
    assert _told(webhook) == set(NEW)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", folder], capture_output=True, check=False)
    if mount.returncode:
        pytest.skip(f"no file system can be mounted here: {mount.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def _fill(ballast: Path) -> None:
    """Leave no room on its disk."""
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(bytes(4_096)) == 4_096:
            pass


async def test_row_33_a_full_disk(site: LocalSite, webhook: WebhookReceiver, small_disk: Path) -> None:
    """Row 33: ENOSPC, on a real file system with no room left."""
    ballast = small_disk / "ballast"

    await _survives(
        small_disk, site, webhook, settings(site, webhook),
        lambda _: _fill(ballast), lambda _: ballast.unlink(), "its disk is full",
    )  # fmt: skip
    assert titles(small_disk) == sorted({*NEW, "Rien"})


async def test_row_33_a_disk_that_fails(site: LocalSite, webhook: WebhookReceiver, tmp_path: Path) -> None:
    """Row 33: EIO. What the process may no longer write is for SQLite a disk that fails."""

    def limit(vigie: ServiceProcess, size: int) -> None:
        psutil.Process(vigie.process.pid).rlimit(psutil.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    await _survives(
        tmp_path, site, webhook, settings(site, webhook),
        lambda vigie: limit(vigie, 1), lambda vigie: limit(vigie, resource.RLIM_INFINITY), "I/O error",
    )  # fmt: skip
    assert titles(tmp_path) == sorted({*NEW, "Rien"})


async def test_row_33_a_stop_while_the_disk_is_full(
    site: LocalSite, webhook: WebhookReceiver, small_disk: Path
) -> None:
    """Row 33: it stops as always, and the next start loses nothing."""
    (small_disk / "vigie.toml").write_text(settings(site, webhook), encoding="utf-8")
    site.publish("vieux", "Rien")
    async with service(small_disk, VIGIE_TEST_SECRET=SECRET) as vigie:
        await vigie.logged("visit")
        _fill(small_disk / "ballast")
        site.publish("neuf", NEW[0], prose(1))
        await vigie.logged("database in trouble")
        vigie.signal(signal.SIGTERM)
        assert await vigie.ended() == 0
        assert "Traceback" not in "\n".join(vigie.raw), "\n".join(vigie.raw[-60:])
    (small_disk / "ballast").unlink()
    async with service(small_disk, VIGIE_TEST_SECRET=SECRET) as vigie:
        await vigie.logged("delivery", state="sent")
    assert _told(webhook) == {NEW[0]}


async def _vigie(*arguments: str | Path) -> tuple[int, str]:
    """A command to its end: its exit code, and what it said on standard error."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", *arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def test_row_33_a_command_on_a_full_disk_says_so(small_disk: Path) -> None:
    """Row 33: words, a hint and exit code 1, and no traceback."""
    assert (await _vigie("watch", "add", "Corée", "Corée", "--data", small_disk))[0] == 0
    _fill(small_disk / "ballast")
    code, said = await _vigie("watch", "add", "Séoul", "Séoul", "--data", small_disk)
    assert (code, "its disk is full" in said, "make room" in said, "Traceback" in said) == (1, True, True, False), said
    (small_disk / "ballast").unlink()
    assert (await _vigie("watch", "add", "Séoul", "Séoul", "--data", small_disk))[0] == 0


def _remount(folder: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", folder], check=True)


async def test_row_33_a_read_only_mount(small_disk: Path) -> None:
    """Row 33: commands and the service say what they need, and write nothing."""
    assert (await _vigie("watch", "add", "Corée", "Corée", "--data", small_disk))[0] == 0
    _remount(small_disk, "ro")
    code, said = await _vigie("watch", "add", "Séoul", "Séoul", "--data", small_disk)
    assert (code, f"check that {small_disk} exists and is writable" in said, "Traceback" in said) == (2, True, False)
    code, said = await _vigie("run", "--data", small_disk)
    assert (code, "cannot be written to" in said, "Traceback" in said) == (2, True, False), said
    _remount(small_disk, "rw")
    assert (await _vigie("watch", "add", "Séoul", "Séoul", "--data", small_disk))[0] == 0


async def test_row_34_a_lock_held_over_sigterm(site: LocalSite, webhook: WebhookReceiver, tmp_path: Path) -> None:
    """Row 34: another process holds the database; the service stops in time, and the next one loses nothing."""
    (tmp_path / "vigie.toml").write_text(settings(site, webhook), encoding="utf-8")
    site.publish("vieux", "Rien")
    async with service(tmp_path, VIGIE_TEST_SECRET=SECRET) as vigie:
        await vigie.logged("visit")
        with closing(sqlite3.connect(tmp_path / "vigie.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            before = site.asked["/feed.xml"]
            site.publish("neuf", NEW[0], prose(1))
            started = asyncio.get_running_loop().time()
            vigie.signal(signal.SIGTERM)
            assert await vigie.ended() == 0
            assert asyncio.get_running_loop().time() - started < 25
        assert _count(vigie, "leases not given back") == 1
        assert "Traceback" not in "\n".join(vigie.raw), "\n".join(vigie.raw[-60:])
        assert site.asked["/feed.xml"] <= before + 1
    async with service(tmp_path, VIGIE_TEST_SECRET=SECRET) as vigie:
        await vigie.logged("delivery", state="sent")
    assert _told(webhook) == {NEW[0]}


@pytest.fixture
def own_postgresql() -> Iterator[PostgreSQL]:
    """A server that nobody else uses, so that it may go down."""
    with running_postgresql() as server:
        yield server


async def _survives_on(server: PostgreSQL, folder: Path, site: LocalSite, webhook: WebhookReceiver, reason: str,
                       broken: Callable[[str], None], mended: Callable[[str], None]) -> None:  # fmt: skip
    url = server.blank()
    text = settings(site, webhook) + f'[database]\nurl = "{url}"\n'
    await _survives(folder, site, webhook, text, lambda _: broken(url), lambda _: mended(url), reason)
    with psycopg.connect(url) as connection:
        stored = {title for (title,) in connection.execute("SELECT title FROM article").fetchall()}
    assert stored == {*NEW, "Rien"}


@pytest.mark.postgresql
async def test_row_35_a_postgresql_that_is_restarted(
    own_postgresql: PostgreSQL, site: LocalSite, webhook: WebhookReceiver, tmp_path: Path
) -> None:
    """Row 35: it goes down in the midst of the work, and comes back."""
    await _survives_on(
        own_postgresql, tmp_path, site, webhook, "it does not answer, or has ended the connection",
        lambda _: own_postgresql.go_down(), lambda _: own_postgresql.come_up(),
    )  # fmt: skip


@pytest.mark.postgresql
async def test_row_35_a_failover_to_a_standby_that_is_promoted_later(
    own_postgresql: PostgreSQL, site: LocalSite, webhook: WebhookReceiver, tmp_path: Path
) -> None:
    """Row 35: for a while there is only a server that may be read; connections of that time are not kept."""

    def fail_over(_: str) -> None:
        own_postgresql.go_down()
        own_postgresql.come_up(is_standby=True)

    await _survives_on(
        own_postgresql, tmp_path, site, webhook, "",
        fail_over, lambda _: own_postgresql.tell("SELECT pg_promote()"),
    )  # fmt: skip


_HOSTILE = "La Corée &#0;\x00 &#xD83D; \ufffe \uffff nie"


async def test_row_30_a_page_with_what_databases_refuse_is_an_article_and_the_same_on_both(
    site: LocalSite, database_url: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    """Row 30: NUL, a lone surrogate, U+FFFE, as characters and as references, from the page to the archive."""
    url = site.publish("neuf", "TITLE", f"BODY {prose(1)}")
    site.articles["/neuf"] = site.articles["/neuf"].replace("TITLE", _HOSTILE).replace("BODY", _HOSTILE)
    async with running(tmp_path, f'{_one(site)}[database]\nurl = "{database_url}"\n', pool, clock) as vigie:
        await vigie.visit()
        [stored] = await vigie.articles()
        [link] = await vigie.links(url)
    article = stored.article
    assert (link.state, article.url) == ("fetched", url)
    assert not set("\x00\ud83d\ufffe\uffff") & {*article.title, *article.text}
    assert re.fullmatch(r"La Corée [\s\ufffd]*nie", article.title), ascii(article.title)


async def test_row_32_a_long_url_is_kept_whole_and_one_that_no_browser_would_open_is_told(
    site: LocalSite, database_url: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    """Row 32: the key is hashed, the text is kept in full; what is over 2,083 or 8 KiB costs the others nothing."""
    slug = "une-tres-longue-adresse-" * 83
    urls = [site.publish(f"{slug}{end}", f"Une longue adresse {end}", prose(ord(end))) for end in "ab"]
    over = site.publish(slug * 2, "Trop longue", prose(3))
    site.publish(slug * 5, "Bien trop longue", prose(4))
    async with running(tmp_path, f'{_one(site)}[database]\nurl = "{database_url}"\n', pool, clock) as vigie:
        await vigie.visit()
        vigie.wait(minutes=11)
        await vigie.visit()
        stored = await vigie.articles()
        source = await vigie.source("Le Site")
        async with vigie.archive.database.read() as tx:
            caps = {one.bite.name: one.bite.url for one in (await tx.caps.of([source.id]))[source.id]}
    assert sorted(one.article.url for one in stored) == sorted(urls)
    assert (source.trouble, site.asked[f"/{slug}a"], caps) == ("", 1, {"URL length": over})


async def test_p10_nothing_is_fetched_while_nothing_can_be_kept_and_no_source_is_blamed(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P10: a lock is taken in the midst of a visit; the page at hand is the last one, and all come later."""
    monkeypatch.setattr("storage.database._BUSY_SECONDS", 0.01)
    names = [site.publish(f"a{number}", f"Un article {number}", prose(number)) for number in range(4)]
    async with running(tmp_path, _one(site), pool, clock) as vigie:
        with closing(sqlite3.connect(tmp_path / "vigie.db", isolation_level=None)) as other:

            async def lock(request: web.Request) -> web.Response:
                if not other.in_transaction:
                    other.execute("BEGIN IMMEDIATE")
                return web.Response(text=site.articles[request.path], content_type="text/html")

            site.scripts |= dict.fromkeys(site.articles, lock)
            await vigie.visit()
            assert sum(site.asked[path] for path in site.articles) == 1
            other.rollback()
        site.scripts.clear()
        asked = dict(site.asked)
        vigie.wait(minutes=2)
        await vigie.engine.local.submit_due()
        assert len(vigie.engine.local) == 0, "not before a probe has gone well"
        vigie.engine.local.submit(await vigie.engine.visits.lease([1]))  # as one that was open when the trouble began
        await vigie.engine.local.finish()
        assert dict(site.asked) == asked
        source = await vigie.source("Le Site")
        assert (source.trouble, source.last_error, source.failures) == ("", "", 0)
        await vigie.archive.database.probe()
        await vigie.visit()
        assert sorted(one.article.url for one in await vigie.articles()) == sorted(names)


def _one(site: LocalSite) -> str:
    return (
        f'[crawler]\ndelay = 0\nrevisits = 0\n[network]\nallow = ["{site.address}"]\n'
        f'[[source]]\nname = "Le Site"\nurl = "{site.url()}"\n'
    )
