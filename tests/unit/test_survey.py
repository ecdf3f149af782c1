"""Which feeds a visit polls."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.survey import IS_EMPTY, IS_NEWS, SURVEY_EVERY, Coverage, coverage, feeds_due
from news.source import Feed, Road

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
JUST_NOW = NOW - timedelta(minutes=10)
FEED = Feed("https://a.example/feed", "feed", last_polled_at=JUST_NOW)
NEWS = Feed("https://a.example/news.xml", "sitemap", last_polled_at=JUST_NOW, hints={IS_NEWS: True})
SITEMAP = Feed("https://a.example/sitemap.xml", "sitemap", last_polled_at=JUST_NOW)
FRONT = Feed("https://a.example/", "section", last_polled_at=JUST_NOW)
WORLD = Feed("https://a.example/world/", "section", last_polled_at=JUST_NOW)


def failing(feed: Feed) -> Feed:
    """The feed after a poll that failed."""
    return replace(feed, last_error="it does not exist")


def empty(feed: Feed) -> Feed:
    """The feed after a poll that listed nothing."""
    return replace(feed, hints={**feed.hints, IS_EMPTY: True})


@pytest.mark.parametrize(
    ("feeds", "due"),
    [
        ([FEED], [FEED]),
        ([FEED, NEWS, SITEMAP, FRONT, WORLD], [FEED, NEWS]),
        ([NEWS, SITEMAP, FRONT], [NEWS]),
        ([SITEMAP, FRONT, WORLD], [FRONT, WORLD]),
        ([SITEMAP], [SITEMAP]),
        ([failing(FEED), SITEMAP, FRONT], [failing(FEED), FRONT]),
        ([empty(FEED), SITEMAP, FRONT], [empty(FEED), FRONT]),
        ([failing(FEED), NEWS, FRONT], [failing(FEED), NEWS]),
        ([failing(FEED), SITEMAP, failing(FRONT)], [failing(FEED), SITEMAP, failing(FRONT)]),
        ([empty(FEED), SITEMAP], [empty(FEED), SITEMAP]),
        ([], []),
    ],
)
def test_the_news_comes_each_time_and_the_rest_only_where_nothing_else_works(
    feeds: list[Feed], due: list[Feed]
) -> None:
    assert feeds_due(feeds, NOW) == due


@pytest.mark.parametrize("last", [NOW - SURVEY_EVERY, None, NOW + timedelta(days=300)])
def test_a_road_not_looked_at_for_three_hours_is_surveyed(last: datetime | None) -> None:
    old = replace(SITEMAP, last_polled_at=last)
    assert feeds_due([FEED, old, FRONT], NOW) == [FEED, old]


def test_the_time_between_surveys_is_the_callers_choice() -> None:
    assert feeds_due([FEED, FRONT], NOW, timedelta(minutes=10)) == [FEED, FRONT]
    assert feeds_due([FEED, FRONT], NOW, timedelta(minutes=11)) == [FEED]


def test_a_server_that_wants_to_be_left_alone_is() -> None:
    resting = replace(FEED, not_before=NOW + timedelta(seconds=1))
    assert feeds_due([resting, FRONT], NOW) == []
    assert feeds_due([replace(FEED, not_before=NOW)], NOW) == [replace(FEED, not_before=NOW)]


@given(st.lists(st.tuples(st.sampled_from(["feed", "sitemap", "section"]), st.booleans(), st.booleans()), max_size=6))
def test_a_source_always_has_something_to_poll(kinds: list[tuple[Road, bool, bool]]) -> None:
    feeds = [
        Feed(
            f"https://a.example/{number}",
            road,
            number,
            last_polled_at=JUST_NOW,
            last_error="x" * is_failing,
            hints={IS_EMPTY: is_empty},
        )
        for number, (road, is_failing, is_empty) in enumerate(kinds)
    ]
    due = feeds_due(feeds, NOW)
    assert bool(due) == bool(feeds)
    assert due == [feed for feed in feeds if feed in due]


def test_roads_are_compared_by_what_each_lists_and_what_it_alone_does() -> None:
    assert coverage({"feed": ["a", "b", "b"], "sitemap": ["b", "c"], "section": ["c", "d", "e"]}) == [
        Coverage("feed", 2, 1),
        Coverage("sitemap", 2, 0),
        Coverage("section", 3, 2),
    ]
    assert coverage({"feed": ["a"]}) == [Coverage("feed", 1, 1)]
    assert coverage({}) == []
