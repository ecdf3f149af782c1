"""The soak harness: a simulated month in minutes, with faults drawn by lot, and every promise looked at.

    python -m bench.soak [--days 30] [--sources 2000] [--seed N] [--folder FOLDER]
    python -m bench.soak --break P8

The real service, in a process of its own whose clock is moved, watches thousands of sources on loopback and tells real
receivers. Sites, receivers, the database, the clock and the process itself fail as the seed has it; in the last
three fifths of the time no process dies, so that one is seen to live long. At the end the sites' ledger is compared
with what was told. Prints its seed, its figures and what became of each promise; exit code 1 if one was broken.

Its load is made to fit: most sources are visited every one to three days, all together publish some 120 articles a day
at the most, nine sources of ten begin as if they had been visited before (see `settling`), and the data lie in memory
where the system has a folder for that, as no kill loses what the system was given. `--break` has a small world lived
through with a promise broken on purpose, to see that it is noticed (see `breaks`).
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.soak.books import Books
from bench.soak.breaks import BREAKS
from bench.soak.checks import compare, is_all_told, look_at_digests, look_at_rows
from bench.soak.faults import happen
from bench.soak.plan import plan
from bench.soak.run import STEP, Soak
from bench.soak.settling import settle_in
from bench.soak.short import short_life
from bench.soak.shown import look_at_metrics
from bench.soak.world import World

_DST_NIGHT = datetime(2026, 10, 25, tzinfo=UTC)
_DAY = timedelta(days=1)
_IN_MEMORY = Path("/dev/shm")
_MOST_DRAINING = 10  # days until all that failed was tried again


async def harness(folder: Path, days: float, sources: int, seed: int, *, loud: bool = False) -> tuple[Books, Soak]:
    """Live through it, and compare the books."""
    books = Books(seed)
    began = time.monotonic()
    start = _DST_NIGHT - min(15, max(1, int(days / 2))) * _DAY + timedelta(hours=6)
    data = folder / "data"
    data.mkdir()
    async with World(sources, seed, start) as world, Soak(data, world, books, start) as soak:
        await settle_in(soak)
        _say(loud, f"settled in after {time.monotonic() - began:.0f} s")
        await soak.begin()
        await _live(soak, days, loud=loud)
        await _drain(soak)
        await look_at_metrics(soak)
        await soak.stop()
        books.figures |= {
            "days, sources, requests": f"{days:g}, {sources}, {world.sites.requests.total()}",
            "processes": len(books.lives),
            "slowest stop, seconds": round(books.slowest_stop, 1),
        }
        compare(soak)
        look_at_digests(soak)
        look_at_rows(soak, soak.now)
        books.weigh()
        books.figures["minutes"] = round((time.monotonic() - began) / 60, 1)
    return books, soak


async def _live(soak: Soak, days: float, *, loud: bool) -> None:
    hosts = len({site.host for site in soak.world.sites.all})
    events = plan(soak.start, days, len(soak.world.sites.all), hosts, soak.books.seed)
    end, day = soak.start + days * _DAY, soak.start
    while soak.now < end:
        while events and events[0].at <= soak.now:
            event = events.pop(0)
            began = time.monotonic()
            await happen(soak, event)
            if time.monotonic() - began > 5:
                _say(loud, f"{soak.now:%d %b %H:%M} {event.what} {event.how}: {time.monotonic() - began:.0f} s")
        if not await soak.step():
            await soak.died()
        if soak.now - day >= _DAY:
            day = soak.now
            soak.look_at_visits()
            await look_at_metrics(soak)
            known, size = len(soak.world.sites.ledger), soak.state.memory / 2**20
            _say(loud, f"{soak.now:%d %b %H:%M}, {known} articles, {size:.0f} MB, {soak.books.faults.total()} faults")


async def _drain(soak: Soak) -> None:
    """Nothing new, and nothing in the way: what was put off is told."""
    soak.is_publishing = False
    for host in list(soak.world.sites.wrong):
        del soak.world.sites.wrong[host]
    soak.world.hooks.moods.clear()
    soak.world.mails.mood = "well"
    until = soak.now + _MOST_DRAINING * _DAY
    least = soak.now + 4 * _DAY
    while soak.now < until and (soak.now < least or not is_all_told(soak)):
        await soak.step(timedelta(hours=4))
    await soak.step(STEP)


def _say(loud: bool, what: str) -> None:
    if loud:
        print(what, file=sys.stderr, flush=True)


async def _lived(folder: Path, options: argparse.Namespace) -> Books:
    breaking = BREAKS.get(options.broken)
    if breaking is not None:
        breaking()  # backups are made here, all else is done in the service's process
        return await short_life(folder, breaking)
    books, _ = await harness(folder, options.days, options.sources, options.seed, loud=True)
    return books


def main() -> None:
    """Run and print; exit code 1 unless every promise was kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=float, default=30)
    parser.add_argument("--sources", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument(
        "--break",
        choices=sorted(BREAKS),
        dest="broken",
        help="live two short days with this broken, to see that it is noticed",
    )
    parser.add_argument("--folder", type=Path, help="keep the data here; an empty folder")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None) as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        books = asyncio.run(_lived(folder, options))
    print(books)
    sys.exit(0 if books.is_clean else 1)
