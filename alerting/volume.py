"""Volume: whether a watch has far more than usual today, judged by its own last two weeks. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from statistics import median

from news.telling import Volume

HISTORY = 14  # days
_FEWEST_DAYS = 7  # of a watch's history, before anything is unusual
_FEWEST_MATCHES = 10  # in a day: below it, no number is worth an alarm
_TIMES_USUAL = 3
_DEVIATIONS = 4


@dataclass(frozen=True, slots=True)
class Spike:
    """That there are so many today, and how many would be usual."""

    matches: int
    usual: float


def spike(today: date, volumes: Iterable[Volume], watched_since: date) -> Spike | None:
    """What is unusual today; None where nothing is, or where the watch is too new to tell.

    Usual is what the last fourteen days had in the middle, or what the same weekday had, if that is more.
    """
    counted = {volume.day: volume.matches for volume in volumes}
    days = [today - timedelta(days=back) for back in range(1, HISTORY + 1)]
    known = [counted.get(day, 0) for day in days if day >= watched_since]
    if len(known) < _FEWEST_DAYS:
        return None
    same_day = [counted.get(day, 0) for day in days if day >= watched_since and day.weekday() == today.weekday()]
    usual = max(median(known), _mean(same_day))
    matches = counted.get(today, 0)
    far_more = max(_FEWEST_MATCHES, _TIMES_USUAL * usual, usual + _DEVIATIONS * sqrt(usual + 1))
    return Spike(matches, usual) if matches >= far_more else None


def alerts_on(day: date, volumes: Iterable[Volume]) -> int:
    """How many alerts went out at once on a day."""
    return next((volume.alerts for volume in volumes if volume.day == day), 0)


def _mean(numbers: Sequence[int]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0
