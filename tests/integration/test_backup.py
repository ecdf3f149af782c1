"""Backups: whole while others write, verified, and restored without a word told twice; on both databases."""

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, func, select, text

from news.errors import BackupError, ConfigError, ConflictError, StorageError
from news.source import FoundLink
from service import backup_file
from service.backup import back_up
from storage import Database, sqlite_copy, tables
from storage.copies import engine_at
from storage.database import parsed_url
from tests.backups import Depot, unseen, with_manifest
from tests.databases import PostgreSQL
from tests.desk import a_desk
from tests.samples import HOUR, MINUTE, NOON, a_source, claim, put_article, put_delivery

_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
OWNER = "a process that is gone"


@pytest.fixture
def depot(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[Depot]:
    """Room for backups of the kind of database that the test runs on."""
    postgresql = None if database_url.startswith("sqlite") else request.getfixturevalue("postgresql")
    depot = Depot(tmp_path, postgresql)
    yield depot
    depot.close()


async def _filled(url: str, articles: int = 3) -> None:
    database = await Database.open(url)
    async with database.write() as tx:
        for number in range(1, articles + 1):
            await put_delivery(tx, number)
    await database.close()


async def _rows(url: str) -> dict[str, int]:
    database = await Database.open(url)
    async with database.read() as tx:
        found = {
            name: int(await tx.connection.scalar(select(func.count()).select_from(table)) or 0)
            for name, table in tables.metadata.tables.items()
        }
    await database.close()
    return found


async def test_what_was_backed_up_is_there_again(database_url: str, depot: Depot) -> None:
    await _filled(database_url)
    made = await depot.back_up(database_url)
    assert made.manifest.contents.counts["article"] == 3
    assert made.manifest.contents.counts["delivery"] == 3
    assert made.file.stat().st_mode & 0o077 == 0
    place = depot.place()
    done = await depot.restore(made.file, place)
    assert done.aside == ""
    assert await _rows(place.url) == await _rows(database_url)
    assert [path.name for path in depot.folder.glob(".vigie-*")] == []


async def test_a_backup_is_never_overwritten_and_none_is_left_half_done(database_url: str, depot: Depot) -> None:
    await _filled(database_url, 1)
    taken = depot.folder / "0.zip"
    taken.write_text("mine")
    with pytest.raises(ConflictError, match="there already"):
        await back_up(database_url, taken, None, "0.1", depot.tools, depot.clock, unseen)
    assert taken.read_text() == "mine"
    assert [path.name for path in depot.folder.glob(".vigie-*")] == []


async def test_a_file_that_the_disk_has_spoilt_is_not_verified_and_gets_no_name(
    database_url: str, depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _filled(database_url, 1)
    write = backup_file.write

    def spoilt(target: Path, *rest: Any) -> Any:
        made = write(target, *rest)
        content = target.read_bytes()
        target.write_bytes(content[:2_000] + b"\0" + content[2_001:])
        return made

    monkeypatch.setattr(backup_file, "write", spoilt)
    with pytest.raises(BackupError, match="damaged"):
        await depot.back_up(database_url)
    assert [path.name for path in depot.folder.iterdir() if not path.name.startswith("vigie.db")] == []


async def test_a_copy_that_lost_a_row_is_not_verified(
    tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'vigie.db')}"
    await _filled(url, 2)
    depot = Depot(tmp_path)

    def lossy(_descriptor: int) -> None:
        [copy] = tmp_path.glob(".vigie-backup-*/vigie.db")
        with contextlib.closing(sqlite3.connect(copy)) as file, file:
            file.execute("DELETE FROM attempt")
            file.execute("DELETE FROM delivery WHERE id = 1")

    monkeypatch.setattr("os.fsync", lossy)
    with pytest.raises(StorageError, match="1 rows in delivery where it should have 2"):
        await depot.back_up(url)
    assert [path.name for path in depot.folder.glob("*.zip")] == []


def _written_meanwhile(url: str, number: int) -> None:
    """Another program commits a host, as writers do while a copy is made; it would raise if it had to wait."""
    values = (f"host{number}", 1.0, 0.0, 0, "2026-11-14 12:00:00")
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=0)) as file, file:
            file.execute(
                "INSERT INTO host (name, delay, crawl_delay, refusals, updated_at) VALUES (?, ?, ?, ?, ?)", values
            )
        return
    with psycopg.connect(url, options="-c lock_timeout=1") as connection:
        connection.execute(
            "INSERT INTO host (name, delay, crawl_delay, refusals, updated_at) VALUES (%s, %s, %s, %s, %s)", values
        )


async def test_writers_neither_wait_for_a_backup_nor_make_it_begin_anew(
    database_url: str, depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_copy, "_PAGES", 10)
    await _filled(database_url, 20)
    left: list[int] = []

    def written(what: str, done: int, of: int) -> None:
        if what == "copying":
            left.append(of - done)
            assert not of or len(left) <= of / 10 + 1, "it began anew"
            _written_meanwhile(database_url, len(left))

    made = await depot.back_up(database_url, progress=written)
    assert left == sorted(left, reverse=True)
    assert len(left) >= (1 if depot.postgresql else 5)
    assert made.manifest.contents.counts["host"] == 0
    assert (await _rows(database_url))["host"] == len(left)
    place = depot.place()
    await depot.restore(made.file, place)
    found = await _rows(place.url)
    assert (found["host"], found["article"]) == (0, 20)


