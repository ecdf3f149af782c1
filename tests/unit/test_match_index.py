"""The index of watches: its answers are those of every query in turn."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from matching import Document, WatchIndex, document, parse, spans
from matching.anchor import anchors
from news.article import Article, Span
from news.query import Query


def _document(text: str, title: str = "") -> Document:
    article = Article("https://www.x.example/a", "https://www.x.example/a", title, text, ("Sara",), None, "fr")
    return document(article, "Le Phare")


QUERIES = [
    "a1", "b1", "a1 b1", "a1 OR c1", "a1 -b1", "a1 NEAR/1 b1", '"a1 b1"', "titre:a1", "texte:b1", "nord-coréen",
    "=Ab1",
    "nordcoréen", "nord*", "nord-cor*", "le a1", '"le a1"', "lang:fr", "lang:en", "lang:fr a1", "source:phare -a1",
    "author:sara",
    "a1 OR lang:en", "a1 OR (b1 lang:fr)", "(a1 OR b1) (c1 OR d1)", "=AB1", "북한", '"a1 b1 c1"~1',
    "site:x.example -c1",
]  # fmt: skip
_words = ["a1", "b1", "c1", "d1", "nord-coréen", "nord", "coréennes", "nordcoréen", "Ab1", "le", "북한은", "."]
_texts = st.lists(st.sampled_from(_words)).map(" ".join)


def test_the_index_names_the_watches_that_match_by_rising_number_with_their_spans() -> None:
    index = WatchIndex()
    for number, text in ((7, "a1"), (3, "b1"), (5, "c1"), (4, "lang:fr")):
        index.put(number, parse(text))
    assert index.match(_document("b1 a1")) == [(3, (Span("text", 0, 2),)), (4, ()), (7, (Span("text", 3, 5),))]


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
        ("le Zelensky", {"zelensky"}),
        ("Corée Zelensky -Moscou", {"zelensky"}),
        ("(Corée OU Russie) Kim", {"kim"}),
        ('"le président Kim"', {"president"}),
        ("Corée OU Russie", {"coree", "russie"}),
        ("nord-coréen", {"coreen", "nordcoreen"}),
        ("titre:Corée lang:fr", {"coree"}),
        ("Corée NEAR/3 Zelensk*", {"zelensk"}),
    ],
)
def test_a_query_is_anchored_on_what_is_likely_to_be_rare(query: str, words: set[str]) -> None:
    found = anchors(parse(query))
    assert found is not None
    assert {anchor.folded for anchor in found} == words


@pytest.mark.parametrize("query", ["lang:fr", "Corée OU lang:fr", "source:Reuters -Corée"])
def test_a_query_that_no_word_is_needed_for_has_no_anchor(query: str) -> None:
    assert anchors(parse(query)) is None


def test_an_empty_index_has_no_watches() -> None:
    assert WatchIndex().match(_document("a1")) == []


@settings(deadline=None)
@given(_texts, _texts)
def test_the_index_agrees_with_every_query_in_turn(title: str, text: str) -> None:
    index = WatchIndex()
    queries = dict(enumerate(map(parse, QUERIES)))
    for number, query in queries.items():
        index.put(number, query)
    article = _document(text, title)
    found = {number: spans(query, article) for number, query in queries.items()}
    assert index.match(article) == [(number, hits) for number, hits in found.items() if hits is not None]


def test_the_index_agrees_where_a_lexicon_gives_words_further_keys() -> None:
    def plurals(word: str, language: str | None) -> tuple[str, ...]:
        return (word, word.removesuffix("s")) if word.endswith("s") else (word,)

    index = WatchIndex()
    index.put(1, parse("troupes"))
    article = Article("https://x.example/", "https://x.example/", "", "la troupe", (), None, "fr")
    assert index.match(document(article, "", plurals)) == [(1, (Span("text", 3, 9),))]


class IndexOverTime(RuleBasedStateMachine):
    """Watches come, change and go; a plain dictionary remembers what ought to be there."""

    def __init__(self) -> None:
        super().__init__()
        self.index = WatchIndex()
        self.expected: dict[int, Query] = {}
        self.article = _document("a1 b1 x nord-coréen", "c1 le a1")

    @rule(number=st.integers(1, 6), text=st.sampled_from(QUERIES))
    def put(self, number: int, text: str) -> None:
        self.index.put(number, parse(text))
        self.expected[number] = parse(text)

    @rule(number=st.integers(1, 6))
    def drop(self, number: int) -> None:
        self.index.drop(number)
        self.expected.pop(number, None)

    @invariant()
    def agrees(self) -> None:
        hits = {number: spans(query, self.article) for number, query in sorted(self.expected.items())}
        assert len(self.index) == len(self.expected)
        assert self.index.match(self.article) == [(n, found) for n, found in hits.items() if found is not None]


TestIndexOverTime = IndexOverTime.TestCase
