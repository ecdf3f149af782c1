"""What is learned of when a source publishes."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.traces import KINDS, START, trace
from news.rhythm import Rhythm, expected, pieces

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 1), timezones=st.just(UTC))
_BY_NAME = {kind.name: kind for kind in KINDS}


def taught(published: list[datetime], until: datetime, step: timedelta = HOUR) -> Rhythm:
    """A rhythm that has looked every `step`."""
    rhythm, now, left = Rhythm(), START, sorted(published)
    while now < until:
        now += step
        new = [instant for instant in left if instant <= now]
        left = left[len(new) :]
        rhythm = rhythm.after(new, now)
    return rhythm


def of_kind(name: str, days: int, seed: int = 7) -> Rhythm:
    """The rhythm of a made-up source."""
    return taught(trace(_BY_NAME[name], days, random.Random(seed)), START + days * DAY)


def test_nothing_is_usual_of_a_source_that_nothing_is_known_of() -> None:
    assert Rhythm().level == 0
    assert expected(Rhythm(), START, START + DAY) == 0


def test_the_level_is_what_was_published_an_hour() -> None:
    rhythm = of_kind("national daily", 28)
    assert rhythm.level == pytest.approx(420 / 168, rel=0.15)
    assert expected(rhythm, rhythm.until or START, (rhythm.until or START) + 7 * DAY) == pytest.approx(420, rel=0.2)


def test_hours_and_days_are_told_apart() -> None:
    rhythm = of_kind("regional daily", 35)
    monday, sunday = START + 42 * DAY, START + 41 * DAY
    assert rhythm.usual(monday + 10 * HOUR) > 5 * rhythm.usual(monday + 3 * HOUR)
    assert rhythm.usual(monday + 10 * HOUR) > 1.5 * rhythm.usual(sunday + 10 * HOUR)


def test_a_source_that_died_is_in_no_mood_and_one_that_doubled_is_in_a_good_one() -> None:
    assert of_kind("dies after a month", 28).mood == pytest.approx(1, abs=0.5)
    assert of_kind("dies after a month", 31).mood < 0.3
    assert of_kind("doubles after a month", 31).mood > 1.3


def test_bursts_are_known_from_a_steady_flow() -> None:
    assert of_kind("bursts", 35).burstiness > 0.2
    assert of_kind("night desk overseas", 35).burstiness < 0.05


def test_what_a_first_visit_finds_is_learned_from_its_dates() -> None:
    now = START + 10 * DAY
    rhythm = Rhythm().after([now - number * HOUR for number in range(1, 49)], now)
    assert rhythm.level == pytest.approx(1, rel=0.1)
    assert rhythm.last == now - HOUR


def test_what_is_older_than_four_weeks_teaches_a_first_visit_only_that_there_was_nothing_since() -> None:
    rhythm = Rhythm().after([START - 800 * DAY, START - 29 * DAY], START)
    assert rhythm.level == 0
    assert rhythm.last is None
    assert rhythm.observed == 28 * 24
    mixed = Rhythm().after([START - 800 * DAY, START - 2 * DAY], START)
    assert mixed == Rhythm().after([START - 2 * DAY], START)


def test_a_change_of_the_level_is_known_within_days() -> None:
    before, after = of_kind("doubles after a month", 28), of_kind("doubles after a month", 32)
    now = START + 35 * DAY + 10 * HOUR
    assert after.usual(now) * after.mood > 1.5 * before.usual(now) * before.mood


def test_many_small_steps_teach_what_one_big_step_does() -> None:
    known = of_kind("national daily", 28)
    now = START + 28 * DAY
    often = known
    for minutes in range(5, 601, 5):
        often = often.after([], now + timedelta(minutes=minutes))
    once = known.after([], now + timedelta(minutes=600))
    assert often.level == pytest.approx(once.level, rel=0.01)
    assert often.waited == pytest.approx(once.waited, rel=0.2)  # meanwhile it has learned of the quiet
    assert often.mood == pytest.approx(once.mood, rel=0.05)
    assert often.observed == pytest.approx(once.observed)


@given(st.lists(INSTANTS, max_size=30), INSTANTS, st.integers(-12, 14))
def test_the_zone_of_an_instant_does_not_matter(published: list[datetime], until: datetime, zone: int) -> None:
    there = timezone(zone * HOUR)
    elsewhere = Rhythm().after([instant.astimezone(there) for instant in published], until.astimezone(there))
    assert elsewhere == Rhythm().after(published, until)


@given(INSTANTS, st.lists(st.timedeltas(timedelta(), 9 * DAY), min_size=2, max_size=2))
def test_what_is_expected_of_two_spans_is_what_is_expected_of_both(start: datetime, lengths: list[timedelta]) -> None:
    middle, end = start + lengths[0], start + sum(lengths, timedelta())
    whole = expected(_DAILY, start, end)
    assert whole >= 0
    assert expected(_DAILY, start, middle) + expected(_DAILY, middle, end) == pytest.approx(whole)


_DAILY = of_kind("regional daily", 28)


def test_dates_in_the_future_and_before_what_is_learned_count_as_published_now() -> None:
    rhythm = Rhythm().after([], START).after([START - 9 * DAY, START + 9 * DAY], START + HOUR)
    assert sum(rhythm.hours) == pytest.approx(2, rel=0.01)
    assert rhythm.last == START + HOUR


def test_a_clock_that_is_set_back_teaches_nothing_and_breaks_nothing() -> None:
    rhythm = of_kind("blog", 20)
    again = rhythm.after([START], START)
    assert again.until == rhythm.until
    assert again.observed == rhythm.observed


@given(st.lists(INSTANTS, max_size=40), INSTANTS)
def test_the_order_of_publications_does_not_matter(published: list[datetime], until: datetime) -> None:
    shuffled = random.Random(1).sample(published, len(published))
    assert Rhythm().after(published, until) == Rhythm().after(shuffled, until)


@given(st.lists(st.tuples(st.lists(INSTANTS, max_size=5), st.timedeltas(timedelta(), 3 * DAY)), max_size=20))
def test_nothing_learned_is_negative_or_no_number_and_all_of_it_survives_json(
    visits: list[tuple[list[datetime], timedelta]],
) -> None:
    rhythm, now = Rhythm(), datetime(2026, 1, 20, tzinfo=UTC)
    for published, passed in visits:
        now += passed
        rhythm = rhythm.after(published, now)
        assert rhythm.level >= 0 and rhythm.waited >= 0 and 0 <= rhythm.burstiness <= 0.7
        assert all(number >= 0 for number in (*rhythm.hours, *rhythm.hour_spans, *rhythm.waits))
    text = json.dumps(rhythm.as_json())
    again = Rhythm.from_json(json.loads(text))
    assert len(text) < 2_000
    assert again.as_json() == rhythm.as_json()


@pytest.mark.parametrize("value", [None, [], {}, 7, "x", [1, 2, 3], [2, 0, None, *([0.0] for _ in range(7))]])
def test_what_is_no_rhythm_is_an_empty_one(value: object) -> None:
    assert Rhythm.from_json(value) == Rhythm()


@pytest.mark.parametrize("bad", [-1.0, float("nan"), float("inf"), "much", None])
@pytest.mark.parametrize("place", range(1, 10))
def test_a_rhythm_that_was_spoiled_is_an_empty_one(place: int, bad: object) -> None:
    value = _DAILY.as_json()
    assert Rhythm.from_json(value) != Rhythm()
    if place < 3:
        value[place] = bad if bad not in (-1.0, None) else "then"
    else:
        value[place][0] = bad
    assert Rhythm.from_json(value) == Rhythm()


@given(INSTANTS, st.timedeltas(timedelta(), 9 * DAY))
def test_a_span_is_cut_at_full_hours_and_nothing_of_it_is_lost(start: datetime, length: timedelta) -> None:
    cut = list(pieces(start, start + length))
    assert sum(part for _, part in cut) == pytest.approx(length / HOUR)
    assert all(one.hour != other.hour for (one, _), (other, _) in pairwise(cut))


@pytest.mark.parametrize("passed", [-DAY, timedelta(), 8 * DAY])
def test_a_rhythm_that_is_looked_at_as_usual_goes_on(passed: timedelta) -> None:
    assert _DAILY.until is not None
    assert _DAILY.resumed(_DAILY.until + passed) is _DAILY


@pytest.mark.parametrize("passed", [365 * DAY, 8 * DAY + HOUR, -DAY - HOUR, -365 * DAY])
def test_a_time_in_which_nobody_looked_was_not_silent(passed: timedelta) -> None:
    assert _DAILY.until is not None
    now = _DAILY.until + passed
    resumed = replace(_DAILY, waited=9.0, heat=3.0).resumed(now)
    assert (resumed.until, resumed.waited, resumed.heat, resumed.level) == (now, 0, 0, _DAILY.level)
    assert resumed.last is not None and resumed.last <= now
    assert resumed.after([now + HOUR], now + HOUR).last == now + HOUR


def test_of_a_rhythm_that_knows_nothing_nothing_is_resumed() -> None:
    assert Rhythm().resumed(datetime(2026, 1, 20, tzinfo=UTC)) == Rhythm()
