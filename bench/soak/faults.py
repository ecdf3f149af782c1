"""What happens to the service in a soak, event by event, and whether it shows as it should."""

import asyncio
import resource
import shutil
import signal
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psutil

from bench.soak.plan import Event
from bench.soak.receivers import MOODS
from bench.soak.run import Soak
from bench.soak.sites import OF_FEEDS, OF_HOSTS, Wrong
from news.clock import ManualClock
from news.delivering import POINTS, Selection
from news.errors import VigieError
from service.backup import Backup, back_up
from service.backup_file import opened
from service.restore import Place, Wishes, restore
from storage import Database

_VIGIE = "soak"
_UNTIL_WRITTEN = 12  # steps, until something was to be written that could not be
_DUE = "SELECT id FROM source ORDER BY id LIMIT 10"
_KEPT = ("article", "link", "match", "alert", "delivery", "attempt")


async def happen(soak: Soak, event: Event) -> None:
    """Have it happen."""
    is_named = event.how and event.what not in ("clock", "sleep")
    if event.how != "well" and (event.how or event.what != "site"):
        soak.books.faults[f"{event.what} {event.how}" if is_named else event.what] += 1
    await _EVENTS[event.what](soak, event)


async def _site(soak: Soak, event: Event) -> None:
    wrong = soak.world.sites.wrong
    if event.how:
        wrong[event.whom] = _wrong(event.how)
    elif event.whom in wrong:
        if wrong[event.whom] in OF_HOSTS:
            _look_at_failing(soak, event.whom)
        del wrong[event.whom]
        soak.well_since[event.whom] = soak.now


def _wrong(how: str) -> Wrong:
    return next(one for one in (*OF_HOSTS, *OF_FEEDS) if one == how)


def _look_at_failing(soak: Soak, host: str) -> None:
    """P12: whatever was asked for while its host was down says so, and when it is tried again."""
    for site in soak.world.sites.all:
        if site.host == host and site.asked is not None and site.asked > (site.answered or soak.start):
            if site.asked <= soak.up_since:
                continue
            said = f"SELECT failures, last_error, due_at FROM source WHERE name = 'S{site.number}'"
            [(failures, error, due_at)] = soak.rows(said)
            is_shown = failures > 0 and error and due_at
            soak.books.hold("P12", bool(is_shown), f"S{site.number} failed, and shows {failures} × {error!r}")


async def _receiver(soak: Soak, event: Event) -> None:
    world = soak.world
    if event.how == "well":
        refused, world.hooks.refused[event.whom] = world.hooks.refused[event.whom], set()
        for key in sorted(refused - set(world.hooks.taken[event.whom]))[:20]:
            said = (
                "SELECT delivery.last_error, delivery.next_try_at, count(attempt.id) FROM delivery "
                f"JOIN attempt ON attempt.delivery_id = delivery.id WHERE delivery.key = '{key}'"
            )
            [(error, again, attempts)] = soak.rows(said)
            soak.books.hold("P12", bool(error and again and attempts), f"{event.whom} refused {key}: {error} {again}")
        world.hooks.moods[event.whom] = world.mails.mood = "well"
    elif event.whom == "desk":
        world.mails.mood = "503"
    else:
        world.hooks.moods[event.whom] = next(one for one in MOODS if one == event.how)


async def _leaves(soak: Soak, event: Event) -> None:
    """The receiver says that it is gone for good: the channel stands still, the others are told; then it is back."""
    name, before = event.whom, soak.world.hooks.notices["channel.paused"]
    soak.world.hooks.moods[name] = "410"
    paused = f"SELECT paused_because FROM channel WHERE name = '{name}'"
    for _ in range(48):
        await soak.step()
        if soak.rows(paused)[0][0]:
            break
    await soak.step()
    [(because,)] = soak.rows(paused)
    if not soak.world.hooks.refused[name]:
        soak.books.faults["a receiver left, and nothing was to be told"] += 1
    else:
        soak.books.hold("P12", bool(because), f"{name} answered 410 and is not paused")
        soak.books.hold("P12", soak.world.hooks.notices["channel.paused"] > before or _told_by_mail(soak), "not told")
    soak.world.hooks.moods[name] = "well"
    database = await Database.open(f"sqlite:///{soak.folder / 'vigie.db'}", upgrades=False)
    try:
        async with database.write() as tx:
            from service import change

            if because:
                await change.resume(tx, "channel", name, None, soak.wall)
            await tx.outbox.replay(await tx.outbox.selected(Selection(("failed", "dead"), name)), soak.wall)
    finally:
        await database.close()


def _told_by_mail(soak: Soak) -> bool:
    return soak.world.hooks.notices["mail"] > 0


