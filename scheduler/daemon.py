"""The service: everything that runs, begun in order and ended in order."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import structlog

from crawler.engine import CrawlEngine
from news.clock import Clock
from news.errors import DatabaseTroubleError
from scheduler.local import LocalEngine
from scheduler.ticker import Ticker
from service.board import WatchBoard
from service.deliver import Deliverer
from service.forget import Forgetter
from service.giveback import give_back
from service.heartbeat import Heartbeat
from service.prune import Pruner
from service.push import Pushes
from service.question import Question
from service.recover import Recovery
from service.release import Releaser
from service.selfcheck import EACH, SelfCheck
from service.subscribe import Subscriber
from service.timekeeper import Timekeeper
from service.visits import Visits
from storage import Database

log = structlog.get_logger()

_LATE = timedelta(seconds=30)
_LONGEST_PRUNING = 86_400.0  # seconds; of a large archive it is done piece by piece, and nothing waits for it
_GIVING_BACK = 3.0  # seconds, at a stop
_VITAL = ("visits", "releases", "deliveries", "watches")


class Pool(Protocol):
    """The worker processes, as far as starting and stopping them goes."""

    async def warm(self) -> None:
        """Start every worker."""
        ...

    def kill(self) -> None:
        """End every worker, whatever it does."""
        ...


@dataclass(frozen=True, slots=True)
class DaemonParts:
    """What the service is made of. `stop_within` is in seconds."""

    database: Database
    clock: Clock
    pool: Pool
    crawler: CrawlEngine
    visits: Visits
    engine: LocalEngine
    board: WatchBoard
    releaser: Releaser
    deliverer: Deliverer
    forgetter: Forgetter
    pruner: Pruner
    subscriber: Subscriber
    pushes: Pushes
    timekeeper: Timekeeper
    heartbeat: Heartbeat
    self_check: SelfCheck
    recovery: Recovery
    lease: timedelta
    stop_within: float


class Daemon:
    """Begins to work with `start`, ends with `stop`; in between, ticks ask the database what is due."""

    def __init__(self, parts: DaemonParts, ticker: Ticker) -> None:
        self._parts = parts
        self._ticker = ticker
        self._started = False
        self._question = Question(self._ask)

    async def start(self) -> None:
        """Start the workers, the crawler and the ticks."""
        parts = self._parts
        await parts.pool.warm()
        await parts.timekeeper.tick()
        await self._keep_up()
        await parts.crawler.start()
        self._ticker.every(1, "database", parts.recovery.tick)
        self._ticker.every(1, "time", self._keep_time)
        self._ticker.every(1, "watches", self._keep_up)
        self._ticker.every(1, "visits", parts.engine.submit_due)
        self._ticker.every(1, "releases", self._release)
        self._ticker.every(1, "deliveries", parts.deliverer.begin_due)
        self._ticker.every(3_600, "forgetting", self._forget, lasts=_LONGEST_PRUNING)
        self._ticker.every(3_600, "pruning", self._prune, lasts=_LONGEST_PRUNING)
        self._ticker.every(EACH, "self-check", parts.self_check.tick)
        self._ticker.every(5, "heartbeat", self.beat)
        self._ticker.every(parts.lease.total_seconds() / 3, "leases", self._renew)
        if parts.subscriber.is_on:
            self._ticker.every(60, "hubs", self._ask_hubs)
        else:
            await parts.subscriber.tick()  # what was subscribed while hubs could reach us
        parts.deliverer.start()
        self._ticker.start()
        self._started = True

    async def _keep_up(self) -> None:
        await self._parts.board.keep_up(self._parts.database)

    async def _keep_time(self) -> None:
        await self._parts.timekeeper.tick(self._renew)

    async def _release(self) -> None:
        await self._parts.releaser.release_due()

    async def _forget(self) -> None:
        if self._parts.timekeeper.is_sure:  # what a clock that is a year fast takes for old would be lost
            await self._parts.forgetter.tick()

    async def _prune(self) -> None:
        if self._parts.timekeeper.is_sure:
            await self._parts.pruner.tick()

    async def _renew(self) -> None:
        await self._parts.engine.renew()
        await self._parts.deliverer.renew()

    async def beat(self) -> None:
        """Let the heartbeat be heard, if it is due and nothing is in the way of the work."""
        if self._parts.heartbeat.is_due and not await self.troubles():
            await self._parts.heartbeat.ping()

    async def _ask_hubs(self) -> None:
        await self._parts.subscriber.tick()
        await self._parts.pushes.tick()

    async def troubles(self) -> dict[str, str]:
        """What is in the way of the work, by name; empty where nothing is."""
        found: dict[str, str] = {}
        try:
            await self._question.answer()
        except TimeoutError:
            found["database"] = f"does not answer within {self._question.patience:g} s"
        except DatabaseTroubleError as error:
            found["database"] = error.message
        except Exception as error:
            found["database"] = f"cannot be read: {error}"
        if self._parts.database.trouble is not None:
            found["database"] = self._parts.database.trouble.message
        if not self._started:
            found["service"] = "is starting or stopping"
        if self._started:
            found |= {name: said for name in self._ticker.names if (said := self._lateness(name))}
        return found

    async def _ask(self) -> None:
        async with self._parts.database.read() as tx:
            await tx.watches.version()

    def late(self) -> dict[str, float]:
        """By how many seconds each tick is late, by monotonic time."""
        return {name: self._ticker.late_by(name) for name in self._ticker.names} if self._started else {}

    def _lateness(self, name: str) -> str:
        """What is to be said of a tick that is late; by monotonic time, so that no clock hides it."""
        if name in _VITAL and not self._ticker.has_ended_well(name):
            return "has not been done yet"
        late = self._ticker.late_by(name)
        return f"is late by {late:.0f} s" if late > _LATE.total_seconds() else ""

    async def stop(self) -> None:
        """No new work; what is under way gets its time; then leases go back and everything closes."""
        parts = self._parts
        self._started = False
        parts.pruner.wind_down()
        self._question.drop()
        begun = asyncio.get_running_loop().time()
        await self._ticker.stop(within=parts.stop_within / 2)
        for one in (parts.visits, parts.deliverer, parts.subscriber, parts.pushes, parts.crawler):
            one.wind_down()
        await self._finish(until=begun + parts.stop_within)
        if not await give_back((parts.visits.release_all, parts.deliverer.release_all), _GIVING_BACK):
            log.warning("leases not given back", hint="the database cannot be written to; they run out by themselves")
        await parts.crawler.stop()
        parts.pool.kill()

    async def _finish(self, until: float) -> None:
        """Wait for all that is under way, also where something of it cannot be written down."""
        parts, hint = self._parts, "it is taken up again at the next start"
        under_way = (parts.engine, parts.deliverer, parts.subscriber, parts.pushes)
        try:
            async with asyncio.timeout_at(until):
                ended = await asyncio.gather(*(one.finish() for one in under_way), return_exceptions=True)
        except TimeoutError:
            log.warning("work broken off", hint=hint)
            return
        for error in ended:
            if isinstance(error, DatabaseTroubleError):
                log.warning("work broken off", error=error.message, hint=hint)
            elif error is not None:
                log.error("work broken off", exc_info=error, hint=hint)
