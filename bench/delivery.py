"""From the commit of an alert to its first attempt, the throughput, and what a dead endpoint costs a live one.

    python -m bench.delivery [--burst 10000] [--pending 100000] [--turns 3]

The deliverer is wired as in the service, on SQLite with its real channels; the receiver is a process of its own. `idle`
commits one alert at a time, `hundred` a hundred in one commit, `burst` 10,000 in commits of 100. Then a live webhook is
told of alerts one by one, in turns alone and beside a webhook with 100,000 pending: one that never answers (dead), and
one that hangs up at once (down).
"""

import argparse
import asyncio
import json
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.delivery_receiver import HOST, receiving
from cli import logs
from cli.place import Archive, Place, open_archive
from cli.wiring import Engine
from news.alert import Alert, Told
from service.settings import LogSettings

_TOLD = Told(0, "Un titre", "https://phare.example/", "Le Phare", "Un texte d'une phrase ou de deux. " * 8)
_BROKEN = ("dead", "down")
_FOR_BROKEN = (
    "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})"
    " INSERT INTO alert (kind, told, query, decided_at) SELECT 'silent', '{told}', '{name}', '{now}' FROM numbers",
    "INSERT INTO delivery (key, alert_id, channel_id, state, created_at, next_try_at)"
    " SELECT '{name}_' || id, id, {channel}, 'pending', '{now}', '{now}' FROM alert WHERE query = '{name}'",
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--burst", type=int, default=10_000)
    parser.add_argument("--pending", type=int, default=100_000)
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    logs.configure(LogSettings(level="error"))
    with receiving() as port, tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(_measure(Path(folder), port, options))
    print(json.dumps(figures, indent=2))


def _settings(port: int) -> str:
    channels = "\n".join(
        f'[[channel]]\nname = "{name}"\nkind = "webhook"\nurl = "http://{HOST}:{port}/{name}"\n'
        'secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"'
        for name in ("live", *_BROKEN)
    )
    return f'[network]\nallow = ["{HOST}:{port}"]\n{channels}\n'


async def _measure(folder: Path, port: int, options: argparse.Namespace) -> dict[str, Any]:
    (folder / "vigie.toml").write_text(_settings(port), encoding="utf-8")
    async with open_archive(Place.of(folder, None)) as archive:
        deliverer = Engine(archive).deliverer
        deliverer.start()
        bench = Bench(archive, folder / "vigie.db")
        await bench.know_channels()
        figures: dict[str, Any] = {"idle, one alert at a time": spread(await bench.one_by_one(50))}
        figures["a hundred in one commit"] = spread(await bench.at_once(100, 100))
        cpu, began = _cpu(), time.perf_counter()
        figures["burst"] = spread(await bench.at_once(options.burst, 100))
        figures["burst, alerts a second"] = round(options.burst / (time.perf_counter() - began), 1)
        figures["burst, CPU ms an alert"] = round((_cpu() - cpu) * 1000 / options.burst, 2)
        figures |= await _beside(bench, options)
        deliverer.wind_down()
    return figures


async def _beside(bench: "Bench", options: argparse.Namespace) -> dict[str, Any]:
    """What a live webhook gets alone, and beside each of the broken ones, in turns."""
    taken: dict[str, list[float]] = {name: [] for name in ("", *_BROKEN)}
    for name in _BROKEN:
        await bench.put(name, options.pending)
    for _ in range(options.turns):
        for beside, seconds in taken.items():
            for name in _BROKEN:
                await bench.let(name, name == beside)
            seconds.extend(await bench.one_by_one(100))
    alone = taken.pop("")
    figures: dict[str, Any] = {"live alone": spread(alone)}
    for name, seconds in taken.items():
        figures[f"live beside a {name} one"] = spread(seconds)
        figures[f"p95, beside a {name} one over alone"] = round(_at(seconds, 0.95) / _at(alone, 0.95), 2)
        figures[f"begun at the {name} one"] = bench.begun(name)
    return figures


class Bench:
    """Commits alerts, and reads back when each was tried first."""

    def __init__(self, archive: Archive, file: Path) -> None:
        self._archive = archive
        self._file = file
        self._numbers: dict[str, int] = {}

    async def know_channels(self) -> None:
        """Learn their ids."""
        async with self._archive.database.read() as tx:
            self._numbers = {channel.name: channel.id for channel in await tx.channels.all()}

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database holds."""
        with closing(sqlite3.connect(self._file, timeout=60)) as database, database:
            return database.execute(statement, values).fetchall()

    async def one_by_one(self, count: int) -> list[float]:
        """So many alerts, each when the one before it was sent; seconds from commit to first attempt."""
        return [(await self.at_once(1, 1))[0] for _ in range(count)]

    async def at_once(self, count: int, each: int) -> list[float]:
        """So many alerts in commits of so many; seconds from commit to first attempt, once all are sent."""
        committed: dict[datetime, datetime] = {}
        first = self.rows("SELECT coalesce(max(id), 0) FROM delivery")[0][0]
        for _ in range(0, count, each):
            decided_at = datetime.now(UTC)
            async with self._archive.database.write() as tx:
                for _ in range(each):
                    await tx.outbox.add(Alert("", "", decided_at, _TOLD, kind="silent"), None, [self._numbers["live"]])
            committed[decided_at] = datetime.now(UTC)
        mine = "FROM delivery WHERE id > ? AND channel_id = ?"
        values = (first, self._numbers["live"])
        while self.rows(f"SELECT count(*) {mine} AND state = 'sent'", *values)[0][0] < count:  # noqa: ASYNC110
            await asyncio.sleep(0.02 if count == 1 else 0.5)
        tried = self.rows(f"SELECT created_at, first_try_at {mine}", *values)
        return [(_instant(at) - committed[_instant(created)]).total_seconds() for created, at in tried]

    async def put(self, name: str, count: int) -> None:
        """Have so many wait for an endpoint, which is paused for now."""
        await self.let(name, False)
        written = {"count": count, "told": self._told(), "now": "2026-01-01 00:00:00.000000"}
        for statement in _FOR_BROKEN:
            self.rows(statement.format(name=name, channel=self._numbers[name], **written))

    def begun(self, name: str) -> int:
        """How many messages to an endpoint are under way or were tried."""
        begun = "SELECT count(*) FROM delivery WHERE channel_id = ? AND (lease_owner > '' OR first_try_at IS NOT NULL)"
        return int(self.rows(begun, self._numbers[name])[0][0])

    def _told(self) -> str:
        return str(self.rows("SELECT told FROM alert LIMIT 1")[0][0]).replace("'", "''")

    async def let(self, name: str, work: bool) -> None:
        """Have a channel work, or stand still."""
        async with self._archive.database.write() as tx:
            await tx.channels.change(self._numbers[name], paused=not work)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _at(seconds: Sequence[float], share: float) -> float:
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * share))]


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Milliseconds: median, 95th and 99th percentile."""
    found = {"p50": statistics.median(seconds), "p95": _at(seconds, 0.95), "p99": _at(seconds, 0.99)}
    return {name: round(value * 1000, 1) for name, value in found.items()}


if __name__ == "__main__":
    main()
