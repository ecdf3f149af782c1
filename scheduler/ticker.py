"""The ticks: a handful of APScheduler jobs that each ask the database what is due.

APScheduler goes by the clock on the wall. So that the ticks do not, a leap ahead makes one tick of each job and not all
that there would have been, and a watchman who goes by monotonic time calls what a clock set back would let wait.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from news.errors import DatabaseTroubleError

log = structlog.get_logger()

Job = Callable[[], Awaitable[None]]

_AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)  # due, whatever the clock says
_TOLD_AGAIN = 3_600.0  # seconds after which a tick that fails in the same way is told of once more
_ROUND = 1.0  # seconds between two looks of the watchman
AGAIN = 30.0  # seconds after which a tick that failed comes again, if it would not come before


class _Steadily(BaseTrigger):  # type: ignore[misc]
    """Each `interval`; what fell due while the clock leapt is due once."""

    def __init__(self, interval: timedelta) -> None:
        self._interval = interval

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Keep the beat where there is one to keep."""
        due = (previous_fire_time or now) + self._interval
        return due if now < due <= now + self._interval else now + self._interval


class Ticker:
    """Calls each job again and again, never twice at once; a job that fails is told and called again all the same.

    `seconds` is the monotonic time by which a tick is late.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._scheduler = AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()}, executors={"default": AsyncIOExecutor()}, timezone="UTC"
        )
        self._running: dict[asyncio.Task[None], str] = {}
        self._intervals: dict[str, float] = {}
        self._lasts: dict[str, float] = {}
        self._begun: dict[str, float] = {}  # before the first time: when the job was handed in
        self._well: dict[str, float] = {}  # likewise
        self._done: set[str] = set()
        self._failing: dict[str, tuple[str, float]] = {}  # what was told of a job that fails, and when
        self._watching: asyncio.Task[None] | None = None
        self._is_ending = False

    @property
    def names(self) -> tuple[str, ...]:
        """The jobs, in the order in which they were handed in."""
        return tuple(self._intervals)

    def every(self, seconds: float, name: str, job: Job, lasts: float = 0.0) -> None:
        """Have a job called at this interval. Call before `start`.

        `lasts` is for how many seconds it may be at work without being late.
        """
        self._intervals[name] = seconds
        self._lasts[name] = lasts
        self._begun[name] = self._well[name] = self._seconds()
        self._scheduler.add_job(
            self._tick,
            _Steadily(timedelta(seconds=seconds)),
            args=(name, job),
            id=name,
            name=name,
            max_instances=2,  # one that works, and one that finds it at work
            coalesce=True,
            misfire_grace_time=None,  # a late tick is still a tick; by default it would be dropped after a second
        )

    async def _tick(self, name: str, job: Job) -> None:
        """One call of a job, and what is to be known of it."""
        if name in self._running.values():
            return  # APScheduler would say so each time, which floods the log where one hangs
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (the executor runs each job in a task)
        self._running[task] = name
        self._begun[name] = self._seconds()
        try:
            await job()
            self._well[name] = self._seconds()
            self._done.add(name)
            if self._failing.pop(name, None) is not None:
                log.info("tick works again", tick=name)
        except DatabaseTroubleError as error:  # told once, when it began; this comes each second
            log.debug("tick failed", tick=name, error=error.message)
        except Exception as error:
            self._tell(name, error)
        except asyncio.CancelledError:
            if not self._is_ending:
                raise
            log.info("tick broken off", tick=name, hint="Vigie stops")
        finally:
            del self._running[task]

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()
        self._watching = asyncio.create_task(self._watch(), name="watchman of the ticks")

    async def _watch(self) -> None:
        pause = min([_ROUND, *self._intervals.values()])
        while True:
            await asyncio.sleep(pause)
            for name in self._forgotten(pause):
                because = "it failed" if self._has_failed(name) else "the clock was set back"
                log.info("tick called", tick=name, because=because)
                self._scheduler.modify_job(name, next_run_time=_AT_ONCE)

    def _forgotten(self, grace: float) -> list[str]:
        """The jobs that should have begun again and are not under way, by monotonic time."""
        now, running = self._seconds(), set(self._running.values())
        return [
            name
            for name in self._intervals
            if name not in running and now - self._begun[name] > self._pause_after(name) + grace
        ]

    def _tell(self, name: str, error: Exception) -> None:
        """Tell what a tick fails of: what is new in full, and the same again once an hour; a tick comes each second."""
        said, at = self._failing.get(name, ("", float("-inf")))
        what = f"{type(error).__name__}: {error}"
        if what == said and self._seconds() - at < _TOLD_AGAIN:
            log.debug("tick failed", tick=name, error=what)
            return
        self._failing[name] = (what, self._seconds())
        log.error("tick failed", tick=name, exc_info=error)

    def _has_failed(self, name: str) -> bool:
        return self._begun[name] > self._well[name]

    def _pause_after(self, name: str) -> float:
        """Seconds from the last beginning of a tick to the next: what failed is not put off for an hour."""
        interval = self._intervals[name]
        return min(interval, AGAIN) if self._has_failed(name) else interval

    def has_ended_well(self, name: str) -> bool:
        """Whether a job has done its work once."""
        return name in self._done

    def late_by(self, name: str) -> float:
        """By how many seconds a job is behind: since it last ended well, or was handed in, less its interval.

        One that is at work may last as long as was said of it.
        """
        grace = self._lasts[name] if name in self._running.values() else 0.0
        return max(self._seconds() - self._well[name] - self._intervals[name] - grace, 0.0)

    async def stop(self, within: float | None = None) -> None:
        """No further tick; those under way may end first, for so many seconds: `shutdown` would cancel them."""
        if self._watching is not None:
            self._watching.cancel()
        self._is_ending = True
        self._scheduler.pause()
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while self._running:
                    await asyncio.wait(list(self._running))
        self._scheduler.shutdown(wait=False)
