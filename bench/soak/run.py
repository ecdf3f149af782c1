"""The run of the soak: the service goes from instant to instant, dies and comes back, and is looked at on the way."""

import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from bench.soak.books import Books
from bench.soak.service import Breaking, Order, State, SteppedService
from bench.soak.sites import Site
from bench.soak.world import ENVIRONMENT, LEASE, World

STEP = timedelta(hours=1)
_LONG_AGO = timedelta(days=95)  # all that is kept for 90 days at most comes to its end within the run
_STOP_WITHIN = 25.0
_RECOVERS = 6 * timedelta(hours=1)  # after what was wrong with a host is over, its sources may come early
_OWN_FAULTS = ("Traceback", "a fault of Vigie's", '"level": "critical"')


class Soak:
    """A folder, the world around it, and the service in it."""

    def __init__(self, folder: Path, world: World, books: Books, start: datetime) -> None:
        self.folder, self.world, self.books = folder, world, books
        self.breaking: Breaking | None = None
        self.attempts_before = 0  # the number of the last attempt before the service was begun
        self.now = start - _LONG_AGO
        self.start = start
        self.skew = 0.0  # seconds by which the service's clock is ahead
        self.pages: int | None = None
        self.chance = random.Random(f"{books.seed} run")
        self.service: SteppedService
        self.state: State
        self.up_since = self.now
        self.well_since: dict[str, datetime] = {}
        self.is_publishing = True
        self.stepped = timedelta()
        self.odd_until = self.now  # something that explains a second visit
        self._client: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Soak":
        self._client = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._client is not None:
            await self._client.close()
        await self.service.end(signal.SIGKILL)

    @property
    def wall(self) -> datetime:
        """What the service's clock shows."""
        return self.now + timedelta(seconds=self.skew)

    def write_settings(self, sources: Sequence[Site] | None = None) -> None:
        """Have the settings name some of the sources or (None) all."""
        (self.folder / "vigie.toml").write_text(self.world.settings(sources), encoding="utf-8")

    async def begin(self, kill_at: str = "") -> None:
        """Start the service."""
        self.books.lives.append([])
        self.service = await SteppedService.begun(self.folder, ENVIRONMENT, self.wall, kill_at, self.breaking)
        [(self.attempts_before,)] = self.rows("SELECT coalesce(max(id), 0) FROM attempt")
        self.up_since = self.now

    async def stop(self) -> None:
        """End it as a supervisor does."""
        began = time.monotonic()
        code = await self.service.end(signal.SIGTERM)
        took = time.monotonic() - began
        self.books.slowest_stop = max(self.books.slowest_stop, took)
        self.books.hold("P7", code == 0 and took <= _STOP_WITHIN, f"SIGTERM: {code} after {took:.1f} s")
        self.books.hold("P7", not self.leases(), f"leases after SIGTERM: {self.leases()[:3]}")
        self._read_log()

    async def died(self) -> None:
        """It was killed, or has killed itself: what was in flight may come twice. Then it is started again."""
        code = await self.service.end(signal.SIGKILL)
        if not self.books.hold("log", code == -signal.SIGKILL, f"the service ended by itself with {code}"):
            raise SystemExit("\n".join([*self.service.lines[-30:], f"the service ended by itself with {code}"]))
        mine = f"SELECT key FROM delivery WHERE lease_owner LIKE '%:{self.service.pid}:%'"
        self.books.in_flight.update(key for (key,) in self.rows(mine))
        orphans = set(self.state.workers)
        self._read_log()
        await self.begin()
        self.odd_until = self.now + timedelta(hours=12)
        await self.step(timedelta(seconds=1), strict=False)
        await self.step(timedelta(seconds=LEASE + 5))
        left = [owner for owner in self.leases() if f":{self.service.pid}:" not in owner]
        self.books.hold("P7", not left, f"a minute after the restart, leases of the killed: {left[:3]}")
        alive = [pid for pid in orphans if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]
        self.books.hold("left over", not alive, f"workers of the killed: {alive}")

    async def step(
        self, by: timedelta = STEP, leap: float = 0.0, *, publishing: bool = True, strict: bool = True
    ) -> bool:
        """Go on; whether it lived. `strict`: nothing may be in the way of its work."""
        self.begin_step(by, leap, publishing=publishing)
        state = await self.service.heard()
        if not isinstance(state, State):
            return False
        self.state = state
        self.books.lives[-1].append(state)
        self._look(state, strict=strict)
        return True

    def begin_step(self, by: timedelta = STEP, leap: float = 0.0, *, publishing: bool = True) -> None:
        """Have it go on, without waiting for it."""
        self.now += by
        self.stepped = by
        self.skew += leap
        self.world.sites.keeps_waiting.clear()
        self.world.go_on(self.now, publishing=publishing and self.is_publishing)
        unresolved = frozenset(host for host, how in self.world.sites.wrong.items() if how == "unresolved")
        self.service.tell(Order(self.wall, leap, unresolved, self.pages))

    def _look(self, state: State, *, strict: bool) -> None:
        books, sites = self.books, self.world.sites
        books.hold("P8", not sites.faults, "; ".join(sites.faults[:2]))
        sites.faults.clear()
        if strict:
            books.hold("P8", state.is_idle, f"at {self.now:%d %b %H:%M} its work did not come to an end")
            books.hold("P8", not state.overdue, f"at {self.now:%d %b %H:%M} sources were overdue and nobody at them")
            books.hold("P10", not state.troubles, f"at {self.now:%d %b %H:%M} without a cause: {state.troubles}")
        if state.synchronous >= 0:
            books.hold("P9", state.synchronous == 2, f"PRAGMA synchronous is {state.synchronous}")
        if self.now > self.odd_until and self.stepped <= STEP:
            twice = [number for number, times in sites.polled.items() if times > 1 and self._is_well(number)]
            books.hold("P8", not twice, f"at {self.now:%d %b %H:%M} visited twice: sources {twice[:5]}")

    def _is_well(self, number: int) -> bool:
        site = self.world.sites.all[number]
        wrong = self.world.sites.wrong
        since = max(self.well_since.get(site.host, self.start), self.well_since.get(str(number), self.start))
        return site.host not in wrong and str(number) not in wrong and self.now - since > _RECOVERS

    def look_at_visits(self) -> None:
        """Once a day: whether each source with an interval of its own was visited within that, by its site's ledger."""
        for site in self.world.sites.all:
            if not site.interval or not self._is_well(site.number):
                continue
            allowed = timedelta(seconds=site.interval) + 3 * STEP
            # A host that was down is asked again within three days at the latest.
            well = self.well_since[site.host] + timedelta(days=3) if site.host in self.well_since else self.start
            late = self.now - max(site.asked or self.start, well, self.up_since, self.start)
            if late <= allowed:
                self.books.looked["P8"] += 1
            else:
                said = f"SELECT due_at, last_visit_at, failures, last_error FROM source WHERE name = 'S{site.number}'"
                shown = f"at {self.now:%d %b %H:%M} nobody had asked for it for {late}; {self.rows(said)}"
                self.books.hold("P8", found=False, otherwise=f"source {site.number}, each {site.interval} s: {shown}")

    async def get(self, path: str) -> tuple[int, Any]:
        """What the service's web server answers."""
        assert self._client is not None
        async with self._client.get(f"{self.world.web}{path}") as answer:
            is_json = "json" in answer.headers.get("content-type", "")
            return answer.status, await (answer.json() if is_json else answer.text())

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What the database holds."""
        with closing(sqlite3.connect(f"file:{self.folder / 'vigie.db'}?mode=ro", uri=True, timeout=30)) as database:
            return database.execute(statement).fetchall()

    def change(self, statement: str) -> None:
        """Do something to the database, while nobody uses it."""
        with closing(sqlite3.connect(self.folder / "vigie.db", timeout=30)) as database:
            database.execute(statement)
            database.commit()

    def leases(self) -> list[str]:
        """Whose leases are there."""
        return [
            owner
            for table in ("source", "delivery")
            for (owner,) in self.rows(f"SELECT lease_owner FROM {table} WHERE lease_owner IS NOT NULL")
        ]

    def _read_log(self) -> None:
        ours = [line for line in self.service.lines if any(word in line for word in _OWN_FAULTS)]
        self.books.hold("log", not ours, "; ".join(line[:300] for line in ours[:2]))
        events = Counter(line.partition('"event": "')[2].partition('"')[0] for line in self.service.lines)
        said = self.books.figures.setdefault("warnings in the log", Counter())
        assert isinstance(said, Counter)
        said.update(events)


def aware(instant: str) -> datetime:
    """An instant of the database."""
    found = datetime.fromisoformat(instant)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
