"""A story's timeline: who was first, who copied, who added."""

from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from news.story import StoryArticle
from service.timeline import timeline
from tests.samples import HOUR, NOON


def _article(number: int, told_at: datetime, copy_of: int | None = None) -> StoryArticle:
    url = f"https://phare.example/{number}"
    return StoryArticle(number, f"Titre {number}", url, "Le Phare", "fr", told_at, None, NOON, copy_of)


def _told(*articles: StoryArticle) -> list[tuple[int, str, int | None]]:
    return [(entry.article.article_id, entry.part, entry.of) for entry in timeline(articles)]


def test_the_earliest_is_first_and_the_others_copied_or_added() -> None:
    assert _told(_article(1, NOON), _article(3, NOON + 2 * HOUR), _article(2, NOON + HOUR, copy_of=1)) == [
        (1, "first", None),
        (2, "copied", 1),
        (3, "added", None),
    ]


def test_whoever_told_a_text_first_has_not_copied_it_though_it_was_found_later() -> None:
    assert _told(_article(1, NOON), _article(2, NOON - HOUR, copy_of=1), _article(3, NOON + HOUR, copy_of=1)) == [
        (2, "first", None),
        (1, "copied", 2),
        (3, "copied", 2),
    ]


def test_copies_of_an_article_that_is_gone_are_put_down_to_the_first_that_is_left() -> None:
    assert _told(_article(5, NOON, copy_of=1), _article(6, NOON + HOUR, copy_of=1)) == [
        (5, "first", None),
        (6, "copied", 5),
    ]


def test_of_two_told_in_the_same_minute_the_one_found_first_is_first() -> None:
    assert [entry[0] for entry in _told(_article(2, NOON), _article(1, NOON))] == [1, 2]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=12))
def test_exactly_one_is_first_and_a_text_has_one_teller(drawn: list[tuple[int, int]]) -> None:
    articles = [
        _article(number, NOON + hours * HOUR, of if 0 < of < number else None)
        for number, (hours, of) in enumerate(drawn, 1)
    ]
    entries = timeline(articles)
    assert [entry.part == "first" for entry in entries] == [True] + [False] * (len(entries) - 1)
    texts = {one.copy_of or one.article_id for one in articles}
    assert sum(entry.part != "copied" for entry in entries) == len(texts)
