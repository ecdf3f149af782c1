"""SQLite's files while Vigie has them open: what is deleted, moved or replaced is noticed before anything is lost."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from news.errors import DatabaseTroubleError, StorageError
from storage import Database
from storage.traces import check_there
from tests.samples import put_article


@pytest.fixture
async def opened(migrated_sqlite: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """A database with one article, open for reading and for writing."""
    shutil.copy(migrated_sqlite, tmp_path / "vigie.db")
    database = await Database.open(f"sqlite:///{tmp_path / 'vigie.db'}")
    async with database.write() as tx:
        await put_article(tx, 1)
    yield database
    await database.close()


async def _articles(database: Database) -> int:
    async with database.read() as tx:
        return await tx.articles.count()


async def _refuses(database: Database, words: str) -> None:
    with pytest.raises(DatabaseTroubleError, match=words):
        async with database.write() as tx:
            await put_article(tx, 2)
    assert database.trouble is not None and database.trouble.hint
    with pytest.raises(DatabaseTroubleError, match=words):
        await database.probe()


async def test_nothing_is_written_to_a_file_that_was_moved_and_put_back_it_is_used_again(
    opened: Database, tmp_path: Path
) -> None:
    file = tmp_path / "vigie.db"
    file.rename(tmp_path / "away.db")
    await _refuses(opened, "its file was deleted, moved or replaced while Vigie has it open")
    with pytest.raises(DatabaseTroubleError):
        await _articles(opened)
    assert not file.exists(), "nobody made another in its place"
    (tmp_path / "away.db").rename(file)
    await opened.probe()
    assert opened.trouble is None
    assert await _articles(opened) == 1


async def test_nothing_is_written_to_a_file_that_was_deleted(opened: Database, tmp_path: Path) -> None:
    (tmp_path / "vigie.db").unlink()
    await _refuses(opened, "its file was deleted, moved or replaced")


async def test_nothing_is_written_where_another_file_has_taken_its_place(
    opened: Database, migrated_sqlite: Path, tmp_path: Path
) -> None:
    shutil.copy(migrated_sqlite, tmp_path / "other.db")
    (tmp_path / "other.db").replace(tmp_path / "vigie.db")
    await _refuses(opened, "its file was deleted, moved or replaced")
    with pytest.raises(DatabaseTroubleError):
        await _articles(opened)


async def test_without_its_log_nothing_more_is_written_and_the_end_keeps_what_the_log_had(
    opened: Database, tmp_path: Path
) -> None:
    (tmp_path / "vigie.db-wal").unlink()
    await _refuses(opened, "its log, the file whose name ends in -wal, was deleted or replaced")
    await opened.close()
    again = await Database.open(f"sqlite:///{tmp_path / 'vigie.db'}")
    assert await _articles(again) == 1
    await again.close()


async def test_a_log_that_begins_anew_with_new_connections_is_no_trouble(opened: Database, tmp_path: Path) -> None:
    log = tmp_path / "vigie.db-wal"
    await opened.close()
    assert not log.exists()
    log.with_name("keeps the number").touch()
    async with opened.write() as tx:
        await put_article(tx, 2)
    assert await _articles(opened) == 2


def test_a_command_makes_no_database_under_a_service_whose_file_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "vigie.db"
    with pytest.raises(StorageError, match="is not there, though a service has it open"):
        check_there(f"sqlite:///{file}", tmp_path, in_use=True)
    check_there(f"sqlite:///{file}", tmp_path, in_use=False)
