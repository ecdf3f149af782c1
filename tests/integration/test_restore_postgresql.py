"""Restoring on PostgreSQL: from one schema into another, and cut off in the middle."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from news.errors import ConflictError, StorageError
from service.restore import Place
from storage import Database
from tests.backups import Depot
from tests.databases import PostgreSQL
from tests.samples import put_delivery

pytestmark = pytest.mark.postgresql


@pytest.fixture
def depot(postgresql: PostgreSQL, tmp_path: Path) -> Iterator[Depot]:
    """Room for backups."""
    depot = Depot(tmp_path, postgresql)
    yield depot
    depot.close()


async def _filled(url: str, articles: int) -> None:
    database = await Database.open(url)
    async with database.write() as tx:
        for number in range(1, articles + 1):
            await put_delivery(tx, number)
    await database.close()


def _told(url: str, statement: str, name: str = "") -> list[str]:
    with psycopg.connect(url, autocommit=True) as connection:
        answer = connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
        return [row[0] for row in answer.fetchall()] if answer.description else []


def _works_in(place: Place, schema: str) -> None:
    """Have all tables of the database be in that schema from now on."""
    _told(place.url, "CREATE SCHEMA {}", schema)
    name = make_url(place.url).database or ""
    with psycopg.connect(place.url, autocommit=True) as connection:
        statement = sql.SQL("ALTER DATABASE {} SET search_path = {}")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(schema)))


def _archives(url: str) -> dict[str, int]:
    """How many articles there are in each schema that has an archive."""
    schemas = _told(url, "SELECT schemaname FROM pg_tables WHERE tablename = 'alembic_version' ORDER BY 1")
    with psycopg.connect(url) as connection:
        count = sql.SQL("SELECT count(*) FROM {}.article")
        found = {name: connection.execute(count.format(sql.Identifier(name))).fetchone() for name in schemas}
    return {name: row[0] for name, row in found.items() if row}


SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1"


async def test_a_backup_goes_from_one_schema_into_another_and_back(depot: Depot) -> None:
    here, there, third = depot.place("here"), depot.place("there"), depot.place("third")
    _works_in(there, "my-news")
    await _filled(here.url, 2)
    first = await depot.back_up(here.url)
    await depot.restore(first.file, there)
    assert _archives(there.url) == {"my-news": 2}
    second = await depot.back_up(there.url)
    await depot.restore(second.file, third)
    assert _archives(third.url) == {"public": 2}
    assert _told(third.url, SCHEMAS) == ["public"]
    await _filled_once_more(there.url)
    done = await depot.restore(first.file, there, replace=True)
    assert _archives(there.url) == {"my-news": 2, done.aside: 3}


async def _filled_once_more(url: str) -> None:
    database = await Database.open(url)
    async with database.write() as tx:
        await put_delivery(tx, 77)
    await database.close()


async def test_another_archive_in_the_schema_of_the_backup_is_not_touched(depot: Depot) -> None:
    here, there = depot.place("here"), depot.place("there")
    await _filled(here.url, 2)
    await _filled(there.url, 1)
    _works_in(there, "second")
    made = await depot.back_up(here.url)
    with pytest.raises(ConflictError, match="schema 'public', in which there is another archive"):
        await depot.restore(made.file, there)
    assert _archives(there.url) == {"public": 1}


async def test_a_restoration_from_another_schema_that_fails_leaves_nothing_behind(
    depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = depot.place("here"), depot.place("there")
    await _filled(here.url, 1)
    _works_in(here, "news")
    await _filled(here.url, 2)
    made = await depot.back_up(here.url)

    async def refuse(*_: object) -> int:
        raise StorageError("the machine refuses")

    monkeypatch.setattr("service.restore._taken_over", refuse)
    with pytest.raises(StorageError, match="refuses"):
        await depot.restore(made.file, there)
    assert (_archives(there.url), _told(there.url, SCHEMAS)) == ({}, ["public"])


async def test_an_archive_that_a_killed_restoration_left_aside_is_not_passed_by(depot: Depot) -> None:
    place = depot.place()
    await _filled(place.url, 2)
    made = await depot.back_up(place.url)
    _told(place.url, "CREATE SCHEMA {}", "replaced_20261122_010203")
    for table in _told(place.url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        _told(place.url, "ALTER TABLE {} SET SCHEMA replaced_20261122_010203", table)
    with pytest.raises(StorageError, match="is in the schema replaced_20261122_010203") as caught:
        await Database.open(place.url)
    assert "vigie restore again" in caught.value.hint
    await depot.restore(made.file, place)
    assert _archives(place.url) == {"public": 2, "replaced_20261122_010203": 2}
    await (await Database.open(place.url)).close()
