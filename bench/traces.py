"""When sources publish: made-up traces whose parameters were written down before anything was tuned on them."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday

Day = tuple[float, ...]
_OFFICE: Day = (0.05,) * 5 + (0.3, 0.8) + (1.6,) * 12 + (1.0, 0.6, 0.3, 0.15, 0.05)
_ROUND_THE_CLOCK: Day = (0.6,) * 6 + (1.0,) * 3 + (1.25,) * 12 + (0.9,) * 3
_MORNING: Day = (0.0,) * 4 + (4.0, 9.0, 6.0, 2.0) + (0.3,) * 12 + (0.0,) * 4
_NIGHT: Day = (1.8,) * 6 + (0.4,) * 12 + (1.8,) * 6
_WEEK = (1.0,) * 5 + (0.45, 0.4)
_EVEN = (1.0,) * 7


@dataclass(frozen=True)
class Kind:
    """A kind of source: articles a week, by the hour (UTC) and the weekday, and what is odd about it.

    `batch` articles appear together; each article is followed by `wake` more on average within half an hour or so;
    `rounded` of them appear at a full or half hour; `level` multiplies the rate by the day.
    """

    name: str
    a_week: float
    by_hour: Day
    by_day: tuple[float, ...] = _EVEN
    batch: int = 1
    wake: float = 0.0
    rounded: float = 0.0
    level: Callable[[int], float] = field(default=lambda _: 1.0)


KINDS = (
    Kind("news agency", 1_400, _ROUND_THE_CLOCK, wake=0.3),
    Kind("national daily", 420, _OFFICE, (1.0,) * 5 + (0.7, 0.7), wake=0.2, rounded=0.3),
    Kind("regional daily", 140, _OFFICE, _WEEK, rounded=0.4),
    Kind("morning edition", 60, _MORNING, _WEEK, batch=5),
    Kind("night desk overseas", 90, _NIGHT, _EVEN),
    Kind("blog", 5, _OFFICE, _WEEK),
    Kind("weekly magazine", 12, _MORNING, (0.0, 0.0, 0.0, 7.0, 0.0, 0.0, 0.0), batch=6),
    Kind("bursts", 60, _OFFICE, _WEEK, wake=0.7),
    Kind("doubles after a month", 100, _OFFICE, _WEEK, level=lambda day: 1.0 if day < 28 else 2.5),
    Kind("dies after a month", 100, _OFFICE, _WEEK, level=lambda day: 1.0 if day < 28 else 0.0),
    Kind("wakes after a month", 150, _OFFICE, _WEEK, level=lambda day: 0.02 if day < 28 else 1.0),
)


def trace(kind: Kind, days: int, dice: random.Random) -> list[datetime]:
    """The instants at which a source of that kind publishes, in order."""
    share = sum(kind.by_hour) / 24 * sum(kind.by_day) / 7
    rate = kind.a_week / 168 / share * (1 - kind.wake) / kind.batch
    found: list[datetime] = []
    for hour in range(days * 24):
        at = START + timedelta(hours=hour)
        mean = rate * kind.by_hour[at.hour] * kind.by_day[at.weekday()] * kind.level(hour // 24)
        for _ in range(_poisson(mean, dice)):
            first = at + timedelta(seconds=dice.random() * 3_600)
            if dice.random() < kind.rounded:
                first = at + timedelta(minutes=dice.choice((0, 30)), seconds=dice.random() * 60)
            found += [first + timedelta(seconds=3 * number) for number in range(kind.batch)]
            found += _wake(first, kind.wake, dice)
    end = START + timedelta(days=days)
    return sorted(instant for instant in found if instant < end)


def _wake(first: datetime, mean: float, dice: random.Random) -> list[datetime]:
    """What follows an article, and what follows that; `mean` below 1, so that it comes to an end."""
    found: list[datetime] = []
    waiting = [first]
    while waiting:
        parent = waiting.pop()
        for _ in range(_poisson(mean, dice)):
            child = parent + timedelta(minutes=dice.expovariate(1 / 25))
            found.append(child)
            waiting.append(child)
    return found


def _poisson(mean: float, dice: random.Random) -> int:
    limit, count, product = math.exp(-mean), 0, dice.random()
    while product > limit:
        count += 1
        product *= dice.random()
    return count
