"""Opening a database: what cannot be opened is refused with a hint, and nothing stays open behind it."""

import asyncio
import contextlib
import gc
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from news.errors import NoArchiveError, StorageError
from storage import Database
from storage import database as storage_database
from tests.databases import PostgreSQL, migrate
from tests.samples import NOON, a_source


@pytest.fixture(autouse=True)
def _nothing_stays_open() -> Iterator[None]:
    """Every connection to SQLite is a thread; one to PostgreSQL warns when it is collected unclosed."""
    before = set(threading.enumerate())
    yield
    gc.collect()
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=10)
        assert not thread.is_alive()


async def _refused(url: str) -> StorageError:
    with pytest.raises(StorageError) as caught:
        await Database.open(url)
    assert caught.value.hint
    return caught.value


async def test_a_new_file_is_made_and_opens_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    database = await Database.open(url)
    async with database.write() as transaction:
        await transaction.sources.put(a_source(), NOON)
    await database.close()
    database = await Database.open(url)
    async with database.read() as transaction:
        assert (await transaction.sources.get("Le Phare")).url == "https://phare.example/"
    await database.close()


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_who_only_looks_makes_nothing_where_there_is_none_yet(blank_database_url: str, tmp_path: Path) -> None:
    with pytest.raises(NoArchiveError) as caught:
        await Database.open(blank_database_url, makes=False)
    assert "vigie run" in caught.value.hint
    assert _names(tmp_path) == []
    with pytest.raises(NoArchiveError):  # still
        await Database.open(blank_database_url, makes=False)
    await (await Database.open(blank_database_url)).close()
    await (await Database.open(blank_database_url, makes=False)).close()


async def test_a_path_with_spaces_and_accents_opens(tmp_path: Path) -> None:
    folder = tmp_path / "été à la mer"
    folder.mkdir()
    await (await Database.open(f"sqlite:///{folder / 'vigie.db'}")).close()
    assert (folder / "vigie.db").is_file()


async def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Not a database at all.\n" * 99)
    error = await _refused(f"sqlite:///{file}")
    assert "notes.txt" in error.message
    assert "not a database" in error.message
    assert file.read_text() == "Not a database at all.\n" * 99


async def test_another_programs_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("CREATE TABLE source (theirs)")
    error = await _refused(f"sqlite:///{file}")
    assert "source already exists" in error.message
    assert "Vigie's" in error.hint
    with contextlib.closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("source",)]


async def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    error = await _refused(f"sqlite:///{tmp_path / 'missing' / 'vigie.db'}")
    assert str(tmp_path / "missing") in error.hint
    assert "exists" in error.hint


async def test_a_folder_is_no_database(tmp_path: Path) -> None:
    assert "unable to open" in (await _refused(f"sqlite:///{tmp_path}")).message


