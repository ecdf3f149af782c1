"""Upgrades that are cut off, and databases that are half one schema, half another: all or nothing, and never used."""

import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from news.errors import StorageError
from storage import Database
from tests.schemas.stored import build, fill, revisions, stored


async def _told(url: str, revision: str, every: int) -> list[dict[str, Any]]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.killed_upgrade", url, revision, str(every)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize(("revision", "every"), [("0001", 11), ("0009", 5)])
async def test_an_upgrade_that_is_killed_at_any_statement_leaves_all_as_it_was_and_is_made_up_for(
    blank_database_url: str, revision: str, every: int
) -> None:
    before, *killed, after = await _told(blank_database_url, revision, every)
    assert len(killed) >= 9
    assert killed == [before | {"status": -signal.SIGKILL}] * len(killed)
    assert (after["status"], after["schema"]) == (0, revisions()[-1])
    assert after["shape"] == stored(revisions()[-1])["shape"][_dialect(blank_database_url)]
    assert {name: after["rows"][name] for name in before["rows"]} == before["rows"]


def _dialect(url: str) -> str:
    return "sqlite" if url.startswith("sqlite") else "postgresql"


def _run(url: str, statements: Sequence[str], revision: str) -> None:
    engine = create_engine(url if url.startswith("sqlite") else make_url(url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        build(connection, revision)
        fill(connection, stored(revision)["rows"])
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


async def _refused(url: str) -> StorageError:
    with pytest.raises(StorageError) as caught:
        await Database.open(url)
    return caught.value


LAST = revisions()[-1]
_HALF = [
    ("0009", ["CREATE TABLE thread (id integer)"], f"from schema 0009 to {LAST}: "),
    ("0010", ["ALTER TABLE channel ADD COLUMN at_once integer"], f"from schema 0010 to {LAST}: "),
    (LAST, ["DROP TABLE used_link"], f"says that it has schema {LAST}, but the table used_link is not there"),
    (LAST, ["DROP TABLE article_search"], "but the table article_search is not there"),
    (LAST, ["ALTER TABLE channel DROP COLUMN trouble"], "but the column trouble of channel is not there"),
    ("0009", [f"UPDATE alembic_version SET version_num = '{LAST}'"], "but the table secret is not there"),
    ("0011", [f"INSERT INTO alembic_version VALUES ('{LAST}')"], f"that it has 2 schemas: 0011, {LAST}"),
]


@pytest.mark.parametrize(("revision", "statements", "words"), _HALF, ids=range(len(_HALF)))
async def test_a_half_upgraded_database_is_refused_with_what_to_do_and_left_as_it_is(
    blank_database_url: str, revision: str, statements: list[str], words: str
) -> None:
    _run(blank_database_url, statements, revision)
    for _ in range(2):
        error = await _refused(blank_database_url)
        assert words in error.message
        assert "vigie restore FILE --replace" in error.hint
        assert "upgrade Vigie" not in error.hint


async def test_a_database_that_has_lost_what_it_says_of_its_schema_is_refused(blank_database_url: str) -> None:
    _run(blank_database_url, ["DELETE FROM alembic_version"], revisions()[-1])
    error = await _refused(blank_database_url)
    assert "does not say which schema" in error.message
    assert "vigie restore FILE --replace" in error.hint


async def test_an_older_database_is_left_as_it_is_where_no_upgrade_was_asked_for(blank_database_url: str) -> None:
    _run(blank_database_url, [], "0009")
    for _ in range(2):
        with pytest.raises(StorageError, match=f"has schema 0009, and this version of Vigie needs {LAST}") as caught:
            await Database.open(blank_database_url, upgrades=False)
        assert "vigie backup" in caught.value.hint
    await (await Database.open(blank_database_url)).close()
    await (await Database.open(blank_database_url, upgrades=False)).close()
