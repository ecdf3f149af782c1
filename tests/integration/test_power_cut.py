"""What a power cut leaves of SQLite's file and its log opens, and has every row that was acknowledged."""

import contextlib
import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from news.errors import VigieError
from storage import Database
from tests.samples import NOON, a_source, an_article, put_article

ARTICLES = 24
LONG = "Une longue page de texte. " * 2_000


def _cut(file: Path, to: Path, log: int | None = None, torn: bytes = b"") -> Path:
    """The disk as it is at this instant; of the log only so many bytes, or what a torn write made of its end."""
    to.mkdir()
    shutil.copy(file, to / file.name)
    beside = file.with_name(file.name + "-wal")
    if beside.exists():
        content = beside.read_bytes()
        (to / beside.name).write_bytes((content if log is None else content[:log]) + torn)
    return to / file.name


async def _found(file: Path) -> set[str]:
    """The articles in a file, which opens and is sound."""
    database = await Database.open(f"sqlite:///{file}")
    async with database.read() as tx:
        urls = {one.article.url for one in await tx.articles.latest(1_000)}
    await database.close()
    with contextlib.closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    return urls


class _GoneError(VigieError):
    """What ends a transaction of the tests' own accord."""


@pytest.mark.parametrize("seed", range(3))
async def test_a_copy_of_the_file_and_its_log_at_any_instant_has_what_was_acknowledged(
    tmp_path: Path, migrated_sqlite: Path, seed: int
) -> None:
    dice = random.Random(seed)
    file = Path(shutil.copy(migrated_sqlite, tmp_path / "vigie.db"))
    log = file.with_name("vigie.db-wal")
    database = await Database.open(f"sqlite:///{file}")
    async with database.write() as tx:
        source_id = await tx.sources.put(a_source(), NOON)
    acknowledged: set[str] = set()
    cuts: list[tuple[Path, set[str]]] = []
    for number in range(ARTICLES):
        with contextlib.suppress(_GoneError):
            async with database.write() as tx:
                await put_article(tx, number, source_id)
                if dice.random() < 0.3:
                    # In the midst of a transaction: nothing of it is there, whatever the log holds already.
                    cuts.append((_cut(file, tmp_path / f"open{number}"), set(acknowledged)))
                if dice.random() < 0.2:
                    raise _GoneError("changed its mind")
            acknowledged.add(f"https://phare.example/{number}")
        size = log.stat().st_size
        if dice.random() < 0.5:
            await _written_and_torn(database, source_id, number)
            tail = dice.randbytes(dice.randrange(0, 9_000))
            cuts.append((_cut(file, tmp_path / f"torn{number}", size, tail), set(acknowledged)))
            acknowledged.add(f"https://phare.example/torn/{number}")
        cuts.append((_cut(file, tmp_path / f"after{number}"), set(acknowledged)))
    await database.close()
    assert len(cuts) > ARTICLES
    for copy, had in cuts:
        assert await _found(copy) == had


async def _written_and_torn(database: Database, source_id: int, number: int) -> None:
    """An article whose commit, in the copy that is made next, never reached the disk as a whole."""
    async with database.write() as tx:
        await tx.articles.add(an_article(f"https://phare.example/torn/{number}", text=LONG), source_id, NOON, NOON)


async def test_the_log_is_on_the_disk_before_a_commit_is_acknowledged(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite:///{tmp_path / 'vigie.db'}")
    async with database.write() as tx:
        assert (await tx.connection.exec_driver_sql("PRAGMA synchronous")).scalar_one() == 2
        assert (await tx.connection.exec_driver_sql("PRAGMA journal_mode")).scalar_one() == "wal"
    await database.close()
