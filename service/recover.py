"""Recover: a database in trouble is tried again and again, and the work goes on when it can be written to."""

import time
from collections.abc import Callable

import structlog

from news.errors import DatabaseTroubleError
from storage import Database

log = structlog.get_logger()

SHORTEST, LONGEST = 1.0, 60.0  # seconds between two attempts
WELL_AFTER = 300.0  # seconds without trouble, after which the next begins with the shortest pause


class Recovery:
    """Probes a database in trouble; one that works only until it has something to do is asked less and less often."""

    def __init__(self, database: Database, seconds: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._seconds = seconds
        self._pause = SHORTEST
        self._said = ""
        self._next = self._well_since = float("-inf")

    async def tick(self) -> None:
        """Try the database if it is in trouble and the time has come; what is the matter is logged once."""
        now, trouble = self._seconds(), self._database.trouble
        if trouble is None:
            return
        if not self._said:
            self._begin(now)
        if trouble.message != self._said:
            self._said = trouble.message
            log.error("database in trouble", error=trouble.message, hint=trouble.hint)
        if now < self._next:
            return
        try:
            await self._database.probe()
        except DatabaseTroubleError as error:
            log.debug("database still in trouble", error=error.message)
            self._next = self._seconds() + SHORTEST
        else:
            log.warning("database works again")
            self._said = ""
            self._well_since = self._seconds()

    def _begin(self, now: float) -> None:
        is_again = now - self._well_since < WELL_AFTER
        self._pause = min(2 * self._pause, LONGEST) if is_again else SHORTEST
        self._next = now + self._pause
