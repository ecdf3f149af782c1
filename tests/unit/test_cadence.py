"""When a source is visited next."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crawler.visit import VisitOutcome
from news.source import Source
from scheduler.cadence import next_due

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
GOOD, BAD = VisitOutcome(), VisitOutcome(error="no answer")


def a_source(interval: int = 600, failures: int = 0) -> Source:
    """A source that failed so often before."""
    return Source(1, "s", "http://x/", interval=interval, failures=failures)


def test_a_good_visit_is_followed_by_the_next_after_the_interval() -> None:
    assert next_due(a_source(), GOOD, NOW, None) == NOW + timedelta(minutes=10)


def test_a_link_that_waits_for_another_try_brings_the_visit_forward() -> None:
    assert next_due(a_source(), GOOD, NOW, NOW + timedelta(minutes=1)) == NOW + timedelta(minutes=1)


def test_a_link_overdue_already_is_visited_now_and_not_in_the_past() -> None:
    assert next_due(a_source(), GOOD, NOW, NOW - timedelta(hours=1)) == NOW


def test_failures_double_the_wait_up_to_a_day() -> None:
    waits = [next_due(a_source(failures=failures), BAD, NOW, None) - NOW for failures in range(12)]
    assert waits[:3] == [timedelta(minutes=10), timedelta(minutes=20), timedelta(minutes=40)]
    assert waits[-1] == timedelta(days=1)


@given(st.integers(1, 30 * 86_400), st.integers(0, 10_000))
def test_a_failing_source_is_never_given_up_nor_asked_more_often_than_a_good_one(interval: int, failures: int) -> None:
    due = next_due(a_source(interval, failures), BAD, NOW, NOW)
    assert timedelta(seconds=interval) <= due - NOW <= max(timedelta(days=1), timedelta(seconds=interval))
