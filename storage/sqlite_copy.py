"""Copies of a SQLite database: made while others read and write, examined, and put in the place of another.

The copy is made by SQLite's own online backup out of a reading transaction that is held all the while. So it shows one
instant, and what others write meanwhile neither waits for it nor makes it begin anew, as it would without the
transaction; what they write stays in the log (`-wal`) until the copy is done.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from news.errors import StorageError
from storage.contents import MARKED, SCHEMA_TABLE, SEARCH_TABLE, Contents, compare
from storage.modes import take_after

_PAGES = 2_000  # in one step, 8 MB of the usual pages: between two, others get at the processor
_BUSY_SECONDS = 30.0
_MAGIC, _HAS_LOG = b"SQLite format 3\0", b"\2\2"  # how a file begins, and ends its first 20 bytes
_BESIDE = ("-wal", "-shm", "-journal")
_MADE_WITH = f"SQLite {sqlite3.sqlite_version}"
# Tables that are none of ours to count: SQLite's own, and those in which the full-text index keeps itself.
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"
_NOT_OURS = ("sqlite_", f"{SEARCH_TABLE}_")


def copy(source: Path, target: Path, progress: Callable[[int, int], None]) -> Contents:
    """Copy a database into a new file, and examine the copy; what it holds. `progress` is told pages.

    Raises StorageError where the source is no database of Vigie's, or the copy is not what it should be.
    """
    if not source.is_file():
        hint = "name its folder with --data, or the database itself as [database] url"
        raise StorageError(f"there is no database at {source}", hint)
    with _errors_told(source), closing(_connect(source)) as connection:
        connection.execute("PRAGMA query_only=ON")
        connection.execute("BEGIN")
        contents = _contents(connection, source)
        with closing(_connect(target)) as into:
            into.execute("PRAGMA synchronous=OFF")  # it is made durable as a whole, below
            connection.backup(into, pages=_PAGES, progress=lambda _, left, of: progress(of - left, of), sleep=0)
            into.execute("PRAGMA journal_mode=DELETE")  # one file, which can be read where nothing can be written
        connection.execute("ROLLBACK")
    with target.open("rb+") as made:
        os.fsync(made.fileno())
    compare(examine(target), contents)
    return contents


def examine(file: Path) -> Contents:
    """What a copy holds, once every page, index and reference of it was found in order. Raises StorageError."""
    with _errors_told(file), closing(_connect(file)) as connection:
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA cell_size_check=ON")
        connection.execute("PRAGMA query_only=ON")
        faults = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
        if faults != ["ok"]:
            raise StorageError(f"{file.name} is damaged: {faults[0]}")
        strange = connection.execute(
            "SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view')"
        ).fetchone()
        if strange is not None:
            raise StorageError(f"{file.name} holds the {strange[0]} {strange[1]!r}, which is none of Vigie's")
        orphan = connection.execute("PRAGMA foreign_key_check").fetchone()
        if orphan is not None:
            raise StorageError(f"{file.name} is damaged: a row of {orphan[0]!r} refers to what is not there")
        return _contents(connection, file)


def is_taken(place: Path) -> bool:
    """Whether a file is there, or the log of one that has gone, which SQLite would read into whatever comes there."""
    return any(os.path.lexists(f"{place}{ending}") for ending in ("", *_BESIDE))


def replace(new: Path, place: Path, aside: Path) -> None:
    """Put a database in its place. What was there, if anything, goes into the folder `aside`, which is then made.

    At no moment is there no database in the place, and never one beside the log of another. Raises OSError, and all is
    as it was.
    """
    moved: list[tuple[Path, Path]] = []
    try:
        take_after(new, place)
        if is_taken(place):
            _fold_in_log(place)
            aside.mkdir(exist_ok=True)
            moved.extend(_keep(place, aside))
            _sync(aside)
        new.replace(place)
    except BaseException:
        for before, kept in reversed(moved):
            _put_back(before, kept)
        with suppress(OSError):
            aside.rmdir()
        raise
    _sync(place.parent)


def _fold_in_log(place: Path) -> None:
    """Have SQLite write its log into the file, so that this alone is all that there was.

    Of a file that does not say that it has a log, SQLite would delete it; what is damaged stays as it is.
    """
    if not place.exists():
        return
    with place.open("rb") as file:
        head = file.read(20)
    if head.startswith(_MAGIC) and head.endswith(_HAS_LOG):
        with suppress(sqlite3.Error), closing(_connect(place)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _keep(place: Path, aside: Path) -> Iterator[tuple[Path, Path]]:
    """Keep the file and what lies beside it; what is kept where, as it is done."""
    if place.exists():
        kept = aside / place.name
        try:
            os.link(place, kept)
        except OSError:  # a file system without links
            place.rename(kept)
        yield place, kept
    for ending in _BESIDE:
        beside = place.with_name(place.name + ending)
        if beside.exists():
            beside.rename(aside / beside.name)
            yield beside, aside / beside.name


def _put_back(before: Path, kept: Path) -> None:
    if before.exists() and before.samefile(kept):
        kept.unlink()  # one file under two names, of which neither could be renamed to the other
    else:
        kept.rename(before)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _connect(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None)


def _contents(connection: sqlite3.Connection, file: Path) -> Contents:
    names = [name for (name,) in connection.execute(_TABLES) if not name.startswith(_NOT_OURS)]
    if SCHEMA_TABLE not in names:
        raise StorageError(f"{file} is no database of Vigie's")
    row = connection.execute(f"SELECT version_num FROM {SCHEMA_TABLE}").fetchone()  # noqa: S608
    counts = {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
        for name in sorted(names)
        if name != SCHEMA_TABLE
    }
    removed = {
        name: connection.execute(f"SELECT count(*) FROM {name} WHERE removed").fetchone()[0]  # noqa: S608
        for name in MARKED
        if name in counts
    }
    return Contents("sqlite", row[0] if row else "", counts, _MADE_WITH, removed)


@contextmanager
def _errors_told(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StorageError(
            f"{file} cannot be copied or read: {error}", "check the disk's room, and whose it is"
        ) from error
