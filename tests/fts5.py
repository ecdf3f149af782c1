"""SQLite's FTS5 as an oracle: on the operators that both have, it has to find what the matcher finds."""

import sqlite3
from collections.abc import Sequence

from bench.other_matchers import fts5
from matching import Document
from news.query import Query


class Oracle:
    """Articles in a full-text index in memory, numbered from 0."""

    def __init__(self, articles: Sequence[Document]) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute(
            'CREATE VIRTUAL TABLE a USING fts5(title, text, tokenize = "unicode61 remove_diacritics 0")'
        )
        rows = ((number, *article.search_terms) for number, article in enumerate(articles))
        self._connection.executemany("INSERT INTO a (rowid, title, text) VALUES (?, ?, ?)", rows)

    def close(self) -> None:
        """Give the memory back."""
        self._connection.close()

    def finding(self, query: Query) -> set[int]:
        """The numbers of the articles that FTS5 finds."""
        found = self._connection.execute("SELECT rowid FROM a WHERE a MATCH ?", (fts5(query),))
        return {number for (number,) in found}
