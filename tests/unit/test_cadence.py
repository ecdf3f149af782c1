"""When a source is visited next."""

import random
import statistics
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.cadence import compare
from bench.traces import KINDS, START, trace
from crawler.visit import VisitOutcome
from news.hints import Hints
from news.rhythm import Rhythm
from news.source import Source
from scheduler.cadence import Bounds, due_at, next_due
from storage.subscriptions import Pushed
from tests.unit.test_rhythm import taught

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WIDE = Bounds()
FIXED = Source(id=1, name="Le Phare", url="https://phare.example/", interval=900)
FREE = replace(FIXED, interval=0)
FAILED = VisitOutcome(error="gone")
_HOURS = st.frozensets(st.integers(0, 23), max_size=23)
_DAYS = st.frozensets(st.integers(0, 6), max_size=6)


def after(source: Source, outcome: VisitOutcome, pending: datetime | None = None) -> timedelta:
    """How long after noon it is due."""
    return next_due(source, outcome, Rhythm(), NOON, pending, WIDE) - NOON


def an_hourly(a_week: float, seed: int = 3) -> Rhythm:
    """The rhythm of a source that publishes so much, evenly."""
    kind = replace(KINDS[0], name="even", a_week=a_week, by_hour=(1.0,) * 24, wake=0.0)
    return taught(trace(kind, 28, random.Random(seed)), START + 28 * DAY, step=6 * HOUR)


def test_an_interval_of_its_own_is_kept() -> None:
    assert after(FIXED, VisitOutcome()) == 15 * MINUTE


def test_a_link_that_waits_brings_the_next_visit_nearer_and_never_into_the_past() -> None:
    assert after(FIXED, VisitOutcome(), NOON + MINUTE) == MINUTE
    assert after(FIXED, VisitOutcome(), NOON - HOUR) == timedelta()
    assert after(FIXED, VisitOutcome(), NOON + HOUR) == 15 * MINUTE


@pytest.mark.parametrize(("failures", "minutes"), [(0, 15), (1, 30), (2, 60), (6, 960), (7, 1_440), (50, 1_440)])
def test_a_source_that_fails_is_asked_at_doubling_intervals_up_to_a_day(failures: int, minutes: int) -> None:
    assert after(replace(FIXED, failures=failures), FAILED) == minutes * MINUTE
    assert after(replace(FREE, failures=failures), FAILED) == minutes * MINUTE


def test_an_interval_of_more_than_a_day_is_no_shorter_for_failing() -> None:
    assert after(replace(FIXED, interval=2 * 86_400, failures=9), FAILED) == 2 * DAY


def test_a_schedule_is_kept_whatever_waits_or_fails() -> None:
    hourly = replace(FREE, schedule="30 * * * * UTC")
    assert after(hourly, VisitOutcome()) == HOUR / 2
    assert after(hourly, VisitOutcome(), NOON + MINUTE) == HOUR / 2
    assert after(hourly, VisitOutcome(not_before=NOON + HOUR)) == 1.5 * HOUR
    assert [after(replace(hourly, failures=number), FAILED) for number in (0, 1, 2, 3)] == [
        HOUR / 2, HOUR / 2, 1.5 * HOUR, 2.5 * HOUR,
    ]  # fmt: skip
    assert after(replace(hourly, failures=50), FAILED) == DAY + HOUR / 2
    assert after(replace(hourly, schedule="61 * * * *"), VisitOutcome()) == after(FREE, VisitOutcome())


def test_what_a_server_asks_for_is_kept_whether_the_visit_failed_or_not() -> None:
    until = NOON + 5 * HOUR
    assert after(FIXED, VisitOutcome(not_before=until)) == 5 * HOUR
    assert after(FIXED, replace(FAILED, not_before=until)) == 5 * HOUR
    assert after(FIXED, VisitOutcome(not_before=until), NOON + MINUTE) == 5 * HOUR


def test_a_source_that_nothing_is_known_of_is_visited_in_half_an_hour() -> None:
    assert after(FREE, VisitOutcome()) == 30 * MINUTE


