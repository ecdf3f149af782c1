"""Every schema that there has been, from its stored database to today's: the same rows, and nobody is told again."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, make_url, text

from news.clock import ManualClock
from news.source import FoundLink
from service.release import Releaser
from storage import Database, Transaction, tables
from tests.samples import HOUR, NOON, a_channel, a_source, a_watch, an_article
from tests.schemas.stored import FOLDER, build, fill, read_value, reflected, revisions, shape, stored

_MAKE = "write rows of what is new into tests/schemas/rows.py, then: python -m tests.schemas"
_ALL = 99
# What a step changes on purpose, by the schema that it leads to: table, id, column, and what becomes of it.
_CHANGED: Mapping[str, tuple[tuple[str, int, str, Any], ...]] = {"0002": (("source", 2, "interval", 0),)}


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    database = await Database.open(url)
    try:
        yield database
    finally:
        await database.close()


def _write(url: str, revision: str) -> None:
    """The stored database of a schema, as that version left it."""
    engine = create_engine(make_url(url).set(drivername=_driver(url)))
    with engine.begin() as connection:
        build(connection, revision)
        fill(connection, stored(revision)["rows"])
    engine.dispose()


def _driver(url: str) -> str:
    return "sqlite" if url.startswith("sqlite") else "postgresql+psycopg"


def _lost(connection: Connection, revision: str) -> list[str]:
    """Each stored value that is another one now, or not there."""
    changed = {
        (table, number, column): value
        for step, changes in _CHANGED.items()
        if step > revision
        for table, number, column, value in changes
    }
    lost: list[str] = []
    there = reflected(connection)
    for name, rows in stored(revision)["rows"].items():
        table = there[name]
        keys = [column.name for column in table.primary_key]
        now = {tuple(row[key] for key in keys): row for row in connection.execute(table.select()).mappings()}
        for row in rows:
            values = {key: read_value(connection, table.c[key], value) for key, value in row.items()}
            found = dict(now.get(tuple(values[key] for key in keys)) or {})
            for column, value in values.items():
                expected = changed.get((name, row.get("id", 0), column), value)
                if found.get(column) != expected:
                    lost.append(f"{name} {row}: {column} is {found.get(column)!r}, was {expected!r}")
    return lost


def _differences(connection: Connection) -> list[Any]:
    def is_declared(name: str | None, kind: str, _parents: Any) -> bool:
        return kind != "table" or not (name or "").startswith("article_search")

    options = {"compare_type": True, "include_name": is_declared}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), tables.metadata))


@pytest.mark.parametrize("revision", revisions())
def test_each_schema_has_a_stored_database(revision: str) -> None:
    assert (FOLDER / f"{revision}.json").exists(), f"schema {revision} has no stored database: {_MAKE}"


@pytest.mark.parametrize("revision", revisions())
async def test_what_a_schema_held_means_the_same_in_todays(blank_database_url: str, revision: str) -> None:
    _write(blank_database_url, revision)
    async with _opened(blank_database_url) as database, database.write() as tx:
        assert await tx.connection.run_sync(_lost, revision) == []
        assert await tx.connection.run_sync(_differences) == []
        assert await tx.connection.scalar(text("SELECT version_num FROM alembic_version")) == revisions()[-1]


def test_a_published_migration_makes_what_it_always_made(blank_database_url: str) -> None:
    engine = create_engine(make_url(blank_database_url).set(drivername=_driver(blank_database_url)))
    for revision in revisions():
        with engine.begin() as connection:
            build(connection, revision)
            made, dialect = shape(connection), connection.dialect.name
        assert made == stored(revision)["shape"][dialect], f"databases of schema {revision} exist: add a migration"
    engine.dispose()


@pytest.mark.parametrize("revision", revisions())
async def test_after_an_upgrade_nobody_is_told_again_and_work_goes_on(blank_database_url: str, revision: str) -> None:
    _write(blank_database_url, revision)
    rows = stored(revision)["rows"]
    now = NOON + 9 * HOUR
    async with _opened(blank_database_url) as database:
        assert await Releaser(database, ManualClock(now)).release_due() == 0
        async with database.write() as tx:
            deliveries = {one.key: one.state for one in await tx.outbox.latest(_ALL)}
            assert deliveries == {row["key"]: row["state"] for row in rows["delivery"]}
            for row in rows["link"]:
                known = [FoundLink(row["url"])]
                assert await tx.links.add_unknown(row["source_id"], "feed", known, is_history=False, now=now) == []
            for row in rows["article"]:
                assert await tx.articles.add(an_article(row["canonical_url"]), 1, now, now) is None
            await _leases_end(tx, now)


async def _leases_end(tx: Transaction, now: datetime) -> None:
    """What a process that is gone held is somebody's again, and nothing else is."""
    until = now + timedelta(minutes=5)
    due = await tx.sources.lease_due(now, _ALL, "me", until)
    assert {source.name for source in due} == {"Le Phare", "بحر", "La Digue"}
    claimed = await tx.sending.claim(now, {1: _ALL, 2: _ALL, 5: _ALL, 9: _ALL}, "me", until)
    assert {one.key for one in claimed} == {"msg_2", "msg_6"}


