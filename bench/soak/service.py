"""The real service in a process of its own, whose time its parent moves.

Its event loop and its clock can be put on by hours, and its ticks are called when the parent says so, again and again
until nothing is due any more. All else is what `vigie run` runs: it crawls, extracts in its workers and delivers. A
pause between two requests to one host is real time that no clock shortens, and is kept to some hundredths of a second.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil

from bench.kill_service import Service, killing
from cli.wiring import Engine, Pace
from scheduler.ticker import Job, Ticker

HOST = "127.0.0.1"
ZONE = ".soak.example"
_LONGEST_PAUSE = 0.02  # seconds between two requests to a host that is in trouble
_BUSY = 0.3  # seconds for which a lock is waited for, in place of half a minute
_OFTEN = 30.0  # what ticks at least so often, in seconds, is called in every round
_EARLY = 60.0  # by so much an hourly tick may come early, rather than late
_PATIENCE = 60.0  # real seconds in which some visit has to end
_LONGEST = 900.0  # and for all that is due at one instant
_LOOK = 0.02  # real seconds between two looks at what has ended
_JUST_NOW = timedelta(minutes=2)  # what has fallen due since is not overdue
_FEW = 24  # visits, below which others are begun
_SELDOM = 20  # the pragma is asked for each so many times
_WORKER = 30 * 2**20  # bytes of memory from which a child is one, and not what cleans up behind them

Breaking = Callable[[], None]
"""Breaks a promise in the service's process; a function of a module, for tests of the harness itself."""


@dataclass(frozen=True, slots=True)
class Order:
    """Go on until the clock shows `until`, once it was set by `leap` seconds; `unresolved` hosts have no address.

    `pages` is how many the database may have in all (None: as many as it likes), as if the disk were full.
    """

    until: datetime
    leap: float = 0.0
    unresolved: frozenset[str] = frozenset()
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class State:
    """How the service stands when nothing is due any more, or when it has run out of patience (`is_idle`)."""

    now: datetime
    is_idle: bool
    overdue: bool
    troubles: dict[str, str]
    visits: int
    descriptors: int
    tasks: int
    threads: int
    memory: int
    workers: dict[int, int]
    synchronous: int


class SteppedLoop(asyncio.SelectorEventLoop):
    """Its time can be put on: what waited for a time that has passed then is called."""

    ahead = 0.0

    def time(self) -> float:
        """Monotonic seconds."""
        return super().time() + self.ahead


class _Policy(asyncio.DefaultEventLoopPolicy):
    _loop_factory = SteppedLoop


class SteppedClock:
    """Goes with the loop's time, and can be set like any clock."""

    def __init__(self, loop: SteppedLoop, start: datetime) -> None:
        self._loop = loop
        self._zero = start - timedelta(seconds=loop.time())

    def now(self) -> datetime:
        """What it shows, aware, in UTC."""
        return self._zero + timedelta(seconds=self._loop.time())

    def leap(self, seconds: float) -> None:
        """Set it on, or back."""
        self._zero += timedelta(seconds=seconds)


class SteppedTicker(Ticker):
    """Ticks when it is told to; `begun` is called once there is something to tick."""

    def __init__(self, seconds: Callable[[], float], begun: Callable[["SteppedTicker"], None]) -> None:
        super().__init__(seconds)
        self._tell_begun = begun
        self._ticks: dict[str, Job] = {}
        self.is_stopped = False

    def every(self, seconds: float, name: str, job: Job, lasts: float = 0.0) -> None:
        """Have a job called at this interval."""
        super().every(seconds, name, job, lasts)
        self._ticks[name] = partial(self._tick, name, job)

    def start(self) -> None:
        """Be ready to tick."""
        self._tell_begun(self)

    async def stop(self, within: float | None = None) -> None:
        """What ticks may end first, for so many seconds."""
        self.is_stopped = True
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while self._running:
                    await asyncio.wait(list(self._running))
        self._ticks.clear()

    def next_seldom(self) -> float:
        """In how many seconds the next of the hourly ticks is due."""
        seldom = [name for name, each in self._intervals.items() if each > _OFTEN]
        left = [self._begun[name] + self._intervals[name] - self._seconds() for name in seldom]
        return max(min(left, default=0.0), 0.0)

    async def call(self, name: str) -> None:
        """One tick of one job."""
        if name in self._ticks:
            await self._ticks[name]()

    async def call_due(self) -> None:
        """What ticks often, then what is due of the rest."""
        for name, each in sorted(self._intervals.items(), key=lambda one: one[1]):
            if each <= _OFTEN or self._seconds() - self._begun[name] >= self._pause_after(name) - _EARLY:
                await self.call(name)


