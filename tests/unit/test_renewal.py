"""When feeds are looked for anew, and which of the known ones stay."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.failure import FetchFailure
from crawler.renewal import is_renewal_due, stays
from crawler.survey import IS_EMPTY
from crawler.visit import Poll
from news.source import Feed, Source

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
READ = Feed("https://phare.example/rss", "feed", last_success_at=NOON - DAY)
PAGE = replace(READ, road="section")
OLD = Source(1, "Phare", "https://phare.example", discovered_at=NOON - 2 * DAY, watched_since=NOON - 60 * DAY)


def failing(feed: Feed, status: int | None) -> Poll:
    """A poll that failed with this status, 0 for none; None where the page was something else."""
    failure = None if status is None else FetchFailure("http" if status else "network", "no", status)
    return Poll(replace(feed, last_error="no"), failure=failure)


@pytest.mark.parametrize(
    ("status", "days", "kept"),
    [
        (404, 6, True),
        (410, 8, False),
        (None, 6, True),
        (None, 8, False),
        (503, 80, True),
        (0, 80, True),
        (0, 91, False),
    ],
)
def test_a_feed_that_fails_stays_for_days_and_longer_where_it_is_its_server_that_fails(
    status: int | None, days: int, kept: bool
) -> None:
    feed = replace(READ, last_success_at=NOON - days * DAY)
    assert stays(feed, failing(feed, status), NOON, is_given=False) == kept


def test_a_feed_that_was_never_read_does_not_stay_and_the_one_that_the_user_gave_always_does() -> None:
    assert not stays(replace(READ, last_success_at=None), Poll(READ), NOON, is_given=True)
    long_gone = replace(READ, last_success_at=NOON - 999 * DAY)
    assert stays(long_gone, failing(long_gone, None), NOON, is_given=True)


def test_a_page_that_lists_nothing_twice_does_not_stay_but_a_feed_may_be_empty() -> None:
    for feed, kept in ((PAGE, False), (READ, True)):
        empty = replace(feed, hints={IS_EMPTY: True})
        assert stays(empty, Poll(empty), NOON, is_given=False) == kept
        assert stays(feed, Poll(empty), NOON, is_given=False)


@pytest.mark.parametrize(
    ("polls", "age", "due"),
    [
        ([failing(READ, 404)], 1.5, True),
        ([failing(READ, 404)], 0.5, False),
        ([failing(replace(READ, last_success_at=NOON), 404)], 0.5, True),
        ([failing(READ, None)], 1.5, True),
        ([failing(READ, 503)], 9, False),
        ([failing(PAGE, None)], 1.5, True),
        ([failing(PAGE, 404)], 9, False),
        ([Poll(READ)], 9, False),
    ],
)
def test_feeds_are_looked_for_where_one_has_just_gone_and_once_a_day_while_it_is_missing(
    polls: list[Poll], age: float, due: bool
) -> None:
    assert is_renewal_due(replace(OLD, discovered_at=NOON - age * DAY), [READ], polls, NOON) == due


@pytest.mark.parametrize(("known_for", "age", "due"), [(3, 0.9, False), (3, 1, True), (60, 6, False), (60, 7, True)])
def test_where_no_feed_is_known_one_is_looked_for_daily_at_first_and_weekly_later(
    known_for: float, age: float, due: bool
) -> None:
    source = replace(OLD, watched_since=NOON - known_for * DAY, discovered_at=NOON - age * DAY)
    assert is_renewal_due(source, [PAGE], [Poll(PAGE)], NOON) == due


def test_a_visit_that_has_explored_asks_for_no_other() -> None:
    assert not is_renewal_due(replace(OLD, discovered_at=None), [PAGE], [failing(READ, 404)], NOON)
