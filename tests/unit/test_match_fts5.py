"""The matcher and SQLite's FTS5 find the same articles, on the operators that both have."""

import random
from collections.abc import Iterator
from itertools import combinations

import pytest

from matching import Document, WatchIndex, document, parse, spans
from news.article import Article
from news.query import And, Field, Near, Not, Or, Phrase, Prefix, Query, Word
from tests.fts5 import Oracle

WORDS = [f"{onset}{vowel}{coda}" for onset in "bcdfm" for vowel in ("a", "é", "ou") for coda in ("l", "rt")]
QUERIES = 4_000


def _article(seed: random.Random, number: int) -> Document:
    def words(most: int) -> str:
        return " ".join(seed.choice(WORDS) for _ in range(seed.randint(0, most)))

    url = f"https://x.example/{number}"
    return document(Article(url, url, words(6).title(), words(40)), "")


class Mix:
    """Random queries of the operators that FTS5 knows, in its meaning."""

    def __init__(self, seed: random.Random) -> None:
        self.seed = seed

    def leaf(self) -> Query:
        chance = self.seed.random()
        if chance < 0.3:
            return Phrase(" ".join(self.seed.choices(WORDS, k=self.seed.randint(2, 3))))
        if chance < 0.4:
            return Prefix(self.seed.choice(WORDS)[:3])
        if chance < 0.5:
            one, other = self.seed.sample(WORDS, 2)
            return Near(Word(one), Word(other), self.seed.randint(0, 8))
        return Word(self.seed.choice(WORDS))

    def query(self, levels: int) -> Query:
        chance = self.seed.random()
        if levels == 0 or chance < 0.3:
            return self.leaf()
        if chance < 0.45:
            return Field(self.seed.choice(("title", "text")), self.query(levels - 1))
        if chance < 0.6:
            return And((self.query(levels - 1), Not(self.query(levels - 1))))
        parts = tuple(self.query(levels - 1) for _ in range(self.seed.randint(2, 3)))
        return Or(parts) if chance < 0.8 else And(parts)


@pytest.fixture(scope="module")
def seed() -> random.Random:
    return random.Random(20)


@pytest.fixture(scope="module")
def read(seed: random.Random) -> list[Document]:
    return [_article(seed, number) for number in range(60)]


@pytest.fixture(scope="module")
def oracle(read: list[Document]) -> Iterator[Oracle]:
    opened = Oracle(read)
    yield opened
    opened.close()


def test_thousands_of_random_queries_find_the_same_articles(
    seed: random.Random, read: list[Document], oracle: Oracle
) -> None:
    mix, index = Mix(seed), WatchIndex()
    asked = [mix.query(seed.randint(0, 3)) for _ in range(QUERIES)]
    for number, query in enumerate(asked):
        index.put(number, query)
    found: list[set[int]] = [set() for _ in asked]
    for place, article in enumerate(read):
        for number in index.matching(article):
            found[number].add(place)
    wanted = [oracle.finding(query) for query in asked]
    differing = [query for query, ours, theirs in zip(asked, found, wanted, strict=True) if ours != theirs]
    assert differing == []
    assert sum(0 < len(theirs) < len(read) for theirs in wanted) > 0.2 * QUERIES


def test_so_do_queries_as_they_are_written(read: list[Document], oracle: Oracle) -> None:
    written = [f"{one} {other}" for one, other in combinations(WORDS[:8], 2)]
    written += [f"{one} -{other}" for one, other in combinations(WORDS[:8], 2)]
    written += [f'"{one} {other}" OU titre:{one}' for one, other in combinations(WORDS[:8], 2)]
    written += [f"{one} PRÈS/3 {other}" for one, other in combinations(WORDS[:8], 2)]
    for query in map(parse, written):
        assert {at for at, article in enumerate(read) if spans(query, article) is not None} == oracle.finding(query)
