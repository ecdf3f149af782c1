"""Breaks of the service, one for each promise, made on purpose: the harness has to notice each of them.

    python -m bench.soak --break P8

Each replaces a piece in the service's process before it begins; that of the backup, in the one that backs up.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

Break = Callable[[], None]
_EACH = 3  # some, not all: what is done to every one would show in other ways too


def untold() -> None:
    """P1: of some deliveries it is noted that they were sent, and nothing is."""
    from news.alert import Receipt
    from service.furnish import FurnishedSender

    send = FurnishedSender.send

    async def sent(self: FurnishedSender, delivery: Any) -> Receipt:
        return Receipt("200") if delivery.id % _EACH == 0 else await send(self, delivery)

    FurnishedSender.send = sent  # type: ignore[method-assign]


def twice() -> None:
    """P2: some deliveries are sent twice."""
    from news.alert import Receipt
    from service.furnish import FurnishedSender

    send = FurnishedSender.send

    async def sent(self: FurnishedSender, delivery: Any) -> Receipt:
        if delivery.id % _EACH == 1:
            await send(self, delivery)
        return await send(self, delivery)

    FurnishedSender.send = sent  # type: ignore[method-assign]


def held_on_to() -> None:
    """P7: at a stop, leases are not given back."""
    from service.visits import Visits
    from storage.sources import Sources

    async def nothing(*_: object) -> None:
        """Give nothing back."""

    Visits.release_all = nothing  # type: ignore[method-assign, assignment]
    Sources.release_all = nothing  # type: ignore[method-assign, assignment]


def passed_over() -> None:
    """P8: some sources are leased when they are due, and nobody visits them."""
    from scheduler.local import LocalEngine

    submit = LocalEngine.submit

    def submitted(self: LocalEngine, leased: Sequence[Any]) -> None:
        submit(self, [brief for brief in leased if brief.source.id % _EACH or brief.source.watched_since is None])

    LocalEngine.submit = submitted  # type: ignore[method-assign]


def at_once() -> None:
    """P8: each visit is made twice at the same time."""
    import asyncio

    from scheduler.local import LocalEngine

    visit = LocalEngine._visit

    async def visited(self: LocalEngine, brief: Any) -> None:
        await asyncio.gather(self._crawler.visit(brief), visit(self, brief))

    LocalEngine._visit = visited  # type: ignore[method-assign]


def unsynchronous() -> None:
    """P9: a commit does not wait for the disk."""
    from storage import database

    database._PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON")


def always_ready() -> None:
    """P10: it says that nothing is in its way, whatever is."""
    from scheduler.daemon import Daemon

    async def none(_: Daemon) -> dict[str, str]:
        return {}

    Daemon.troubles = none  # type: ignore[method-assign, assignment]


def incomplete() -> None:
    """P11: a backup, whole by its own account, lacks what was attempted last."""
    import sqlite3
    from contextlib import closing

    from storage import sqlite_copy

    copy = sqlite_copy.copy

    def copied(source: Path, target: Path, progress: Callable[[int, int], None]) -> Any:
        less = target.with_suffix(".less")
        with closing(sqlite3.connect(source)) as all_of_it, closing(sqlite3.connect(less)) as some:
            all_of_it.backup(some)
            some.execute("DELETE FROM attempt WHERE id = (SELECT max(id) FROM attempt)")
            some.commit()
        return copy(less, target, progress)

    sqlite_copy.copy = copied


def silent() -> None:
    """P12: failures are not written down."""
    from storage.sources import Sources

    end = Sources.end_visit

    async def ended(self: Sources, number: int, owner: str, **values: Any) -> None:
        await end(self, number, owner, **values | ({"failures": 0, "last_error": ""} if "failures" in values else {}))

    Sources.end_visit = ended  # type: ignore[method-assign]


def rosy() -> None:
    """P12: /metrics counts every source among those that fare well."""
    from storage.figures import FigureBook

    counted = FigureBook._sources

    async def all_well(self: FigureBook) -> dict[str, int]:
        return {"ok": sum((await counted(self)).values())}

    FigureBook._sources = all_well  # type: ignore[method-assign]


def history() -> None:
    """P13: what was there before the source was watched is told as news."""
    from service import collect

    collect._is_history = lambda *_: False
    collect._was_there_before = lambda *_: False


def every_hour() -> None:
    """The daily digest is told every hour."""
    from dataclasses import replace

    from alerting import telling, waiting
    from alerting.hours import next_digest

    def soon(now: Any, rules: Any) -> Any:
        return next_digest(now, replace(rules, digest="hourly"))

    telling.next_digest = waiting.next_digest = soon  # type: ignore[attr-defined]


def together() -> None:
    """Those that leave room for one another; what each breaks shows by itself."""
    for one in (untold, twice, held_on_to, passed_over, unsynchronous, silent, rosy, history, every_hour):
        one()


BREAKS: Mapping[str, Break] = {
    "P1": untold,
    "P2": twice,
    "P7": held_on_to,
    "P8": passed_over,
    "P8-at-once": at_once,
    "P9": unsynchronous,
    "P10": always_ready,
    "P11": incomplete,
    "P12": silent,
    "P12-metrics": rosy,
    "P13": history,
    "digest": every_hour,
}
