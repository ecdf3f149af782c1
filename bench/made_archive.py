"""A made archive: articles of words drawn by Zipf's law, among them some that stand in a known share of all articles.

The words are made up and come in forms (`barolo`, `barolos`, `baroloe`), which a lexicon of their own puts together.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, product
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from matching import analyzer
from news.article import Article
from news.search import SearchRow

SHARES = {"rare": 0.001, "some": 0.01, "many": 0.1, "most": 0.3}
"""How many of all articles hold each of the known words `rarea` to `rared`, `somea`…; their pairs are expressions."""
_LETTERS = "abcd"
_ENDINGS = ("", "s", "e")
_BASES = 20_000
_WORDS, _TITLE = 150, 8  # of an article, in the mean, and of its title
_IN_TITLE = 0.2  # of the articles with a known word have it in the title, too
_SOURCES = 200
_LANGUAGES = ("fr", "en", None)
_SPOKEN = (0.6, 0.3, 0.1)
_EVERY = timedelta(seconds=30)
_BATCH = 20_000
_MIB = 1 << 20
NOW = datetime(2026, 11, 21, tzinfo=UTC)


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class MadeArticle:
    """An article, what it is indexed under, its source (from 1) and when it was seen."""

    article: Article
    row: SearchRow
    source_id: int
    seen_at: datetime


class MadeLexicon:
    """Knows the made words; it is at hand for every language."""

    def __call__(self, exact: str, folded: str, language: str | None) -> tuple[str, ...]:
        """The folded form, and the word's base."""
        base = base_of(folded)
        return (folded,) if base == folded else (folded, base)

    def is_loaded(self, language: str | None) -> bool:
        """Always."""
        return True

    def load(self, language: str | None) -> None:
        """Nothing is to be loaded."""


def base_of(word: str) -> str:
    """What a made word in any of its forms is a form of; it ends on o."""
    return word[:-1] if word.endswith(("os", "oe")) else word


def batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """The things in lists of so many."""
    left = iter(things)
    while some := list(islice(left, size)):
        yield some


def made_articles(count: int, seed: int = 7, first: int = 0) -> Iterator[MadeArticle]:
    """So many articles, the oldest first; `first` is the number of the first one."""
    dice = np.random.default_rng(seed + first)
    vocabulary = _vocabulary()
    chances = np.cumsum(1.0 / np.arange(2, len(vocabulary) + 2))
    chances /= chances[-1]
    for numbers in batches(range(first, first + count), 1_000):
        lengths = np.clip(dice.lognormal(np.log(_WORDS) - 0.125, 0.5, len(numbers)), 20, 2_000).astype(int) + _TITLE
        drawn = np.searchsorted(chances, dice.random(int(lengths.sum())))
        ends = np.cumsum(lengths)
        for number, end, length in zip(numbers, ends.tolist(), lengths.tolist(), strict=True):
            words = [vocabulary[index] for index in drawn[end - length : end].tolist()]
            yield _article(number, words, dice, first + count)


def _vocabulary() -> list[str]:
    syllables = ["".join(pair) for pair in product("bcdfglmnprstvz", "aeiou")]
    bases = [f"{one}{two}{three}lo" for one, two, three in product(syllables, syllables, syllables)][: _BASES * 17 : 17]
    words = [base + ending for base in bases for ending in _ENDINGS]
    return [words[index] for index in np.random.default_rng(1).permutation(len(words)).tolist()]


def _article(number: int, words: list[str], dice: np.random.Generator, count: int) -> MadeArticle:
    title, text = words[:_TITLE], words[_TITLE:]
    for name, share in SHARES.items():
        _put_known(name, share, title, text, dice.random(3 * len(_LETTERS)))
    language = _LANGUAGES[int(np.searchsorted(np.cumsum(_SPOKEN), dice.random()))]
    url = f"https://www.made.example/{number}"
    article = Article(url, url, " ".join(title), " ".join(text), (), None, language)
    row = SearchRow(article.title, article.text, _keys(title), _keys(text), language or "", analyzer())
    return MadeArticle(article, row, 1 + number % _SOURCES, NOW - (count - number) * _EVERY)


def _put_known(name: str, share: float, title: list[str], text: list[str], luck: npt.NDArray[np.float64]) -> None:
    """The known words of one share at random places; and the expression of two of them, `rarex rarey`."""
    for index, letter in enumerate((*_LETTERS, "x y")):
        chance = luck[index] if index < len(_LETTERS) else (luck[4] + luck[5]) % 1.0
        if chance >= share:
            continue
        written = [f"{name}{one}" for one in letter.split()]
        place = int(luck[4 + index] * len(text))
        text[place:place] = written
        if luck[8 + index % 4] < _IN_TITLE:
            title[1:1] = written


def _keys(words: Sequence[str]) -> str:
    return " ".join({f"={base_of(word)}" for word in words if base_of(word) != word})


def fill_sqlite(file: Path, articles: Iterator[MadeArticle]) -> None:
    """Put articles into an archive on SQLite past the service, which would take its time to make each one safe."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-400000")
    _gather(connection, 64 * _MIB)
    when = NOW.replace(tzinfo=None).isoformat(" ", "microseconds")
    connection.executemany(
        "INSERT OR IGNORE INTO source (id, name, url, origin, interval, added_at, due_at)"
        " VALUES (?, ?, ?, 'cli', 0, ?, ?)",
        [(number, f"source {number}", f"https://{number}.example/", when, when) for number in range(1, _SOURCES + 1)],
    )
    connection.execute("INSERT OR IGNORE INTO indexed_by VALUES (?)", (analyzer(),))
    connection.executemany("INSERT OR IGNORE INTO indexed_language VALUES (?)", [("fr",), ("en",)])
    for some in batches(articles, _BATCH):
        connection.executemany(
            "INSERT INTO article (id, source_id, url, canonical_url, url_key, title, text, authors, language,"
            " fetched_at, first_seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, '[]', ?, ?, ?)",
            [_values(one) for one in some],
        )
        connection.executemany(
            "INSERT INTO article_search (rowid, title, body, beside_title, beside_body, facts)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [_index_values(one) for one in some],
        )
        connection.commit()
    _gather(connection, _MIB)
    connection.commit()
    connection.close()


def _gather(connection: sqlite3.Connection, size: int) -> None:
    """Have FTS5 write its words in pieces of about so many bytes."""
    connection.execute("INSERT INTO article_search (article_search, rank) VALUES ('hashsize', ?)", (size,))


def _number(one: MadeArticle) -> int:
    return 1 + int(one.article.url.rpartition("/")[2])


def _values(one: MadeArticle) -> tuple[object, ...]:
    article, seen = one.article, one.seen_at.replace(tzinfo=None).isoformat(" ", "microseconds")
    number = _number(one)
    return (
        number, one.source_id, article.url, article.url, str(number), article.title, article.text, article.language,
        seen, seen,
    )  # fmt: skip


def _index_values(one: MadeArticle) -> tuple[object, ...]:
    row = one.row
    facts = f"* #{one.source_id}" + (f" @{row.language}" if row.language else "")
    return _number(one), row.title, row.text, row.beside_title, row.beside_text, facts