class _Driver:
    """Takes the parent's orders, one after the other."""

    engine: Engine

    def __init__(self, pipe: Connection, clock: SteppedClock, unresolved: set[str]) -> None:
        self._pipe, self._clock, self._unresolved = pipe, clock, unresolved
        self._loop = asyncio.get_running_loop()
        self._orders: asyncio.Queue[Order] = asyncio.Queue()
        self._ticker: SteppedTicker | None = None
        self._task: asyncio.Task[None] | None = None
        self._pages: int | None = None
        self._states = 0

    def begin(self, ticker: SteppedTicker) -> None:
        """Listen to the parent from now on."""
        self._ticker = ticker
        self._task = asyncio.create_task(self._obey(), name="orders")
        self._loop.add_reader(self._pipe.fileno(), self._hear)
        self._pipe.send("begun")

    def _hear(self) -> None:
        try:
            self._orders.put_nowait(self._pipe.recv())
        except (EOFError, ConnectionError):  # whoever gave orders is gone, and nobody else would end this
            os.kill(os.getpid(), signal.SIGKILL)

    async def _obey(self) -> None:
        while True:
            order = await self._orders.get()
            self._unresolved.clear()
            self._unresolved.update(order.unresolved)
            if order.pages != self._pages:
                await self._limit(order.pages)
            self._clock.leap(order.leap)
            self._pipe.send(await self._go(max((order.until - self._clock.now()).total_seconds(), 0.0)))

    async def _limit(self, pages: int | None) -> None:
        self._pages = pages
        with suppress(Exception):
            async with self.engine.visits._database.write() as tx:
                size = (await tx.connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
                most = 2**30 if pages is None else size + pages
                await tx.connection.exec_driver_sql(f"PRAGMA max_page_count={most}")

    async def _go(self, seconds: float) -> State:
        """Through the time, stopping where an hourly tick is due, until nothing is to be done at the end of it."""
        assert self._ticker is not None
        until, seen = self._loop.time() + seconds, (0, 0, 0)
        is_first = is_idle = True
        # A stop has limits in seconds, and hours that passed then would break off whatever it does.
        while is_first or (self._loop.time() < until - _EARLY and not self._ticker.is_stopped):
            hop = min(max(until - self._loop.time(), 0.0), max(self._ticker.next_seldom(), _EARLY))
            self._ahead(hop if until - self._loop.time() - hop > _EARLY else max(until - self._loop.time(), 0.0))
            for _ in range(3):
                await asyncio.sleep(0)  # what has run out meanwhile closes its connections
            seen = seen if not is_first else self._open_things()
            is_first = False
            is_idle = await self._until_idle(self._ticker)
        return await self._state(seen, is_idle=is_idle)

    def _ahead(self, seconds: float) -> None:
        assert isinstance(self._loop, SteppedLoop)
        self._loop.ahead += seconds

    async def _until_idle(self, ticker: SteppedTicker) -> bool:
        """Whether all ended that was due; the first round is of all ticks, the others of those that find work."""
        engine, deadline = self.engine, self._loop.time() + _LONGEST
        await ticker.call_due()
        while self._loop.time() < deadline:
            before = self._done()
            if not await self._visits_ended(ticker):
                return False
            await engine.deliverer.finish()
            for name in ("visits", "releases", "deliveries"):
                await ticker.call(name)
            if self._done() == before and not len(engine.local):
                await engine.deliverer.finish()
                return True
        return False

    async def _visits_ended(self, ticker: SteppedTicker) -> bool:
        """Whether all visits ended, those too that begin meanwhile; not so where none ends for a minute."""
        done, deadline = self._done(), self._loop.time() + _PATIENCE
        while len(self.engine.local):
            await asyncio.sleep(_LOOK)
            if self._done() != done:
                done, deadline = self._done(), self._loop.time() + _PATIENCE
                if len(self.engine.local) < _FEW:
                    await ticker.call("visits")
            elif self._loop.time() > deadline:
                return False
        return True

    def _done(self) -> tuple[int, int]:
        tally = self.engine.tally
        return sum(tally.of("visits").values()), sum(tally.of("attempts").values())

    def _open_things(self) -> tuple[int, int, int]:
        return len(list(Path("/proc/self/fd").iterdir())), len(asyncio.all_tasks()), threading.active_count()

    async def _state(self, seen: tuple[int, int, int], *, is_idle: bool) -> State:
        overdue, synchronous = True, -1
        self._states += 1
        with suppress(Exception):
            async with self.engine.visits._database.read() as tx:
                overdue = await tx.sources.any_due(self._clock.now() - _JUST_NOW)
            if self._states % _SELDOM == 1:
                async with self.engine.visits._database.write() as tx:
                    synchronous = (await tx.connection.exec_driver_sql("PRAGMA synchronous")).scalar_one()
        children = {child.pid: child.memory_info().rss for child in psutil.Process().children()}
        return State(
            now=self._clock.now(),
            is_idle=is_idle,
            overdue=overdue,
            troubles=await self.engine.daemon.troubles(),
            visits=sum(self.engine.tally.of("visits").values()),
            descriptors=seen[0],
            tasks=seen[1],
            threads=seen[2],
            memory=psutil.Process().memory_info().rss,
            workers={pid: size for pid, size in children.items() if size > _WORKER},
            synchronous=synchronous,
        )


class SteppedService(Service):
    """The service as its parent has it."""

    pipe: Connection

    @classmethod
    async def begun(
        cls, folder: Path, environment: dict[str, str], start: datetime, kill_at: str, breaking: Breaking | None = None
    ) -> "SteppedService":
        """Start it on a folder, at an instant, and wait until it runs. `breaking` is called in it before all else."""
        ours, theirs = cls.pair()
        service = await cls.started(folder, environment, kill_at, be=_serve, more=(_Begin(start, theirs, breaking),))
        assert isinstance(service, cls)
        theirs.close()
        service.pipe = ours
        if await service.heard() is None:
            raise SystemExit("\n".join([*service.lines[-30:], "the service did not begin"]))
        return service

    async def go(self, order: Order) -> State | None:
        """Have it go on; None where it died on the way."""
        self.tell(order)
        heard = await self.heard()
        return heard if isinstance(heard, State) else None

    def tell(self, order: Order) -> None:
        """Have it go on, without waiting for it."""
        with suppress(OSError):
            self.pipe.send(order)

    async def heard(self) -> "State | str | None":
        """What it answers; None where it died."""
        loop, there = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self.pipe.fileno(), there.set)
        try:
            await there.wait()
            heard: State | str = self.pipe.recv()
            return heard
        except (EOFError, ConnectionError):
            return None
        finally:
            loop.remove_reader(self.pipe.fileno())


