"""The local engine: visits run in this process, as many at a time as there are slots."""

import asyncio
from collections.abc import Sequence

import structlog

from crawler.engine import CrawlEngine
from crawler.visit import VisitOutcome
from news.source import Source
from service.visits import Visits

log = structlog.get_logger()


class LocalEngine:
    """Leases sources that are due, visits them, records how it went. One bad source is a result, not a crash."""

    def __init__(self, crawler: CrawlEngine, visits: Visits, slots: int) -> None:
        self._crawler = crawler
        self._visits = visits
        self._slots = slots
        self._open: dict[int, asyncio.Task[None]] = {}

    async def submit_due(self) -> None:
        """Begin as many visits as are due and as there are free slots for."""
        free = self._slots - len(self._open)
        if free > 0:
            self.submit(await self._visits.lease_due(free))

    def submit(self, leased: Sequence[Source]) -> None:
        """Begin visits to sources that are leased to us."""
        for source in leased:
            task = asyncio.create_task(self._visit(source), name=f"visit {source.name}")
            self._open[source.id] = task
            task.add_done_callback(lambda _, number=source.id: self._open.pop(number, None))  # type: ignore[misc]

    async def renew(self) -> None:
        """Keep the leases of open visits."""
        if self._open:
            await self._visits.renew(list(self._open))

    async def one_ended(self) -> int:
        """Wait until one of the open visits has ended; how many are left."""
        if self._open:
            await asyncio.wait(self._open.values(), return_when=asyncio.FIRST_COMPLETED)
        return len(self._open)

    async def finish(self) -> None:
        """Wait for the open visits."""
        while self._open:
            await asyncio.gather(*self._open.values())

    async def _visit(self, source: Source) -> None:
        try:
            outcome = await self._crawler.visit(source)
        except Exception as error:
            log.exception("visit broke", source=source.name)
            outcome = VisitOutcome(error=f"a fault of Vigie's: {type(error).__name__}: {error}")
        try:
            await self._visits.end(source, outcome)
        except Exception:
            log.exception("visit not recorded", source=source.name, hint="it is made again when its lease has run out")
