"""The doctor's look at the machine: each thing that can be amiss is found, with what to do about it."""

import platform
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any, NoReturn

import pytest

from service.finding import Finding
from service.machine import examine_machine

MEBIBYTE = 1024 * 1024


def _found(folder: Path, check: str) -> Finding:
    [finding] = [one for one in examine_machine(folder) if one.check == check]
    return finding


def test_a_python_that_is_too_old_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 14))
    monkeypatch.setattr(platform, "python_version", lambda: "3.10.14")
    found = _found(tmp_path, "Python")
    assert (found.verdict, found.found, found.advice) == ("fail", "3.10.14", "install Python 3.11 or newer")


def test_a_sqlite_that_is_too_old_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.34.1")
    found = _found(tmp_path, "SQLite")
    assert (found.verdict, found.found) == ("fail", "3.34.1")
    assert "SQLite 3.35.0 or newer" in found.advice


def test_a_sqlite_without_full_text_search_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Bare:
        """A connection to a SQLite that was built without FTS5."""

        def execute(self, statement: str) -> None:
            """Refuse, as SQLite does."""
            if "fts5" in statement:
                raise sqlite3.OperationalError(f"no such module: {statement.split()[-1]}")

        def close(self) -> None:
            """Nothing was open."""

    monkeypatch.setattr(sqlite3, "connect", lambda _: Bare())
    found = _found(tmp_path, "SQLite")
    assert (found.verdict, "without FTS5" in found.found) == ("fail", True)
    assert "has FTS5" in found.advice


@pytest.mark.parametrize(
    ("free", "verdict", "advice"),
    [
        (100 * MEBIBYTE - 1, "fail", "make room: articles cannot be stored for long"),
        (100 * MEBIBYTE, "warn", "make room in time"),
        (1024 * MEBIBYTE - 1, "warn", "make room in time"),
        (1024 * MEBIBYTE, "ok", ""),
    ],
)
def test_a_disk_that_is_nearly_full_is_told_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, verdict: str, advice: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(0, 0, free))
    found = _found(tmp_path / "not" / "there" / "yet", "disk")
    assert (found.verdict, found.advice) == (verdict, advice)
    assert "MiB free" in found.found


def test_a_folder_that_nothing_can_be_written_to_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, dir: Path | None = None, **__: Any) -> NoReturn:  # noqa: A002
        assert dir == tmp_path
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    found = _found(tmp_path, "data folder")
    assert (found.verdict, "Read-only file system" in found.found) == ("fail", True)
    assert "--data" in found.advice


def test_a_folder_that_is_not_there_yet_is_a_warning(tmp_path: Path) -> None:
    found = _found(tmp_path / "new", "data folder")
    assert (found.verdict, "is not there yet" in found.found) == ("warn", True)


def test_a_machine_that_is_well_says_so(tmp_path: Path) -> None:
    assert [_found(tmp_path, check).verdict for check in ("Python", "SQLite", "data folder")] == ["ok"] * 3
