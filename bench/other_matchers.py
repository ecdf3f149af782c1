"""What the index is measured against: SQLite's FTS5 and Lucene's Monitor, given the same queries on the same tokens."""

import json
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from time import process_time

from matching import Document, search_terms
from news.query import And, Field, Near, Not, Or, Phrase, Prefix, Query, Word

_HARNESS = Path(__file__).with_name("LuceneMonitor.java")


def in_fts5(queries: Mapping[int, Query], documents: Sequence[Document]) -> tuple[float, list[set[int]]]:
    """CPU seconds an article, and what each matches: one article in a table in memory, asked every query."""
    written = [(number, fts5(query)) for number, query in queries.items()]
    found: list[set[int]] = []
    seconds = 0.0
    for document in documents:
        terms = _terms(document)
        started = process_time()
        connection = sqlite3.connect(":memory:")
        connection.execute('CREATE VIRTUAL TABLE a USING fts5(title, text, tokenize = "unicode61 remove_diacritics 0")')
        connection.execute("INSERT INTO a VALUES (?, ?)", terms)
        ask = connection.execute
        found.append({n for n, text in written if ask("SELECT 1 FROM a WHERE a MATCH ?", (text,)).fetchone()})
        connection.close()
        seconds += process_time() - started
    return seconds / len(documents), found


def _terms(document: Document) -> tuple[str, str]:
    """Title and text as tokens in their places; joined forms have none in an index that holds one token a place."""
    title, text = (" ".join(one.folded for one in stream.tokens if one.length == 1) for stream in document.streams[:2])
    return title, text


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


def in_lucene(
    jars: Sequence[Path], queries: Mapping[int, Query], documents: Sequence[Document]
) -> tuple[float, list[set[int]]]:
    """CPU seconds an article, after four rounds to warm up, and what each matches, by Lucene's Monitor.

    `jars` are those of lucene-core, -memory, -queries, -analysis-common and -monitor, 9 or later; `java` runs the
    harness from its source. Raises CalledProcessError where it does not.
    """
    with tempfile.TemporaryDirectory() as folder:
        asked, articles = Path(folder, "queries"), Path(folder, "articles")
        asked.write_text("".join(f"{n} {polish(query)}\n" for n, query in queries.items()), encoding="utf-8")
        articles.write_text("".join("\t".join(_terms(one)) + "\n" for one in documents), encoding="utf-8")
        path = ":".join(map(str, jars))
        command = ["java", "-cp", path, str(_HARNESS), str(asked), str(articles)]
        answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return answer["seconds"] / len(documents), [set(found) for found in answer["found"]]


def polish(query: Query) -> str:
    """A query of the mix in Polish notation, as the harness reads it: `and 2 word a phrase 2 b c`."""
    match query:
        case Word(text) | Phrase(text):
            words = search_terms(text).split()
            return f"phrase {len(words)} {' '.join(words)}"
        case Prefix(text):
            return f"prefix {search_terms(text)}"
        case Near(left, right, distance):
            return f"near {distance} {_word(left)} {_word(right)}"
        case And((wanted, Not(unwanted))):
            return f"without {polish(wanted)} {polish(unwanted)}"
        case And(parts):
            return f"and {len(parts)} {_all(parts)}"
        case Or(parts):
            return f"or {len(parts)} {_all(parts)}"
        case Field(name, part):
            return f"{name} {polish(part)}"
        case _:
            raise ValueError(f"the harness cannot say {query}")


def _word(query: Query) -> str:
    if not isinstance(query, Word):
        raise ValueError(f"the harness knows only single words near each other, not {query}")
    return search_terms(query.text)


def _all(parts: Iterable[Query]) -> str:
    return " ".join(map(polish, parts))
