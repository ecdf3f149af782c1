"""When a source has been quiet for too long."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from bench.silence import STEADY, alarms
from bench.traces import KINDS, START, Kind, trace
from news.rhythm import Rhythm
from service.silence import FALSE_ALARMS_A_YEAR, FEWEST_HOURS, FEWEST_WAITS, longest_likely_wait, silent_since

DAY = timedelta(days=1)


def test_there_are_no_more_false_alarms_than_is_said() -> None:
    years = 3 * len(STEADY)
    false = sum(len(alarms(kind, 365, seed)) for kind in STEADY for seed in (11, 12, 13))
    assert false <= FALSE_ALARMS_A_YEAR * years + 2 * (FALSE_ALARMS_A_YEAR * years) ** 0.5


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


def test_articles_that_always_come_together_are_few_occasions_however_many_they_are() -> None:
    together = replace(STEADY[0], name="together", a_week=20, batch=20, wake=0.0, level=lambda day: float(day < 35))
    few = known(together, 90)
    assert few.all_waits > FEWEST_WAITS
    assert few.observed > FEWEST_HOURS
    assert silent_since(few, START, START + 90 * DAY) is None
    often = replace(together, level=lambda day: float(day < 300))
    assert silent_since(known(often, 300), START, START + 300 * DAY) is None
    assert silent_since(known(often, 420), START, START + 420 * DAY) is not None


def test_most_of_those_that_slow_down_for_a_month_are_not_taken_for_silent() -> None:
    def slower(kind: Kind, share: float) -> Kind:
        return replace(kind, level=lambda day: 1.0 if day < 60 else share)

    kinds = [kind for kind in STEADY if kind.a_week >= 90]
    by_share = {
        share: sum(
            when > START + 60 * DAY
            for kind in kinds
            for seed in (6, 7, 8)
            for when, _ in alarms(slower(kind, share), 90, seed)
        )
        for share in (0.5, 0.25)
    }
    assert by_share[0.5] <= 1
    assert by_share[0.25] <= 3


@pytest.mark.parametrize("kind", STEADY, ids=lambda kind: kind.name)
def test_whoever_bears_fewer_false_alarms_waits_longer(kind: Kind) -> None:
    rhythm = known(kind, 200)
    waits = [longest_likely_wait(rhythm, rate) for rate in (5.0, 1.0, 0.2, 0.05)]
    assert waits == sorted(waits)
    assert waits[0] < waits[-1]


def known(kind: Kind, days: int) -> Rhythm:
    """What is known of such a source after so many days."""
    rhythm, published = Rhythm(), trace(kind, days, random.Random(5))
    for day in range(1, days + 1):
        new = [instant for instant in published if day - 1 < (instant - START) / DAY <= day]
        rhythm = rhythm.after(new, START + day * DAY)
    return rhythm


def test_how_much_would_be_usual_does_not_fade_while_nothing_comes() -> None:
    kind = next(kind for kind in KINDS if kind.name == "regional daily")
    dead = replace(kind, level=lambda day: float(day < 60))
    earlier, later = (silent_since(known(dead, days), START, START + days * DAY) for days in (90, 160))
    assert earlier is not None
    assert later is not None
    assert earlier.usual == pytest.approx(140 / 7 * 30, rel=0.3)
    assert later.usual == pytest.approx(140 / 7 * 100, rel=0.3)


def test_a_silence_says_since_when_and_what_would_be_usual() -> None:
    kind = next(kind for kind in KINDS if kind.name == "national daily")
    _, silence = alarms(kind, 70, seed=5, dead_after=60)[-1]
    assert silence.since <= START + 60 * DAY
    assert silence.sentence.startswith("No article since Thursday 30 April, ")
    assert silence.usual > 5