def test_a_source_that_never_published_is_visited_ever_less_often() -> None:
    rhythm, now = Rhythm(), NOON
    waits = []
    for _ in range(40):
        rhythm = rhythm.after([], now)
        waits.append(due_at(rhythm, Hints(), WIDE, now) - now)
        now += waits[-1]
    assert waits == sorted(waits)
    assert waits[0] == 30 * MINUTE
    assert waits[-1] == WIDE.longest


def test_a_source_that_stopped_a_year_ago_is_visited_as_seldom_as_may_be_and_again_often_once_it_wakes() -> None:
    now = START + 400 * DAY
    dead = taught(trace(KINDS[1], 28, random.Random(3)), START + 28 * DAY).after([], START + 200 * DAY).after([], now)
    assert due_at(dead, Hints(), WIDE, now) - now > 5 * HOUR
    for number in range(12):
        now = START + 400 * DAY + (6 + number) * HOUR
        dead = dead.after([now - MINUTE] * 3, now)
    assert due_at(dead, Hints(), WIDE, now) - now < HOUR


@given(
    few=st.floats(0.01, 50_000), factor=st.floats(1, 1_000), passed=st.timedeltas(timedelta(), 8 * DAY), of=st.data()
)
def test_more_of_everything_is_never_visited_later(
    few: float, factor: float, passed: timedelta, of: st.DataObject
) -> None:
    known = _RHYTHMS[of.draw(st.sampled_from(sorted(_RHYTHMS)))]
    now = START + 28 * DAY + passed
    slow, fast = (due_at(_with_level(known, rate), Hints(), WIDE, now) for rate in (few, few * factor))
    assert fast <= slow + timedelta(seconds=1)


def _with_level(rhythm: Rhythm, a_week: float) -> Rhythm:
    """The same rhythm of a source of so many articles a week, long enough known for no count to be small."""
    factor = 1_000.0
    spans = [span * factor for span in (*rhythm.hour_spans, *rhythm.day_spans)]
    scale = a_week / 168 / rhythm.level * factor
    counts = [count * scale for count in (*rhythm.hours, *rhythm.days)]
    return replace(
        rhythm,
        hours=tuple(counts[:24]),
        days=tuple(counts[24:]),
        hour_spans=tuple(spans[:24]),
        day_spans=tuple(spans[24:]),
        recent=rhythm.recent_usual,
        heat=0.0,
    )


def test_whoever_publishes_more_is_visited_more_often() -> None:
    now = START + 28 * DAY
    waits = [due_at(an_hourly(a_week), Hints(), WIDE, now) - now for a_week in (7, 70, 700, 7_000)]
    assert waits == sorted(waits, reverse=True)
    assert waits[0] > 4 * waits[2]


def test_the_busy_hours_are_visited_more_often_than_the_night() -> None:
    kind = next(kind for kind in KINDS if kind.name == "regional daily")
    rhythm = taught(trace(kind, 28, random.Random(3)), START + 28 * DAY)
    monday = START + 28 * DAY
    by_day = due_at(rhythm, Hints(), WIDE, monday + 10 * HOUR) - (monday + 10 * HOUR)
    by_night = due_at(rhythm, Hints(), WIDE, monday + HOUR) - (monday + HOUR)
    assert by_night > 3 * by_day


def test_an_article_of_a_bursty_source_brings_the_next_visit_nearer() -> None:
    kind = next(kind for kind in KINDS if kind.name == "bursts")
    now = START + 28 * DAY + 20 * HOUR
    quiet = taught(trace(kind, 28, random.Random(3)), START + 28 * DAY).after([], now)
    assert due_at(quiet.after([now] * 2, now), Hints(), WIDE, now) < due_at(quiet, Hints(), WIDE, now)


