"""Metrics: what is told of Vigie to whoever watches it. docs/metrics.md lists them, and a test compares.

Nothing that a page, a feed or an error says becomes a label: their number is bounded by what the user has configured.
"""

import asyncio
import platform
import shutil
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from news.clock import Clock
from news.errors import DatabaseTroubleError
from news.tally import Tally
from service.exposition import Family, Samples, exposition
from service.process import process_figures
from service.question import Question
from storage import Database
from storage.figures import UNSENT, Due, Figures

log = structlog.get_logger()

MOST_CHANNELS = 100  # told by name; the others together
OTHERS = "(others)"
FRESH = 10.0  # seconds for which the database is not asked again

_FAMILIES = (
    Family("vigie_build_info", "gauge", "1; its labels say what runs", ("version", "python", "database")),
    Family("vigie_ready", "gauge", "1 where nothing is in the way of the work, as /readyz has it"),
    Family("vigie_tick_late_seconds", "gauge", "by how much a tick is late, by monotonic time", ("tick",)),
    Family("vigie_articles_total", "counter", "articles ever stored"),
    Family("vigie_matches_total", "counter", "matches ever found, history included"),
    Family("vigie_alerts_total", "counter", "alerts ever decided, notices included"),
    Family("vigie_watches", "gauge", "watches that are not paused"),
    Family("vigie_sources", "gauge", "sources by how they fare", ("state",)),
    Family("vigie_visits_total", "counter", "visits that ended, since the start", ("result",)),
    Family("vigie_polls_total", "counter", "feeds, sitemaps and sections polled, since the start"),
    Family("vigie_pages_total", "counter", "pages of articles fetched, since the start, and what failed", ("result",)),
    Family("vigie_deliveries", "gauge", "deliveries that were not sent, by channel and state", ("channel", "state")),
    Family("vigie_channel_works", "gauge", "0 where a channel is paused, or nothing gets through", ("channel",)),
    Family("vigie_attempts_total", "counter", "attempts at deliveries, since the start", ("channel", "result")),
    Family("vigie_queue_due", "gauge", "what is due", ("queue",)),
    Family("vigie_queue_oldest_seconds", "gauge", "for how long the first of that has been due", ("queue",)),
    Family("vigie_queue_waiting", "gauge", "what waits, due or not", ("queue",)),
    Family("vigie_database_errors_total", "counter", "errors of the database, since the start", ("kind",)),
    Family("vigie_database_seconds", "gauge", "how long the database took to answer for this page"),
    Family("vigie_disk_free_bytes", "gauge", "room left where the data folder is"),
    Family("vigie_heartbeats_total", "counter", "calls of the heartbeat URL, since the start", ("result",)),
    Family("vigie_problems", "gauge", "what the hourly self-check has found and is not over", ("kind",)),
    Family("process_cpu_seconds_total", "counter", "processor time used"),
    Family("process_resident_memory_bytes", "gauge", "memory in use, without that of the worker processes"),
    Family("process_open_fds", "gauge", "open files and connections"),
    Family("process_max_fds", "gauge", "how many there may be"),
    Family("process_start_time_seconds", "gauge", "when the process began, in seconds since 1970"),
)
FAMILIES: Mapping[str, Family] = {family.name: family for family in _FAMILIES}


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the figures come from that are not in the database.

    `late` tells by how many seconds each tick is late, `troubles` what is in the way of the work, `problems` how many
    of each kind the self-check has found.
    """

    tally: Tally
    late: Callable[[], Mapping[str, float]]
    troubles: Callable[[], Awaitable[Mapping[str, str]]]
    problems: Callable[[], Mapping[str, int]]
    folder: Path
    version: str


class Metrics:
    """Gathers the figures. The database is asked once in ten seconds at most, whoever scrapes and however often."""

    def __init__(
        self, database: Database, clock: Clock, sources: Sources, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._clock = clock
        self._sources = sources
        self._seconds = seconds
        self._question = Question(self._asked)
        self._known: tuple[float, Figures, float] | None = None

    async def page(self) -> str:
        """The page that Prometheus scrapes. Where the database cannot be asked, what is told without it."""
        troubles, known = await asyncio.gather(self._sources.troubles(), self._figures_if_any())
        samples: dict[str, Samples] = {"vigie_ready": {(): 0 if troubles else 1}}
        if known is not None:
            figures, took = known
            samples |= _of_database(figures, self._clock.now()) | {"vigie_database_seconds": {(): took}}
        samples |= self._of_process()
        return exposition((family, samples[name]) for name, family in FAMILIES.items() if name in samples)

    async def _figures_if_any(self) -> tuple[Figures, float] | None:
        """None where the database does not answer, which is told elsewhere: the rest is wanted all the more."""
        try:
            return await self._figures()
        except (DatabaseTroubleError, TimeoutError):
            return None
        except Exception:
            log.exception("figures not gathered")
            return None

    async def _figures(self) -> tuple[Figures, float]:
        if self._known is None or self._seconds() - self._known[0] >= FRESH:
            self._known = await self._question.answer()
        return self._known[1:]

    async def _asked(self) -> tuple[float, Figures, float]:
        began = self._seconds()
        async with self._database.read() as tx:
            figures = await tx.figures.at(self._clock.now())
        return self._seconds(), figures, self._seconds() - began

    def _of_process(self) -> dict[str, Samples]:
        sources, tally = self._sources, self._sources.tally
        build = (sources.version, platform.python_version(), self._database.dialect)
        return {
            "vigie_build_info": {build: 1},
            "vigie_tick_late_seconds": {(name,): late for name, late in sources.late().items()},
            "vigie_visits_total": tally.of("visits"),
            "vigie_polls_total": {(): tally.of("polls").get((), 0)},
            "vigie_pages_total": tally.of("pages"),
            "vigie_attempts_total": _few(tally.of("attempts")),
            "vigie_database_errors_total": self._database.errors.of("errors"),
            "vigie_disk_free_bytes": {(): shutil.disk_usage(sources.folder).free},
            "vigie_heartbeats_total": tally.of("heartbeats"),
            "vigie_problems": {(kind,): count for kind, count in sources.problems().items()},
            **{name: {(): figure} for name, figure in process_figures().items()},
        }


def _of_database(figures: Figures, now: datetime) -> dict[str, Samples]:
    due = {"visits": figures.visits, "deliveries": figures.deliveries_due, "holds": figures.holds}
    pending = sum(count for (_, state), count in figures.deliveries.items() if state == "pending")
    waiting = {
        "links": figures.links, "deliveries": pending, "holds": figures.held, "unindexed": figures.unindexed,
    }  # fmt: skip
    every = {(channel, state): 0 for channel in figures.channels for state in UNSENT}
    return {
        "vigie_articles_total": {(): figures.articles},
        "vigie_matches_total": {(): figures.matches},
        "vigie_alerts_total": {(): figures.alerts},
        "vigie_watches": {(): figures.watches},
        "vigie_sources": {(state,): count for state, count in figures.sources.items()},
        "vigie_deliveries": _few(every | figures.deliveries),
        "vigie_channel_works": dict(_first(figures.channels)),
        "vigie_queue_due": {(name,): one.count for name, one in due.items()},
        "vigie_queue_oldest_seconds": {(name,): _age(one, now) for name, one in due.items()},
        "vigie_queue_waiting": {(name,): count for name, count in waiting.items()},
    }


def _age(due: Due, now: datetime) -> float:
    return max((now - due.since).total_seconds(), 0.0) if due.since is not None else 0.0


def _first(channels: Mapping[str, bool]) -> Iterator[tuple[tuple[str], float]]:
    for name in sorted(channels)[:MOST_CHANNELS]:
        yield (name,), float(channels[name])


def _few(counts: Mapping[Any, float]) -> Samples:
    """The first hundred channels by name, all others as one."""
    named = set(sorted({labels[0] for labels in counts})[:MOST_CHANNELS])
    few: Counter[tuple[str, ...]] = Counter()
    for (channel, *rest), count in counts.items():
        few[(channel if channel in named else OTHERS, *rest)] += count  # type: ignore[assignment]
    return few