@pytest.fixture
def read_only_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with a database that may both be read only."""
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    file = tmp_path / "vigie.db"
    migrate(f"sqlite:///{file}")
    file.chmod(0o400)
    tmp_path.chmod(0o500)
    yield tmp_path
    tmp_path.chmod(0o700)


async def test_a_new_file_in_a_read_only_folder_is_refused(read_only_folder: Path) -> None:
    assert "is writable" in (await _refused(f"sqlite:///{read_only_folder / 'new.db'}")).hint


async def test_a_read_only_file_in_a_read_only_folder_is_refused(read_only_folder: Path) -> None:
    assert "is writable" in (await _refused(f"sqlite:///{read_only_folder / 'vigie.db'}")).hint


async def test_a_postgresql_that_does_not_run_is_refused_without_telling_the_password(tmp_path: Path) -> None:
    error = await _refused(f"postgresql://vigie:hunter2@/vigie?host={tmp_path / 'missing'}")
    assert "server runs" in error.hint
    assert "No such file" in error.message
    assert "hunter2" not in f"{error} {error.hint}"


async def test_a_port_where_no_postgresql_listens_is_refused() -> None:
    error = await _refused("postgresql://vigie:hunter2@127.0.0.1:1/vigie")
    assert "127.0.0.1" in error.message
    assert "hunter2" not in f"{error} {error.hint}"


@pytest.mark.postgresql
async def test_a_database_that_postgresql_does_not_have_is_named(postgresql: PostgreSQL) -> None:
    url = postgresql.blank()
    postgresql.drop(url)
    assert "does not exist" in (await _refused(url)).message


@pytest.mark.postgresql
async def test_the_short_name_of_postgresql_will_do(postgresql: PostgreSQL) -> None:
    url = postgresql.borrow()
    await (await Database.open(url.replace("postgresql:", "postgres:"))).close()
    postgresql.give_back(url)


@pytest.mark.parametrize("url", ["", "vigie.db", "data/vigie.db", "/data/vigie.db", "sqlite:/data/vigie.db", "sqlite"])
async def test_a_path_alone_is_no_database_url(url: str) -> None:
    error = await _refused(url)
    assert repr(url) in error.message
    assert "sqlite:///data/vigie.db" in error.hint


@pytest.mark.parametrize("url", ["mysql://vigie@localhost/vigie", "mongodb://localhost/", "redis://localhost"])
async def test_another_kind_of_database_is_not_supported(url: str) -> None:
    error = await _refused(url)
    assert f"{url.partition(':')[0]} is not supported" in error.message
    assert "SQLite or PostgreSQL" in error.hint


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:///file::memory:?uri=true"])
async def test_a_database_in_memory_is_refused(url: str) -> None:
    assert "in memory" in (await _refused(url)).message


@pytest.mark.parametrize("url", ["postgresql://vigie:hunter2@host:port/vigie", "//vigie:hunter2@host/vigie"])
async def test_a_url_that_cannot_be_read_is_refused_without_telling_its_password(url: str) -> None:
    error = await _refused(url)
    assert "is no database URL" in error.message
    assert "hunter2" not in f"{error} {error.hint} {error.__cause__}"


async def test_the_schema_of_a_newer_version_is_refused(blank_database_url: str) -> None:
    database = await Database.open(blank_database_url)
    async with database.write() as transaction:
        await transaction.sources.put(a_source(), NOON)
        await transaction.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await database.close()
    error = await _refused(blank_database_url)
    assert "schema 9999" in error.message
    assert "newer version" in error.hint
    assert "upgrade" in error.hint


async def test_several_that_open_a_new_database_at_once_all_find_it_ready(blank_database_url: str) -> None:
    async with asyncio.timeout(60):
        openings = await asyncio.gather(*(Database.open(blank_database_url) for _ in range(5)), return_exceptions=True)
    found: list[object] = []
    for opened in openings:
        if isinstance(opened, Database):
            async with opened.read() as transaction:
                found.append(await transaction.sources.all())
            await opened.close()
        else:
            found.append(opened)
    assert found == [[]] * 5


@pytest.fixture
def held_new_file(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A new file that is no WAL database yet, and that another one is about to write to."""
    with contextlib.closing(sqlite3.connect(tmp_path / "vigie.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


async def test_who_opens_a_new_file_waits_for_the_lock_that_another_one_has(
    held_new_file: sqlite3.Connection, tmp_path: Path
) -> None:
    opening = asyncio.create_task(Database.open(f"sqlite:///{tmp_path / 'vigie.db'}"))
    ended, _ = await asyncio.wait({opening}, timeout=0.2)
    assert not ended, "SQLite refuses the change to WAL at once, without its busy handler"
    held_new_file.rollback()
    database = await opening
    async with database.read() as transaction:
        assert await transaction.sources.all() == []
    await database.close()


async def test_who_waits_to_open_a_new_file_can_be_called_back(
    held_new_file: sqlite3.Connection, tmp_path: Path
) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await Database.open(f"sqlite:///{tmp_path / 'vigie.db'}")
    assert held_new_file.in_transaction


async def test_a_new_file_that_stays_locked_is_told(
    held_new_file: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_database, "_BUSY_SECONDS", 0.01)
    assert "holds it locked" in (await _refused(f"sqlite:///{tmp_path / 'vigie.db'}")).message
    assert held_new_file.in_transaction


async def test_an_opening_that_is_cancelled_leaves_nothing_open(database_url: str) -> None:
    for turns in range(0, 60, 4):
        opening = asyncio.create_task(Database.open(database_url))
        for _ in range(turns):
            await asyncio.sleep(0)
        opening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await (await opening).close()
