"""Who visits what: leases on sources that are due, and the end of each visit."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from crawler.visit import VisitOutcome
from news.clock import Clock
from news.source import Source
from storage import Database

log = structlog.get_logger()

NextDue = Callable[[Source, VisitOutcome, datetime, datetime | None], datetime]


class Visits:
    """The leases of one process. `owner` names it; after a silence as long as `lease` others take over."""

    def __init__(self, database: Database, clock: Clock, owner: str, lease: timedelta, next_due: NextDue) -> None:
        self._database = database
        self._clock = clock
        self._owner = owner
        self._lease = lease
        self._next_due = next_due

    async def lease_due(self, limit: int) -> list[Source]:
        """At most `limit` sources whose time has come, leased to us."""
        now = self._clock.now()
        async with self._database.read() as tx:  # nearly always nothing is due, and readers never wait
            if not await tx.sources.any_due(now):
                return []
        async with self._database.write() as tx:
            return await tx.sources.lease_due(now, limit, self._owner, now + self._lease)

    async def lease(self, numbers: Sequence[int]) -> list[Source]:
        """Those of these sources that nobody is visiting, leased to us, due or not."""
        now = self._clock.now()
        async with self._database.write() as tx:
            return await tx.sources.lease(numbers, now, self._owner, now + self._lease)

    async def renew(self, numbers: Sequence[int]) -> None:
        """We are still at it."""
        async with self._database.write() as tx:
            await tx.sources.renew(numbers, self._owner, self._clock.now() + self._lease)

    async def end(self, source: Source, outcome: VisitOutcome) -> None:
        """Record how a visit ended and when the next is due; one that was cut short leaves the source as it was."""
        if outcome.is_cut_short:
            async with self._database.write() as tx:
                await tx.sources.end_visit(source.id, self._owner)
            log.info("visit cut short", source=source.name)
            return
        now = self._clock.now()
        async with self._database.write() as tx:
            pending = await tx.links.next_pending(source.id)
            values: dict[str, Any] = {"last_visit_at": now, "due_at": self._next_due(source, outcome, now, pending)}
            if outcome.error:
                values |= {"failures": source.failures + 1, "last_error": outcome.error}
            else:
                values |= {"failures": 0, "last_error": outcome.warning, "last_success_at": now}
            if outcome.rediscover:
                values |= {"discovered_at": None}
            await tx.sources.end_visit(source.id, self._owner, **values)
        trouble = outcome.error or outcome.warning
        told = log.warning if trouble else log.info
        told("visit", source=source.name, pages=outcome.pages, error=trouble, due_at=values["due_at"].isoformat())

    async def release_all(self) -> None:
        """Give back what we hold; others need not wait for it."""
        async with self._database.write() as tx:
            await tx.sources.release_all(self._owner)
