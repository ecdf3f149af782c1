"""The words of bylines, dates and counters: lines above the prose that go in each language, and headings that stay."""

import tomllib
from pathlib import Path

import pytest

from extraction.furniture import Known, is_byline
from extraction.phrases import by_language

CASES = tomllib.loads((Path(__file__).with_name("furniture_cases.toml")).read_text(encoding="utf-8"))
NOBODY = Known("Un titre que rien ne répète")


def test_every_language_has_its_cases() -> None:
    assert set(CASES) == set(by_language())


@pytest.mark.parametrize("line", [line for both in CASES.values() for line in both["is"]])
def test_a_line_that_says_who_or_when_is_furniture(line: str) -> None:
    assert is_byline(line, NOBODY)


@pytest.mark.parametrize("line", [line for both in CASES.values() for line in both["not"]])
def test_a_heading_with_the_same_words_is_none(line: str) -> None:
    assert not is_byline(line, NOBODY)
