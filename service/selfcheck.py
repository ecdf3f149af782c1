"""Self-check: once an hour Vigie looks at itself, and tells the user of what is the matter as it tells an alert."""

import shutil
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from news.alert import Alert, Told
from news.clock import Clock
from service.notices import tell_of_problem
from service.problems import ENOUGH_DISK, GROWING_FOR, Known, Problem, Seen, Verdict, judged, problems
from storage import Database, Transaction
from storage.figures import Figures
from storage.problems import once

log = structlog.get_logger()

EACH = 3_600.0  # seconds
_Leases = Mapping[str, set[tuple[int, str, datetime | None]]]


@dataclass(frozen=True, slots=True)
class Senses:
    """What the self-check sees beside the database: ticks, the heartbeat, when the process began or woke, the disk."""

    late: Callable[[], Mapping[str, float]]
    heartbeat: Callable[[], str]
    awake_since: Callable[[], float]
    folder: Path


class SelfCheck:
    """Looks, decides, and writes down what is to be told; what was told is known by the alerts themselves."""

    def __init__(
        self, database: Database, clock: Clock, senses: Senses, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._clock = clock
        self._senses = senses
        self._seconds = seconds
        self._known: Mapping[str, Known] | None = None
        self._leased: _Leases = {}
        self._queues: dict[str, deque[int]] = {}

    def kinds(self) -> dict[str, int]:
        """How many problems there are of each kind, as of the last check."""
        counted: dict[str, int] = {}
        for key in self._known or {}:
            kind = key.partition(":")[0]
            counted[kind] = counted.get(kind, 0) + 1
        return counted

    async def tick(self) -> None:
        """One check."""
        now = self._clock.now()
        async with self._database.read() as tx:
            known = await self._remembered(tx)
            seen = await self._look(tx, now)
        verdict = judged(problems(seen, known), known, is_rested=seen.is_rested)
        if verdict.new or verdict.over:
            async with self._database.write() as tx:
                await _tell(tx, verdict, now)
        self._known = verdict.known
        for problem in verdict.new:
            log.warning("problem", kind=problem.kind, about=problem.about, title=problem.title, text=problem.text)
        for key, one in verdict.over.items():
            log.info("problem over", key=key, title=one.title)

    async def _remembered(self, tx: Transaction) -> Mapping[str, Known]:
        """What is known; after a start, from the alerts that told of it."""
        if self._known is not None:
            return self._known
        return {key: Known(title) for key, title in (await tx.problems.told()).items()}

    async def _look(self, tx: Transaction, now: datetime) -> Seen:
        leased = await tx.problems.leased()
        stuck = {noun: len(held & self._leased.get(noun, set())) for noun, held in leased.items()}
        self._leased = leased
        overdue, sources = await tx.problems.overdue(now)
        figures = await tx.figures.at(now)
        return Seen(
            now=now,
            is_rested=self._seconds() - self._senses.awake_since() >= EACH - 60,
            late=self._senses.late(),
            stuck=stuck,
            queues=self._history(figures),
            oldest_delivery=figures.deliveries_due.since,
            overdue=overdue,
            sources=sources,
            failing=await tx.problems.failing_channels(),
            free_bytes=self._free(),
            heartbeat=self._senses.heartbeat(),
        )

    def _history(self, figures: Figures) -> dict[str, tuple[int, ...]]:
        waits = {"visits": figures.visits.count, "deliveries": figures.deliveries_due.count, "pages": figures.links}
        for name, count in waits.items():
            self._queues.setdefault(name, deque(maxlen=GROWING_FOR + 1)).append(count)
        return {name: tuple(history) for name, history in self._queues.items()}

    def _free(self) -> int:
        try:
            return shutil.disk_usage(self._senses.folder).free
        except OSError:
            return ENOUGH_DISK  # a folder that is gone is told by all that needs it


async def _tell(tx: Transaction, verdict: Verdict, now: datetime) -> None:
    for problem in verdict.new:
        about = problem.about if problem.kind == "channel" else ""
        await tell_of_problem(tx, _alert(problem, now), once(problem.key, now), but=about)
    for key, one in verdict.over.items():
        told = Told(0, f"Over: {one.title}", "", key.partition(":")[0], "Nothing of it was found since.", found_at=now)
        await tell_of_problem(tx, Alert("", "", now, told, kind="solved"), once(key, now))


def _alert(problem: Problem, now: datetime) -> Alert:
    told = Told(0, problem.title, "", problem.kind, problem.text, found_at=now)
    return Alert(watch="", query="", decided_at=now, told=told, kind="problem")
