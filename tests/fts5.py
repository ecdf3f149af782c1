"""SQLite's FTS5 as an oracle: on the operators that both have, it has to find what the matcher finds."""

import sqlite3
from collections.abc import Sequence

from matching import Document, search_terms
from news.query import And, Field, Near, Not, Or, Phrase, Prefix, Query, Word


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


def fts5(query: Query) -> str:
    """A query in FTS5's language; ValueError for what that cannot say.

    An excluded part stands in an AND, beside one that is not. Words are single tokens, for FTS5 holds one a position.
    """
    match query:
        case Word(text) | Phrase(text, slop=0):
            return f'"{search_terms(text)}"'
        case Prefix(text):
            return f'"{search_terms(text)}"*'
        case Near(left, right, distance, ordered=False):
            return f"NEAR({fts5(left)} {fts5(right)}, {distance})"
        case And(parts):
            wanted = " AND ".join(fts5(part) for part in parts if not isinstance(part, Not))
            return (
                "(" + " NOT ".join([f"({wanted})", *(fts5(part.part) for part in parts if isinstance(part, Not))]) + ")"
            )
        case Or(parts):
            return "(" + " OR ".join(map(fts5, parts)) + ")"
        case Field("title" | "text" as name, part):
            return f"({name} : {fts5(part)})"
        case _:
            raise ValueError(f"FTS5 cannot say {query}")
