"""The page on the query language: each of its examples does what it says, and nothing of the language is left out."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from matching import document, parse, spans
from matching.fields import NAMES
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
MEANT = [row[0] for row in _rows("| Query | Meaning")]
REFUSED = [row[0] for row in _rows("| Refused")]


def _is_found(query: str, text: str) -> bool:
    return spans(parse(query), document(Article("https://x.example/", "https://x.example/", "", text), "")) is not None


def test_the_page_has_examples_of_all_three_kinds() -> None:
    assert (len(FOUND) > 40, len(MEANT) > 15, len(REFUSED) > 15) == (True, True, True)
    assert all(cell for row in FOUND for cell in row)


@pytest.mark.parametrize(("query", "found", "missed"), FOUND)
def test_an_example_of_the_page_is_found_where_it_says_so_and_only_there(query: str, found: str, missed: str) -> None:
    assert (_is_found(query, found), _is_found(query, missed)) == (True, False)


@pytest.mark.parametrize("query", MEANT)
def test_an_example_of_a_field_parses(query: str) -> None:
    assert parse(query)


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
