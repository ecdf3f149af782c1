"""What a query may cost has an end, whatever the article; whether it matches depends on that only where told."""

import random
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Document, WatchIndex, document, explain, explain_miss, parse, spans
from matching.bitmap import Reach, field_of, positions
from matching.evaluate import ANYWHERE, Finder, together
from matching.limits import MOST_HITS, Limits, limits_of, words_of
from news.article import Article
from news.errors import QueryError
from news.query import And, Field, Near, Not, Or, Phrase, Query
from tests.queries import articles, queries

# Four times the words in four times the text: sixteen times the work where each word is looked for anew.
_FOURFOLD = 10
_TINY = Limits(hits=1, rows=1, pairs=1, quick=1)
_ENDLESS = Limits(hits=10**9, rows=10**9, pairs=10**9, quick=10**9)


def _article(text: str, title: str = "") -> Document:
    return document(Article("https://x.example/", "https://x.example/", title, text, (), None, "en"), "")


def _cost(work: Callable[[], object]) -> float:
    costs = []
    for _ in range(3):
        started = time.process_time()
        work()
        costs.append(time.process_time() - started)
    return min(costs)


def _growth(query: Callable[[int], str], text: Callable[[int], str], size: int) -> float:
    """What spans cost where query and text are four times as long, in what they cost before."""

    def asked(size: int) -> Callable[[], object]:
        tree, article = parse(query(size)), _article(text(size))
        [stream.tokens for stream in article.streams]

        def work() -> None:
            for stream in article.streams:
                stream.standings.clear()
            spans(tree, article)

        return work

    return _cost(asked(4 * size)) / _cost(asked(size))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (lambda size: "aaa* " * size, lambda size: " ".join(f"aaa{number}" for number in range(4 * size))),
        (lambda size: '"' + "a1 " * size + 'b1"', lambda size: "a1 " * 8 * size + "b1"),
        (lambda size: " OR ".join(f"aaa{number}*" for number in range(size)), lambda size: "aab " * 8 * size),
        (lambda size: " OR ".join(f"(a1 NEAR/{n} b1)" for n in range(1, size)), lambda size: "a1 c1 b1 " * 2 * size),
    ],
    ids=["equal parts", "a phrase", "beginnings", "NEARs"],
)  # fmt: skip
def test_as_many_words_in_as_much_text_do_not_multiply(query: Callable[[int], str], text: Callable[[int], str]) -> None:
    assert _growth(query, text, 240) < _FOURFOLD


def test_an_explanation_finds_each_clause_once_however_deep_it_stands() -> None:
    query = "a1 NEAR/1000 a1"
    for level in range(60):
        query = f"({query} OR x{level}) a1"
    tree, article = parse(query), _article("a1 " * 3_000)
    assert spans(tree, article)
    assert _cost(lambda: explain(tree, article)) < 12 * _cost(lambda: spans(tree, article))


@settings(deadline=None)
@given(st.sets(st.integers(0, 300)), st.integers(0, 70))
def test_what_is_in_reach_is_no_further_than_the_distance(at: set[int], distance: int) -> None:
    reach = Reach()
    for _ in range(2):
        behind = positions(reach.up(field_of(sorted(at)), distance), 1_000)
        before = positions(reach.down(field_of(sorted(at)), distance), 1_000)
        assert behind == sorted({place + step for place in at for step in range(distance + 1)})
        assert before == sorted({place - step for place in at for step in range(distance + 1) if place >= step})


def _told_in_full(query: Query, *, in_near: bool = False) -> bool:
    """Whether no part of a query has a limit that its verdict depends on."""
    match query:
        case And(parts) | Or(parts):
            return all(_told_in_full(part, in_near=in_near) for part in parts)
        case Near(left, right):
            return not in_near and all(_told_in_full(part, in_near=True) for part in (left, right))
        case Not(part) | Field(_, part):
            return _told_in_full(part, in_near=in_near)
        case Phrase(slop=slop):
            return not slop
        case _:
            return True


@settings(deadline=None, max_examples=400)
@given(queries.filter(_told_in_full), articles)
def test_no_limit_changes_whether_words_phrases_and_nears_of_them_match(query: Query, article: Document) -> None:
    few, all_of_them = (Finder(article, limits).find(query, ANYWHERE) for limits in (_TINY, _ENDLESS))
    assert (few is None) == (all_of_them is None)
    assert set(together(few or [])) <= set(together(all_of_them or []))


