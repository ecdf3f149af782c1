"""Stories: what an article is compared by, and which story it is nearest to."""

from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import document
from matching.rarity import Rarity
from matching.stories import COSINE, WINDOW, StoryIndex, unit, vector, with_member
from news.article import Article
from seeds.texts import SeedArticle, demo_articles, seed_articles

DAY = 86_400.0
THREE_DAYS = WINDOW.total_seconds()


def _vector(title: str, text: str, language: str | None = "fr") -> dict[str, float]:
    article = Article("https://x.example/", "https://x.example/", title, text, language=language)
    return vector(document(article, ""), Rarity())


def _of(seed: SeedArticle) -> dict[str, float]:
    return _vector(seed.title, seed.text, seed.lang)


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    return sum(weight * other.get(word, 0.0) for word, weight in one.items())


def test_the_two_seed_articles_are_nearer_than_any_other_and_near_enough() -> None:
    first, second = map(_of, seed_articles())
    others = [_of(one) for one in demo_articles() if one.slug not in {seed.slug for seed in seed_articles()}]
    assert len(others) > 5
    assert _cosine(first, second) > COSINE + 0.1
    assert max(_cosine(seed, other) for seed in (first, second) for other in others) < COSINE - 0.03


def test_little_words_weigh_nothing_beside_what_an_article_is_about() -> None:
    found = _vector("", "Le maire de la ville a dit que les travaux de la cathédrale et de son clocher sont finis.")
    assert max(found, key=found.__getitem__) in ("cathedrale", "clocher")
    assert all(found[word] < found["clocher"] / 3 for word in ("la", "de", "le", "et", "que"))


def test_the_title_counts_twice_and_a_name_half_as_much_again() -> None:
    in_title = _vector("Zorgon", "Rien du tout. Il a vu Bafule, puis zimbre.")
    assert in_title["zorgon"] > in_title["bafule"] > in_title["zimbre"]


@pytest.mark.parametrize("text", ["Zorgon vient. Bafule part.", "« Zorgon » dit-il. Bafule", "Ici\n\nZorgon\n\nBafule"])
def test_a_capital_that_begins_a_sentence_makes_no_name(text: str) -> None:
    found = _vector("", text)
    assert found["zorgon"] == found["bafule"] == pytest.approx(_vector("", text.lower())["zorgon"])


def test_no_more_than_eighty_words_are_compared_and_their_vector_has_length_one() -> None:
    found = _vector("", " ".join(f"mot{number}" for number in range(500)))
    assert len(found) == 80
    assert sqrt(sum(weight * weight for weight in found.values())) == pytest.approx(1)


def test_of_scripts_without_spaces_pairs_of_characters_are_compared() -> None:
    assert {"朝鲜", "鲜军", "军队"} <= _vector("", "朝鲜军队", "zh").keys()


def test_an_article_without_words_is_like_nothing() -> None:
    assert _vector("", "… – !") == {}
    index = StoryIndex()
    index.put(1, 0.0, 0.0, {})
    assert index.nearest({}, 0.0) is None


def _index() -> StoryIndex:
    index = StoryIndex()
    index.put(1, 10 * DAY, 11 * DAY, {"seisme": 1.0, "port": 1.0})
    index.put(2, 10 * DAY, 11 * DAY, {"greve": 1.0, "port": 1.0})
    return index


def test_an_article_joins_the_nearest_story() -> None:
    nearness = _index().nearest(unit({"greve": 2.0, "port": 1.0}), 10 * DAY)
    assert nearness is not None
    assert (nearness.story_id, round(nearness.cosine, 4)) == (2, 0.9487)


def test_an_article_that_is_not_near_enough_joins_none() -> None:
    words = {f"autre{number}": 1.0 for number in range(8)}
    assert _index().nearest(unit({"greve": 1.0, **words}), 10 * DAY) is None
    assert _index().nearest(unit({"greve": 1.3, **words}), 10 * DAY) is not None


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (10 * DAY - THREE_DAYS - 1, False),
        (10 * DAY - THREE_DAYS, True),
        (11 * DAY + THREE_DAYS, True),
        (11 * DAY + THREE_DAYS + 1, False),
    ],
)
def test_a_story_is_open_for_three_days_on_either_side(at: float, is_open: bool) -> None:
    assert (_index().nearest(unit({"greve": 1.0}), at) is not None) is is_open


def test_of_two_stories_as_near_the_older_one_is_joined() -> None:
    nearness = _index().nearest(unit({"port": 1.0}), 10 * DAY)
    assert nearness is not None
    assert nearness.story_id == 1


def test_a_story_is_compared_as_what_it_has_become() -> None:
    index = _index()
    index.put(2, 10 * DAY, 11 * DAY, {"accord": 1.0})
    assert index.nearest(unit({"greve": 1.0}), 10 * DAY) is None
    assert len(index) == 2


def test_of_too_many_stories_those_go_first_that_were_touched_first() -> None:
    index = StoryIndex(most=2)
    for number in (1, 2):
        index.put(number, 0.0, 0.0, {f"mot{number}": 1.0})
    index.put(1, 0.0, 0.0, {"mot1": 1.0})
    index.put(3, 0.0, 0.0, {"mot3": 1.0})
    assert [index.nearest({f"mot{number}": 1.0}, 0.0) is not None for number in (1, 2, 3)] == [True, False, True]


def test_a_story_that_has_ended_is_let_go() -> None:
    index = _index()
    index.put(3, 12 * DAY, 12 * DAY, {"vote": 1.0})
    index.expire(12 * DAY)
    assert len(index) == 1
    assert index.nearest({"greve": 1.0}, 11 * DAY) is None
    assert index.nearest({"vote": 1.0}, 12 * DAY) is not None


def test_a_storys_words_are_its_articles_words_added_up_and_bounded() -> None:
    both = with_member(with_member({}, {"port": 0.6, "greve": 0.8}), {"port": 0.6})
    assert both == {"port": 1.2, "greve": 0.8}
    many = with_member({f"mot{number:03}": 0.1 for number in range(500)}, {"port": 1.0})
    assert len(many) == 240
    assert many["port"] == 1.0
    assert "mot238" in many
    assert "mot239" not in many


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=())), st.text())
def test_no_text_breaks_the_vector(title: str, text: str) -> None:
    found = _vector(title, text, None)
    assert not found or sum(weight * weight for weight in found.values()) == pytest.approx(1)


_WORDS = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0.1, 1.0), min_size=1)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 6), _WORDS), max_size=30), _WORDS)
def test_the_index_says_what_comparing_every_story_would(
    puts: list[tuple[int, dict[str, float]]], asked: dict[str, float]
) -> None:
    index = StoryIndex()
    for number, words in puts:
        index.put(number, 0.0, 0.0, words)
    member = unit(asked)
    cosines = {number: _cosine(member, unit(words)) for number, words in dict(puts).items()}
    best = max(cosines.values(), default=0.0)
    nearness = index.nearest(member, 0.0)
    if best >= COSINE + 1e-9:
        assert nearness is not None
        assert nearness.cosine == pytest.approx(best)
        assert cosines[nearness.story_id] == pytest.approx(best)
    elif best < COSINE - 1e-9:
        assert nearness is None
