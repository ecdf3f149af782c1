"""The timetables of retries."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.timetable import EMAIL_FOR, LONGEST_RETRY_AFTER, WEBHOOK_WAITS, next_try
from news.alert import ChannelKind
from news.errors import RetryAdvice

NOW = datetime(2026, 11, 14, 9, 30, tzinfo=UTC)
PLAIN = RetryAdvice()
KINDS: st.SearchStrategy[ChannelKind] = st.sampled_from(["email", "webhook"])
JITTERS = st.floats(-1, 1)
WAITS = st.timedeltas(timedelta(), timedelta(days=4000))


def test_a_webhook_is_tried_ten_times_as_standard_webhooks_suggests() -> None:
    waits = []
    for attempts in range(1, 10):
        again = next_try("webhook", attempts, NOW, NOW, PLAIN, 0)
        assert again is not None
        waits.append((again - NOW).total_seconds())
    assert waits == [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
    assert next_try("webhook", 10, NOW, NOW, PLAIN, 0) is None


def test_a_mail_is_tried_after_five_minutes_doubling_to_4000_seconds() -> None:
    waits = [next_try("email", attempts, NOW, NOW, PLAIN, 0) for attempts in range(1, 8)]
    assert [wait and (wait - NOW).total_seconds() for wait in waits] == [300, 600, 1200, 2400, 4000, 4000, 4000]


def test_a_mail_is_tried_for_five_days_and_no_longer() -> None:
    attempts, now = 1, NOW
    while (again := next_try("email", attempts, NOW, now, PLAIN, 0)) is not None:
        attempts, now = attempts + 1, again
    assert EMAIL_FOR - timedelta(seconds=4000) < now - NOW <= EMAIL_FOR
    assert attempts == 111


@pytest.mark.parametrize("jitter", [-1.0, 1.0])
def test_the_jitter_of_a_webhook_is_a_fifth_either_way(jitter: float) -> None:
    again = next_try("webhook", 2, NOW, NOW, PLAIN, jitter)
    assert again == NOW + timedelta(seconds=300 + 60 * jitter)


@given(KINDS, st.integers(1, 200), WAITS, st.booleans(), st.none() | WAITS, JITTERS)
def test_a_permanent_failure_is_given_up_at_once(
    kind: ChannelKind, attempts: int, since: timedelta, pause: bool, asked: timedelta | None, jitter: float
) -> None:
    advice = RetryAdvice(permanent=True, pause_channel=pause, retry_after=asked)
    assert next_try(kind, attempts, NOW - since, NOW, advice, jitter) is None


@given(KINDS, st.integers(1, 200), WAITS, st.none() | WAITS, JITTERS)
def test_nothing_is_given_up_for_a_channel_that_is_to_be_paused(
    kind: ChannelKind, attempts: int, since: timedelta, asked: timedelta | None, jitter: float
) -> None:
    again = next_try(kind, attempts, NOW - since, NOW, RetryAdvice(pause_channel=True, retry_after=asked), jitter)
    assert again is not None
    assert again > NOW


@given(KINDS, st.integers(1, 9), WAITS, JITTERS)
def test_retry_after_is_never_undercut_up_to_a_day(
    kind: ChannelKind, attempts: int, asked: timedelta, jitter: float
) -> None:
    again = next_try(kind, attempts, NOW, NOW, RetryAdvice(retry_after=asked), jitter)
    assert again is not None
    assert NOW + min(asked, LONGEST_RETRY_AFTER) <= again <= NOW + WEBHOOK_WAITS[-1] * 1.2


@pytest.mark.parametrize("kind", ["email", "webhook"])
def test_a_wait_of_ten_years_is_one_of_a_day(kind: ChannelKind) -> None:
    asked = RetryAdvice(retry_after=timedelta(days=3650))
    assert next_try(kind, 1, NOW, NOW, asked, 0) == NOW + timedelta(hours=24)


@given(KINDS, st.integers(1, 10_000), WAITS, st.none() | WAITS, JITTERS)
def test_the_next_try_is_always_in_the_future_and_within_29_hours(
    kind: ChannelKind, attempts: int, since: timedelta, asked: timedelta | None, jitter: float
) -> None:
    again = next_try(kind, attempts, NOW - since, NOW, RetryAdvice(retry_after=asked), jitter)
    assert again is None or timedelta(seconds=4) <= again - NOW <= timedelta(hours=28.8)


@given(KINDS, st.integers(1, 8), JITTERS, JITTERS)
def test_waits_never_become_shorter_but_by_jitter(
    kind: ChannelKind, attempts: int, jitter: float, other: float
) -> None:
    sooner = next_try(kind, attempts, NOW, NOW, PLAIN, jitter)
    later = next_try(kind, attempts + 1, NOW, NOW, PLAIN, other)
    assert sooner is not None
    assert later is not None
    assert (later - NOW) * 1.2 / 0.8 >= (sooner - NOW) * 0.999
