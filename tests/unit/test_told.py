"""What an alert tells survives the JSON that its row keeps."""

import json
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from news.alert import Change, Item, Outlet, Told
from news.article import Span
from news.telling import Facts
from storage.told import (
    facts_from_json,
    facts_to_json,
    items_from_json,
    items_to_json,
    told_from_json,
    told_to_json,
)

INSTANTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]))
PLACES = st.tuples(st.integers(0, 999), st.integers(0, 999))
TOLDS = st.builds(
    Told,
    article_id=st.integers(1),
    title=st.text(),
    url=st.text(),
    source=st.text(),
    excerpt=st.text(),
    title_spans=st.lists(PLACES.map(lambda place: Span("title", *place))).map(tuple),
    excerpt_spans=st.lists(PLACES.map(lambda place: Span("text", *place))).map(tuple),
    authors=st.lists(st.text()).map(tuple),
    published_at=st.none() | INSTANTS,
    found_at=st.none() | INSTANTS,
    language=st.none() | st.text(),
    resurfaced_from=st.none() | INSTANTS,
)
CHANGES = st.builds(
    Change, st.sampled_from(["outlets", "copies", "figure", "headline"]), st.text(), st.text(), st.text()
)
OUTLETS = st.builds(Outlet, st.text(), st.text(), st.text(), st.booleans())
ITEMS = st.builds(Item, st.text(), TOLDS, st.lists(OUTLETS).map(tuple), st.lists(CHANGES).map(tuple))
FIGURES = st.dictionaries(st.text(), st.dictionaries(st.text(), st.text()))


@given(TOLDS)
def test_what_an_alert_tells_comes_back_from_json_as_it_went(told: Told) -> None:
    assert told_from_json(json.loads(json.dumps(told_to_json(told)))) == told


def test_what_was_told_before_there_was_more_to_tell_can_be_read() -> None:
    kept = told_to_json(Told(article_id=1, title="", url="", source="", excerpt=""))
    del kept["resurfaced_from"]
    assert told_from_json(kept).resurfaced_from is None


@given(st.lists(ITEMS, max_size=3))
def test_the_stories_of_an_alert_come_back_as_they_went(items: list[Item]) -> None:
    assert items_from_json(json.loads(json.dumps(items_to_json(items)))) == tuple(items)


@given(FIGURES)
def test_the_facts_of_a_story_come_back_as_they_went(figures: dict[str, dict[str, str]]) -> None:
    assert facts_from_json(json.loads(json.dumps(facts_to_json(Facts(figures))))) == Facts(figures)
    assert facts_from_json({}) == Facts()


def test_times_are_written_so_that_they_can_be_read_elsewhere() -> None:
    at = datetime(2026, 11, 14, 9, 30, tzinfo=UTC)
    told = Told(article_id=1, title="", url="", source="", excerpt="", published_at=at)
    kept = told_to_json(told)
    assert (kept["published_at"], kept["found_at"]) == ("2026-11-14T09:30:00+00:00", None)


def test_what_is_kept_lists_every_field_of_the_value() -> None:
    told = Told(article_id=1, title="", url="", source="", excerpt="")
    assert set(told_to_json(told)) == set(Told.__dataclass_fields__)