def test_the_index_agrees_where_the_limits_are_met() -> None:
    dice = random.Random(7)
    padding = " OR ".join(f"w{number}" for number in range(1_900))
    words = ["a1", "a1", "a1", "b1", "c1"]
    asked = [
        '"a1 a1 b1"', '"a1 a1 a1 a1 a1 a1 c1"', '"b1 c1 b1"~1', '"b1 c1 b1 c1"~1', '"b1 b1 b1 b1 b1 b1 b1"~1',
        "b1 NEAR/1 c1", 'titre:(a1 NEAR/1 b1)', '"b1 b1 b1" NEAR/1 "c1 c1 c1"', "texte:(b1 ONEAR/0 c1)",
        '(a1 NEAR/1 b1) NEAR/0 "c1 c1 c1"', "b1-c1", '"a1-b1 c1"', "(b1 ONEAR/0 c1) ONEAR/0 (c1 ONEAR/0 b1)",
    ]  # fmt: skip
    verdicts = set()
    for query in asked:
        index = WatchIndex()
        tree = parse(f"({padding} OR a1) ({query})")
        index.put(1, tree)
        for length in (20, 300, 3_000):
            article = _article(" ".join(dice.choices(words, k=length)), " ".join(dice.choices(words, k=5)))
            found = spans(tree, article)
            assert index.matching(article) == ([1] if found is not None else []), (query, length)
            verdicts.add(found is None)
    assert verdicts == {True, False}


def test_a_thousand_hits_are_told_and_the_first() -> None:
    found = spans(parse("a1"), _article("a1 " * 3_000))
    assert found is not None
    assert len(found) == MOST_HITS
    assert [span.start for span in found] == [3 * number for number in range(MOST_HITS)]


def test_a_phrase_with_slop_is_found_behind_more_beginnings_than_are_tried() -> None:
    most = limits_of(parse('"a1 b1"~3')).rows
    assert spans(parse('"a1 b1"~3'), _article("a1 " * (most + 10) + "c1 c1 b1")) is not None


def test_branches_without_number_under_one_word_are_asked() -> None:
    index = WatchIndex()
    index.put(1, parse(" OR ".join(f'"a1 b1"~{slop}' for slop in range(1, 1_000))))
    assert index.matching(_article("a1 " + "c1 " * 998 + "b1")) == [1]
    assert index.matching(_article("a1 " + "c1 " * 1_000 + "b1")) == []


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("nord-coréen", 2),
        ('"nord-coréen l\'OTAN" a1', 4),
        ("北韓國", 3),
        ("lang:(fr OR en) a1", 3),
        ("site:a-b.example", 1),
    ],
)
def test_the_terms_of_a_query_are_the_words_that_an_article_would_have(query: str, terms: int) -> None:
    assert words_of(parse(query)) == terms


@pytest.mark.parametrize("query", ["北" * 5_001, "mot-mot " * 2_501, '"' + "l'a-b " * 2_501 + '"'])
def test_more_terms_are_refused_however_they_are_written(query: str) -> None:
    with pytest.raises(QueryError, match="5,000 terms"):
        parse(query)
    assert parse("北" * 5_000)


def test_a_text_of_more_than_a_hundred_thousand_characters_is_no_query() -> None:
    assert parse("a1" + " " * 99_998)
    with pytest.raises(QueryError, match="100,000 characters") as refused:
        parse("a1" + " " * 99_999)
    assert refused.value.position == 100_000
    assert refused.value.hint


def test_elisions_in_each_other_cost_their_length() -> None:
    small, large = ("l'" * size + "armee" for size in (20_000, 80_000))
    assert _cost(lambda: _article(large).streams[1].tokens) < _FOURFOLD * _cost(
        lambda: _article(small).streams[1].tokens
    )


def test_of_many_clauses_that_fail_the_first_say_what_there_is_instead() -> None:
    judged = explain(parse(" ".join(f'"a1 x{number}"' for number in range(300))), _article("a1"))
    said = [bool(part.why) for part in judged.parts]
    assert said == [True] * 200 + [False] * 100
    assert explain_miss(parse('"a1 x1"'), _article("a1")).endswith("it lacks “x1”")
