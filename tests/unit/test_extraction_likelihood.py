"""The likelihoods of a page's blocks, and when another extractor is asked about it."""

from collections.abc import Callable

import numpy as np
import pytest
from lxml import html

from extraction.blocks import Walk, walked
from extraction.features import LOCAL, NAMES, Told, features
from extraction.likelihood import likelihoods, sureness
from extraction.votes import VOTES, vote_columns

PROSE = "The council voted on Thursday, after a debate of four hours, that the bridge over the river is to be rebuilt. "
MENU = "".join(f"<li><a href='/{name}'>{name}</a></li>" for name in ("Home", "Sport", "Culture", "Weather"))
PAGE = (
    f"<nav><ul>{MENU}</ul></nav><article><h1>A bridge</h1><p>{PROSE}</p><p>{PROSE * 2}</p><p>{PROSE * 3}</p></article>"
)


def walk(markup: str) -> Walk:
    return walked(html.fromstring(f"<html><body>{markup}</body></html>").find("body"))


def never() -> list[str]:
    raise AssertionError("nobody was to be asked")


def column(markup: str, name: str, told: Told | None = None) -> list[float]:
    matrix = features(walk(markup), told or Told())
    values: list[float] = matrix[:, NAMES.index(name)].tolist()
    return values


def test_prose_is_likelier_than_a_menu() -> None:
    found = likelihoods(walk(PAGE), Told(titles=("A bridge",)), never)
    assert not found.was_asked
    assert max(found.odds[:4]) < 0.2 < 0.8 < min(found.odds[-3:])


def test_a_page_without_text_has_no_likelihoods() -> None:
    assert likelihoods(walk(""), Told(), never).odds == []


def test_where_the_trees_are_unsure_the_other_is_asked() -> None:
    asked: list[int] = []

    def other() -> list[str]:
        asked.append(1)
        return ["Some words here."]

    found = likelihoods(walk("<div>Some words here.<br>Other words, 12</div>"), Told(), other)
    assert found.was_asked
    assert asked == [1]
    assert found.sureness < 0.9


def test_after_the_other_was_asked_the_f1_is_what_both_let_expect() -> None:
    page = walk("<div>Some words here.<br>Other words, 12</div>")
    found = likelihoods(page, Told(), lambda: ["Some words here."])
    words = np.expm1(features(page, Told())[:, LOCAL.index("words")].astype(np.float64))
    assert found.was_asked
    assert found.sureness == pytest.approx(sureness(np.array(found.odds), words + 1))


@pytest.mark.parametrize(
    ("odds", "expected"), [([1.0, 0.0], 1.0), ([0.0, 0.0], 0.0), ([0.5, 0.5], 2 / 3), ([1.0, 0.5], 6 / 7)]
)
def test_sureness_is_the_f1_that_the_best_choice_may_expect(odds: list[float], expected: float) -> None:
    assert sureness(np.array(odds), np.ones(2)) == pytest.approx(expected)


def test_there_is_a_row_for_each_block_and_a_column_for_each_name() -> None:
    found = walk(PAGE)
    assert features(found, Told()).shape == (len(found.blocks), len(NAMES))
    assert len(set(NAMES)) == len(NAMES)
    assert NAMES[: len(LOCAL)] == LOCAL


@pytest.mark.parametrize("page", ["<p>x</p>", "x", "<p>…</p>", "<p>a</p><p>b</p>", f"<p>{'字' * 500}</p>"])
def test_the_smallest_pages_have_finite_features(page: str) -> None:
    assert np.isfinite(features(walk(page), Told(titles=("",), description="x", declared="y"))).all()


def test_names_count_unless_the_page_is_taken_for_opaque() -> None:
    named, plain = walk("<div class='sidebar'><p>a</p></div>"), walk("<div><p>a</p></div>")
    assert (features(named, Told()) != features(plain, Told())).any()
    assert (features(named, Told(), is_opaque=True) == features(plain, Told())).all()


def test_the_declared_body_is_looked_for() -> None:
    markup = f"<p>{PROSE}</p><p>Something else that is long enough</p><p>ok</p>"
    assert column(markup, "declared", Told(declared=PROSE.upper())) == [1.0, 0.0, 0.5]
    assert column(markup, "declared") == [-1.0, -1.0, -1.0]


def test_neighbours_are_seen_above_and_below() -> None:
    markup = "<p>one two three</p><p>one</p>"
    words = column(markup, "words")
    assert column(markup, "words+1") == [words[1], -1.0]
    assert column(markup, "words-1") == [-1.0, words[0]]


@pytest.mark.parametrize("vote", [lambda: [PROSE], lambda: [f"Before. {PROSE} After."]])
def test_a_block_is_voted_for_alone_or_within_a_paragraph(vote: Callable[[], list[str]]) -> None:
    found = walk(f"<p>{PROSE}</p><p>Home</p>")
    columns = vote_columns(found, np.array([20.0, 1.0]), vote())
    assert columns[:, VOTES.index("voted")].tolist() == [1.0, 0.0]


def test_of_an_endless_page_only_the_beginning_is_looked_at() -> None:
    found = likelihoods(walk(PAGE + "<p>word</p>" * 10_100), Told(), list)
    assert len(found.odds) == 4 + 4 + 10_100
    assert found.odds[-1] == 0.0
    assert found.odds[5] > 0.5