async def test_leases_of_the_time_of_the_backup_are_free_after_it_is_restored(database_url: str, depot: Depot) -> None:
    await _filled(database_url, 2)
    database = await Database.open(database_url)
    async with database.write() as tx:
        assert len(await claim(tx, owner=OWNER, until=NOON + 9 * HOUR)) == 2
        assert len(await tx.sources.lease_due(NOON + HOUR, 9, OWNER, NOON + 9 * HOUR)) == 2
    await database.close()
    place = depot.place()
    await depot.restore((await depot.back_up(database_url)).file, place)
    restored = await Database.open(place.url)
    async with restored.write() as tx:
        assert len(await claim(tx, NOON + MINUTE)) == 2
        assert len(await tx.sources.lease_due(NOON + HOUR, 9, "me", NOON + 9 * HOUR)) == 2
    await restored.close()


async def test_nothing_that_the_archive_knows_is_told_again_after_it_is_restored(
    database_url: str, depot: Depot
) -> None:
    database = await Database.open(database_url)
    desk = await a_desk(database, "Corée")
    stored = await desk.finds("une histoire", "Un missile")
    link = FoundLink(stored.article.url)
    async with database.write() as tx:
        assert await tx.links.add_unknown(stored.source_id, "feed", [link], is_history=False, now=NOON)
        [known] = await tx.links.with_url(stored.article.url)
        await tx.links.settle(known.id, "fetched", NOON, article_id=stored.id)
        told = await tx.outbox.latest(9)
    await database.close()
    place = depot.place()
    await depot.restore((await depot.back_up(database_url)).file, place)
    restored = await Database.open(place.url)
    async with restored.write() as tx:
        assert await tx.links.add_unknown(stored.source_id, "feed", [link], is_history=False, now=NOON) == []
        assert await tx.articles.add(stored.article, stored.source_id, NOON, NOON) is None
        assert [(one.key, one.state) for one in await tx.outbox.latest(9)] == [(one.key, one.state) for one in told]
    desk.database = restored
    desk.releaser = type(desk.releaser)(restored, desk.clock)
    await desk.waits(timedelta(days=2))
    async with restored.read() as tx:
        assert [one.key for one in await tx.outbox.latest(9)] == [one.key for one in told]
    await restored.close()


async def test_what_waited_counts_as_told_if_that_is_wanted(database_url: str, depot: Depot) -> None:
    await _filled(database_url, 2)
    database = await Database.open(database_url)
    async with database.write() as tx:
        [source, _] = await tx.sources.all()
        await tx.sources.change(source.id, watched_since=NOON)
    await database.close()
    place = depot.place()
    done = await depot.restore((await depot.back_up(database_url)).file, place, as_told=True)
    assert done.counted_as_told == 2
    restored = await Database.open(place.url)
    async with restored.write() as tx:
        assert await claim(tx, NOON + HOUR) == []
        assert {one.state for one in await tx.outbox.latest(9)} == {"dead"}
        assert [one.watched_since for one in await tx.sources.all()] == [None, None]
        assert len(await tx.outbox.replay([one.id for one in await tx.outbox.latest(9)], NOON)) == 2
    await restored.close()


async def test_no_number_that_was_given_out_after_the_backup_is_given_out_again(
    database_url: str, depot: Depot
) -> None:
    """Feed readers know an article by its number, and so do the links in mails."""
    await _filled(database_url, 2)
    made = await depot.back_up(database_url)
    await _grown(database_url)  # article 3, which somebody was told of
    place = depot.place()
    await depot.restore(made.file, place)
    restored = await Database.open(place.url)
    async with restored.write() as tx:
        assert await put_article(tx, 98) > 1_000_000
        story = await tx.stories.begin(NOON, None)
        assert story > 1_000_000  # though there was none when the backup was made
    await restored.close()


async def test_what_is_there_is_in_the_way_unless_it_is_moved_aside(database_url: str, depot: Depot) -> None:
    await _filled(database_url, 2)
    made = await depot.back_up(database_url)
    place = depot.place()
    await depot.restore(made.file, place)
    await _grown(place.url)
    named = "PostgreSQL database 'vigie_" if depot.postgresql else f"the database {place.folder / 'vigie.db'}"
    with pytest.raises(ConflictError, match=f"there is .*{named}.* already"):
        await depot.restore(made.file, place)
    assert (await _rows(place.url))["article"] == 3
    done = await depot.restore(made.file, place, replace=True)
    assert (await _rows(place.url))["article"] == 2
    assert _articles_aside(place.folder, place.url, done.aside) == 3


async def _grown(url: str) -> None:
    database = await Database.open(url)
    async with database.write() as tx:
        await put_article(tx, 99)
    await database.close()


