"""The migrations make exactly the tables that the code declares, on both databases, wholly or not at all."""

import contextlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Inspector, create_engine, inspect, text

from news.errors import StorageError
from news.telling import Telling
from storage import Database, tables
from storage.told import told_to_json
from tests.samples import HOUR, NOON, a_source, told_of


@contextlib.contextmanager
def _connected(url: str) -> Iterator[Connection]:
    """A transaction past the Database."""
    engine = create_engine(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


async def _migrated(url: str) -> None:
    await (await Database.open(url)).close()


def _is_declared(name: str | None, kind: str, _parents: Any) -> bool:
    # The full-text index is spelt in each database's own way, and FTS5 keeps tables of its own beside it.
    return kind != "table" or not (name or "").startswith("article_search")


def _description(inspector: Inspector, name: str) -> list[str]:
    everything = [
        *inspector.get_columns(name),
        inspector.get_pk_constraint(name),
        *inspector.get_indexes(name),
        *inspector.get_unique_constraints(name),
        *inspector.get_foreign_keys(name),
    ]
    return sorted(map(repr, everything))


def _schema(connection: Connection) -> dict[str, list[str]]:
    """What the database says of each table that is declared."""
    schema = {name: _description(inspect(connection), name) for name in tables.metadata.tables}
    if connection.dialect.name == "sqlite":
        # Ids are never given out twice, which no inspector tells.
        for name, statement in connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")):
            if name in schema:
                schema[name].append(f"AUTOINCREMENT: {'AUTOINCREMENT' in statement}")
    return schema


async def test_alembic_finds_no_difference_between_the_migrations_and_the_declared_tables(database_url: str) -> None:
    await _migrated(database_url)
    options = {"compare_type": True, "include_name": _is_declared}
    with _connected(database_url) as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, tables.metadata) == []


async def test_the_migrations_make_what_the_declaration_alone_would_make(blank_database_url: str) -> None:
    await _migrated(blank_database_url)
    with _connected(blank_database_url) as connection:
        migrated = _schema(connection)
        connection.execute(text("DROP TABLE article_search"))
        tables.metadata.drop_all(connection)
        tables.metadata.create_all(connection)
        assert migrated == _schema(connection)


async def test_the_full_text_index_is_made_too(database_url: str) -> None:
    await _migrated(database_url)
    with _connected(database_url) as connection:
        assert "article_search" in inspect(connection).get_table_names()


async def test_to_open_a_database_again_changes_nothing(database_url: str) -> None:
    states = []
    for turn in range(2):
        database = await Database.open(database_url)
        async with database.write() as transaction:
            if turn == 0:
                await transaction.sources.put(a_source(), NOON)
            version = await transaction.connection.scalar(text("SELECT version_num FROM alembic_version"))
            schema = await transaction.connection.run_sync(_schema)
            states.append((version, schema, await transaction.sources.all()))
        await database.close()
    assert states[0] == states[1]


async def test_a_migration_that_fails_leaves_nothing_half_done_and_can_be_tried_again(blank_database_url: str) -> None:
    with _connected(blank_database_url) as connection:
        # The last table that the first migration makes: by then it has made all the others.
        connection.execute(text("CREATE TABLE article_search (theirs integer)"))
    with pytest.raises(StorageError, match="article_search"):
        await _migrated(blank_database_url)
    with _connected(blank_database_url) as connection:
        assert inspect(connection).get_table_names() == ["article_search"]
        connection.execute(text("DROP TABLE article_search"))
    await _migrated(blank_database_url)


def test_the_migrations_are_one_line_without_a_fork() -> None:
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    assert len(script.get_heads()) == len(script.get_bases()) == 1