def resolving(unresolved: Collection[str]) -> Callable[[str, int], Any]:
    """A resolver that finds the made-up hosts on this machine, but for those that it does not find."""

    async def resolve(host: str, _port: int) -> Sequence[str]:
        if host in unresolved:
            raise OSError(-2, "Name or service not known")
        if host.endswith(ZONE) or host == HOST:
            return (HOST,)
        raise OSError(-2, f"nobody was to ask for {host}")

    return resolve


@dataclass(frozen=True, slots=True)
class _Begin:
    """What the process is told at its start: the instant, where orders come from, and what is broken on purpose."""

    at: datetime
    orders: Connection
    breaking: Breaking | None


def _hurry() -> None:
    """Shorten what is real time here."""
    from crawler import pace
    from service import metrics
    from storage import database

    pace.LONGEST_DELAY = _LONGEST_PAUSE
    database._BUSY_SECONDS = _BUSY
    metrics.FRESH = 0.0  # no answer of ten seconds ago: a day may pass in as many


def _serve(folder: Path, environment: dict[str, str], kill_at: str, log: Connection, begin: _Begin) -> None:
    """Be the service, until a signal ends it."""
    from cli import logs
    from cli.place import Archive, Place
    from cli.serving import serve
    from crawler import reactor

    os.dup2(log.fileno(), 2)
    log.close()
    os.environ.update(environment)
    asyncio.set_event_loop_policy(_Policy())
    _hurry()
    if begin.breaking is not None:
        begin.breaking()

    async def served() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SteppedLoop)
        clock = SteppedClock(loop, begin.at.astimezone(UTC))
        unresolved: set[str] = set()

        def wire(archive: Archive) -> Engine:
            driver = _Driver(begin.orders, clock, unresolved)
            times = Pace(loop.time, lambda: SteppedTicker(loop.time, driver.begin))
            driver.engine = Engine(archive, resolve=resolving(unresolved), passing=killing(kill_at), pace=times)
            return driver.engine

        await serve(place, wire, clock)

    place = Place.of(folder, None)
    logs.configure(place.settings().log)
    place.folder.hold()
    try:
        reactor.run(served())
    finally:
        place.folder.let_go()
        sys.stderr.flush()