def _articles_aside(folder: Path, url: str, aside: str) -> int:
    """How many articles what was moved aside holds."""
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(folder / aside / "vigie.db")) as file:
            return int(file.execute("SELECT count(*) FROM article").fetchone()[0])
    with psycopg.connect(url) as kept:
        row = kept.execute(f"SELECT count(*) FROM {aside}.article").fetchone()
    return int(row[0]) if row else 0


async def test_a_restoration_that_fails_leaves_everything_as_it_was(
    database_url: str, depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _filled(database_url, 2)
    made = await depot.back_up(database_url)
    place = depot.place()
    await depot.restore(made.file, place)
    await _grown(place.url)

    async def refuse(*_: object) -> int:
        raise StorageError("the machine refuses")

    monkeypatch.setattr("service.restore._taken_over", refuse)
    with pytest.raises(StorageError, match="refuses"):
        await depot.restore(made.file, place, replace=True)
    assert (await _rows(place.url))["article"] == 3
    assert sorted(path.name for path in place.folder.iterdir() if path.name != "vigie.db") == []


async def test_a_newer_schema_is_refused_with_what_to_install(database_url: str, depot: Depot) -> None:
    await _filled(database_url, 1)
    made = await depot.back_up(database_url)
    with_manifest(made.file, lambda manifest: manifest.update(schema="9999", vigie="7.0"))
    with pytest.raises(BackupError, match="schema 9999") as caught:
        await depot.restore(made.file, depot.place())
    assert "Vigie 7.0" in caught.value.hint


async def test_a_copy_that_is_not_what_the_manifest_says_is_refused(database_url: str, depot: Depot) -> None:
    await _filled(database_url, 2)
    made = await depot.back_up(database_url)
    with_manifest(made.file, lambda manifest: manifest["counts"].update(article=3))
    with pytest.raises(BackupError, match="2 rows in article where it should have 3"):
        await depot.restore(made.file, depot.place())


async def test_a_database_that_lacks_a_table_is_neither_backed_up_nor_restored(
    database_url: str, depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = depot.place("broken")
    await depot.restore((await depot.back_up(database_url)).file, place)
    engine = create_engine(parsed_url(place.url).set(drivername=_DRIVERS[engine_at(place.url)]))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE used_link"))
    engine.dispose()
    lacks = "says that it has schema .*, but the table used_link is not there"
    with pytest.raises(StorageError, match=f"the database {lacks}") as caught:
        await depot.back_up(place.url)
    assert "vigie restore FILE" in caught.value.hint
    with monkeypatch.context() as forgotten:
        forgotten.setattr("storage.copies.tables_of", lambda _: set())
        made = await depot.back_up(place.url)
    with pytest.raises(BackupError, match=f"the backup is damaged: it {lacks}"):
        await depot.restore(made.file, depot.place())


async def test_removed_sources_and_watches_are_told_apart_in_a_backup(database_url: str, depot: Depot) -> None:
    database = await Database.open(database_url)
    async with database.write() as tx:
        await tx.sources.put(a_source(), NOON)
        await tx.sources.remove(await tx.sources.put(replace(a_source(), name="La Digue"), NOON))
    await database.close()
    made = await depot.back_up(database_url)
    with backup_file.opened(made.file) as backup:
        held = backup.manifest.contents
    assert (held.counts["source"], held.seen("source"), held.seen("watch")) == (2, 1, 0)


@pytest.mark.postgresql
async def test_a_database_that_somebody_uses_is_not_replaced(postgresql: PostgreSQL, tmp_path: Path) -> None:
    depot, url = Depot(tmp_path, postgresql), postgresql.borrow()
    await _filled(url, 1)
    made = await depot.back_up(url)
    place = depot.place()
    with psycopg.connect(place.url), pytest.raises(ConflictError, match="1 other connections"):
        await depot.restore(made.file, place)
    depot.close()
    postgresql.give_back(url)


@pytest.mark.postgresql
async def test_pg_dump_that_is_missing_or_too_old_is_an_error_that_says_what_to_install(
    postgresql: PostgreSQL, tmp_path: Path
) -> None:
    url = postgresql.borrow()
    await _filled(url, 1)
    tool = tmp_path / "bin" / "pg_dump"
    tool.parent.mkdir()
    depot = Depot(tmp_path, postgresql)
    for script, said in (("", "there is no pg_dump"), ("pg_dump (PostgreSQL) 9.6.1", "of PostgreSQL 9, older than")):
        if script:
            tool.write_text(f"#!/bin/sh\necho '{script}'\n")
            tool.chmod(0o755)
        from service.backup import back_up
        from tests.backups import unseen

        with pytest.raises(ConfigError, match=said) as caught:
            await back_up(url, tmp_path / "a.zip", None, "0.1", str(tool.parent), depot.clock, unseen)
        assert "postgresql-client-" in caught.value.hint
    assert not (tmp_path / "a.zip").exists()
    made = await depot.back_up(url)
    (tool.parent / "pg_restore").symlink_to(tool)
    with pytest.raises(ConfigError, match=r"pg_restore in .* is of PostgreSQL 9, older than"):
        await depot.restore(made.file, replace(depot.place(), tools=str(tool.parent)))
    depot.close()
    postgresql.give_back(url)