@pytest.mark.parametrize("revision", revisions())
async def test_after_an_upgrade_all_that_there_is_can_be_read(blank_database_url: str, revision: str) -> None:
    _write(blank_database_url, revision)
    rows = stored(revision)["rows"]
    async with _opened(blank_database_url) as database, database.read() as tx:
        articles = {one.id: (one.article.title, one.article.text) for one in await tx.articles.latest(_ALL)}
        assert articles == {row["id"]: (row["title"], row["text"]) for row in rows["article"]}
        assert len(await tx.matches.latest(_ALL)) == len(rows["match"])
        assert {one.name for one in await tx.sources.all()} == _kept(rows["source"])
        assert {one.name for one in await tx.watches.all()} == _kept(rows["watch"])
        assert {one.name for one in await tx.channels.all()} == _kept(rows["channel"])
        told = [one.channel_id for one in await tx.tellings.of(1, 1) if one.state == "told"]
        assert sorted(told) == ([1, 2, 5] if revision < "0010" else [1, 2]), "a delivery of then is a telling"
        for delivery in await tx.outbox.latest(_ALL):
            assert delivery.alert.told.title
            await tx.outbox.attempts(delivery.id)


def _kept(rows: list[dict[str, Any]]) -> set[str]:
    return {row["name"] for row in rows if not row.get("removed")}


@pytest.mark.parametrize("revision", ["0001", "0009", revisions()[-1]])
async def test_no_id_is_given_out_again_after_an_upgrade(blank_database_url: str, revision: str) -> None:
    """Receivers know alerts and deliveries by their numbers; those of rows that were pruned count too."""
    _write(blank_database_url, revision)
    engine = create_engine(make_url(blank_database_url).set(drivername=_driver(blank_database_url)))
    with engine.begin() as connection:
        asked = "INSERT INTO alert ({}) SELECT {} FROM alert WHERE id = 7"
        columns = "told, query, decided_at" if revision >= "0002" else "watch_id, article_id, told, query, decided_at"
        connection.execute(text(asked.format(f"id, {columns}", f"77, {columns.replace('watch_id', '2')}")))
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT setval(pg_get_serial_sequence('alert', 'id'), 77)"))
        connection.execute(text("DELETE FROM alert WHERE id = 77"))
    engine.dispose()
    async with _opened(blank_database_url) as database, database.write() as tx:
        await tx.connection.execute(tables.alert.insert().values(told={}, query="", decided_at=NOON))
        assert await tx.connection.scalar(text("SELECT max(id) FROM alert")) > 77
        await tx.sources.put(a_source("new"), NOON)
        await tx.watches.put(a_watch("new"), NOON)
        await tx.channels.put(a_channel("new"), NOON)
