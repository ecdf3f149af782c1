"""A database that is away when a command or the service begins: no other is made in its place, unless on purpose."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands import Commands

LOST = "is not there, though there was one: "


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder with one source."""
    commands = Commands(tmp_path)
    assert commands("source", "add", "phare.example").code == 0
    return commands


def _sources(vigie: Commands) -> list[str]:
    return [source["name"] for source in vigie("source", "list", "--json").json]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("source", "list"), 2),
        (("run",), 2),
        (("backup",), 2),
        (("crawl",), 2),
        (("watch", "lint", "--archive"), 2),
        (("doctor",), 1),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
async def test_no_other_is_made_where_one_was_moved_away(vigie: Commands, command: tuple[str, ...], code: int) -> None:
    vigie.settings("[web]\nport = 0\n")
    file = vigie.folder / "vigie.db"
    file.rename(vigie.folder / "away.db")
    refused = await vigie.apart(*command)
    said = refused.out + refused.err
    assert (refused.code, LOST in said, "Traceback" in said) == (code, True, False), said
    assert f"touch {file}" in said
    assert not file.exists()
    assert not (vigie.folder / "backups").exists()


def test_it_goes_on_once_the_file_is_back_or_anew_where_that_is_wanted(vigie: Commands) -> None:
    file, away = vigie.folder / "vigie.db", vigie.folder / "away.db"
    file.rename(away)
    assert LOST in vigie("source", "list").err
    file.touch()
    assert _sources(vigie) == []
    file.unlink()
    away.rename(file)
    assert _sources(vigie) == ["phare.example"]


def test_a_fresh_folder_and_one_that_was_emptied_ask_nothing(vigie: Commands, tmp_path: Path) -> None:
    for path in vigie.folder.iterdir():
        path.unlink()
    assert _sources(vigie) == []
    assert _sources(Commands(tmp_path / "deeper")) == []


def test_a_disk_that_is_not_mounted_is_missed(vigie: Commands, tmp_path: Path) -> None:
    disk, away = tmp_path / "disk", tmp_path / "away"
    disk.mkdir()
    vigie.settings(f'[database]\nurl = "sqlite:///{disk / "archive.db"}"\n')
    (disk / "archive.db").touch()
    assert vigie("source", "add", "digue.example").code == 0
    disk.rename(away)
    disk.mkdir()
    refused = vigie("source", "list")
    assert (refused.code, f"{disk / 'archive.db'} {LOST}" in refused.err) == (2, True), refused.err
    assert list(disk.iterdir()) == []
    disk.rmdir()
    away.rename(disk)
    assert _sources(vigie) == ["digue.example"]


def test_another_database_than_the_last_one_is_begun_on_purpose_only(vigie: Commands, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    vigie.settings(f'[database]\nurl = "sqlite:///{other}"\n')
    refused = vigie("source", "list")
    told = f"{other} is not there, and the data folder {vigie.folder} was last used with {vigie.folder / 'vigie.db'}"
    assert (refused.code, told in refused.err, f"touch {other}" in refused.err) == (2, True, True), refused.err
    assert not other.exists()
    other.touch()
    assert _sources(vigie) == []
    vigie.settings("")
    assert _sources(vigie) == ["phare.example"], "which is there"


def test_the_log_of_a_database_that_is_away_is_not_to_be_lost(vigie: Commands) -> None:
    (vigie.folder / "vigie.db").rename(vigie.folder / "away.db")
    _log(vigie).touch()
    assert f"move {_log(vigie)} elsewhere, then touch {vigie.folder / 'vigie.db'}" in vigie("source", "list").err


def test_a_folder_that_was_moved_as_a_whole_knows_its_database(vigie: Commands, tmp_path: Path) -> None:
    moved = Commands(tmp_path / "elsewhere")
    moved.folder.parent.mkdir()
    vigie.folder.rename(moved.folder)
    (moved.folder / "vigie.db").rename(tmp_path / "away.db")
    assert LOST in moved("source", "list").err
    (tmp_path / "away.db").rename(moved.folder / "vigie.db")
    assert _sources(moved) == ["phare.example"]


def _log(vigie: Commands) -> Path:
    return vigie.folder / "vigie.db-wal"


def _backup(vigie: Commands) -> Path:
    return Path(vigie("backup", "--json").json["file"])


def _aside(vigie: Commands) -> Path:
    made = vigie("backup", str(vigie.folder / "b.zip"), "--json").json["file"]
    return vigie.folder.joinpath(vigie("restore", made, "--replace", "--json").json["aside"], "vigie.db")


@pytest.mark.parametrize("trace", [_log, _backup, _aside])
def test_what_lies_beside_tells_of_a_database_from_before_its_place_was_kept(
    vigie: Commands, trace: Callable[[Commands], Path]
) -> None:
    left = trace(vigie)
    left.touch()
    (vigie.folder / "vigie.where").unlink()
    (vigie.folder / "vigie.db").unlink()
    refused = vigie("source", "list")
    assert (refused.code, f"{LOST}{left} tells of it" in refused.err) == (2, True), refused.err
    left.unlink()
    assert _sources(vigie) == []


def test_a_folder_that_may_only_be_read_is_no_reason_not_to_read(
    vigie: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    (vigie.folder / "vigie.where").unlink()
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != vigie.folder and access(path, mode))
    assert _sources(vigie) == ["phare.example"]
    assert not (vigie.folder / "vigie.where").exists()
