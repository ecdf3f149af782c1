"""How a visit ended, from what it saw."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast, get_args

from crawler.advice import advice
from crawler.failure import FailureKind, FetchFailure
from crawler.openvisit import OpenVisit
from crawler.outcome import bites_of, outcome_of
from crawler.survey import IS_EMPTY
from crawler.visit import Poll
from news.caps import Bite
from news.source import Feed, FoundLink, Source

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
FEED = Feed("https://phare.example/feed", "feed", id=1)
SECTION = Feed("https://phare.example/une", "section", id=2)
NEWS = (FoundLink("https://phare.example/a"),)


def a_visit(*polls: Poll) -> OpenVisit:
    """A visit that made these polls."""
    source = Source(1, "Le Phare", "https://phare.example/")
    visit = OpenVisit(source, cast(Any, None))
    visit.polls += polls
    return visit


def failed(feed: Feed, kind: FailureKind = "http", status: int = 0, until: datetime | None = None) -> Poll:
    """A poll that could not be fetched."""
    failure = FetchFailure(kind, f"{feed.url} fails", status)
    return Poll(replace(feed, last_error=failure.message, not_before=until), failure=failure)


async def test_a_visit_fails_where_no_feed_could_be_read() -> None:
    outcome = outcome_of(a_visit(failed(FEED, status=500), failed(SECTION, status=404)))
    assert outcome.error == "https://phare.example/feed fails"
    assert outcome.advice.startswith("Nothing: the fault is on the site's side")
    assert not outcome.warning


async def test_a_feed_that_is_gone_does_not_hide_behind_a_section_that_works() -> None:
    outcome = outcome_of(a_visit(failed(FEED, status=404), Poll(SECTION, NEWS)))
    assert (outcome.error, outcome.warning, outcome.is_suspect) == ("", "https://phare.example/feed fails", False)


async def test_feeds_that_list_nothing_are_suspect_and_one_that_is_unchanged_is_not() -> None:
    assert outcome_of(a_visit(Poll(FEED))).is_suspect
    assert not outcome_of(a_visit(Poll(FEED, is_unchanged=True))).is_suspect
    assert not outcome_of(a_visit(Poll(FEED), Poll(SECTION, NEWS))).is_suspect


async def test_an_empty_feed_that_is_unchanged_still_lists_nothing() -> None:
    empty = Poll(replace(FEED, hints={IS_EMPTY: True}), is_unchanged=True)
    outcome = outcome_of(a_visit(empty))
    assert (outcome.is_suspect, outcome.warning) == (True, f"{FEED.url} can be read, but lists no article")
    assert not outcome_of(a_visit(empty, Poll(SECTION, is_unchanged=True))).is_suspect


async def test_the_first_host_that_may_be_asked_again_says_when_unless_another_may_be_asked_now() -> None:
    one, other = (NOON + timedelta(hours=hours) for hours in (1, 2))
    closed = failed(FEED, "host closed", until=other), failed(SECTION, "host closed", until=one)
    assert outcome_of(a_visit(*closed)).not_before == one
    assert outcome_of(a_visit(*closed, Poll(SECTION, NEWS))).not_before is None


async def test_bites_of_polls_and_pages_come_together_and_hints_too() -> None:
    visit = a_visit(Poll(replace(FEED, hints={"ttl": 60}), NEWS, bites=(Bite("sitemaps", "https://phare.example/s"),)))
    visit.bites += bites_of(FetchFailure("too large", "11 MiB", cap="page size"), "https://phare.example/b")
    outcome = outcome_of(visit)
    assert [bite.name for bite in outcome.bites] == ["page size", "sitemaps"]
    assert outcome.hints == ({"ttl": 60},)
    assert bites_of(FetchFailure("network", "down"), "https://phare.example/b") == []


async def test_a_feed_that_says_nothing_of_its_rhythm_counts_and_what_is_surveyed_or_failed_does_not() -> None:
    patient = Poll(replace(FEED, hints={"max_age": 60}), NEWS)
    surveyed = Poll(replace(SECTION, hints={"max_age": 90}), NEWS)
    other = replace(FEED, url=FEED.url + "2")
    assert outcome_of(a_visit(patient, surveyed)).hints == ({"max_age": 60},)
    assert outcome_of(a_visit(patient, Poll(other, NEWS))).hints == ({"max_age": 60}, {})
    assert outcome_of(a_visit(patient, failed(other, "network"))).hints == ({"max_age": 60},)
    assert outcome_of(a_visit(surveyed)).hints == ({"max_age": 90},)


def test_there_is_advice_for_every_kind_of_failure() -> None:
    for kind in get_args(FailureKind):
        assert advice(FetchFailure(kind, "…", 404 if kind == "http" else 0)).endswith(".")