def test_a_feed_that_asks_for_patience_gets_it_up_to_an_hour() -> None:
    busy = an_hourly(7_000)
    now = START + 28 * DAY
    assert due_at(busy, Hints(ttl=1_200), WIDE, now) == now + 20 * MINUTE
    assert due_at(busy, Hints(max_age=1_200), WIDE, now) == now + 20 * MINUTE
    assert due_at(busy, Hints(ttl=86_400), WIDE, now) == now + HOUR


def test_hours_and_days_that_a_feed_skips_are_skipped() -> None:
    noon_skipped = Hints(skip_hours=frozenset({12, 13}))
    assert due_at(Rhythm(), noon_skipped, WIDE, NOON) == NOON.replace(hour=14)
    saturday_skipped = Hints(skip_days=frozenset({5}))
    assert due_at(Rhythm(), saturday_skipped, WIDE, NOON) == datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize("hints", [Hints(skip_hours=frozenset(range(24))), Hints(skip_days=frozenset(range(7)))])
def test_a_feed_that_skips_all_of_the_time_cannot_mean_it(hints: Hints) -> None:
    assert due_at(Rhythm(), hints, WIDE, NOON) == NOON + 30 * MINUTE


@given(hours=_HOURS, passed=st.timedeltas(timedelta(), 2 * DAY))
def test_no_visit_falls_into_an_hour_that_is_skipped(hours: frozenset[int], passed: timedelta) -> None:
    assert due_at(Rhythm(), Hints(skip_hours=hours), WIDE, NOON + passed).hour not in hours


@given(st.timedeltas(-40 * DAY, 40 * DAY), st.integers(-12, 14))
def test_a_clock_set_back_or_in_another_zone_leads_to_a_visit_within_the_bounds(apart: timedelta, zone: int) -> None:
    now = START + 28 * DAY + apart
    for rhythm in _RHYTHMS.values():
        due = due_at(rhythm, Hints(), WIDE, now)
        assert now + WIDE.shortest <= due <= now + WIDE.longest
        assert due == due_at(rhythm, Hints(), WIDE, now.astimezone(timezone(zone * HOUR)))


@given(
    longer=st.timedeltas(timedelta(), DAY),
    failed=st.booleans(),
    interval=st.sampled_from([0, 60, 900, 86_400]),
    failures=st.integers(0, 10**6),
    hints=st.sampled_from([{}, {"ttl": 3_600}, {"skip_hours": [13]}]),
    pending=st.none() | st.timedeltas(-DAY, DAY),
)
def test_nothing_is_asked_before_a_server_wants_it_and_no_failure_puts_it_off_for_more_than_a_day(
    longer: timedelta,
    failed: bool,
    interval: int,
    failures: int,
    hints: dict[str, object],
    pending: timedelta | None,
) -> None:
    outcome = VisitOutcome(error="gone" if failed else "", hints=(hints,), not_before=NOON + longer)
    source = replace(FREE, interval=interval, failures=failures)
    due = after(source, outcome, NOON + pending if pending is not None else None)
    assert longer <= due <= DAY
    assert after(source, replace(outcome, not_before=None)) <= due or pending is not None


@given(
    a_week=st.sampled_from([0.5, 7.0, 300.0, 9_000.0]),
    hours=_HOURS,
    days=_DAYS,
    ttl=st.integers(0, 10**9),
    shortest=st.integers(1, 3_600),
    longer=st.integers(0, 86_400),
    passed=st.timedeltas(timedelta(), 40 * DAY),
)
def test_no_rhythm_and_no_hint_leads_out_of_the_bounds(
    a_week: float,
    hours: frozenset[int],
    days: frozenset[int],
    ttl: int,
    shortest: int,
    longer: int,
    passed: timedelta,
) -> None:
    bounds = Bounds(timedelta(seconds=shortest), timedelta(seconds=shortest + longer))
    now = START + 28 * DAY + passed
    due = due_at(_RHYTHMS[a_week], Hints(ttl, 0, hours, days), bounds, now)
    assert due.tzinfo is not None
    assert now + bounds.shortest <= due <= now + bounds.longest + DAY
    if not hours and not days:
        assert due <= now + bounds.longest


