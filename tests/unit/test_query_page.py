"""The page on the query language: each of its examples does what it says, and nothing of the language is left out."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.languages import lexicon
from matching import Named, document, parse, resolved, spans
from matching.fields import NAMES, REFERENCES
from news.article import Article
from news.errors import QueryError

_PAGE = (Path(__file__).parents[2] / "docs" / "query-language.md").read_text(encoding="utf-8")
_CELL_BORDER = re.compile(r"(?<!\\)\|")
_CODE = re.compile("`([^`]+)`")


def _rows(header: str) -> Iterator[tuple[str, ...]]:
    """The code in the cells of every table whose header begins so, a row each; a cell without code is empty."""
    inside = False
    for line in _PAGE.splitlines():
        if line.startswith("| ---"):
            continue
        cells = [cell.strip() for cell in _CELL_BORDER.split(line)[1:-1]]
        if line.startswith("|") and inside:
            yield tuple(found[1].replace(r"\|", "|") if (found := _CODE.match(cell)) else "" for cell in cells)
        inside = line.startswith("|") and (inside or line.startswith(header))


FOUND = list(_rows("| Query | Found in"))
INFLECTED = list(_rows("| Inflected"))
MEANT = [row[0] for row in _rows("| Query | Meaning")]
WATCHES: Named = {name: parse(query) for name, query in _rows("| Watch")}
STANDS_FOR = list(_rows("| Query | Stands for"))
NOT_ASKED = [row[0] for row in _rows("| Not asked")]
REFUSED = [row[0] for row in _rows("| Refused")]


def _is_found(query: str, text: str) -> bool:
    return spans(parse(query), document(Article("https://x.example/", "https://x.example/", "", text), "")) is not None


def test_the_page_has_examples_of_all_three_kinds() -> None:
    assert (len(FOUND) > 40, len(MEANT) > 15, len(REFUSED) > 15) == (True, True, True)
    assert len(INFLECTED) > 8
    assert all(cell for row in FOUND + INFLECTED for cell in row)
    assert (len(WATCHES) > 2, len(STANDS_FOR) > 3, len(NOT_ASKED) > 2) == (True, True, True)


@pytest.mark.parametrize(("query", "found", "missed"), FOUND)
def test_an_example_of_the_page_is_found_where_it_says_so_and_only_there(query: str, found: str, missed: str) -> None:
    assert (_is_found(query, found), _is_found(query, missed)) == (True, False)


@pytest.mark.parametrize(("query", "language", "found", "missed"), INFLECTED)
def test_an_inflection_of_the_page_is_found_and_another_word_is_not(
    query: str, language: str, found: str, missed: str
) -> None:
    for text, is_found in ((found, True), (missed, False)):
        article = Article("https://x.example/", "https://x.example/", "", text, language=language)
        assert (spans(parse(query), document(article, "", lexicon())) is not None) == is_found


@pytest.mark.parametrize("query", MEANT)
def test_an_example_of_a_field_parses(query: str) -> None:
    assert parse(query)


@pytest.mark.parametrize(("query", "whole"), STANDS_FOR)
def test_a_query_with_watches_stands_for_what_the_page_says(query: str, whole: str) -> None:
    assert resolved(parse(query), WATCHES) == parse(whole)


@pytest.mark.parametrize("query", NOT_ASKED)
def test_a_query_with_watches_that_the_page_refuses_is_refused(query: str) -> None:
    with pytest.raises(QueryError):
        resolved(parse(query), WATCHES, "Corée")


@pytest.mark.parametrize("name", REFERENCES)
def test_every_way_to_name_a_watch_is_on_the_page(name: str) -> None:
    assert any(f"{name}:" in query for query, _ in STANDS_FOR)


@pytest.mark.parametrize("query", REFUSED)
def test_a_refusal_of_the_page_is_refused(query: str) -> None:
    with pytest.raises(QueryError):
        parse(query)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_a_field_is_on_the_page(name: str) -> None:
    assert any(f"{name}:" in query for query in MEANT)


_OPERATORS = ["AND", "ET", "OR", "OU", "NOT", "SAUF", "NON", "NEAR/2", "PRÈS/1", "W/2", "ONEAR/2", "NEAR/2f", "|"]


@pytest.mark.parametrize("operator", _OPERATORS)
def test_every_operator_is_on_the_page(operator: str) -> None:
    assert any(operator in query.split() for query, _, _ in FOUND)
