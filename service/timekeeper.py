"""Timekeeper: notices when the clock leaps, and puts right what was dated by another time than this.

How long anything lasts is told by monotonic time, which nobody sets, but which stands still while the machine sleeps.
What the two say apart is a leap: ahead, when the machine slept or the clock was put on; back, when it was set back.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from news.clock import Clock
from storage import Database
from storage.dates import SKEW

log = structlog.get_logger()

Renew = Callable[[], Awaitable[None]]

NOTICED = timedelta(seconds=10)  # clocks are corrected by less all the time
LONG_SLEEP = timedelta(minutes=10)
SURE_AFTER = timedelta(hours=24)
_EACH = timedelta(hours=1)
_DOUBTFUL = timedelta(days=3)  # between the last thing that was done and now, when the service starts


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant by both times; `seconds` is the monotonic one."""

    wall: datetime
    seconds: float

    def leap_since(self, before: "Moment") -> timedelta:
        """By how much the clock on the wall has gone further than time has passed; below zero if it was set back."""
        return (self.wall - before.wall) - timedelta(seconds=self.seconds - before.seconds)


def is_sure(now: Moment, doubted_at: float | None) -> bool:
    """Whether the clock may be believed by what cannot be undone: it has been going evenly for a day of running."""
    return doubted_at is None or now.seconds - doubted_at >= SURE_AFTER.total_seconds()


class Timekeeper:
    """Looks at the two times once a second, and at the dates in the database after each leap and each hour."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        longest_interval: timedelta,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._clock = clock
        self._longest_interval = longest_interval
        self._seconds = seconds
        self._last: Moment | None = None
        self._looked_at: float | None = None
        self._back = self._ahead = timedelta()  # leaps of which the database has not been told yet
        self._doubted_at: float | None = None
        self.awake_since = seconds()  # monotonic: since when the process has run without a sleep or a leap

    async def tick(self, renew: Renew | None = None) -> None:
        """Notice a leap, and put right what follows from it; what we hold ourselves is renewed first."""
        now = Moment(self._clock.now(), self._seconds())
        self._notice(now)
        has_passed = self._looked_at is None or now.seconds - self._looked_at >= _EACH.total_seconds()
        if has_passed or self._back or self._ahead:
            if renew is not None and (self._back or self._ahead):
                await renew()  # a lease that the clock before has given looks like one that nobody can have given
            await self._put_right(now)

    @property
    def is_sure(self) -> bool:
        """Whether the clock is believed by what forgets."""
        return is_sure(Moment(self._clock.now(), self._seconds()), self._doubted_at)

    def _notice(self, now: Moment) -> None:
        leap = now.leap_since(self._last) if self._last is not None else timedelta()
        self._last = now
        if abs(leap) < NOTICED:
            return
        self.awake_since = now.seconds
        log.warning("clock leapt", by_seconds=round(leap.total_seconds()), hint="it was set, or the machine slept")
        if leap < timedelta():
            self._back -= leap
        elif leap >= LONG_SLEEP:
            self._ahead += leap
        if leap > timedelta(days=1):
            self._doubted_at = now.seconds

    async def _put_right(self, now: Moment) -> None:
        async with self._database.read() as tx:
            known = await tx.dates.last_visit()
            back = max(self._back, known - now.wall if known and known > now.wall + SKEW else timedelta())
            is_right = not (back or self._ahead or await tx.dates.any_wrong(now.wall, self._longest_interval))
        if self._looked_at is None and known is not None and now.wall - known > _DOUBTFUL:
            self._doubted_at = now.seconds
        if not is_right:
            await self._write(now.wall, back)
        self._back = self._ahead = timedelta()
        self._looked_at = now.seconds

    async def _write(self, now: datetime, back: timedelta) -> None:
        async with self._database.write() as tx:
            nearer = await tx.dates.set_back(now, back) if back else 0
            later = await tx.dates.slept(now, self._ahead) if self._ahead else 0
            mended = await tx.dates.mend(now, self._longest_interval)
        log.warning("dates put right", brought_nearer=nearer, failing_for_less=later, impossible=mended)
