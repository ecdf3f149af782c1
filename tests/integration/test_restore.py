"""Restoring on SQLite: across disks and links, undone where it fails, private, and quiet where that is wanted."""

import os
import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from news.errors import ConflictError
from news.source import FoundLink
from service.backup_file import opened
from service.restore import Place, Wishes, restore
from storage import Database, Transaction
from tests.backups import Depot, unseen
from tests.commands import Commands
from tests.samples import NOON, a_source, a_watch

WATCH = '[[watch]]\nname = "Eau"\nquery = "crue"\n'


async def _a_watch(tx: Transaction) -> None:
    await tx.watches.put(a_watch(), NOON)


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder with nothing but a watch."""
    commands = Commands(tmp_path)
    commands.stored(_a_watch)
    return commands


def _backup(vigie: Commands, name: str = "b.zip") -> str:
    return str(vigie("backup", str(vigie.folder.parent / name), "--json").json["file"])


def _renamed_in_the_log(file: Path, name: str) -> None:
    """Give the watch another name, and end as a killed process does: what it wrote stands in the log alone."""
    work = (
        "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
        "c.execute('UPDATE watch SET name = ?', sys.argv[2:]); c.commit(); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", work, str(file), name], check=True)
    assert file.with_name(f"{file.name}-wal").stat().st_size > 0


def _watches(file: Path) -> list[str]:
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    found = [name for (name,) in connection.execute("SELECT name FROM watch")]
    connection.close()
    return found


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def test_a_database_elsewhere_is_made_ready_on_its_own_disk(vigie: Commands, tmp_path: Path) -> None:
    """No file is renamed from one disk to another: where the database lies, its successor has to be written."""
    made = await Depot(tmp_path).back_up(f"sqlite:///{vigie.folder / 'vigie.db'}")
    disk, folder = tmp_path / "disk" / "deep", tmp_path / "other"
    folder.mkdir()
    seen: list[int] = []

    def looked(what: str, _done: int, _of: int) -> None:
        if what == "checking":
            seen.append(len(list(disk.glob(".vigie-restore-*/vigie.db"))))

    place = Place(folder, f"sqlite:///{disk / 'vigie.db'}")
    with opened(made.file) as backup:
        await restore(backup, place, Wishes(), Depot(tmp_path).clock, looked)
    assert seen == [1]
    assert (_names(disk), _names(folder)) == ({"vigie.db"}, set())
    assert _watches(disk / "vigie.db") == ["Corée"]


def test_a_link_to_the_database_still_leads_there_and_what_was_there_is_kept_beside_it(
    vigie: Commands, tmp_path: Path
) -> None:
    made, disk = _backup(vigie), tmp_path / "disk"
    disk.mkdir()
    (vigie.folder / "vigie.db").rename(disk / "vigie.db")
    (vigie.folder / "vigie.db").symlink_to(disk / "vigie.db")
    _renamed_in_the_log(disk / "vigie.db", "Eau")
    done = vigie("restore", made, "--replace", "--json").json
    assert (vigie.folder / "vigie.db").is_symlink()
    assert _names(disk) == {"vigie.db", done["aside"]}
    assert (_watches(disk / "vigie.db"), _watches(disk / done["aside"] / "vigie.db")) == (["Corée"], ["Eau"])


@pytest.mark.parametrize("is_linked", [False, True])
def test_the_log_of_a_file_that_has_gone_is_not_read_into_what_is_restored(
    vigie: Commands, tmp_path: Path, is_linked: bool
) -> None:
    made, disk, log = _backup(vigie), vigie.folder, "vigie.db-wal"
    if is_linked:
        disk = tmp_path / "disk"
        disk.mkdir()
        (vigie.folder / "vigie.db").rename(disk / "vigie.db")
        (vigie.folder / "vigie.db").symlink_to(disk / "vigie.db")
    _renamed_in_the_log(disk / "vigie.db", "Eau")
    assert (disk / log).stat().st_size
    (disk / "vigie.db").unlink()
    assert vigie("restore", made).code == 2
    done = vigie("restore", made, "--replace", "--json").json
    assert _watches(disk / "vigie.db") == ["Corée"]
    assert (disk / done["aside"] / log).stat().st_size


def test_a_database_that_cannot_take_its_place_leaves_the_old_one_with_its_last_words(
    vigie: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    vigie.settings(WATCH)
    made = _backup(vigie)
    vigie.settings("[crawler]\ndelay = 3\n")
    (vigie.folder / "vigie.toml").chmod(0o640)
    _renamed_in_the_log(vigie.folder / "vigie.db", "Eau")

    def refuse(*_: object) -> None:
        raise OSError(18, os.strerror(18))

    monkeypatch.setattr(Path, "replace", refuse)
    refused = vigie("restore", made, "--replace")
    assert (refused.code, "cannot be put in its place: Invalid cross-device link" in refused.err) == (2, True)
    assert _names(vigie.folder) == {"vigie.db", "vigie.toml", "vigie.lock"}
    assert _watches(vigie.folder / "vigie.db") == ["Eau"]
    assert (vigie.folder / "vigie.toml").read_text() == "[crawler]\ndelay = 3\n"
    assert stat.S_IMODE((vigie.folder / "vigie.toml").stat().st_mode) == 0o640


def test_settings_that_cannot_take_their_place_leave_all_as_it_was(vigie: Commands) -> None:
    (vigie.folder / "w").mkdir()
    (vigie.folder / "w" / "eau.toml").write_text(WATCH)
    vigie.settings('include = ["w/*.toml"]\n')
    made = _backup(vigie)
    (vigie.folder / "w" / "eau.toml").unlink()
    (vigie.folder / "w").rmdir()
    (vigie.folder / "w").write_text("no folder")
    vigie.settings("[crawler]\ndelay = 3\n")
    _renamed_in_the_log(vigie.folder / "vigie.db", "Feu")
    refused = vigie("restore", made, "--replace")
    assert (refused.code, "error: " in refused.err) == (2, True)
    assert _names(vigie.folder) - {"vigie.db-wal", "vigie.db-shm"} == {"vigie.db", "vigie.toml", "vigie.lock", "w"}
    assert _watches(vigie.folder / "vigie.db") == ["Feu"]
    assert (vigie.folder / "vigie.toml").read_text() == "[crawler]\ndelay = 3\n"


def test_what_is_restored_is_private_or_as_what_it_replaces(vigie: Commands, tmp_path: Path) -> None:
    vigie.settings(WATCH)
    made, other = _backup(vigie), Commands(tmp_path / "other")
    (tmp_path / "other").mkdir()
    assert other("restore", made).code == 0
    for name in ("vigie.db", "vigie.toml"):
        assert stat.S_IMODE((other.folder / name).stat().st_mode) == 0o600, name
        (other.folder / name).chmod(0o640)
    assert other("restore", made, "--replace").code == 0
    for name in ("vigie.db", "vigie.toml"):
        assert stat.S_IMODE((other.folder / name).stat().st_mode) == 0o640, name


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_restores_belongs_to_whom_the_old_one_or_the_folder_belonged(vigie: Commands, tmp_path: Path) -> None:
    vigie.settings(WATCH)
    made, other = _backup(vigie), Commands(tmp_path / "other")
    other.folder.mkdir(parents=True)
    os.chown(other.folder, 1234, 1234)
    for options in ((), ("--replace",)):
        assert other("restore", made, *options).code == 0
        assert {(other.folder / name).stat().st_uid for name in ("vigie.db", "vigie.toml")} == {1234}


async def test_nothing_that_was_kept_aside_is_overwritten_by_the_next_in_the_same_second(
    vigie: Commands, tmp_path: Path
) -> None:
    depot, place = Depot(tmp_path), Place(vigie.folder, f"sqlite:///{vigie.folder / 'vigie.db'}")
    made = await depot.back_up(place.url)
    _renamed_in_the_log(vigie.folder / "vigie.db", "Eau")
    done = await depot.restore(made.file, place, replace=True)
    with pytest.raises(ConflictError, match="of another restoration"):
        await depot.restore(made.file, place, replace=True)
    assert _watches(vigie.folder / done.aside / "vigie.db") == ["Eau"]


async def test_a_damaged_database_is_kept_aside_with_its_log_as_it_is(vigie: Commands, tmp_path: Path) -> None:
    depot, place = Depot(tmp_path), Place(vigie.folder, f"sqlite:///{vigie.folder / 'vigie.db'}")
    made = await depot.back_up(place.url)
    wrecked: dict[str, bytes] = {"vigie.db": b"no database" * 900, "vigie.db-wal": b"nor a log" * 900}
    for name, content in wrecked.items():
        (vigie.folder / name).write_bytes(content)
    done = await depot.restore(made.file, place, replace=True)
    aside = vigie.folder / done.aside
    assert {path.name: path.read_bytes() for path in aside.iterdir()} == wrecked
    assert _names(vigie.folder) == {"vigie.db", done.aside}
    assert _watches(vigie.folder / "vigie.db") == ["Corée"]


async def test_what_was_listed_and_not_yet_fetched_counts_as_told_too_if_that_is_wanted(tmp_path: Path) -> None:
    depot, place = Depot(tmp_path), Place(tmp_path / "data", f"sqlite:///{tmp_path / 'data' / 'vigie.db'}")
    (tmp_path / "data").mkdir()
    database = await Database.open(place.url)
    async with database.write() as tx:
        source_id = await tx.sources.put(a_source(), NOON)
        await tx.links.add_unknown(source_id, "feed", [FoundLink("https://a.example/1")], is_history=False, now=NOON)
    await database.close()
    made = await depot.back_up(place.url)
    for wishes, is_history in ((Wishes(), False), (Wishes(as_told=True), True)):
        assert await _pending(made.file, tmp_path / f"told{is_history}", wishes) == [is_history]


async def _pending(file: Path, folder: Path, wishes: Wishes) -> list[bool]:
    """Whether what waits to be fetched is history, once the backup is restored into a folder that is not there yet."""
    place = Place(folder, f"sqlite:///{folder / 'vigie.db'}")
    with opened(file) as backup:
        await restore(backup, place, wishes, Depot(folder).clock, unseen)
    restored: Any = await Database.open(place.url)
    async with restored.read() as tx:
        [source] = await tx.sources.all()
        found = [link.is_history for link in await tx.links.due(source.id, NOON, 9)]
    await restored.close()
    return found


async def _two_sources(tx: Transaction) -> None:
    await tx.sources.put(a_source(), NOON)
    await tx.sources.put(replace(a_source("La Digue", "https://digue.example/"), alert_history=True), NOON)


def test_sources_that_tell_of_their_history_are_named_where_all_was_to_count_as_told(
    vigie: Commands, tmp_path: Path
) -> None:
    vigie.stored(_two_sources)
    made, other = _backup(vigie), Commands(tmp_path / "other")
    (tmp_path / "other").mkdir()
    told = other("restore", made, "--as-told", "--json")
    assert told.json["alerting_on_history"] == ["La Digue"]
    assert "have alert_history, and tell of all that is new to them: La Digue" in told.err
    plain = other("restore", made, "--replace", "--json")
    assert (plain.json["alerting_on_history"], "alert_history" in plain.err) == ([], False)
