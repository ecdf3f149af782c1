"""The index of watches: its answers are those of every query in turn."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from matching import Document, WatchIndex, document, parse, spans, tokens
from matching.index import _MOST_STRETCHES
from matching.stretch import cut
from news.article import Article, Span
from news.query import Query
from tests.queries import LANGUAGES, articles, plurals, queries, texts


def _document(text: str, title: str = "") -> Document:
    article = Article("https://www.x.example/a", "https://www.x.example/a", title, text, ("Sara",), None, "fr")
    return document(article, "Le Phare")


def _in_language(read: Document, language: str) -> Document:
    return document(replace(read.article, language=language), "Le Phare")


QUERIES = [
    "a1", "b1", "a1 b1", "a1 OR c1", "a1 -b1", "a1 NEAR/1 b1", '"a1 b1"', "titre:a1", "texte:b1", "nord-coréen",
    "=Ab1",
    "nordcoréen", "nord*", "nord-cor*", "le a1", '"le a1"', "lang:fr", "lang:en", "lang:fr a1", "source:phare -a1",
    "author:sara",
    "a1 OR lang:en", "a1 OR (b1 lang:fr)", "(a1 OR b1) (c1 OR d1)", "=AB1", "북한", '"a1 b1 c1"~1',
    "site:x.example -c1", '"a1 b1 c1"', '"a1 a1 b1"', '"a1 nordcoréen b1"', "a1 NEAR/2 (b1 OR c1) NEAR/2 d1",
]  # fmt: skip
_words = ["a1", "b1", "c1", "d1", "nord-coréen", "nord", "coréennes", "nordcoréen", "Ab1", "le", "북한은", "."]
_few_texts = st.lists(st.sampled_from(_words)).map(" ".join)


def test_the_index_names_the_watches_that_match_by_rising_number_with_their_spans() -> None:
    index = WatchIndex()
    for number, text in ((7, "a1"), (3, "b1"), (5, "c1"), (4, "lang:fr")):
        index.put(number, parse(text))
    assert index.match(_document("b1 a1")) == [(3, (Span("text", 0, 2),)), (4, ()), (7, (Span("text", 3, 5),))]


def test_the_words_of_all_languages_together_are_capped_and_those_not_met_for_longest_go() -> None:
    index = WatchIndex()
    index.put(1, parse("a1"))

    def met(language: str, words: range) -> None:
        text = "a1 " + " ".join(f"w{number}" for number in words)
        assert index.matching(_in_language(_document(text), language)) == [1]

    some = _MOST_STRETCHES // 4
    for start in range(0, 2 * some, 1_000):
        met("fr", range(start, start + 1_000))
    for start in range(0, 3 * some, 1_000):
        met("en", range(start, start + 1_000))
        held = {language: one.held for (_, language), one in index._vocabularies.items()}
        assert sum(held.values()) <= _MOST_STRETCHES + 1_002
    assert held["fr"] == 0 and held["en"] > 2 * some
    met("fr", range(9))


def test_a_watch_that_is_put_again_has_only_its_new_query() -> None:
    index = WatchIndex()
    index.put(1, parse("a1"))
    index.put(1, parse("b1"))
    assert len(index) == 1
    assert index.match(_document("a1")) == []
    assert index.match(_document("b1")) == [(1, (Span("text", 0, 2),))]


def test_a_dropped_watch_matches_no_more_and_dropping_twice_is_no_error() -> None:
    index = WatchIndex()
    index.put(1, parse("a1"))
    index.put(2, parse("a1"))
    index.drop(1)
    index.drop(1)
    assert [number for number, _ in index.match(_document("a1"))] == [2]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("le Zelensky", ["zelensky"]),
        ("Corée Zelensky -Moscou", ["zelensky"]),
        ("(Corée OU Russie OU Chine) Kremlin", ["kremlin"]),
        ('"le président Kim"', ["president kim"]),
        ('"Corée du Nord" Kim', ["coree du"]),
        ("Corée OU Russie", ["coree", "russie"]),
        ("(Corée Moscou) OU Russie", ["moscou", "russie"]),
        ("nord-coréen", ["nord coreen", "nordcoreen"]),
        ("titre:Corée lang:fr", ["coree"]),
        ("Corée NEAR/3 Zelensk*", ["coree"]),
        ("북한", ["북 한"]),
        ("lang:fr", []),
        ("Corée OU lang:fr", []),
        ("source:Reuters -Corée", []),
    ],
)
def test_a_query_stands_under_what_is_likely_to_be_rare(query: str, words: list[str]) -> None:
    index = WatchIndex()
    index.put(1, parse(query))
    assert index.anchors(1) == words


def test_a_watch_moves_to_a_rarer_anchor_once_articles_have_shown_which_that_is() -> None:
    index = WatchIndex()
    for number in range(30):
        index.put(number, parse("Kim Pyongyang"))
    assert index.anchors(7) == ["pyongyang"]
    for _ in range(200):
        assert index.matching(_document("Pyongyang proteste")) == []
    assert index.anchors(7) == ["pyongyang"]
    for _ in range(7):
        index.settle(5)
    assert {word for number in range(30) for word in index.anchors(number)} == {"kim"}
    assert index.matching(_document("Kim à Pyongyang")) == list(range(30))


def test_what_articles_have_shown_counts_for_the_watches_that_come_later() -> None:
    index = WatchIndex()
    index.put(1, parse("Pyongyang"))
    for _ in range(200):
        index.matching(_document("Pyongyang proteste"))
    index.put(2, parse("Kim Pyongyang"))
    assert index.anchors(2) == ["kim"]


def test_nothing_is_left_of_watches_that_are_gone() -> None:
    index = WatchIndex()
    for number, text in enumerate(QUERIES):
        index.put(number, parse(text))
    assert index.terms > 20
    assert index.matching(_document("a1 nord-coréen"))
    for number in range(len(QUERIES)):
        index.drop(number)
    assert index.terms == 0
    assert index.matching(_document("a1 nord-coréen")) == []


def test_a_watch_that_comes_while_articles_are_read_is_found_in_words_that_are_known_by_then() -> None:
    index = WatchIndex()
    article = _document("Les nord-coréennes ont protesté: Zelensky aussi")
    assert index.matching(article) == []
    for number, text in enumerate(["nord-coréennes", "nordcor*", '"nord coréennes"', "=Zelensky", "Zel*", "protesté"]):
        index.put(number, parse(text))
        assert index.matching(article) == list(range(number + 1))


def test_a_language_is_taken_in_by_slices_and_matches_the_same_before_and_after() -> None:
    asked: list[str] = []

    def counting(exact: str, folded: str, language: str | None) -> tuple[str, ...]:
        asked.append(folded)
        return (folded,)

    index = WatchIndex()
    for number in range(50):
        index.put(number, parse(f"w{number} v{number}"))
    assert not index.prepare("cs", counting, 10)
    assert len(asked) == 10
    assert index.prepare("cs", counting, 90)
    asked.clear()
    article = Article("https://x.example/", "https://x.example/", "", "v7 w7", (), None, "cs")
    assert index.matching(document(article, "", counting)) == [7]
    assert set(asked) == {"v7", "w7"}


def test_a_language_that_nobody_prepared_misses_nothing() -> None:
    index = WatchIndex()
    for number in range(50):
        index.put(number, parse(f"w{number}s"))
    index.prepare("fr", plurals, 10)
    article = Article("https://x.example/", "https://x.example/", "", "w7 w49s", (), None, "fr")
    assert index.matching(document(article, "", plurals)) == [7, 49]


def test_a_hundred_languages_are_read_one_after_the_other_and_again() -> None:
    index = WatchIndex()
    index.put(1, parse("a1"))
    for language in [*map(str, range(100)), *map(str, range(100))]:
        article = Article("https://x.example/", "https://x.example/", "", "a1", (), None, language)
        assert index.matching(document(article, "")) == [1]


@pytest.mark.parametrize(
    ("query", "matching", "missing"),
    [
        ('"a1 b1 c1"', "x1 a1 b1 c1", "a1 b1 x1 c1"),
        ('"a1 b1 c1 d1"', "a1 b1 c1 x1 a1 b1 c1 d1", "a1 b1 c1, b1 c1 d1"),
        ('"a1 a1 a1"', "b1 a1 a1 a1", "a1 a1 b1 a1 a1"),
        ('"a1 b1 a1 b1 c1"', "a1 b1 a1 b1 a1 b1 c1", "a1 b1 a1 b1 a1 c1 b1 a1 b1 c1"),
        ('"a1 nordcoréen b1"', "a1 nord-coréen b1", "a1 nord-coréen c1 b1"),
        ('"nordcoréen a1 b1"', "nord-coréen a1 b1", "nord-coréen b1 a1"),
        ('"a1 b1 nordcoréen"', "a1 b1 nord-coréen", "a1 b1 nord"),
        ('"nordcoréen sudcoréen a1"', "nord-coréen sud-coréen a1", "nord-coréen sud a1"),
    ],
)
def test_a_longer_phrase_is_found_where_its_words_follow_each_other(query: str, matching: str, missing: str) -> None:
    index = WatchIndex()
    index.put(1, parse(query))
    for text, wanted in ((matching, [1]), (missing, [])):
        assert index.matching(_document(text)) == index.matching(_document("", text)) == wanted
        assert (spans(parse(query), _document(text)) is not None) == bool(wanted)


def test_no_phrase_runs_from_the_title_into_the_text() -> None:
    index = WatchIndex()
    index.put(1, parse('"a1 b1 c1"'))
    assert index.matching(_document("c1", "a1 b1")) == index.matching(_document("b1 c1", "a1")) == []


@pytest.mark.parametrize("query", ["a1", "a1 b1", "a1 -c1", "a1 (b1 OR c1)"])
def test_a_hundred_watches_on_one_word_come_and_go_one_by_one(query: str) -> None:
    index = WatchIndex()
    for number in range(100):
        index.put(number, parse(query))
        assert index.matching(_document("b1 a1")) == list(range(number + 1))
    for number in range(100):
        index.drop(number)
        assert index.matching(_document("b1 a1")) == list(range(number + 1, 100))
    assert index.terms == 0


def test_an_empty_index_has_no_watches() -> None:
    assert WatchIndex().match(_document("a1")) == []


@settings(deadline=None)
@given(_few_texts, _few_texts)
def test_the_index_agrees_with_every_query_in_turn(title: str, text: str) -> None:
    index = WatchIndex()
    queries = dict(enumerate(map(parse, QUERIES)))
    for number, query in queries.items():
        index.put(number, query)
    article = _document(text, title)
    found = {number: spans(query, article) for number, query in queries.items()}
    assert index.match(article) == [(number, hits) for number, hits in found.items() if hits is not None]
    assert index.matching(article) == [number for number, hits in found.items() if hits is not None]


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(queries, min_size=1, max_size=12), st.lists(articles, min_size=1, max_size=4))
def test_the_index_agrees_with_the_evaluator_on_any_tree_in_any_language(
    asked: list[Query], read: list[Document]
) -> None:
    index = WatchIndex()
    for number, query in enumerate(asked):
        index.put(number, query)
    for article in read:
        found = [(number, hits) for number, query in enumerate(asked) if (hits := spans(query, article)) is not None]
        assert index.match(article) == found
        assert index.matching(article) == [number for number, _ in found]


@settings(deadline=None)
@given(st.text() | texts, st.sampled_from(LANGUAGES))
def test_the_stretches_of_a_text_have_its_tokens_one_after_the_other(text: str, language: str | None) -> None:
    at, found = 0, []
    for stretch in cut(text):
        pieces = tokens(stretch, language, plurals)
        found += [(token.keys, token.exact, at + token.position, token.length) for token in pieces]
        at += sum(token.length == 1 for token in pieces)
    wanted = [(token.keys, token.exact, token.position, token.length) for token in tokens(text, language, plurals)]
    assert found == wanted


class IndexOverTime(RuleBasedStateMachine):
    """Watches come, change and go, articles are read; a plain dictionary remembers what ought to be there."""

    def __init__(self) -> None:
        super().__init__()
        self.index = WatchIndex()
        self.expected: dict[int, Query] = {}

    @rule(number=st.integers(1, 6), query=queries)
    def put(self, number: int, query: Query) -> None:
        self.index.put(number, query)
        self.expected[number] = query

    @rule(number=st.integers(1, 6))
    def drop(self, number: int) -> None:
        self.index.drop(number)
        self.expected.pop(number, None)

    @rule(most=st.integers(1, 5), language=st.sampled_from(LANGUAGES))
    def have_time(self, most: int, language: str | None) -> None:
        self.index.settle(most)
        self.index.prepare(language, plurals, most)

    @rule(article=articles)
    def read(self, article: Document) -> None:
        wanted = [number for number, query in sorted(self.expected.items()) if spans(query, article) is not None]
        assert self.index.matching(article) == wanted

    @invariant()
    def holds_no_more(self) -> None:
        assert len(self.index) == len(self.expected)
        assert self.expected or self.index.terms == 0


TestIndexOverTime = IndexOverTime.TestCase
TestIndexOverTime.settings = settings(
    deadline=None, max_examples=60, stateful_step_count=40, suppress_health_check=[HealthCheck.too_slow]
)
