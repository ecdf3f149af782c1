"""Problems: what the hourly self-check makes of what it sees, and what of that the user is told. Pure.

What is told is what lasts and what nobody else tells: a source that fails has its own notice, and so has a channel
that Vigie paused.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

ProblemKind = Literal["ticks", "leases", "queue", "deliveries", "sources", "channel", "disk", "heartbeat"]
OF_WAITING: tuple[ProblemKind, ...] = ("queue", "deliveries", "sources")  # which a machine that slept has for a while

LATE_TICK = timedelta(minutes=5)
OLD_DELIVERY = timedelta(hours=1)
FAILING_CHANNEL = timedelta(hours=6)
LITTLE_DISK, ENOUGH_DISK = 1024**3, 3 * 1024**3 // 2  # bytes; what is little stays so until there is enough
GROWING_FOR, FEWEST_IN_QUEUE = 6, 1_000  # checks; and rows, below which growth is nothing
_CLEAN = 2  # checks in a row, before a problem is over
_NAMED = 3
_LONGEST_KEY = 150  # of the 200 that an alert's own may have


@dataclass(frozen=True, slots=True)
class Problem:
    """What is the matter: `about` tells problems of one kind apart (a channel's name, a queue's)."""

    kind: ProblemKind
    title: str
    text: str
    about: str = ""

    @property
    def key(self) -> str:
        """By which it is known again; at most 150 characters."""
        return f"{self.kind}:{self.about}"[:_LONGEST_KEY]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a check looks at. `late` are ticks that are late by so many seconds; `failing` channels and since when.

    `stuck` counts by noun what was leased at the last check already, and by the same lease; `queues` how much waited
    at each of the last checks, the latest last. `overdue` counts sources that were not visited for several intervals,
    out of `sources`. Where the process has not been awake for an hour, what only waits for it is not judged.
    """

    now: datetime
    is_rested: bool = True
    late: Mapping[str, float] = field(default_factory=dict)
    stuck: Mapping[str, int] = field(default_factory=dict)
    queues: Mapping[str, Sequence[int]] = field(default_factory=dict)
    oldest_delivery: datetime | None = None
    overdue: int = 0
    sources: int = 0
    failing: Mapping[str, datetime] = field(default_factory=dict)
    free_bytes: int = ENOUGH_DISK
    heartbeat: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A problem that was told and is not over; `clean` counts the checks since that have not found it."""

    title: str
    clean: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from a check: what is to be told, what is over (by key), and what is known from now on."""

    new: tuple[Problem, ...]
    over: Mapping[str, Known]
    known: Mapping[str, Known]


def judged(problems: Sequence[Problem], known: Mapping[str, Known], *, is_rested: bool = True) -> Verdict:
    """Each problem is told once, and its end once: when two checks in a row have not found it.

    Of what was not looked for, because the process was not awake for long enough, nothing is known to be over.
    """
    found = {problem.key: problem for problem in problems}
    clean = {
        key: Known(one.title, one.clean + (is_rested or key.partition(":")[0] not in OF_WAITING))
        for key, one in known.items()
        if key not in found
    }
    over = {key: one for key, one in clean.items() if one.clean >= _CLEAN}
    lasting = {key: one for key, one in clean.items() if key not in over}
    again = {key: Known(known[key].title if key in known else found[key].title) for key in found}
    return Verdict(tuple(one for key, one in found.items() if key not in known), over, lasting | again)


def problems(seen: Seen, known: Mapping[str, Known]) -> list[Problem]:
    """What is the matter."""
    found = [*_ticks(seen), *_leases(seen), *_channels(seen), *_disk(seen, known), *_heartbeat(seen)]
    return [*found, *_queues(seen), *_deliveries(seen), *_sources(seen)] if seen.is_rested else found


def _ticks(seen: Seen) -> Iterator[Problem]:
    late = {name: seconds for name, seconds in seen.late.items() if seconds >= LATE_TICK.total_seconds()}
    if late:
        minutes = max(late.values()) / 60
        text = f"{_list(sorted(late))} should have been done {minutes:.0f} minutes ago. The log says what fails."
        yield Problem("ticks", "Vigie is behind with its work", text)


def _leases(seen: Seen) -> Iterator[Problem]:
    for noun, count in seen.stuck.items():
        if count:
            text = f"{count} of them have been under way for more than an hour. Look at the log, and restart Vigie."
            yield Problem("leases", f"Some {noun} do not end", text, noun)


def _queues(seen: Seen) -> Iterator[Problem]:
    for name, history in seen.queues.items():
        if is_growing(history):
            text = f"{history[0]:,} waited {len(history) - 1} hours ago, {history[-1]:,} wait now, more at each look."
            yield Problem("queue", f"More and more {name} wait", text, name)


def is_growing(history: Sequence[int]) -> bool:
    """Whether so much waits, more at each of the last looks, and twice as much as at the first of them."""
    if len(history) <= GROWING_FOR or history[-1] < FEWEST_IN_QUEUE:
        return False
    latest = history[-GROWING_FOR - 1 :]
    return latest[-1] >= 2 * latest[0] and all(before < after for before, after in pairwise(latest))


def _deliveries(seen: Seen) -> Iterator[Problem]:
    if seen.oldest_delivery is not None and seen.now - seen.oldest_delivery >= OLD_DELIVERY:
        since = _hour(seen.oldest_delivery)
        text = f"One has been due since {since}, over a channel that works. Look at the log, and at its per_minute."
        yield Problem("deliveries", "Alerts are not being sent", text)


def _sources(seen: Seen) -> Iterator[Problem]:
    if seen.overdue:
        text = (
            f"{seen.overdue} of {seen.sources} sources were not visited for several of their intervals. If there are "
            "too many of them for this machine, give [crawler] visits a higher number."
        )
        yield Problem("sources", "Sources are not being visited", text)


def _channels(seen: Seen) -> Iterator[Problem]:
    for name, since in sorted(seen.failing.items()):
        if seen.now - since >= FAILING_CHANNEL:
            text = f"Every attempt since {_hour(since)} has failed: vigie deliveries list --channel {name!r}."
            yield Problem("channel", f"Nothing gets through over the channel {name}", text, name)


def _disk(seen: Seen, known: Mapping[str, Known]) -> Iterator[Problem]:
    is_known = any(key.startswith("disk:") for key in known)
    if seen.free_bytes < (ENOUGH_DISK if is_known else LITTLE_DISK):
        text = f"{seen.free_bytes / 1024**2:,.0f} MiB are left where Vigie keeps its data. Make room in time."
        yield Problem("disk", "The disk is nearly full", text)


def _heartbeat(seen: Seen) -> Iterator[Problem]:
    if seen.heartbeat:
        text = f"{seen.heartbeat}. Whoever listens for it may take Vigie for dead."
        yield Problem("heartbeat", "The heartbeat is not heard", text)


def _hour(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def _list(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
