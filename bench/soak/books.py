"""The books of the soak: every promise with what was found to break it, and the figures."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median

from bench.soak.service import State

PROMISES = {
    "P1": "each article, watch and channel told exactly once",
    "P2": "twice only what was in flight at a kill, ids stable",
    "P7": "SIGTERM ends it within 25 s with its leases given back; those of the killed are taken over",
    "P8": "what is overdue is visited within an interval, nothing twice at once",
    "P9": "the database is synchronous",
    "P10": "a failing database: not ready, fetching pauses, goes on by itself",
    "P11": "a backup under load restores, sound and complete",
    "P12": "each failure is visible",
    "P13": "nothing known is told again",
    "digest": "a daily digest runs once a day",
    "memory": "from the eleventh day of a life on it grows by less than 5 %",
    "left over": "no descriptor, task, thread, process, lease or row",
    "log": "no fault of Vigie's own in the log",
}
_MOST_TOLD = 8
_DAY = timedelta(days=1)
_FILLING = 10 * _DAY  # for which articles are compared with new ones, and stay in memory
_LONG_LIFE = 15 * _DAY
_WARMING = 40  # connections that a short life may still come to have: one for each visit that may be open at once
GROWTH = 0.05


@dataclass
class Books:
    """What was found; `lives` are the states of each process, from its start to its end."""

    seed: int
    broken: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    looked: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    in_flight: Counter[str] = field(default_factory=Counter)
    lives: list[list[State]] = field(default_factory=list)
    figures: dict[str, object] = field(default_factory=dict)
    slowest_stop: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Whether no promise was broken."""
        return not self.broken

    def hold(self, promise: str, found: bool, otherwise: str) -> bool:
        """A look at a promise; what breaks it is noted."""
        self.looked[promise] += 1
        if not found:
            self.broken[promise].append(otherwise)
        return found

    def weigh(self) -> None:
        """Compare the end of the last process's life with what it was when it had warmed up.

        A short life is all warm-up: its connections to the database are not all made, and memory says nothing.
        """
        life = self.lives[-1]
        is_short = life[-1].now - life[0].now < _LONG_LIFE
        self._weigh_memory(life, is_short=is_short)
        tenth = max(len(life) // 10, 1)
        early, late = life[tenth : 2 * tenth] or life[:1], life[-tenth:]
        for name in ("descriptors", "tasks", "threads"):
            had = max(getattr(one, name) for one in early)
            has = median(getattr(one, name) for one in late)
            self.figures[f"{name}, most of the early, median of the late"] = f"{had} → {has:g}"
            self.hold(
                "left over",
                has <= had + (_WARMING if is_short else 2),
                f"{name}: {had} at most after the start, {has:g} at the end",
            )

    def _weigh_memory(self, life: list[State], *, is_short: bool) -> None:
        """Day by day what the last articles were is remembered, until the first of them is forgotten."""
        by_day = defaultdict(list)
        for state in life:
            by_day[(state.now - life[0].now) // _DAY].append(state)
        days = sorted(by_day)
        full = next((day for day in days if day * _DAY >= _FILLING), days[0])
        for name, size in (("service", _own), ("workers", _workers)):
            second, before, after = (
                median(map(size, by_day[day])) for day in (days[min(1, len(days) - 1)], full, days[-1])
            )
            growth = after / before - 1 if before else 0.0
            self.figures[f"memory of the {name}, MB, on day 2, {full + 1} and {days[-1] + 1}"] = (
                f"{second / 2**20:.1f}, {before / 2**20:.1f}, {after / 2**20:.1f} ({growth:+.1%})"
            )
            self.hold("memory", growth < GROWTH or is_short, f"of the {name} has grown by {growth:.1%}")

    def __str__(self) -> str:
        told = {"seed": self.seed, "faults": dict(sorted(self.faults.items())), **self.figures}
        lines = [f"{name:44} {value}" for name, value in told.items()]
        for promise, said in PROMISES.items():
            found = self.broken.get(promise, [])
            verdict = f"BROKEN {len(found)} times" if found else f"kept, looked at {self.looked[promise]} times"
            lines.append(f"{promise:10} {said:84} {verdict if self.looked[promise] else 'not looked at'}")
            lines += [f"           - {one}" for one in found[:_MOST_TOLD]]
        return "\n".join(lines)


def _own(state: State) -> int:
    return state.memory


def _workers(state: State) -> int:
    return sum(state.workers.values())
