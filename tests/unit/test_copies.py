"""Copies: which texts are held for the same text again, and that the index gives one answer, however it came to it."""

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import tokens
from matching.copies import CopyIndex, Print, fingerprint
from seeds.texts import seed_articles

_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "zo")


def _text(seed: int, length: int) -> list[str]:
    """So many words that nobody wrote."""
    dice = random.Random(seed)
    return ["".join(dice.choices(_SYLLABLES, k=3)) for _ in range(length)]


def _print(words: Sequence[str]) -> Print:
    return fingerprint(tokens(" ".join(words)))


def _index(*texts: Sequence[str], most: int = 1_000) -> CopyIndex:
    index = CopyIndex(most)
    for number, words in enumerate(texts, 1):
        index.add(number, 0.0, _print(words))
    return index


@pytest.mark.parametrize("length", [40, 100, 250, 300, 510, 900, 4_000])
def test_a_text_cut_framed_or_edited_is_a_copy_whatever_its_length(length: int) -> None:
    words, other = _text(1, length), _text(2, length)
    index = _index(_text(3, length), words, _text(4, length))
    dice = random.Random(5)
    edits = {
        "whole": words,
        "cut": words[: length * 6 // 10],
        "framed": other[: length // 5] + words + other[-length // 5 :],
        "changed": [dice.choice(other) if dice.random() < 0.2 else word for word in words],
        "first third": words[: length * 3 // 10],
    }
    for name, edited in edits.items():
        likeness = index.best(_print(edited), 0.0)
        assert likeness is not None, name
        assert likeness.article_id == 2, name


def test_other_texts_are_no_copies() -> None:
    index = _index(*(_text(seed, 400) for seed in range(40)))
    assert all(index.best(_print(_text(seed, 400)), 0.0) is None for seed in range(100, 140))


def test_a_text_that_quotes_a_fifth_of_another_is_no_copy_and_one_that_quotes_half_is() -> None:
    words, own = _text(1, 1_000), _text(2, 1_000)
    index = _index(words)
    assert index.best(_print(own + words[:200]), 0.0) is None
    likeness = index.best(_print(own[:500] + words[:500]), 0.0)
    assert likeness is not None
    assert likeness.containment == pytest.approx(0.5, abs=0.1)


def test_a_brief_that_is_the_beginning_of_a_long_article_stands_in_it_wholly() -> None:
    words = _text(1, 2_000)
    for length in (60, 130, 240, 400):
        likeness = _index(words).best(_print(words[:length]), 0.0)
        assert likeness is not None
        assert likeness.containment == pytest.approx(1)


def test_one_phrase_in_common_makes_no_copy_of_a_line() -> None:
    phrase = _text(1, 5)
    assert _index(_text(2, 4) + phrase).best(_print(phrase + _text(3, 4)), 0.0) is None


def test_the_two_seed_articles_are_no_copies() -> None:
    first, second = (fingerprint(tokens(article.text)) for article in seed_articles())
    index = CopyIndex()
    index.add(1, 0.0, first)
    assert index.best(second, 0.0) is None
    shared = len(np.intersect1d(first, second)) / min(len(first), len(second))
    assert shared < 0.15


def test_case_accents_and_punctuation_make_no_difference() -> None:
    text = "La Corée du Nord a tiré mardi, à l’aube, un missile qui s’est abîmé en mer après un quart d’heure."
    assert (fingerprint(tokens(text)) == fingerprint(tokens(text.upper().replace(",", " –")))).all()


def test_chinese_is_compared_by_longer_runs_for_its_tokens_are_characters() -> None:
    words = "韩国外交部召见俄罗斯大使要求立即撤出朝鲜军队并停止一切军事合作否则将考虑向乌克兰提供武器"
    held = fingerprint(tokens(words))
    assert len(held) == len(words) - 5
    index = CopyIndex()
    index.add(1, 0.0, held)
    assert index.best(fingerprint(tokens(words[:30])), 0.0) is not None


def test_a_print_is_the_same_on_every_machine() -> None:
    assert [int(one) for one in _print(["un", "deux", "trois", "quatre"])] == [3425959649775207613, 5958763284793674619]


@pytest.mark.parametrize("text", ["", "Un", "Un mot", "…"])
def test_a_text_without_three_words_is_nobodys_copy(text: str) -> None:
    held = fingerprint(tokens(text))
    index = CopyIndex()
    index.add(1, 0.0, held)
    assert index.best(held, 0.0) is None


def test_of_two_as_like_the_first_to_come_is_the_one_that_was_copied() -> None:
    words = _text(1, 300)
    likeness = _index(_text(2, 300), words, words).best(_print(words), 0.0)
    assert likeness is not None
    assert (likeness.article_id, likeness.containment) == (2, 1.0)


def test_what_was_told_before_the_window_does_not_count() -> None:
    index = CopyIndex()
    held = _print(_text(1, 300))
    index.add(1, 99.0, held)
    assert index.best(held, 100.0) is None
    assert index.best(held, 99.0) is not None


def test_only_the_latest_count_whether_or_not_the_others_are_forgotten_yet() -> None:
    texts = [_text(seed, 120) for seed in range(30)]
    index = _index(*texts, most=10)
    assert len(index) <= 13
    found = [index.best(_print(words), 0.0) is not None for words in texts]
    assert found == [False] * 20 + [True] * 10


def test_what_has_expired_is_let_go() -> None:
    index = CopyIndex()
    for number in range(100):
        index.add(number, float(number), _print(_text(number, 50)))
    index.expire(90.0)
    assert len(index) == 10
    likeness = index.best(_print(_text(95, 50)), 0.0)
    assert likeness is not None
    assert likeness.article_id == 95


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_no_text_breaks_the_print(text: str) -> None:
    held = fingerprint(tokens(text))
    assert (held[:-1] < held[1:]).all()


@settings(deadline=None)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=60), st.integers(0, 12))
def test_the_index_says_what_comparing_all_pairs_would(seeds: list[int], asked: int) -> None:
    prints = {seed: _print(_text(seed, 80)[:60] + _text(seed + 1, 80)[:30]) for seed in {*seeds, asked}}
    index = CopyIndex()
    for number, seed in enumerate(seeds):
        index.add(number, 0.0, prints[seed])
    held = prints[asked]
    shares = [len(np.intersect1d(prints[seed], held)) / min(len(prints[seed]), len(held)) for seed in seeds]
    likeness = index.best(held, 0.0)
    assert (likeness.article_id if likeness else None) == (shares.index(max(shares)) if max(shares) >= 0.3 else None)
