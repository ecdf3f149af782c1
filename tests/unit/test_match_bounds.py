"""What is written to hurt is refused, or costs no more than its size: measured by what four times as much costs."""

import gc
import time
from collections.abc import Callable, Iterator
from statistics import median

import pytest

from matching import Document, WatchIndex, document, parse, spans
from news.article import Article
from news.errors import QueryError

# Four times the work in four times the time; the rest is the noise of a busy machine. The square would be sixteen.
_FOURFOLD = 8.5
_ROUNDS = 5


@pytest.fixture(autouse=True)
def uncollected() -> Iterator[None]:
    """Garbage is left for the time being: looking for it takes as long as all that other tests have left."""
    gc.disable()
    yield
    gc.enable()


def _article(text: str) -> Document:
    return document(Article("https://x.example/", "https://x.example/", "", text, (), None, "en"), "")


def _cost(work: Callable[[], object]) -> float:
    """CPU seconds."""
    started = time.process_time()
    work()
    return time.process_time() - started


def _growth(prepared: Callable[[int], Callable[[], object]], size: int) -> float:
    """What four times the size costs, in what the size costs, measured in turn: what slows one slows both."""
    small, large = prepared(size), prepared(4 * size)
    return median(_cost(large) / _cost(small) for _ in range(_ROUNDS))


def _asked(query: str, text: str) -> Callable[[], object]:
    """Put a query to the text, through the index and by itself."""
    tree = parse(query)

    def work() -> None:
        index = WatchIndex()
        index.put(1, tree)
        article = _article(text)
        found = index.matching(article)
        assert found == ([1] if spans(tree, article) is not None else [])

    return work


def test_an_or_of_thousands_of_branches_costs_its_length() -> None:
    def prepared(size: int) -> Callable[[], object]:
        return _asked(" OR ".join(f"w{number}" for number in range(size)), "w7 w9")

    assert _growth(prepared, 1_250) < _FOURFOLD


def test_an_and_of_two_long_ors_costs_their_length() -> None:
    def prepared(size: int) -> Callable[[], object]:
        sides = [" OR ".join(f"{side}{number}" for number in range(size)) for side in "vw"]
        return _asked(f"({sides[0]}) AND ({sides[1]})", " ".join(f"v{number} w{number}" for number in range(size)))

    assert _growth(prepared, 600) < _FOURFOLD


def test_thousands_of_branches_in_each_others_brackets_cost_their_length() -> None:
    def prepared(size: int) -> Callable[[], object]:
        query = "w0"
        for level in range(90):
            words = [f"w{level}x{number}" for number in range(size)]
            query = f"({query} {' OR '.join(words)})"
        return _asked(query, "w0 w1x1 w7")

    assert _growth(prepared, 12) < _FOURFOLD


def test_a_beginning_that_every_word_has_costs_the_length_of_the_text() -> None:
    def prepared(size: int) -> Callable[[], object]:
        return _asked("aaa*", " ".join(f"aaa{number}" for number in range(size)))

    assert _growth(prepared, 3_000) < _FOURFOLD


def test_a_long_phrase_that_an_article_begins_again_and_again_costs_the_length_of_both() -> None:
    def prepared(size: int) -> Callable[[], object]:
        return _asked(f'"{"mot le " * size}fin"', "le fin et " + "mot le " * (10 * size))

    assert _growth(prepared, 120) < _FOURFOLD


def test_a_thousand_beginnings_of_each_other_cost_their_number() -> None:
    def prepared(size: int) -> Callable[[], object]:
        return _asked(" OR ".join(f"{'a' * length}*" for length in range(3, size)), "a" * 3_000)

    assert _growth(prepared, 23) < _FOURFOLD


@pytest.mark.parametrize(
    "query",
    [
        "a1 NEAR/1000 a1 NEAR/1000 a1 NEAR/1000 a1 NEAR/1000 a1",
        "((a1 NEAR/9 a1) NEAR/9 (a1 NEAR/9 a1)) NEAR/9 ((a1 NEAR/9 a1) NEAR/9 (a1 NEAR/9 a1))",
        'a1 ONEAR/1000 b1 NEAR/1000 (a1 OR "a1 a1")',
        '(a1 OR "a1 a1" OR "a1 a1 a1") NEAR/1000 (a1 OR "a1 a1" OR b1)',
        '"a1 a1 a1 a1 b1"~1000',
        '"a1 a1 a1 a1 a1 a1 a1 a1 a1 b1"',
    ],
)
def test_a_text_of_one_word_over_and_over_costs_its_length(query: str) -> None:
    assert _growth(lambda size: _asked(query, "a1 " * size), 200) < _FOURFOLD


def test_ten_thousand_times_one_word_is_bearable_where_nears_lie_in_each_other() -> None:
    tree = parse(" NEAR/1000 ".join(["a1"] * 5))
    small, large = (_article("a1 " * size) for size in (2_500, 10_000))
    costs = []
    for article in (small, large):
        started = time.process_time()
        assert spans(tree, article)
        costs.append(time.process_time() - started)
    assert costs[1] / costs[0] < _FOURFOLD


def test_as_many_equal_watches_cost_their_number_to_add_to_ask_and_to_drop() -> None:
    def prepared(size: int) -> Callable[[], object]:
        tree = parse("a1 b1 c1")

        def work() -> None:
            index = WatchIndex()
            for number in range(size):
                index.put(number, tree)
            assert len(index.matching(_article("c1 b1 a1"))) == size
            for number in range(0, size, 50):
                index.drop(number)

        return work

    assert _growth(prepared, 500) < _FOURFOLD


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("w " * 5_001, "5,000 terms"),
        ("(" * 1_000 + "w" + ")" * 1_000, "100 levels"),
        ("NOT " * 1_000 + "w", "100 levels"),
        ("a1 NEAR/1 " * 5_000 + "a1", "10 NEARs"),
        ("*" * 1_000, "wildcard"),
        ("a*", "too short"),
        ("(a+)+$", "stop-words|no word"),
    ],
)
def test_what_no_article_should_be_asked_is_refused(query: str, reason: str) -> None:
    with pytest.raises(QueryError, match=reason):
        parse(query)


def test_the_expression_that_ruins_matchers_is_two_words_to_this_one() -> None:
    query = parse("(xa+)+xb$")
    assert spans(query, _article("xa xb")) is not None
    assert _growth(lambda size: _asked("(xa+)+xb$", "xa" * size + "!"), 20_000) < _FOURFOLD


@pytest.mark.parametrize(
    "sign", ["(", "-", '"', "“ ", "a1:", "=", "*", "NEAR/", "titre:", "a-", "l'", "1 000 ", "a.", "~"]
)
def test_a_query_costs_its_length_to_read_whatever_it_is_made_of(sign: str) -> None:
    def prepared(size: int) -> Callable[[], object]:
        def work() -> None:
            try:
                parse(sign * size)
            except QueryError:
                return

        return work

    assert _growth(prepared, 2_500) < _FOURFOLD
