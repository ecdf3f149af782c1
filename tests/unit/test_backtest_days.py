"""Days of a backtest: articles are counted where they were told, a story where it was first."""

from datetime import date, timedelta

from news.story import Telling
from service.backtest import Day, days_of
from tests.samples import HOUR, NOON

DAY = timedelta(days=1)
FIRST, SECOND = date(2026, 11, 14), date(2026, 11, 15)


def test_a_story_is_one_alert_on_the_day_of_its_first_article() -> None:
    tellings = {1: Telling(NOON + DAY, 7), 2: Telling(NOON, 7), 3: Telling(NOON + DAY + HOUR, 8), 4: Telling(NOON, 7)}
    assert days_of(tellings, dict.fromkeys(tellings, 1.0)) == (Day(FIRST, 2, 1), Day(SECOND, 2, 1))


def test_an_article_without_a_story_is_an_alert_of_its_own() -> None:
    tellings = {1: Telling(NOON), 2: Telling(NOON + HOUR)}
    assert days_of(tellings, dict.fromkeys(tellings, 1.0)) == (Day(FIRST, 2, 2),)


def test_an_article_of_a_sample_counts_for_those_that_it_stands_for() -> None:
    tellings = {1: Telling(NOON, 1), 2: Telling(NOON, 2), 3: Telling(NOON, 2)}
    assert days_of(tellings, {1: 1.0, 2: 2.5, 3: 2.5}) == (Day(FIRST, 6, 4),)


def test_nothing_found_is_no_day() -> None:
    assert days_of({}, {}) == ()
