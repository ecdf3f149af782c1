"""Placing: copies before stories, one answer in any process, nothing that depends on the hour."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import document
from matching.placing import Placer, Sketch, sketch
from matching.rarity import Rarity
from matching.stories import with_member
from news.article import Article
from news.story import Placed, Placing, StoryState
from seeds.texts import demo_articles, one_event, seed_articles
from tests.made_news import NOW, Made, copy_of, made, replayed, words
from tests.samples import HOUR

DAY = timedelta(days=1)


def _drawn(one: Made) -> Sketch:
    return sketch(document(one.article, ""), Rarity())


def test_articles_on_one_event_are_one_story_and_on_two_events_two() -> None:
    assert replayed([made(1, 1), made(2, 1), made(1, 2), made(2, 2), made(1, 3)]) == [
        (1, None),
        (2, None),
        (1, None),
        (2, None),
        (1, None),
    ]


def test_the_two_seed_articles_are_one_story_from_a_cold_start_in_either_order() -> None:
    seeds = [Made(Article(one.slug, one.slug, one.title, one.text, language=one.lang), NOW) for one in seed_articles()]
    assert replayed(seeds) == replayed(seeds[::-1]) == [(1, None), (1, None)]


def test_six_articles_on_one_event_in_two_languages_are_one_story_whichever_comes_first() -> None:
    six = [Made(Article(one.slug, one.slug, one.title, one.text, language=one.lang), NOW) for one in one_event()]
    dice = random.Random(6)
    for order in (six, six[::-1], *(dice.sample(six, 6) for _ in range(20))):
        assert {story_id for story_id, _ in replayed(order)} == {1}


def test_an_article_on_another_event_of_the_same_countries_does_not_join_them() -> None:
    six = [Made(Article(one.slug, one.slug, one.title, one.text, language=one.lang), NOW) for one in one_event()]
    others = [Made(Article(one.slug, one.slug, one.title, one.text, language=one.lang), NOW) for one in demo_articles()]
    found = [story_id for story_id, _ in replayed([*six, *others])]
    assert set(found[6:]).isdisjoint(found[:6])


def test_a_copy_is_in_the_story_of_its_original_and_a_copy_of_a_copy_is_put_down_to_it() -> None:
    first = made(1, 1)
    assert replayed([first, made(2, 1), copy_of(first, 1), copy_of(first, 2)]) == [
        (1, None),
        (2, None),
        (1, 1),
        (1, 1),
    ]


def test_a_copy_of_what_is_half_a_copy_is_put_down_to_the_first_all_the_same() -> None:
    first = made(1, 1)
    half = " ".join(first.article.text.split()[:80] + words(77, 80))
    mixed = Made(replace(first.article, url="https://digue.example/half", text=half), NOW)
    assert replayed([first, mixed, copy_of(mixed, 1)]) == [(1, None), (1, 1), (1, 1)]


def test_a_copy_found_days_later_joins_a_story_that_is_closed_by_then() -> None:
    first = made(1, 1, NOW - 6 * DAY)
    assert replayed([first, made(1, 2, NOW), copy_of(first, 1, NOW)]) == [(1, None), (2, None), (1, 1)]


@pytest.mark.parametrize(("hours", "joins"), [(0, True), (72, True), (73, False)])
def test_a_story_is_open_for_72_hours_whichever_comes_first(hours: int, joins: bool) -> None:
    early, late = made(1, 1, NOW - hours * HOUR), made(1, 2, NOW)
    for order in ([early, late], [late, early]):
        assert (replayed(order)[1][0] == 1) is joins


def test_a_story_that_goes_on_stays_open() -> None:
    days = [made(1, number, NOW - (6 - number) * DAY) for number in range(7)]
    assert {story for story, _ in replayed(days)} == {1}


def test_what_is_older_than_a_week_has_a_story_of_its_own() -> None:
    old = [made(1, number, NOW - 7 * DAY - HOUR) for number in range(2)]
    assert replayed(old) == [(1, None), (2, None)]


def test_of_a_language_that_cannot_be_weighed_yet_only_copies_are_told() -> None:
    first = made(1, 1, language="xx")
    assert replayed([first, made(1, 2, language="xx"), copy_of(first, 1)]) == [(1, None), (2, None), (1, 1)]


def test_an_article_without_a_word_has_a_story_of_its_own() -> None:
    empty = Made(Article("u", "u", "", "", language="fr"), NOW)
    assert replayed([empty, empty]) == [(1, None), (2, None)]


def test_the_containment_of_a_copy_is_told() -> None:
    first = made(1, 1)
    placer = Placer()
    placer.take_in([Placed(1, 7, 3, NOW, None, _drawn(first).stored)], {}, NOW)
    assert placer.place(_drawn(copy_of(first, 1)), NOW, NOW) == Placing(3, 7, 1.0)


_EVENTS = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 5), st.integers(0, 100)), min_size=1, max_size=14)


def _made(drawn: list[tuple[int, int, int]]) -> list[Made]:
    return [made(event, number, NOW - hours * HOUR) for event, number, hours in drawn]


@settings(max_examples=40, deadline=None)
@given(_EVENTS)
def test_who_takes_in_everything_at_once_places_as_who_has_been_there_all_along(
    drawn: list[tuple[int, int, int]],
) -> None:
    *before, last = _made(drawn)
    found = replayed([*before, last])
    states: dict[int, StoryState] = {}
    placed = []
    for number, (one, (story, original)) in enumerate(zip(before, found, strict=False), 1):
        old = states.get(story, StoryState(story, one.told_at, one.told_at, {}))
        centroid = old.centroid if original else with_member(old.centroid, _drawn(one).words or {})
        first, latest = min(old.first_at, one.told_at), max(old.last_at, one.told_at)
        states[story] = StoryState(story, first, latest, centroid)
        placed.append(Placed(number, number, story, one.told_at, original, _drawn(one).stored))
    restarted = Placer()
    restarted.take_in(placed, states, NOW)
    place = restarted.place(_drawn(last), last.told_at, NOW)
    assert (place.story_id or len(states) + 1, place.copy_of) == found[-1]


def test_events_that_have_nothing_in_common_come_out_the_same_in_any_order() -> None:
    articles = [made(event, number) for event in range(6) for number in range(4)]
    for seed in range(5):
        random.Random(seed).shuffle(articles)
        stories = [story for story, _ in replayed(articles)]
        events = [one.article.url.split("/")[3] for one in articles]
        assert len(set(zip(stories, events, strict=True))) == len(set(stories)) == len(set(events)) == 6
