"""What a visit says of its source, and what of that the user is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.failure import FetchFailure
from crawler.visit import VisitOutcome
from news.source import Source, Trouble, state_of
from service.health import is_worth_exploring, notice_of, trouble_after
from service.silence import Silence

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WELL = Source(
    id=1,
    name="Le Phare",
    url="https://phare.example/",
    added_at=NOON - 90 * DAY,
    discovered_at=NOON - 2 * DAY,
    due_at=NOON,
    last_visit_at=NOON,
    last_success_at=NOON,
)
FAILING = replace(WELL, trouble="failing", failing_since=NOON, failures=3)
QUIET = Silence(NOON - DAY, 23.4)


def failed(status: int = 0, kind: str = "http") -> VisitOutcome:
    """A visit that failed so."""
    return VisitOutcome(error="it burns", failure=FetchFailure(kind, "it burns", status))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcome", "suspicions", "trouble"),
    [
        (VisitOutcome(), 0, ""),
        (VisitOutcome(), 2, ""),
        (VisitOutcome(), 3, "suspect"),
        (VisitOutcome(warning="lists nothing", is_suspect=True), 0, "suspect"),
        (VisitOutcome(warning="one feed is gone"), 0, ""),
        (failed(500), 0, "failing"),
        (failed(404), 9, "failing"),
        (failed(401), 0, "blocked"),
        (failed(403), 0, "blocked"),
        (failed(451), 0, "blocked"),
        (failed(kind="robots"), 0, "blocked"),
        (failed(kind="guard"), 0, "blocked"),
        (failed(kind="timeout"), 0, "failing"),
        (VisitOutcome(error="no feed"), 0, "failing"),
    ],
)
def test_a_visit_says_what_troubles_the_source(outcome: VisitOutcome, suspicions: int, trouble: Trouble) -> None:
    assert trouble_after(outcome, suspicions) == trouble


def test_the_worst_word_that_is_true_is_the_state() -> None:
    assert state_of(replace(WELL, last_visit_at=None), NOON) == "new"
    assert state_of(WELL, NOON) == "ok"
    assert state_of(WELL, NOON + timedelta(minutes=11)) == "late"
    assert state_of(replace(WELL, trouble="blocked"), NOON + DAY) == "blocked"
    assert state_of(replace(WELL, trouble="blocked", paused=True), NOON) == "paused"


def test_a_source_with_a_schedule_needs_but_two_failures_to_be_told_of() -> None:
    twice = replace(FAILING, failures=2)
    assert notice_of(twice, NOON + DAY, None) is None
    assert notice_of(replace(twice, schedule="0 8 * * 1"), NOON + DAY, None) is not None


def test_a_failure_is_told_after_a_day_and_once() -> None:
    failing = replace(FAILING, last_error="HTTP 500", advice="Nothing.")
    assert notice_of(failing, NOON + DAY / 2, None) is None
    notice = notice_of(failing, NOON + DAY, None)
    assert notice is not None
    assert (notice.kind, notice.title) == ("failing", "Le Phare could not be read for a day")
    assert notice.text == "HTTP 500. Nothing."
    assert notice_of(replace(failing, told_of="failing"), NOON + 2 * DAY, None) is None


@pytest.mark.parametrize("troubles", [("failing", "blocked"), ("blocked", "failing")])
def test_a_failure_of_another_kind_is_not_told_until_the_source_was_well(troubles: tuple[Trouble, Trouble]) -> None:
    first, then = troubles
    assert notice_of(replace(FAILING, trouble=then, told_of=first), NOON + 9 * DAY, None) is None


def test_a_day_of_failing_counts_from_the_first_failure() -> None:
    first_after_a_holiday = replace(FAILING, last_success_at=NOON - 9 * DAY, failures=1)
    assert notice_of(first_after_a_holiday, NOON, None) is None
    assert notice_of(replace(first_after_a_holiday, failures=2), NOON + DAY, None) is None
    assert notice_of(replace(first_after_a_holiday, failures=3), NOON + DAY, None) is not None
    assert notice_of(replace(FAILING, failing_since=None), NOON + 9 * DAY, None) is None


def test_of_a_source_that_is_visited_once_a_day_two_failures_are_enough() -> None:
    daily = replace(FAILING, interval=86_400, failures=1)
    assert notice_of(daily, NOON, None) is None
    assert notice_of(replace(daily, failures=2), NOON + DAY, None) is not None


def test_suspicion_is_told_at_once() -> None:
    notice = notice_of(replace(WELL, trouble="suspect", last_error=""), NOON, None)
    assert notice is not None and notice.kind == "suspect"


def test_suspicion_that_comes_and_goes_is_told_once_a_day() -> None:
    again = replace(WELL, trouble="suspect", told_at=NOON)
    assert notice_of(again, NOON + DAY / 2, None) is None
    assert notice_of(again, NOON + DAY, None) is not None


def test_silence_is_told_once_and_so_is_its_end() -> None:
    notice = notice_of(WELL, NOON, QUIET)
    assert notice is not None
    assert notice.text.startswith("No article since Friday 20 November, 12:00 UTC; 23 would be usual. ")
    silent = replace(WELL, told_of="silent")
    assert notice_of(silent, NOON, QUIET) is None
    back = notice_of(silent, NOON, None)
    assert back is not None and back.kind == "back"


def test_a_trouble_that_is_not_worth_telling_yet_is_no_return() -> None:
    assert notice_of(replace(WELL, trouble="failing", told_of="silent"), NOON, None) is None


@pytest.mark.parametrize(
    ("outcome", "age", "worth"),
    [
        (VisitOutcome(), 29, False),
        (VisitOutcome(), 31, True),
        (VisitOutcome(rediscover=True), 0, True),
        (VisitOutcome(is_suspect=True), 0.5, False),
        (VisitOutcome(is_suspect=True), 1.5, True),
        (failed(500), 99, False),
    ],
)
def test_feeds_are_looked_for_anew_when_they_moved_are_empty_or_were_found_long_ago(
    outcome: VisitOutcome, age: float, worth: bool
) -> None:
    assert is_worth_exploring(replace(WELL, discovered_at=NOON - age * DAY), outcome, NOON) == worth
