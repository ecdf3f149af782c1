"""The kill harness: the real service is killed again and again, then the books are compared.

    python -m bench.kill [--rounds 20] [--seed N] [--folder FOLDER]

A site on loopback publishes articles and keeps a ledger of them and of the watches that want each. In each round the
service is started on the same data folder and killed with SIGKILL: at a random moment, or at one of the named points
between claim, send and mark. At last it runs undisturbed until all is told, and stops on SIGTERM. Then the ledger is
compared with the articles, the matches, the deliveries, and with what the receivers took.
"""

import argparse
import asyncio
import json
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.kill_service import Service
from bench.kill_world import HOST, WATCHES, World
from news.delivering import POINTS

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
_ENVIRONMENT = {"VIGIE_LOG__FORMAT": "json", "VIGIE_BENCH_SECRET": SECRET}
_PATIENCE = 120.0
_LONGEST_ROUND = 20.0  # for the point to be reached, once the service runs
_TIMES = {"sending": 3, "answered": 3}  # points that each delivery passes by itself
_EXPECTED_STOP = 25.0


@dataclass
class Books:
    """What was found when the books were compared, and how it came about."""

    seed: int
    rounds: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    in_flight: Counter[str] = field(default_factory=Counter)
    articles: int = 0
    deliveries: int = 0
    lost: list[str] = field(default_factory=list)
    phantom: list[str] = field(default_factory=list)
    duplicates: int = 0
    beyond_flight: list[str] = field(default_factory=list)
    stop_seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost, made up, or sent twice without a kill to account for it."""
        return not (self.lost or self.phantom or self.beyond_flight) and self.stop_seconds <= _EXPECTED_STOP

    def __str__(self) -> str:
        told = {
            "seed": self.seed,
            "rounds": self.rounds,
            "kills": dict(sorted(self.kills.items())),
            "articles": self.articles,
            "deliveries": self.deliveries,
            "lost": self.lost or 0,
            "phantom": self.phantom or 0,
            "duplicates": self.duplicates,
            "in flight at kills": self.in_flight.total(),
            "duplicates not in flight at a kill": self.beyond_flight or 0,
            "seconds from SIGTERM to the end": round(self.stop_seconds, 1),
        }
        return "\n".join(f"{name:36} {value}" for name, value in told.items())


def settings(world: World) -> str:
    """One source visited each second, two watches without a budget, two webhooks; leases of three seconds."""
    watches = "\n".join(
        f'[[watch]]\nname = "{name}"\nquery = "{name}"\nchannels = {json.dumps(channels)}'
        for name, channels in WATCHES.items()
    )
    channels = "\n".join(
        f'[[channel]]\nname = "{name}"\nkind = "webhook"\nurl = "{world.url(f"/to/{name}")}"\n'
        'secret_env = "VIGIE_BENCH_SECRET"'
        for name in sorted({name for names in WATCHES.values() for name in names})
    )
    return (
        '[crawler]\ndelay = 0\ninterval = "1s"\n[service]\nlease = "3s"\nstop_within = "15s"\n[web]\nport = 0\n'
        f'[extraction]\nworkers = 1\n[alerts]\nbudget = 0\n[network]\nallow = ["{HOST}:{world.port}"]\n'
        f'[[source]]\nname = "Le Site"\nurl = "{world.url("/feed.xml")}"\n{watches}\n{channels}\n'
    )


def rows(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    """What the database holds."""
    file = folder / "vigie.db"
    if not file.exists():
        return []
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)) as database:
        return database.execute(statement).fetchall()


def due(world: World) -> set[tuple[str, str, str]]:
    """What is to be told: path, watch, channel."""
    return {
        (path, watch, channel)
        for path, watches in world.ledger.items()
        for watch in watches
        for channel in WATCHES[watch]
    }


_SENT = """
SELECT article.canonical_url, watch.name, channel.name, delivery.key, delivery.state FROM delivery
JOIN alert ON alert.id = delivery.alert_id JOIN watch ON watch.id = alert.watch_id
JOIN article ON article.id = alert.article_id JOIN channel ON channel.id = delivery.channel_id
"""
_MATCHED = """
SELECT article.canonical_url, watch.name FROM match
JOIN watch ON watch.id = match.watch_id JOIN article ON article.id = match.article_id WHERE NOT match.seen
"""


async def settle_in(folder: Path, world: World) -> None:
    """A first visit, so that what comes later is news."""
    world.publish()
    await _run_until(folder, lambda: bool(_read(folder, "SELECT 1 FROM source WHERE watched_since IS NOT NULL")))


async def _run_until(folder: Path, is_done: Any) -> float:
    """Run the service until something holds, then stop it; the seconds from SIGTERM to its end."""
    service = await Service.started(folder, _ENVIRONMENT)
    await service.runs.wait()  # before that, nothing hears SIGTERM
    deadline = time.monotonic() + _PATIENCE
    while not is_done() and time.monotonic() < deadline and not await service.ended(0.25):
        pass
    began = time.monotonic()
    code = await service.end(signal.SIGTERM)
    if code != 0:
        raise SystemExit("\n".join([*service.lines[-20:], f"the service ended with {code}"]))
    return time.monotonic() - began


def _read(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    try:
        return rows(folder, statement)
    except sqlite3.OperationalError:  # it is being made, or written to
        return []


async def one_round(folder: Path, world: World, books: Books, chance: random.Random) -> None:
    """Publish, start, kill."""
    world.publish("Corée", "Ministre")
    for _ in range(chance.randint(0, 2)):
        world.publish(*chance.choice([("Corée",), ("Ministre",), ()]))
    at = chance.choice([*POINTS, "", "", ""])
    service = await Service.started(folder, _ENVIRONMENT, f"{at}:{chance.randint(1, _TIMES.get(at, 1))}" if at else "")
    if at:
        await service.runs.wait()
        killed_itself = await service.ended(_LONGEST_ROUND)
        books.kills[at if killed_itself else "late"] += 1
    else:
        if chance.random() < 0.8:
            await service.runs.wait()
        await service.ended(chance.uniform(0, 3))
        books.kills["random"] += 1
    code = await service.end(signal.SIGKILL)
    if code != -signal.SIGKILL:
        raise SystemExit("\n".join([*service.lines[-20:], f"the service ended by itself with {code}"]))
    mine = f"SELECT key FROM delivery WHERE lease_owner LIKE '%:{service.pid}:%'"
    books.in_flight.update(key for (key,) in rows(folder, mine))
    books.rounds += 1


def compare(folder: Path, world: World, books: Books) -> None:
    """The ledger with the articles, matches and deliveries, and these with what the receivers took."""
    paths = Counter(url.removeprefix(world.url("")) for (url,) in rows(folder, "SELECT canonical_url FROM article"))
    matched = Counter((url.removeprefix(world.url("")), watch) for url, watch in rows(folder, _MATCHED))
    sent = rows(folder, _SENT)
    told = Counter((url.removeprefix(world.url("")), watch, channel) for url, watch, channel, _, _ in sent)
    wanted = {(path, watch) for path, watches in world.ledger.items() for watch in watches}
    for what, found, expected in (
        ("article", paths, set(world.ledger)),
        ("match", matched, wanted),
        ("delivery", told, due(world)),
    ):
        books.lost += [f"{what} {one}" for one in expected - set(found)]
        books.phantom += [f"{what} {one} × {count}" for one, count in found.items() if one not in expected or count > 1]
    keys = {(channel, key): (watch, url.removeprefix(world.url(""))) for url, watch, channel, key, _ in sent}
    books.lost += [f"{key} is {state}" for _, _, _, key, state in sent if state != "sent"]
    books.lost += [f"{channel} never took {key}" for channel, key in keys if not world.accepted[channel][key]]
    books.phantom += [f"{key} at {key[0]}" for key, article in world.told.items() if keys.get(key) != article]
    books.phantom += world.faults
    for channel, taken in world.accepted.items():
        for key, times in taken.items():
            books.duplicates += times - 1
            if times - 1 > books.in_flight[key]:
                books.beyond_flight.append(f"{channel} took {key} {times} times")
    books.lost += [f"still leased: {key}" for (key,) in rows(folder, "SELECT key FROM delivery WHERE lease_owner > ''")]
    books.articles, books.deliveries = len(world.ledger), len(sent)


async def harness(folder: Path, rounds: int, seed: int) -> tuple[Books, World]:
    """Kill it so many times, and compare the books."""
    books, chance = Books(seed), random.Random(seed)
    async with World(seed, SECRET) as world:
        (folder / "vigie.toml").write_text(settings(world), encoding="utf-8")
        await settle_in(folder, world)
        for _ in range(rounds):
            await one_round(folder, world, books, chance)

        def all_is_told() -> bool:
            articles = len(_read(folder, "SELECT 1 FROM article")) == len(world.ledger)
            return articles and len(_read(folder, f"{_SENT} WHERE delivery.state = 'sent'")) == len(due(world))

        books.stop_seconds = await _run_until(folder, all_is_told)
        compare(folder, world, books)
    return books, world


def main() -> None:
    """Run and print; exit code 1 unless the books are clean."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--folder", type=Path, help="keep the data here; an empty folder")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        books, _ = asyncio.run(harness(folder, options.rounds, options.seed))
    print(books)
    sys.exit(0 if books.is_clean else 1)


if __name__ == "__main__":
    main()
