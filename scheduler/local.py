"""The local engine: visits run in this process, as many at a time as there are slots."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import structlog

from crawler.engine import CrawlEngine
from crawler.visit import Brief, VisitOutcome
from news.errors import DatabaseTroubleError
from news.url import origin
from service.visits import Visits

log = structlog.get_logger()

_PLACES_A_HOST = 4  # no host takes more than one of so many places: its visits would wait for one another
_WHILE_CROWDED = timedelta(seconds=15)


class LocalEngine:
    """Leases sources that are due, visits them, records how it went. One bad source is a result, not a crash."""

    def __init__(self, crawler: CrawlEngine, visits: Visits, slots: int) -> None:
        self._crawler = crawler
        self._visits = visits
        self._slots = slots
        self._open: dict[int, asyncio.Task[None]] = {}
        self._hosts: dict[int, str] = {}

    def __len__(self) -> int:
        """How many visits are open."""
        return len(self._open)

    async def submit_due(self) -> None:
        """Begin as many visits as are due and as there are free slots for; none while nothing could be kept of them."""
        if not self._visits.can_be_kept:
            return
        free = self._slots - len(self._open)
        if free > 0:
            # Our own lease runs out unrenewed where the machine slept or its clock leapt; leasing has renewed it.
            leased = [brief for brief in await self._visits.lease_due(free) if brief.source.id not in self._open]
            there_is_room, crowded = self._by_room(leased)
            self.submit(there_is_room)
            await self._visits.put_off(crowded, _WHILE_CROWDED)

    def _by_room(self, leased: Sequence[Brief]) -> tuple[list[Brief], list[Brief]]:
        """Those sources whose hosts have places left, and those that would only wait there while others could work."""
        most = max(1, self._slots // _PLACES_A_HOST)
        open_at = Counter(self._hosts.values())
        there_is_room: list[Brief] = []
        crowded: list[Brief] = []
        for brief in leased:
            name = origin(brief.source.url)
            open_at[name] += 1
            (there_is_room if open_at[name] <= most else crowded).append(brief)
        return there_is_room, crowded

    def submit(self, leased: Sequence[Brief]) -> None:
        """Begin visits to sources that are leased to us."""
        for brief in leased:
            source = brief.source
            task = asyncio.create_task(self._visit(brief), name=f"visit {source.name}")
            self._open[source.id] = task
            self._hosts[source.id] = origin(source.url)
            task.add_done_callback(lambda _, number=source.id: self._ended(number))  # type: ignore[misc]

    def _ended(self, number: int) -> None:
        del self._open[number], self._hosts[number]

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

    async def _visit(self, brief: Brief) -> None:
        source = brief.source
        try:
            outcome = await self._crawler.visit(brief)
        except DatabaseTroubleError:  # told by the database; the source has no part in it
            log.info("visit put off", source=source.name, hint="it is made again when the database works")
            outcome = VisitOutcome(is_cut_short=True)
        except Exception as error:
            log.exception("visit broke", source=source.name)
            outcome = VisitOutcome(error=f"a fault of Vigie's: {type(error).__name__}: {error}")
        try:
            await self._visits.end(brief, outcome)
        except DatabaseTroubleError:
            log.info("visit not recorded", source=source.name, hint="it is made again when its lease has run out")
        except Exception:
            log.exception("visit not recorded", source=source.name, hint="it is made again when its lease has run out")