_OF_THE_FIRST_SCHEMA = (
    "INSERT INTO source (id, name, url, origin, interval, added_at, due_at)"
    " VALUES (1, 'Le Phare', 'https://phare.example/', 'command', 900, :now, :now),"
    " (2, 'La Digue', 'https://digue.example/', 'command', 60, :now, :now)",
    "INSERT INTO article (id, source_id, url, canonical_url, url_key, title, text, authors, fetched_at, first_seen_at)"
    " VALUES (1, 1, 'https://phare.example/a', 'https://phare.example/a', 'k', 'Titre', 'Texte', '[]', :now, :now)",
    "INSERT INTO link (id, source_id, url, url_key, road, state, found_at, article_id)"
    " VALUES (1, 1, 'https://phare.example/a', 'k', 'sitemap', 'fetched', :now, 1)",
    "INSERT INTO watch (id, name, query, channels, origin, added_at) VALUES (1, 'W', 'x', '[]', 'command', :now)",
    "INSERT INTO channel (id, name, kind, settings, origin, added_at)"
    " VALUES (1, 'C', 'webhook', '{}', 'command', :now)",
    "INSERT INTO alert (id, watch_id, article_id, told, query, decided_at) VALUES (7, 1, 1, :told, 'x', :now)",
    "INSERT INTO delivery (id, key, alert_id, channel_id, state, created_at)"
    " VALUES (1, 'msg_1', 7, 1, 'pending', :now)",
)


def _at_schema(revision: str, url: str, statements: Iterable[str]) -> None:
    """Make a database as it was at a revision, with these rows."""
    with _connected(url) as connection:
        config = Config()
        config.set_main_option("script_location", "storage:migrations")
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        told = json.dumps(told_to_json(told_of(1)))
        for statement in statements:
            connection.execute(text(statement), {"now": NOON.replace(tzinfo=None), "told": told})


async def test_what_the_first_schema_held_is_there_after_the_migrations(blank_database_url: str) -> None:
    _at_schema("0001", blank_database_url, _OF_THE_FIRST_SCHEMA)
    database = await Database.open(blank_database_url)
    async with database.read() as transaction:
        [delivery] = await transaction.outbox.latest(9)
        assert (delivery.key, delivery.alert.sequence, delivery.alert.kind, delivery.alert.watch) == (
            "msg_1",
            7,
            "match",
            "W",
        )
        assert [source.interval for source in await transaction.sources.all()] == [60, 0]  # La Digue, Le Phare
        assert await transaction.connection.scalar(text("SELECT roads FROM link")) == 2  # the bit of sitemaps
        # The rows still hang together: what SQLite makes anew must not have cost their references.
        assert (await transaction.outbox.of_article(1, 1))[0].id == delivery.id
    await database.close()


_OF_BEFORE_TELLINGS = (
    *_OF_THE_FIRST_SCHEMA[:2],
    *_OF_THE_FIRST_SCHEMA[3:],
    "INSERT INTO story (id, first_at, last_at, articles) VALUES (5, :now, :now, 1)",
    'INSERT INTO "placing" (article_id, story_id, told_at) VALUES (1, 5, :now)',
    "INSERT INTO \"match\" (id, watch_id, article_id, spans, matched_at) VALUES (3, 1, 1, '[]', :now)",
    "INSERT INTO alert (id, kind, told, query, decided_at) VALUES (8, 'silent', :told, '', :now)",
    "UPDATE article SET title = 'Le retrait des troupes !'",
)


async def test_what_was_told_before_there_were_tellings_is_told_for_good(blank_database_url: str) -> None:
    _at_schema("0009", blank_database_url, _OF_BEFORE_TELLINGS)
    database = await Database.open(blank_database_url)
    async with database.read() as transaction:
        assert await transaction.tellings.of(1, 1) == [Telling(1, 1, 1, "told")]
        [thread] = (await transaction.threads.of(5, [1])).values()
        assert (thread.updates, thread.muted_at, thread.last_told_at is not None) == (0, None, True)
        [delivery] = await transaction.outbox.latest(9)
        assert (delivery.alert.items, delivery.thread_key) == ((), "")
        assert (await transaction.outbox.of_article(1, 1))[0].id == delivery.id
        assert await transaction.outbox.first_told(1, thread.id) == told_of(1)
        [again] = await transaction.articles.titled("« Le retrait des troupes »", NOON + 8_000 * HOUR, 0)
        assert again.id == 1
    await database.close()
