"""Forget: deliveries that ended 90 days ago go, a few at a time; those to a channel that was removed come to an end."""

from datetime import timedelta

import structlog

from news.clock import Clock
from storage import Database

log = structlog.get_logger()

KEPT = timedelta(days=90)
AT_ONCE = 500  # in one transaction, so that none holds up what writes meanwhile


class Forgetter:
    """Keeps the outbox from growing without end."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def tick(self) -> None:
        """End what waits for removed channels and watches, then forget what is old enough."""
        now = self._clock.now()
        async with self._database.write() as tx:
            ended = await tx.settled.end_of_removed(now)
            ended += await tx.settled.end_of_removed_watches()
        if ended:
            log.warning("ended", count=ended, because="their channels or watches were removed")
        forgotten = 0
        while some := await self._forget(KEPT):
            forgotten += some
        if forgotten:
            log.info("deliveries forgotten", count=forgotten, ended_before=(now - KEPT).isoformat())

    async def _forget(self, kept: timedelta) -> int:
        before = self._clock.now() - kept
        async with self._database.write() as tx:
            return await tx.settled.forget(before, AT_ONCE)
