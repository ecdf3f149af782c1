"""When a source has been quiet for too long."""

import random
from bisect import bisect_right
from datetime import datetime, timedelta

import pytest

from bench.traces import KINDS, START, Kind, trace
from news.rhythm import Rhythm
from service.silence import Silence, silent_since

DAY = timedelta(days=1)
STEADY = [kind for kind in KINDS if "month" not in kind.name]


def alarms(kind: Kind, days: int, seed: int, dead_after: int = 10_000) -> list[tuple[datetime, Silence]]:
    """Every time that a silence is noticed, of a source that is looked at every two hours."""
    end_of_life = START + dead_after * DAY
    published = [instant for instant in trace(kind, days, random.Random(seed)) if instant < end_of_life]
    rhythm, now, seen, is_told = Rhythm(), START, 0, False
    found: list[tuple[datetime, Silence]] = []
    while now < START + days * DAY:
        upto = bisect_right(published, now)
        new, seen = published[seen:upto], upto
        rhythm = rhythm.after(new, now)
        is_told = is_told and not new
        silence = silent_since(rhythm, now, now)
        if silence is not None and not is_told:
            found.append((now, silence))
            is_told = True
        now += timedelta(hours=2)
    return found


def test_the_rate_of_false_alarms_is_what_is_said() -> None:
    years = 1.0 * len(STEADY)
    false = sum(len(alarms(kind, 365, seed=11)) for kind in STEADY)
    assert false <= 0.2 * years + 3 * (0.2 * years) ** 0.5


@pytest.mark.parametrize(
    ("name", "within"),
    [
        ("news agency", timedelta(hours=8)),
        ("national daily", timedelta(hours=18)),
        ("regional daily", timedelta(hours=36)),
        ("night desk overseas", timedelta(days=3)),
        ("blog", timedelta(days=45)),
    ],
)
def test_a_source_that_dies_is_noticed_the_sooner_the_more_it_published(name: str, within: timedelta) -> None:
    kind = next(kind for kind in KINDS if kind.name == name)
    noticed = [when for when, _ in alarms(kind, 110, seed=5, dead_after=60) if when > START + 60 * DAY]
    assert noticed
    assert noticed[0] - (START + 60 * DAY) <= within


def test_nothing_is_said_before_enough_is_known() -> None:
    kind = next(kind for kind in KINDS if kind.name == "national daily")
    [(when, _)] = alarms(kind, 30, seed=5, dead_after=5)
    assert when - START == 14 * DAY
    blog = next(kind for kind in KINDS if kind.name == "blog")
    assert alarms(blog, 60, seed=5, dead_after=20) == []  # a dozen articles tell nothing


def test_a_silence_says_since_when_and_what_would_be_usual() -> None:
    kind = next(kind for kind in KINDS if kind.name == "national daily")
    _, silence = alarms(kind, 70, seed=5, dead_after=60)[-1]
    assert silence.since <= START + 60 * DAY
    assert silence.sentence.startswith("No article since Thursday 30 April, ")
    assert silence.usual > 5
