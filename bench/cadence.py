"""How soon news is seen, against the requests spent: Vigie's cadence, fixed intervals, and an entry-frequency rule.

    python -m bench.cadence [--sources 3] [--days 70] [--seed 2]

Every source of `bench/traces.py` is polled three times over the same trace: by Vigie's cadence; at the fixed interval
that spends just as many requests on that source; and by the rule 'as often as it had entries in the last week' (an
interval of a week through their number, times a factor, within the same bounds as Vigie's), its factor chosen so that
it spends as many requests on all sources together. The first two weeks are for learning and are not counted. A poll
sees what was published before it; the delay is from publication to that poll.
"""

import argparse
import random
import statistics
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bench.traces import KINDS, START, Kind, trace
from news.hints import Hints
from news.rhythm import Rhythm
from scheduler.cadence import Bounds, due_at

_LEARNING = timedelta(days=14)
_WEEK = timedelta(days=7)
_WIDTHS = (10, 24, 24, 24, 10)
_WAYS = ("vigie", "fixed", "frequency")


@dataclass(frozen=True)
class Run:
    """Delays in seconds, and how many requests they cost."""

    delays: list[float]
    requests: int


Next = Callable[[datetime, Sequence[datetime]], datetime]


def polled(published: Sequence[datetime], end: datetime, next_poll: Next, first: datetime) -> Run:
    """Poll a trace; `next_poll` is told the time and what is new, and says when to come again."""
    counted = START + _LEARNING
    now, seen, requests = first, 0, 0
    delays: list[float] = []
    while now < end:
        upto = bisect_right(published, now)
        new = published[seen:upto]
        seen = upto
        if now >= counted:
            requests += 1
            delays += [(now - instant).total_seconds() for instant in new if instant >= counted]
        now = next_poll(now, new)
    return Run(delays, requests)


def by_vigie(bounds: Bounds) -> Next:
    """Vigie's cadence, learning as it goes."""
    rhythm = Rhythm()

    def next_poll(now: datetime, new: Sequence[datetime]) -> datetime:
        nonlocal rhythm
        rhythm = rhythm.after(new, now)
        return due_at(rhythm, Hints(), bounds, now)

    return next_poll


def by_fixed(interval: timedelta) -> Next:
    """Always the same interval."""
    return lambda now, new: now + interval


def by_frequency(factor: float, bounds: Bounds) -> Next:
    """As often as the source had entries in the last week."""
    known: list[datetime] = []

    def next_poll(now: datetime, new: Sequence[datetime]) -> datetime:
        known.extend(new)
        del known[: bisect_right(known, now - _WEEK)]
        interval = _WEEK / max(len(known), 1) * factor
        return now + min(max(interval, bounds.shortest), bounds.longest)

    return next_poll


@dataclass(frozen=True)
class Compared:
    """The three ways over the traces of one kind."""

    kind: str
    vigie: Run
    fixed: Run
    frequency: Run


def compare(sources: int, days: int, seed: int) -> list[Compared]:
    """Every kind of source by every way."""
    bounds = Bounds()
    dice = random.Random(seed)
    end = START + timedelta(days=days)
    traces = {kind: [trace(kind, days, dice) for _ in range(sources)] for kind in KINDS}
    phases = {kind: [timedelta(minutes=dice.random() * 60) for _ in range(sources)] for kind in KINDS}

    def all_by(kind: Kind, ways: Sequence[Next]) -> list[Run]:
        each = zip(traces[kind], phases[kind], ways, strict=True)
        return [polled(published, end, way, START + phase) for published, phase, way in each]

    vigie = {kind: all_by(kind, [by_vigie(bounds) for _ in range(sources)]) for kind in KINDS}
    counted = end - START - _LEARNING
    fixed = {kind: all_by(kind, [by_fixed(counted / run.requests) for run in vigie[kind]]) for kind in KINDS}
    spent = sum(run.requests for runs in vigie.values() for run in runs)

    def frequent(factor: float) -> dict[Kind, list[Run]]:
        return {kind: all_by(kind, [by_frequency(factor, bounds) for _ in range(sources)]) for kind in KINDS}

    frequency = _at_the_same_price(frequent, spent)
    return [Compared(kind.name, *(_together(runs[kind]) for runs in (vigie, fixed, frequency))) for kind in KINDS]


def _at_the_same_price(run: Callable[[float], dict[Kind, list[Run]]], spent: int) -> dict[Kind, list[Run]]:
    """The runs whose factor makes them cost what is given, within a percent."""
    low, high = 0.01, 4.0
    for _ in range(14):
        middle = (low * high) ** 0.5
        runs = run(middle)
        requests = sum(one.requests for each in runs.values() for one in each)
        if abs(requests - spent) < spent / 100:
            break
        low, high = (middle, high) if requests > spent else (low, middle)
    return runs


def _together(runs: Sequence[Run]) -> Run:
    return Run([delay for run in runs for delay in run.delays], sum(run.requests for run in runs))


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=3, help="of each kind")
    parser.add_argument("--days", type=int, default=70, help="length of the traces")
    parser.add_argument("--seed", type=int, default=2, help="of the traces; Vigie's cadence was tuned on 1")
    options = parser.parse_args()
    compared = compare(options.sources, options.days, options.seed)
    everything = Compared("all", *(_together([getattr(one, way) for one in compared]) for way in _WAYS))
    heads = ("requests", "Vigie", "best fixed", "by frequency", "requests")
    titles = "".join(f"{head:>{width}}" for head, width in zip(heads, _WIDTHS, strict=True))
    print(f"{'median (p90, mean), min':24}{titles}")
    for one in [*compared, everything]:
        ways = "".join(f"{_figures(run):>24}" for run in (one.vigie, one.fixed, one.frequency))
        print(f"{one.kind:24}{one.vigie.requests:>10}{ways}{one.frequency.requests:>10}")
    means = [statistics.fmean(_median(getattr(one, way)) for one in compared) for way in _WAYS]
    print(f"{'mean of the medians':34}" + "".join(f"{mean:>24.2f}" for mean in means))


def _median(run: Run) -> float:
    return statistics.median(run.delays) / 60


def _figures(run: Run) -> str:
    if not run.delays:
        return "–"
    ordered = sorted(run.delays)
    tail, mean = ordered[int(len(ordered) * 0.9)] / 60, statistics.fmean(ordered) / 60
    return f"{_median(run):.2f} ({tail:.1f}, {mean:.1f})"


if __name__ == "__main__":
    main()
