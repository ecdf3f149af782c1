"""Schedules mean what cron means by them, by the clock on the wall."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.schedule import as_schedule, timing
from scheduler.cron import LONGEST_WAIT, fault_of, next_time

SATURDAY = datetime(2026, 11, 21, 12, tzinfo=UTC)


def times(schedule: str, after: datetime, number: int) -> list[str]:
    """The next so many, in UTC."""
    found = []
    for _ in range(number):
        instant = next_time(schedule, after)
        assert instant is not None and instant > after
        found.append(f"{instant:%m-%d %H:%M}")
        after = instant
    return found


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("0 7-19 * * 1-5 UTC", ["11-23 07:00", "11-23 08:00"]),  # Monday
        ("0 7-19 * * mon-fri Europe/Paris", ["11-23 06:00", "11-23 07:00"]),
        ("0 8 * * 0 UTC", ["11-22 08:00", "11-29 08:00"]),  # Sunday
        ("0 8 * * 7 UTC", ["11-22 08:00", "11-29 08:00"]),
        ("0 8 * * 6,0 UTC", ["11-22 08:00", "11-28 08:00"]),
        ("0 8 * * sat-sun UTC", ["11-22 08:00", "11-28 08:00"]),
        ("0 8 * * 5-7 UTC", ["11-22 08:00", "11-27 08:00"]),
        ("0 8 * * */3 UTC", ["11-22 08:00", "11-25 08:00"]),  # Sunday, Wednesday, Saturday
        ("0 8 * * 1-5/2 UTC", ["11-23 08:00", "11-25 08:00"]),
        ("*/30 12 21 11 * UTC", ["11-21 12:30", "11-21 12:00"]),
        ("0 0 25 * 1 UTC", ["11-23 00:00", "11-25 00:00"]),  # the 25th, and Mondays
        ("0 0 */2 * 1 UTC", ["11-23 00:00", "12-07 00:00"]),  # Mondays that are such days
        ("0 0 last * * UTC", ["11-30 00:00", "12-31 00:00"]),
    ],
)
def test_a_schedule_names_the_times_that_cron_would(schedule: str, expected: list[str]) -> None:
    assert times(schedule, SATURDAY, 2) == expected


def test_both_nights_of_summer_time_are_gone_through() -> None:
    spring, autumn = datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)
    nightly = "30 2 * * * Europe/Paris"
    assert times(nightly, spring, 2) == ["03-29 01:30", "03-30 00:30"]  # at 3:30 that night
    assert times(nightly, autumn, 3) == ["10-25 00:30", "10-25 01:30", "10-26 01:30"]  # twice
    hourly = "0 * * * * Europe/Paris"
    for night in (spring, autumn):
        assert times(hourly, night, 24) == [f"{night + timedelta(hours=hour):%m-%d %H:%M}" for hour in range(1, 25)]


def test_a_night_of_half_an_hour_is_gone_through_too() -> None:
    """Lord Howe sets its clocks by thirty minutes: from 2:00 to 2:30 in October, from 2:00 back to 1:30 in April."""
    spring, autumn = datetime(2026, 10, 3, 0, tzinfo=UTC), datetime(2026, 4, 4, 0, tzinfo=UTC)
    assert times("15 2 * * * Australia/Lord_Howe", spring, 2) == ["10-03 15:45", "10-04 15:15"]  # at 2:45, then 2:15
    assert times("45 1 * * * Australia/Lord_Howe", autumn, 3) == ["04-04 14:45", "04-04 15:15", "04-05 15:15"]
    newyork = "30 1 * * * America/New_York"
    assert times(newyork, datetime(2026, 10, 31, 12, tzinfo=UTC), 3) == ["11-01 05:30", "11-01 06:30", "11-02 06:30"]


@pytest.mark.parametrize(
    ("schedule", "says"),
    [
        ("61 * * * *", "the minute `61` cannot be: the last value (61) is higher than the maximum value (59)"),
        ("0 24 * * *", "the hour `24` cannot be"),
        ("0 22-6 * * *", "the hour `22-6` cannot be"),
        ("0 0 0 * *", "the day `0` cannot be"),
        ("0 0 * 13 *", "the month `13` cannot be"),
        ("0 0 * * 5-3", "`5-3` names no day"),
        ("0 0 * * 1/0", "`1/0` names no day"),
        ("0 0 * * ²", "the weekday `²` cannot be"),
        ("0 0 * * mon-fry", "the weekday `mon-fry` cannot be"),
        ("*/0 * * * *", "the minute `*/0` cannot be"),
        ("0 0 30 2 *", "never comes"),
        ("0 0 31 2,4 *", "never comes"),
        ("0 0 1 1 *", "too seldom"),
        ("* * *", "has 3 fields"),
        ("* * * * * UTC now", "has 7 fields"),
        ("61 " * 500, "…` has 500 fields"),
        ("0 8 * * * ../../etc/passwd", "is no time zone"),
        ("0 8 * * * Paris", "did you mean 'Europe/Paris'?"),
        ("0 8 * * * new york", "has 7 fields"),
        ("0 8 * * * new_york", "did you mean 'America/New_York'?"),
        ("0 8 * * * australia/lord_howe", "did you mean 'Australia/Lord_Howe'?"),
        ("0 0 8 * * *", "has 6 fields, and seconds are not counted"),
        ("0 0 8 * * 1-5", "has 6 fields, and seconds are not counted"),
        ("١ * * * *", "the minute `١` cannot be: write its digits as 0 to 9"),
    ],
)
def test_what_is_wrong_with_a_schedule_is_said(schedule: str, says: str) -> None:
    assert says in fault_of(schedule)


@pytest.mark.parametrize("schedule", ["0 7-19 * * 1-5", "* * * * *", "0 0 31 * * Asia/Seoul", "5 0 1 */2 * UTC"])
def test_nothing_is_wrong_with_a_good_one(schedule: str) -> None:
    assert fault_of(schedule) == ""


def test_a_stored_schedule_that_cannot_be_read_has_no_next_time() -> None:
    assert next_time("61 * * * *", SATURDAY) is None


@given(st.text(alphabet="0123456789*/,- abmonUTC²", max_size=40))
def test_no_text_makes_it_fail_and_what_is_well_comes_in_time(text: str) -> None:
    if not fault_of(text):
        instant = next_time(text, SATURDAY)
        assert instant is not None and SATURDAY < instant <= SATURDAY + LONGEST_WAIT + timedelta(days=7)


def test_an_interval_of_several_words_is_meant_as_a_schedule() -> None:
    assert as_schedule(" 0  8 * * *\tUTC ") == "0 8 * * * UTC"
    assert as_schedule("15 m") is None
    assert timing("0 8 * * *") == {"interval": 0, "schedule": "0 8 * * *"}
    assert timing(300) == {"interval": 300, "schedule": ""}
