"""Hours: quiet ones and those of digests, in all time zones, over every change of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerting.hours import local_day, next_digest, outside_quiet, quiet_until
from news.rules import NO_QUIET, HowOften, Quiet, WholeRules

MINUTE = timedelta(minutes=1)
# Clocks that change by an hour, by half an hour, at midnight, that lie at odd minutes, and that skipped a whole day.
ZONES = (
    "UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo",
    "Asia/Beirut", "Africa/Casablanca", "Pacific/Apia", "America/St_Johns", "Asia/Seoul", "Pacific/Chatham",
)  # fmt: skip
PARIS = ZoneInfo("Europe/Paris")
FORWARD = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)  # in Paris it is 02:00, and then 03:00
BACK = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)  # in Paris it is 03:00, and then 02:00 again

hours = st.times().map(lambda hour: hour.replace(second=0, microsecond=0))
instants = st.datetimes(datetime(2005, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))
changes = st.builds(
    lambda at, off: at + timedelta(minutes=off),
    st.sampled_from([FORWARD, BACK, datetime(2011, 12, 30, 10, tzinfo=UTC), datetime(2018, 11, 4, 3, tzinfo=UTC)]),
    st.integers(-2_000, 2_000),
)
zones = st.sampled_from(ZONES)


def rules(
    quiet: tuple[time, time] | None = None, zone: str = "Europe/Paris", digest: HowOften = "daily", at: time = time(8)
) -> WholeRules:
    return WholeRules(digest=digest, at=at, quiet=Quiet(*quiet) if quiet else NO_QUIET, timezone=zone)


def paris(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS)


NIGHT = (time(22), time(7))


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (paris(20, 21, 59), None),
        (paris(20, 22), paris(21, 7)),
        (paris(20, 23, 30), paris(21, 7)),
        (paris(21, 0), paris(21, 7)),
        (paris(21, 6, 59), paris(21, 7)),
        (paris(21, 7), None),
        (paris(21, 12), None),
    ],
)
def test_quiet_hours_hold_until_their_end_across_midnight(now: datetime, until: datetime | None) -> None:
    assert quiet_until(now, rules(NIGHT)) == until


def test_quiet_hours_within_a_day_end_that_day() -> None:
    lunch = rules((time(12), time(13, 30)))
    assert quiet_until(paris(20, 13), lunch) == paris(20, 13, 30)
    assert quiet_until(paris(20, 14), lunch) is None


def test_without_quiet_hours_nothing_waits() -> None:
    assert quiet_until(paris(20, 3), rules()) is None
    assert outside_quiet(paris(20, 3), rules()) == paris(20, 3)


def test_the_night_in_which_clocks_go_forward_ends_an_hour_sooner() -> None:
    start = paris(28, 22, month=3)
    until = quiet_until(start, rules(NIGHT))
    assert until is not None
    assert (until - start, until.astimezone(PARIS).hour) == (timedelta(hours=8), 7)


def test_the_night_in_which_clocks_go_back_ends_an_hour_later() -> None:
    start = paris(24, 22, month=10)
    until = quiet_until(start, rules(NIGHT))
    assert until is not None
    assert (until - start, until.astimezone(PARIS).hour) == (timedelta(hours=10), 7)


def test_quiet_hours_that_end_in_an_hour_that_is_skipped_end_when_it_is() -> None:
    assert quiet_until(FORWARD - MINUTE, rules((time(22), time(2, 30)))) == FORWARD
    assert quiet_until(FORWARD, rules((time(22), time(2, 30)))) is None


def test_quiet_hours_that_end_in_an_hour_that_comes_twice_last_through_both() -> None:
    quiet = rules((time(22), time(2, 30)))
    second_half_past_two = BACK + timedelta(minutes=30)
    assert quiet_until(BACK - timedelta(minutes=50), quiet) == second_half_past_two
    assert quiet_until(BACK - timedelta(minutes=15), quiet) == second_half_past_two
    assert quiet_until(second_half_past_two, quiet) is None


@given(instants | changes, hours, hours, zones)
@example(BACK, time(2, 30), time(2), "Europe/Paris")
def test_where_quiet_hours_end_nothing_is_quiet_and_all_before_is(
    now: datetime, start: time, end: time, zone: str
) -> None:
    if start == end:
        return
    quiet = rules((start, end), zone)
    until = quiet_until(now, quiet)
    if until is None:
        return
    assert now < until <= now + timedelta(hours=74)
    assert quiet_until(until, quiet) is None
    for part in range(1, 8):
        assert quiet_until(now + (until - now) * part / 8, quiet) == until


@given(instants, hours, hours, zones)
def test_far_from_a_change_of_clocks_an_instant_is_quiet_if_the_wall_says_so(
    now: datetime, start: time, end: time, zone: str
) -> None:
    place = ZoneInfo(zone)
    offsets = {(now + timedelta(hours=shift)).astimezone(place).utcoffset() for shift in range(-72, 73, 6)}
    if start == end or len(offsets) > 1:
        return
    is_quiet = now.astimezone(place).time().replace(tzinfo=None) in Quiet(start, end)
    until = quiet_until(now, rules((start, end), zone))
    assert (until is not None) == is_quiet
    assert until is None or until.astimezone(place).time().replace(tzinfo=None) == end


@pytest.mark.parametrize(
    ("now", "digest", "due"),
    [
        (paris(20, 7, 59), "daily", paris(20, 8)),
        (paris(20, 8), "daily", paris(21, 8)),
        (paris(20, 23), "daily", paris(21, 8)),
        (paris(20, 7, 59), "at once", paris(20, 8)),
        (paris(20, 7, 59), "hourly", paris(20, 8)),
        (paris(20, 8), "hourly", paris(20, 9)),
        (paris(20, 9), "weekly", paris(23, 8)),  # the 20th is a Friday
        (paris(23, 7, 59), "weekly", paris(23, 8)),
        (paris(23, 8), "weekly", paris(30, 8)),
    ],
)
def test_a_digest_comes_at_the_next_hour_of_its_kind(now: datetime, digest: HowOften, due: datetime) -> None:
    assert next_digest(now, rules(digest=digest)) == due


def test_the_hours_of_a_zone_at_odd_minutes_are_its_own() -> None:
    now = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)  # 15:45 in Kathmandu
    assert next_digest(now, rules(zone="Asia/Kathmandu", digest="hourly")) == now + timedelta(minutes=15)


def test_a_daily_digest_whose_hour_is_skipped_comes_when_it_is_skipped_and_only_then() -> None:
    daily = rules(at=time(2, 30))
    assert next_digest(FORWARD - timedelta(hours=3), daily) == FORWARD
    assert next_digest(FORWARD, daily) == paris(30, 2, 30, month=3)


def test_a_daily_digest_whose_hour_comes_twice_comes_once() -> None:
    daily = rules(at=time(2, 30))
    first = BACK - timedelta(minutes=30)
    assert next_digest(first - timedelta(hours=3), daily) == first
    assert next_digest(first, daily) == paris(26, 2, 30, month=10)


@given(instants | changes, hours, zones, st.integers(0, 6))
def test_each_day_has_one_digest_and_each_week_one(now: datetime, at: time, zone: str, weekday: int) -> None:
    place = ZoneInfo(zone)
    daily = WholeRules(digest="daily", at=at, timezone=zone)
    days: list[date] = []
    due = now
    for _ in range(6):
        after = next_digest(due, daily)
        assert due < after <= due + timedelta(hours=50)
        days.append(after.astimezone(place).date())
        due = after
    assert days == sorted(set(days)), "never two on a day"
    weekly = WholeRules(digest="weekly", at=at, weekday=weekday, timezone=zone)
    due = next_digest(now, weekly)
    assert now < due <= now + timedelta(days=15)
    assert next_digest(due, weekly) - due >= timedelta(days=6, hours=22)


def test_a_day_that_was_left_out_has_no_digest() -> None:
    samoa = rules(zone="Pacific/Apia", at=time(0, 1))  # where the 30th of December 2011 never was
    last = next_digest(datetime(2011, 12, 29, 10, tzinfo=UTC), samoa)
    following = next_digest(last, samoa)
    assert [one.astimezone(samoa.zone).date().day for one in (last, following)] == [29, 31]
    assert following.astimezone(samoa.zone).time() == time(0, 1)


@given(instants | changes, zones)
def test_each_hour_has_one_digest(now: datetime, zone: str) -> None:
    due = next_digest(now, rules(zone=zone, digest="hourly"))
    assert now < due <= now + timedelta(minutes=90)


@given(instants | changes, hours, zones, st.sampled_from(["hourly", "daily", "weekly"]), st.integers(1, 7_200))
def test_a_clock_that_is_set_back_changes_no_digest_that_was_due(
    now: datetime, at: time, zone: str, digest: HowOften, back: int
) -> None:
    """Who asks a moment earlier than before hears of the same hour or of one before it, never of a later one."""
    asked = WholeRules(digest=digest, at=at, timezone=zone)
    assert next_digest(now - timedelta(seconds=back), asked) <= next_digest(now, asked)


@given(instants, zones)
def test_a_day_is_the_walls(now: datetime, zone: str) -> None:
    assert local_day(now, rules(zone=zone)) == now.astimezone(ZoneInfo(zone)).date()
