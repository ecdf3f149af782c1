"""Silence: a source that has been quiet for longer than its own history makes likely. Pure."""

import math
from dataclasses import dataclass
from datetime import datetime

from news.rhythm import Rhythm, wait_steps

FALSE_ALARMS_A_YEAR = 0.2  # of a source that goes on as before
FEWEST_WAITS = 30
FEWEST_LONG_WAITS = 8  # of at least half an article; articles that always come together tell of few waits
FEWEST_HOURS = 14 * 24.0
_HOURS_A_YEAR = 8_766.0
_TAIL = 0.15  # the share of waits that are long; from how much longer they get the rest is inferred
_FEWEST_IN_TAIL = 4.0
_CAUTION = 1.25  # the tail is known from few waits


@dataclass(frozen=True, slots=True)
class Silence:
    """Quiet since `since`, while `usual` articles would have been usual."""

    since: datetime
    usual: float

    @property
    def sentence(self) -> str:
        """For the user."""
        return f"No article since {self.since:%A %d %B, %H:%M} UTC; {self.usual:.0f} would be usual."


def silent_since(
    rhythm: Rhythm, last_news: datetime, now: datetime, false_alarms_a_year: float = FALSE_ALARMS_A_YEAR
) -> Silence | None:
    """Whether the source is silent; None as long as too little is known of it.

    Enough are 30 articles over 14 days that came on at least eight occasions.
    """
    if rhythm.all_waits < FEWEST_WAITS or rhythm.waits[0] < FEWEST_LONG_WAITS or rhythm.observed < FEWEST_HOURS:
        return None
    if rhythm.waited <= longest_likely_wait(rhythm, false_alarms_a_year):
        return None
    return Silence(rhythm.last or last_news, rhythm.waited)


def longest_likely_wait(rhythm: Rhythm, false_alarms_a_year: float) -> float:
    """The wait, in articles that would have been usual, that chance brings about so many times a year.

    The longest waits seen tell how fast they become rarer; beyond them the same is assumed to go on.
    """
    waits_a_year = max(rhythm.level * _HOURS_A_YEAR, 1.0)
    wanted = min(false_alarms_a_year / waits_a_year, 0.5)
    bound, share, excess = 0.0, 1.0, 1.0
    for step, longer, total in zip(wait_steps(), rhythm.waits, rhythm.wait_sums, strict=True):
        if longer < _FEWEST_IN_TAIL:
            break
        bound, share, excess = step, longer / rhythm.all_waits, max(total / longer - step, 1.0)
        if share <= _TAIL:
            break
    return _CAUTION * (bound + excess * math.log(max(share / wanted, 1.0)))
