"""What a watch means by its words, case by case in fifteen languages, through the parser and the evaluation."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from cli.languages import lexicon
from matching import WatchIndex, document, parse, spans
from news.article import Article

CASES = tomllib.loads(Path(__file__).with_name("acceptance_words.toml").read_text(encoding="utf-8"))
MUST = [(language, *case) for language, cases in CASES.items() for case in cases["must"]]
MUST_NOT = [(language, *case) for language, cases in CASES.items() for case in cases["must_not"]]


def _finds(language: str, query: str, text: str) -> bool:
    """The answer of the evaluation, with which the index has to agree."""
    article = Article("https://phare.example/", "https://phare.example/", "", text, language=language)
    read = document(article, "", lexicon())
    index = WatchIndex()
    index.put(1, parse(query))
    found = spans(parse(query), read) is not None
    assert [number for number, _ in index.match(read)] == ([1] if found else [])
    return found


@pytest.mark.parametrize(("language", "query", "text", "why"), MUST)
def test_the_words_find_the_text(language: str, query: str, text: str, why: str) -> None:
    assert _finds(language, query, text), why


@pytest.mark.parametrize(("language", "query", "text", "why"), MUST_NOT)
def test_the_words_do_not_find_the_text(language: str, query: str, text: str, why: str) -> None:
    assert not _finds(language, query, text), why


def test_the_list_is_long_and_half_of_it_is_french_and_english() -> None:
    count = Counter(language for language, *_ in MUST + MUST_NOT)
    assert sum(count.values()) >= 150
    assert len(count) == 15
    assert 0.5 <= (count["fr"] + count["en"]) / sum(count.values()) <= 0.65