async def _database(soak: Soak, event: Event) -> None:
    """P10: not ready, no fetching, and on again by itself."""
    _make_due(soak, _DUE)
    begin, end = _TROUBLES[event.how](soak)
    begin()
    soak.odd_until = soak.now + timedelta(hours=36)
    was_seen = False
    for _ in range(_UNTIL_WRITTEN):
        await soak.step(strict=False)
        was_seen = "database" in soak.state.troubles
        if was_seen:
            break
    if was_seen:
        status, said = await soak.get("/readyz")
        soak.books.hold("P10", status == 503 and "database" in said["troubles"], f"{event.how}: {status} {said}")
        before = soak.world.sites.requests.total()
        await soak.step(strict=False)
        asked = soak.world.sites.requests.total() - before
        soak.books.hold("P10", asked == 0 or not soak.state.troubles, f"{event.how}: {asked} requests meanwhile")
    else:
        soak.books.faults["a database that failed when nothing was to be written"] += 1
    end()
    await soak.step(timedelta(minutes=5), strict=False)
    await soak.step(timedelta(minutes=5), strict=False)
    await soak.step()
    status, said = await soak.get("/readyz")
    soak.books.hold("P10", status == 200, f"{event.how}, when it is over: {status} {said}")
    soak.books.hold("P10", was_seen or event.how == "full", f"{event.how} was not noticed")


def _make_due(soak: Soak, which: str) -> None:
    """Have these sources visited at the next step, whatever their intervals."""
    soak.odd_until = max(soak.odd_until, soak.now + timedelta(hours=3))
    soak.change(f"UPDATE source SET due_at = (SELECT min(last_visit_at) FROM source) WHERE id IN ({which})")


_Ends = tuple[Callable[[], None], Callable[[], None]]


def _full(soak: Soak) -> _Ends:
    def limit(pages: int | None) -> None:
        soak.pages = pages

    return lambda: limit(0), lambda: limit(None)


