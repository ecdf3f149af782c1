"""A big archive in a short time: articles past the service, with all rows that it would have left of them by now.

They were told more than ten days ago, so nothing is compared with them any more; they have been looked at again for the
last time; what was to be told of them was sent so long ago that the deliveries are forgotten, and the alerts are not.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.made_archive import MadeArticle, batches, made_articles
from news import url as urls
from news.alert import Told
from news.article import title_key
from storage import Database
from storage.told import told_to_json
from storage.tsquery import tsvector

BEGIN = datetime(2010, 1, 1, tzinfo=UTC)
EVERY = timedelta(minutes=8)
SOURCES, LISTED = 200, 25  # and how many links a poll brings at once
WANTED = "manya"  # of the watch: one article in ten has it
WATCH, CHANNEL = 1, 1
_BATCH = 20_000
_MIB = 1 << 20
_GIN = "ix_article_search_words"
_NUMBERED = ("article", "link", "story", "placing", "match", "telling", "alert", "thread")
_COLUMNS = {
    "article": "id source_id url canonical_url url_key title text authors language fetched_at first_seen_at title_key",
    "link": (
        "id source_id url url_key road roads title published_at state attempts is_history found_at settled_at revisits"
        " article_id"
    ),
    "story": "id first_at last_at articles",
    "placing": "id article_id story_id told_at",
    "match": "id watch_id article_id spans matched_at seen",
    "thread": "id watch_id story_id opened_at last_told_at told",
    "alert": "id watch_id article_id told query decided_at thread_id",
    "telling": "id match_id channel_id state alert_id",
}
_OF_SQLITE = "rowid title body beside_title beside_body facts"
_OF_POSTGRESQL = "article_id title body beside_title beside_body words"

Row = tuple[Any, ...]


def source_of(number: int) -> int:
    """The id of the source that brings the article of this number, from 0; as many in a row as a poll brings."""
    return 1 + number // LISTED % SOURCES


def seen_at(number: int) -> datetime:
    """When it is seen."""
    return BEGIN + number * EVERY


@dataclass(slots=True)
class Rows:
    """The rows of some articles by table, numbered on from `last`, the highest id of each table."""

    last: dict[str, int]
    is_postgresql: bool
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def put(self, made: MadeArticle) -> None:
        """All that is left of an article."""
        article, number = made.article, int(made.article.url.rpartition("/")[2])
        source, seen, key = source_of(number), _instant(seen_at(number)), urls.key(made.article.url)
        own = self._add(
            "article", source, article.url, article.url, key, article.title, article.text, "[]", article.language,
            seen, seen, title_key(article.title),
        )  # fmt: skip
        self._add("link", source, article.url, key, "feed", 1, article.title, seen, "fetched", 1, 0, seen, seen, 3, own)
        story = self._add("story", seen, seen, 1)
        self._add("placing", own, story, seen)
        self.tables.setdefault("article_search", []).append(self._words(own, source, made))
        if f" {WANTED} " in f" {article.title} {article.text} ":
            self._tell(made, own, story, seen)

    def _add(self, table: str, *values: Any) -> int:
        self.last[table] += 1
        self.tables.setdefault(table, []).append((self.last[table], *values))
        return self.last[table]

    def _words(self, own: int, source: int, made: MadeArticle) -> Row:
        row = made.row
        facts = f"* #{source}" + (f" @{row.language}" if row.language else "")
        words = tsvector(row, facts) if self.is_postgresql else facts
        return (own, row.title, row.text, row.beside_title, row.beside_text, words)

    def _tell(self, made: MadeArticle, own: int, story: int, seen: str) -> None:
        match = self._add("match", WATCH, own, '[["text",0,5]]', seen, 0)
        thread = self._add("thread", WATCH, story, seen, seen, "{}")
        article = made.article
        told = json.dumps(told_to_json(Told(own, article.title, article.url, "a source", article.text[:300])))
        alert = self._add("alert", WATCH, own, told, WANTED, seen, thread)
        self._add("telling", match, CHANNEL, "told", alert)


def _instant(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(" ", "microseconds")


async def fill(database: Database, file: Path | None, first: int, upto: int) -> None:
    """The articles from one number up to, without, another; `file` is the one of SQLite."""
    last = await _last(database)
    made = batches(made_articles(upto - first, first=first), _BATCH)
    if file is not None:
        _fill_sqlite(file, made, last)
    else:
        await _fill_postgresql(database, made, last)


async def _last(database: Database) -> dict[str, int]:
    async with database.read() as tx:
        found = {}
        for table in _NUMBERED:
            asked = await tx.connection.exec_driver_sql(f'SELECT coalesce(max(id), 0) FROM "{table}"')
            found[table] = int(asked.scalar_one())
    return found


def _rows(some: Sequence[MadeArticle], last: dict[str, int], *, is_postgresql: bool) -> Rows:
    rows = Rows(last, is_postgresql)
    for made in some:
        rows.put(made)
    return rows


def _fill_sqlite(file: Path, made: Iterator[list[MadeArticle]], last: dict[str, int]) -> None:
    with closing(sqlite3.connect(file, timeout=60, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        _gather(connection, 8 * _MIB)
        for some in made:
            connection.execute("BEGIN IMMEDIATE")
            for table, rows in _rows(some, last, is_postgresql=False).tables.items():
                columns = _COLUMNS.get(table, _OF_SQLITE).split()
                places = ", ".join("?" * len(columns))
                connection.executemany(f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES ({places})', rows)
            connection.execute("COMMIT")
        _gather(connection, _MIB)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _gather(connection: sqlite3.Connection, size: int) -> None:
    """Have FTS5 write its words in pieces of about so many bytes: few enough to be fast, too many to stay so big."""
    connection.execute("INSERT INTO article_search (article_search, rank) VALUES ('hashsize', ?)", (size,))


async def _fill_postgresql(database: Database, made: Iterator[list[MadeArticle]], last: dict[str, int]) -> None:
    """Without the index of words, which is made at the end, and without a look at references."""
    async with database.write() as tx:
        told = await tx.connection.exec_driver_sql(f"SELECT indexdef FROM pg_indexes WHERE indexname = '{_GIN}'")
        definition = str(told.scalar_one())
        await tx.connection.exec_driver_sql(f"DROP INDEX {_GIN}")
    for some in made:
        async with database.write() as tx:
            await tx.connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            driver = (await tx.connection.get_raw_connection()).driver_connection
            assert driver is not None
            for table, rows in _rows(some, last, is_postgresql=True).tables.items():
                columns = ", ".join(_COLUMNS.get(table, _OF_POSTGRESQL).split())
                async with driver.cursor() as cursor, cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
                    for row in rows:
                        await copy.write_row(row)
    async with database.write() as tx:
        await tx.connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '1GB'")
        await tx.connection.exec_driver_sql(definition)
        for table, number in last.items():
            if number:
                await tx.connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {number})")
        await tx.connection.exec_driver_sql("ANALYZE")
