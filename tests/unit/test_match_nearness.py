"""Nearness, order and slop, held against the plainest reading of what they mean."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Lexicon, document, folded_only, parse, spans
from news.article import Article
from news.query import Near, Or, Phrase, Query, Word

_words = st.lists(st.sampled_from(["a1", "b1", "c1", "x1"]), max_size=14)


def matched(
    query: Query | str, text: str, lexicon: Lexicon = folded_only, language: str | None = None
) -> list[str] | None:
    """The pieces of the text that the spans name; None where the query does not match."""
    article = Article("https://x.example/", "https://x.example/", "", text, (), None, language)
    found = spans(parse(query) if isinstance(query, str) else query, document(article, "", lexicon))
    return None if found is None else [text[span.start : span.end] for span in found]


@settings(deadline=None)
@given(_words, st.sampled_from(["a1", "b1"]), st.sampled_from(["a1", "b1"]), st.integers(0, 4), st.booleans())
def test_two_words_are_near_where_some_two_places_are(
    words: list[str], left: str, right: str, distance: int, ordered: bool
) -> None:
    pairs = [
        (i, j)
        for i, j in product(range(len(words)), repeat=2)
        if (words[i], words[j]) == (left, right) and i != j and abs(i - j) - 1 <= distance and (i < j or not ordered)
    ]
    found = spans(Near(Word(left), Word(right), distance, ordered), _document(words))
    places = {place for pair in pairs for place in pair}
    assert {span.start // 3 for span in found or ()} == places


def _document(words: list[str]):  # type: ignore[no-untyped-def]
    return document(Article("https://x.example/", "https://x.example/", "", " ".join(words)), "")


@settings(deadline=None)
@given(_words, st.integers(0, 4))
def test_a_phrase_with_slop_leaves_out_at_most_as_many_words(words: list[str], slop: int) -> None:
    wanted = ("a1", "b1", "c1")
    expected = any(
        (words[i], words[j], words[k]) == wanted and i < j < k and k - i - 2 <= slop
        for i, j, k in product(range(len(words)), repeat=3)
    )
    assert (spans(Phrase("a1 b1 c1", inflected=True, slop=slop), _document(words)) is not None) == expected


@settings(deadline=None)
@given(_words, st.integers(0, 3), st.booleans())
def test_nearness_of_ors_and_phrases_is_that_of_their_edges(words: list[str], distance: int, ordered: bool) -> None:
    left = Or((Word("a1"), Phrase("a1 b1")))
    starts = [(i, i + 1) for i, word in enumerate(words) if word == "a1"]
    starts += [(i, i + 2) for i in range(len(words) - 1) if words[i : i + 2] == ["a1", "b1"]]
    expected = any(
        0 <= place - end <= distance or (not ordered and 0 <= start - place - 1 <= distance)
        for (start, end), place in product(starts, [i for i, word in enumerate(words) if word == "c1"])
    )
    assert (spans(Near(left, Word("c1"), distance, ordered), _document(words)) is not None) == expected


@pytest.mark.parametrize(
    ("query", "text", "pieces"),
    [
        ("a1 NEAR/1 b1", "a1 x b1", ["a1", "b1"]),
        ("a1 NEAR/1 b1", "b1 x a1", ["b1", "a1"]),
        ("a1 NEAR/1 b1", "a1 x x b1", None),
        ("a1 ONEAR/1 b1", "b1 x a1", None),
        ("a1 NEAR/0 a1", "a1", None),
        ("a1 NEAR/0 a1", "a1 a1", ["a1", "a1"]),
        ('a1 NEAR/5 "a1 b1"', "a1 b1", None),
        ('a1 NEAR/5 "a1 b1"', "a1 x a1 b1", ["a1", "a1 b1"]),
        ("a1 NEAR/1 b1", "a1 b1 x x x a1 x x x b1", ["a1", "b1"]),
        ("a1 NEAR/3 b1 NEAR/0 c1", "a1 x b1 c1", ["a1", "b1", "c1"]),
        ("a1 NEAR/3 b1 NEAR/0 c1", "a1 c1 b1", ["a1", "c1", "b1"]),
        ("a1 NEAR/3 b1 NEAR/0 c1", "a1 x b1 x c1", None),
        ("nord-coréennes NEAR/0 troupes", "troupes nord coréennes", ["troupes", "nord coréennes"]),
        ("anti-terroriste ONEAR/0 loi", "antiterroriste loi", ["antiterroriste", "loi"]),
        ('"la loi anti-terroriste"', "la loi antiterroriste", ["la loi antiterroriste"]),
        ('"la loi antiterroriste votée"', "la loi anti-terroriste votée", ["la loi anti-terroriste votée"]),
        ('"la loi anti terroriste"', "la loi anti-terroriste", ["la loi anti-terroriste"]),
        ("nord-cor*", "nord-coréennes nordcoréens nord", ["nord-coréennes", "nordcoréens"]),
        ("titre:x1 OU a1", "a1", ["a1"]),
        ('"l’Ukraine et d’armes"', "Ukraine et armes", ["Ukraine et armes"]),
        ("=Orange", "orange Orange ORANGE l’Orange", ["Orange", "Orange"]),
        ("=nord-coréen", "Nord-coréen nord-coréen nordcoréen", ["nord-coréen", "nordcoréen"]),
        ("=été", "ete e\u0301te\u0301", ["e\u0301te\u0301"]),
        ("북한", "북한은 한북", ["북한"]),
    ],
)
def test_a_query_names_these_pieces_of_a_text(query: str, text: str, pieces: list[str] | None) -> None:
    assert matched(query, text) == pieces


def _plurals(exact: str, word: str, language: str | None) -> tuple[str, ...]:
    return (word, word.removesuffix("s")) if language == "fr" and word.endswith("s") else (word,)


def test_a_lexicon_lets_words_and_loose_phrases_meet_in_any_form_but_strict_ones_in_theirs() -> None:
    text = "des troupes coréennes"
    assert matched("troupe", text, _plurals, "fr") == ["troupes"]
    assert matched('"troupe coréenne"~0', text, _plurals, "fr") == ["troupes coréennes"]
    assert matched('"troupe coréenne"', text, _plurals, "fr") is None
    assert matched("=troupe", text, _plurals, "fr") is None
    assert matched("troupe", text, _plurals, "en") is None


def test_a_plural_finds_the_singular_by_the_key_that_they_share() -> None:
    assert matched("troupes", "la troupe", _plurals, "fr") == ["troupe"]