def _fails(soak: Soak) -> _Ends:
    """What the process may no longer write is for SQLite a disk that fails."""

    def limit(size: int) -> None:
        psutil.Process(soak.service.pid).rlimit(psutil.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    return lambda: limit(1), lambda: limit(resource.RLIM_INFINITY)


def _locked(soak: Soak) -> _Ends:
    other = sqlite3.connect(soak.folder / "vigie.db", isolation_level=None, timeout=30)

    def begin() -> None:
        other.execute("BEGIN IMMEDIATE")

    def end() -> None:
        other.execute("ROLLBACK")
        other.close()

    return begin, end


_TROUBLES: Mapping[str, Callable[[Soak], _Ends]] = {"full": _full, "fails": _fails, "locked": _locked}


async def _clock(soak: Soak, event: Event) -> None:
    soak.odd_until = soak.now + timedelta(hours=24)
    await soak.step(leap=float(event.how), strict=False)
    await soak.step(timedelta(minutes=5), strict=False)


async def _sleep(soak: Soak, event: Event) -> None:
    """The machine sleeps: its clock goes on, and nothing else does; then all is caught up with, and nothing twice."""
    hours = int(event.how)
    soak.odd_until = soak.now + timedelta(hours=hours + 24)
    soak.now += timedelta(hours=hours)
    soak.skew -= hours * 3_600
    await soak.step(timedelta(minutes=1), leap=hours * 3_600.0, strict=False)
    most = max(soak.world.sites.polled.values(), default=0)
    soak.books.hold("P8", most <= 2, f"after a sleep, a source was visited {most} times at once")
    await soak.step(timedelta(minutes=10))


async def _reload(soak: Soak, event: Event) -> None:
    """The settings are written anew, another interval among them, and read again."""
    site = soak.chance.choice([one for one in soak.world.sites.all if one.interval])
    site.interval = 24 * 3_600
    soak.write_settings()
    soak.odd_until = soak.now + timedelta(hours=2)
    psutil.Process(soak.service.pid).send_signal(signal.SIGHUP)
    await soak.step(timedelta(minutes=5))
    await soak.step()
    [(interval,)] = soak.rows(f"SELECT interval FROM source WHERE name = 'S{site.number}'")
    soak.books.hold("P12", interval == site.interval, f"settings read again, and the interval is {interval}")


async def _kill(soak: Soak, event: Event) -> None:
    """At any moment of its work."""
    soak.begin_step()
    await asyncio.sleep(soak.chance.uniform(0, 1.0))
    await soak.died()


async def _point(soak: Soak, event: Event) -> None:
    """At a point between claim, send and mark: stopped in order first, to be started with that in mind."""
    await soak.stop()
    await soak.begin(f"{soak.chance.choice(POINTS)}:{soak.chance.randint(1, 3)}")
    for _ in range(48):
        if not await soak.step():
            await soak.died()
            return
    await _kill(soak, event)


async def _term(soak: Soak, event: Event) -> None:
    """In the middle of its work."""
    await _stopped_at_work(soak)
    await _back(soak)


async def _stopped_at_work(soak: Soak) -> None:
    """Stopped while a site keeps it waiting for longer than it may take to stop."""
    sites = soak.world.sites
    slow = {f"'S{site.number}'": site.host for site in sites.all[:3]}
    before = dict(sites.wrong)
    sites.wrong.update(dict.fromkeys(slow.values(), _wrong("hangs")))
    _make_due(soak, f"SELECT id FROM source WHERE name IN ({','.join(slow)})")
    soak.begin_step()
    for _ in range(100):
        if any(host in slow.values() for host in sites.keeps_waiting):
            break
        await asyncio.sleep(0.02)
    await soak.stop()
    sites.wrong.clear()
    sites.wrong.update(before)


async def _back(soak: Soak) -> None:
    await soak.begin()
    soak.odd_until = soak.now + timedelta(hours=12)
    await soak.step(timedelta(minutes=1))


async def _upgrade(soak: Soak, event: Event) -> None:
    """As a new version does that reads texts in another way: all of them are read again, beside the work."""
    await soak.stop()
    soak.change("UPDATE indexed_by SET analyzer = 'of an older version'")
    await _back(soak)
    for _ in range(20):
        await soak.step()
        if not soak.rows("SELECT count(*) FROM unindexed")[0][0]:
            break
    left = soak.rows("SELECT count(*) FROM unindexed")[0][0]
    soak.books.hold("left over", not left, f"{left} articles were not indexed anew after the upgrade")


async def _backup(soak: Soak, event: Event) -> None:
    """P11: made while it works; restored elsewhere, it has every row that was there when it began."""
    before = _numbers(soak.folder)
    target, elsewhere = soak.folder.parent / f"backup-{soak.now:%d%H%M}.zip", soak.folder.parent / "elsewhere"
    working = asyncio.create_task(soak.step())
    elsewhere.mkdir()
    try:
        await _backed_up(soak, target)
        await working
        await _restored(soak, target, elsewhere)
    except VigieError as error:
        await working
        soak.books.hold("P11", found=False, otherwise=f"{type(error).__name__}: {error}")
    else:
        _look_at_restored(soak, before, elsewhere)
    shutil.rmtree(elsewhere)
    target.unlink(missing_ok=True)


def _look_at_restored(soak: Soak, before: dict[str, set[int]], elsewhere: Path) -> None:
    """What was pruned meanwhile may be missing, and nothing else."""
    with closing(sqlite3.connect(elsewhere / "vigie.db")) as database:
        sound = database.execute("PRAGMA integrity_check").fetchone()[0]
    soak.books.hold("P11", sound == "ok", f"the restored database: {sound}")
    restored, still = _numbers(elsewhere), _numbers(soak.folder)
    for table, numbers in before.items():
        lost = sorted((numbers & still[table]) - restored[table])
        soak.books.hold("P11", not lost, f"{len(lost)} rows of {table} are missing in the backup: {lost[:5]}")


def _numbers(folder: Path) -> dict[str, set[int]]:
    with closing(sqlite3.connect(f"file:{folder / 'vigie.db'}?mode=ro", uri=True, timeout=30)) as database:
        return {table: {number for (number,) in database.execute(f"SELECT id FROM {table}")} for table in _KEPT}


async def _move(soak: Soak, event: Event) -> None:
    """P13: stopped, backed up, and restored into another folder, where it goes on."""
    await _stopped_at_work(soak)
    target, folder = soak.folder.parent / "moved.zip", soak.folder.parent / f"{soak.folder.name}-moved"
    await _backed_up(soak, target)
    folder.mkdir()
    await _restored(soak, target, folder)
    target.unlink()
    soak.folder = folder
    await _back(soak)


async def _backed_up(soak: Soak, target: Path) -> Backup:
    url, settings = f"sqlite:///{soak.folder / 'vigie.db'}", soak.folder / "vigie.toml"

    def made() -> Backup:
        return asyncio.run(back_up(url, target, settings, _VIGIE, "", ManualClock(soak.wall), _silently))

    return await asyncio.to_thread(made)


async def _restored(soak: Soak, target: Path, folder: Path) -> None:
    def done() -> None:
        with opened(target) as backup:
            place = Place(folder, f"sqlite:///{folder / 'vigie.db'}")
            asyncio.run(restore(backup, place, Wishes(), ManualClock(soak.wall), _silently))

    await asyncio.to_thread(done)


def _silently(what: str, done: int, of: int) -> None:
    """Nobody looks on."""


_EVENTS: Mapping[str, Callable[[Soak, Event], Awaitable[None]]] = {
    "site": _site,
    "receiver": _receiver,
    "leaves": _leaves,
    "database": _database,
    "clock": _clock,
    "sleep": _sleep,
    "reload": _reload,
    "kill": _kill,
    "point": _point,
    "term": _term,
    "upgrade": _upgrade,
    "backup": _backup,
    "move": _move,
}
