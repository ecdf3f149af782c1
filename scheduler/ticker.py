"""The ticks: a handful of APScheduler jobs that each ask the database what is due."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from news.clock import Clock

log = structlog.get_logger()

Job = Callable[[], Awaitable[None]]


class Ticker:
    """Calls each job again and again, never twice at once; a job that fails is told and called again all the same."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._scheduler = AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()}, executors={"default": AsyncIOExecutor()}, timezone="UTC"
        )
        self._running: set[asyncio.Task[None]] = set()
        self._last: dict[str, datetime] = {}

    def every(self, seconds: float, name: str, job: Job) -> None:
        """Have a job called at this interval. Call before `start`."""

        async def tick() -> None:
            task = asyncio.current_task()
            assert task is not None  # noqa: S101 (the executor runs each job in a task)
            self._running.add(task)
            try:
                await job()
                self._last[name] = self._clock.now()
            except Exception:
                log.exception("tick failed", tick=name)
            finally:
                self._running.discard(task)

        self._scheduler.add_job(
            tick,
            IntervalTrigger(seconds=seconds),
            id=name,
            name=name,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,  # a late tick is still a tick; by default it would be dropped after a second
        )

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def last(self, name: str) -> datetime | None:
        """When a job last ended well."""
        return self._last.get(name)

    def is_late(self, name: str, by: timedelta) -> bool:
        """Whether a job has not ended well for longer than that."""
        last = self._last.get(name)
        return last is None or self._clock.now() - last > by

    async def stop(self) -> None:
        """No further tick; those under way end first, because `shutdown` would cancel them."""
        self._scheduler.pause()
        while self._running:
            await asyncio.gather(*self._running, return_exceptions=True)
        self._scheduler.shutdown(wait=False)