_RHYTHMS = {a_week: an_hourly(a_week) for a_week in (0.5, 7.0, 300.0, 9_000.0)}


def test_of_several_feeds_the_most_impatient_counts_and_only_what_all_of_them_skip() -> None:
    hints = Hints.of([{"ttl": 3_600, "skip_hours": [1, 2]}, {"ttl": 600, "skip_hours": [2, 3], "is_news": True}])
    assert hints == Hints(ttl=600, skip_hours=frozenset({2}))
    assert Hints.of([]) == Hints()


def test_news_is_seen_sooner_for_as_many_requests_than_by_any_fixed_interval_or_by_frequency() -> None:
    compared = compare(sources=1, days=42, seed=4)
    delays = {way: [delay for one in compared for delay in getattr(one, way).delays] for way in _WAYS}
    spent = {way: sum(getattr(one, way).requests for one in compared) for way in _WAYS}
    assert spent["fixed"] == pytest.approx(spent["vigie"], rel=0.01)
    assert spent["frequency"] == pytest.approx(spent["vigie"], rel=0.02)
    vigie, fixed, frequency = (statistics.median(delays[way]) for way in _WAYS)
    assert vigie < 0.95 * fixed
    assert vigie < frequency
    busy = [one for one in compared if len(one.vigie.delays) > 100]
    assert all(statistics.median(one.vigie.delays) < statistics.median(one.fixed.delays) for one in busy)


_WAYS = ("vigie", "fixed", "frequency")


def when_pushed(last_at: datetime, until: datetime, source: Source = FREE, rhythm: Rhythm | None = None) -> timedelta:
    """How long after the end of four weeks a source that is pushed is visited."""
    now = START + 28 * DAY
    known = rhythm or an_hourly(168)
    return next_due(source, VisitOutcome(), known, now, None, WIDE, Pushed(last_at, until)) - now


def test_a_source_that_is_pushed_is_visited_as_seldom_as_any() -> None:
    now = START + 28 * DAY
    assert due_at(an_hourly(168), Hints(), WIDE, now) < now + HOUR
    assert when_pushed(now, now + DAY) == WIDE.longest


def test_a_source_is_visited_when_the_hub_stops_to_push_and_not_before_its_rhythm_says() -> None:
    now = START + 28 * DAY
    assert when_pushed(now, now + 2 * HOUR) == 2 * HOUR
    unpushed = due_at(an_hourly(168), Hints(), WIDE, now) - now
    assert when_pushed(now, now + timedelta(seconds=1)) == unpushed
    assert when_pushed(now, now - DAY) == unpushed


def test_a_hub_that_has_not_brought_the_latest_article_is_not_relied_on() -> None:
    now, rhythm = START + 28 * DAY, an_hourly(168)
    assert rhythm.last is not None
    assert when_pushed(rhythm.last - MINUTE, now + DAY) == WIDE.longest
    assert when_pushed(rhythm.last - 2 * MINUTE, now + DAY) < HOUR
    assert when_pushed(now - DAY, now + DAY, rhythm=Rhythm()) == WIDE.longest


def test_pushes_change_nothing_of_an_interval_of_its_own_or_of_what_is_waiting() -> None:
    assert when_pushed(START + 28 * DAY, START + 30 * DAY, FIXED) == 15 * MINUTE
    pushed = Pushed(NOON, NOON + DAY)
    assert next_due(FREE, VisitOutcome(), Rhythm(), NOON, NOON + MINUTE, WIDE, pushed) == NOON + MINUTE
    assert next_due(FREE, FAILED, Rhythm(), NOON, None, WIDE, pushed) == NOON + 15 * MINUTE


def test_a_pushed_source_too_is_left_alone_in_the_hours_that_its_feeds_skip() -> None:
    hints = Hints(skip_hours=frozenset({18, 19}))
    assert due_at(Rhythm(), hints, WIDE, NOON, Pushed(NOON, NOON + DAY)) == NOON + 8 * HOUR
