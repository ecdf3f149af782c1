"""`vigie backup` and `vigie restore` as a user calls them, on SQLite."""

import contextlib
import os
import shutil
import signal
import sqlite3
import zipfile
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from cli.backup import progress
from cli.folder import DataFolder
from storage import Transaction, sqlite_copy
from tests.backups import rewritten, with_entry, with_manifest
from tests.commands import Commands
from tests.samples import NOON, a_source, a_watch, an_article


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder with two articles."""
    commands = Commands(tmp_path)
    commands.stored(_two_articles)
    return commands


async def _two_articles(tx: Transaction) -> None:
    source_id = await tx.sources.put(a_source(), NOON)
    for number in (1, 2):
        await tx.articles.add(an_article(f"https://phare.example/{number}", f"Titre {number}"), source_id, NOON, NOON)


def _other(tmp_path: Path, name: str = "other") -> Commands:
    commands = Commands(tmp_path / name)
    commands.folder.parent.mkdir()
    return commands


def _file(vigie: Commands, *options: str) -> Path:
    return Path(vigie("backup", "--json", *options).json["file"])


def test_a_backup_is_restored_elsewhere_and_its_articles_are_listed(vigie: Commands, tmp_path: Path) -> None:
    made = vigie("backup", str(tmp_path / "b.zip"))
    assert made.code == 0
    assert "2 articles, 0 matches, 1 source, 0 watches" in made.out
    other = _other(tmp_path)
    restored = other("restore", str(tmp_path / "b.zip"))
    assert (restored.code, restored.err) == (0, "")
    assert "Restored into" in restored.out
    assert [one["title"] for one in other("article", "list", "--json").json] == ["Titre 2", "Titre 1"]


def test_without_a_name_it_goes_into_the_data_folder_and_into_a_folder_under_a_name_of_its_own(
    vigie: Commands, tmp_path: Path
) -> None:
    assert _file(vigie).parent == vigie.folder / "backups"
    assert (vigie.folder / "backups").stat().st_mode & 0o077 == 0
    assert _file(vigie, str(tmp_path)).parent == tmp_path


def test_a_backup_of_nothing_a_taken_name_and_a_missing_folder_are_refused(vigie: Commands, tmp_path: Path) -> None:
    nothing = _other(tmp_path)("backup", str(tmp_path / "b.zip"))
    assert (nothing.code, "there is no database" in nothing.err) == (2, True)
    (tmp_path / "b.zip").write_text("mine")
    assert vigie("backup", str(tmp_path / "b.zip")).code == 2
    assert vigie("backup", str(tmp_path / "missing" / "b.zip")).code == 2
    assert (tmp_path / "b.zip").read_text() == "mine"


def test_another_programs_database_is_not_backed_up(vigie: Commands, tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(vigie.folder / "vigie.db")) as connection:
        connection.execute("DROP TABLE alembic_version")
    refused = vigie("backup", str(tmp_path / "b.zip"))
    assert (refused.code, "no database of Vigie's" in refused.err) == (2, True)
    assert list(tmp_path.glob("*b.zip*")) == []


def test_the_settings_with_what_they_include_go_along_unless_they_shall_not(vigie: Commands, tmp_path: Path) -> None:
    (vigie.folder / "w").mkdir()
    (vigie.folder / "w" / "eau.toml").write_text('[[watch]]\nname = "Eau"\nquery = "crue"\n')
    (tmp_path / "away.toml").write_text('[[watch]]\nname = "Feu"\nquery = "incendie"\n')
    vigie.settings(f'include = ["w/*.toml", "{tmp_path / "away.toml"}"]\n')
    made = vigie("backup", str(tmp_path / "b.zip"))
    assert "away.toml is not in the backup: it lies outside" in made.err
    assert "vigie.toml, w/eau.toml" in made.out
    other = _other(tmp_path)
    assert other("restore", str(tmp_path / "b.zip")).code == 0
    assert (other.folder / "w" / "eau.toml").read_text() == (vigie.folder / "w" / "eau.toml").read_text()
    bare = _other(tmp_path, "bare")
    bare("restore", str(tmp_path / "b.zip"), "--no-settings")
    assert [path.name for path in bare.folder.glob("*.toml")] == []
    assert _file(vigie, str(tmp_path / "c.zip"), "--no-settings")
    assert "settings/vigie.toml" not in zipfile.ZipFile(tmp_path / "c.zip").namelist()


def test_a_file_by_the_name_that_the_main_one_gets_does_not_take_its_place(vigie: Commands, tmp_path: Path) -> None:
    vigie.settings('[[watch]]\nname = "Eau"\nquery = "crue"\n')
    (vigie.folder / "prod.toml").write_text('include = ["vigie.toml"]\n')
    made = vigie("backup", str(tmp_path / "b.zip"), "--config", str(vigie.folder / "prod.toml"))
    assert "vigie.toml is not in the backup" in made.err
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert archive.read("settings/vigie.toml") == b'include = ["vigie.toml"]\n'


def test_the_database_in_it_needs_no_log_and_so_can_be_read_where_nothing_can_be_written(
    vigie: Commands, tmp_path: Path
) -> None:
    with zipfile.ZipFile(_file(vigie, str(tmp_path / "b.zip"))) as archive:
        assert archive.read("vigie.db")[18:20] == b"\1\1"


def test_restored_settings_that_name_another_database_are_told(vigie: Commands, tmp_path: Path) -> None:
    made = _file(vigie)
    vigie.settings("[crawler]\ndelay = 2\n")
    with zipfile.ZipFile(_file(vigie, str(tmp_path / "c.zip"))) as archive:
        assert archive.read("settings/vigie.toml") == b"[crawler]\ndelay = 2\n"
    vigie.settings(f'[database]\nurl = "sqlite:///{vigie.folder / "vigie.db"}"\n')
    named = _file(vigie, str(tmp_path / "d.zip"))
    assert "name another database" in _other(tmp_path)("restore", str(named)).err
    assert _other(tmp_path, "third")("restore", str(made)).err == ""


def test_settings_restored_beside_those_that_are_named_are_told(vigie: Commands, tmp_path: Path) -> None:
    vigie.settings("[crawler]\ndelay = 2\n")
    (tmp_path / "mine.toml").write_text("[crawler]\ndelay = 3\n")
    restored = _other(tmp_path)("restore", str(_file(vigie)), "--config", str(tmp_path / "mine.toml"))
    assert (restored.code, "where --config does not look" in restored.err) == (0, True)


def test_what_is_there_stays_unless_it_is_replaced_and_then_is_kept_aside(vigie: Commands, tmp_path: Path) -> None:
    vigie.settings("[crawler]\ndelay = 2\n")
    made = _file(vigie, str(tmp_path / "b.zip"))
    vigie.settings("[crawler]\ndelay = 3\n")
    (vigie.folder / "vigie.db-wal").write_bytes(b"the log of the old one")
    refused = vigie("restore", str(made))
    assert (refused.code, "already" in refused.err, "--replace" in refused.err) == (2, True, True)
    done = vigie("restore", str(made), "--replace", "--json").json
    aside = vigie.folder / done["aside"]
    assert {path.name for path in aside.iterdir()} == {"vigie.db", "vigie.toml"}
    assert (aside / "vigie.toml").read_text() == "[crawler]\ndelay = 3\n"
    assert (vigie.folder / "vigie.toml").read_text() == "[crawler]\ndelay = 2\n"
    assert not (vigie.folder / "vigie.db-wal").exists()
    assert len(vigie("article", "list", "--json").json) == 2


def test_a_settings_file_alone_is_in_the_way_too(vigie: Commands, tmp_path: Path) -> None:
    vigie.settings("[crawler]\ndelay = 2\n")
    made, other = _file(vigie), _other(tmp_path)
    other.settings("[crawler]\ndelay = 3\n")
    assert other("restore", str(made)).code == 2
    assert not (other.folder / "vigie.db").exists()
    assert other("restore", str(made), "--no-settings").code == 0


def test_a_link_in_the_data_folder_does_not_lead_settings_out_of_it(vigie: Commands, tmp_path: Path) -> None:
    (vigie.folder / "w").mkdir()
    (vigie.folder / "w" / "eau.toml").write_text('[[watch]]\nname = "Eau"\nquery = "crue"\n')
    vigie.settings('include = ["w/*.toml"]\n')
    made, other = _file(vigie), _other(tmp_path)
    (tmp_path / "outside").mkdir()
    other.folder.mkdir()
    (other.folder / "w").symlink_to(tmp_path / "outside")
    assert "leads out of the data folder" in other("restore", str(made), "--replace").err
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_settings_file_that_is_a_link_stays_one(vigie: Commands, tmp_path: Path) -> None:
    vigie.settings("[crawler]\ndelay = 2\n")
    made, other = _file(vigie), _other(tmp_path)
    (tmp_path / "mine.toml").write_text("[crawler]\ndelay = 3\n")
    other.folder.mkdir()
    (other.folder / "vigie.toml").symlink_to(tmp_path / "mine.toml")
    assert "leads out of the data folder" in other("restore", str(made), "--replace").err
    assert (other.folder / "vigie.toml").is_symlink()


def test_nothing_is_restored_under_a_running_service(vigie: Commands, tmp_path: Path) -> None:
    made, folder = _file(vigie), DataFolder.at(vigie.folder)
    folder.hold()
    try:
        refused = vigie("restore", str(made), "--replace")
        assert (refused.code, "another Vigie is running" in refused.err) == (2, True)
        assert vigie("backup", str(tmp_path / "b.zip")).code == 0
    finally:
        folder.let_go()


def test_a_backup_of_another_engine_is_refused(vigie: Commands, tmp_path: Path) -> None:
    made = _file(vigie)
    refused = vigie("restore", str(made), VIGIE_DATABASE__URL="postgresql://vigie@127.0.0.1:1/vigie")
    assert (refused.code, "the backup is of SQLite" in refused.err) == (1, True)


def test_who_only_looks_makes_no_folder(vigie: Commands, tmp_path: Path) -> None:
    made = _file(vigie, str(tmp_path / "b.zip"))
    other = _other(tmp_path)
    assert other("restore", str(made), "--check").code == 0
    refused = other("backup")
    assert (refused.code, "there is no data folder" in refused.err) == (2, True)
    assert list(other.folder.parent.iterdir()) == []


@pytest.mark.parametrize(("content", "found"), [(None, "it cannot be read: No such file"), (b"x", "it is no backup")])
def test_a_file_that_is_no_backup_is_named_once(
    vigie: Commands, tmp_path: Path, content: bytes | None, found: str
) -> None:
    file = tmp_path / "b.zip"
    if content is not None:
        file.write_bytes(content)
    refused = vigie("restore", str(file), "--check")
    assert (refused.code, refused.out) == (1, "")
    assert f"{file}: {found}" in refused.err.replace("\n", " ")
    assert refused.err.count("b.zip") == 1


def test_a_damaged_backup_is_found_wanting_and_changes_nothing(vigie: Commands, tmp_path: Path) -> None:
    made, other = _file(vigie), _other(tmp_path)
    sound = other("restore", str(made), "--check")
    assert (sound.code, "The backup is sound." in sound.out) == (0, True)
    assert vigie("restore", str(made), "--check", "--json").json["counts"]["article"] == 2
    with_entry(made, "../../vigie.toml")
    for options in (["--check"], []):
        refused = other("restore", str(made), *options)
        assert (refused.code, "belongs in no backup" in refused.err) == (1, True)
    assert {path.name for path in other.folder.iterdir()} <= {"vigie.lock"}


def test_a_disk_without_room_does_not_make_a_sound_backup_a_damaged_one(
    vigie: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, other = _file(vigie), _other(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1_000})())
    for options in (["--check"], []):
        refused = other("restore", str(made), *options)
        assert (refused.code, "there is no room" in refused.err, ".vigie-" in refused.err) == (2, True, False)


def _database_changed(made: Path, folder: Path, change: str) -> None:
    """Change the database within a backup; size and checksum as they should be."""
    import hashlib

    file = folder / "changed.db"

    def changed(members: dict[str, bytes]) -> None:
        file.write_bytes(members["vigie.db"])
        with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as connection:
            connection.execute("PRAGMA writable_schema=ON")
            connection.execute(change)
        members["vigie.db"] = file.read_bytes()

    rewritten(made, changed)
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    with_manifest(made, lambda manifest: manifest["members"][0].update(bytes=len(content), sha256=digest))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("CREATE TRIGGER t AFTER INSERT ON article BEGIN DELETE FROM watch; END", "the trigger 't'"),
        ("CREATE VIEW v AS SELECT 1", "the view 'v'"),
        ("DELETE FROM article WHERE id = 1", "1 rows in article where it should have 2"),
        ("UPDATE article SET source_id = 77 WHERE id = 1", "refers to what is not there"),
        ("UPDATE alembic_version SET version_num = '0001'", "schema 0001 where it should have"),
        (
            "UPDATE sqlite_master SET sql = replace(sql, 'title_key)', 'title)') WHERE name = 'ix_article_title_key'",
            "damaged",
        ),
        ("UPDATE sqlite_master SET rootpage = 3 WHERE name = 'ix_article_title_key'", "is damaged"),
    ],
)
def test_a_database_that_is_not_what_was_backed_up_is_refused_whatever_its_checksum(
    vigie: Commands, tmp_path: Path, change: str, why: str
) -> None:
    made, other = _file(vigie), _other(tmp_path)
    _database_changed(made, tmp_path, change)
    refused = other("restore", str(made))
    assert (refused.code, why in refused.err) == (1, True), refused.err
    assert not (other.folder / "vigie.db").exists()


def test_a_backup_that_lacks_a_table_is_refused_and_changes_nothing(vigie: Commands, tmp_path: Path) -> None:
    made, other = _file(vigie), _other(tmp_path)
    _database_changed(made, tmp_path, "DROP TABLE used_link")
    with_manifest(made, lambda manifest: manifest["counts"].pop("used_link"))
    refused = other("restore", str(made))
    assert (refused.code, "the table used_link is not there" in refused.err) == (1, True), refused.err
    assert other("restore", str(made), "--check").code == 1
    assert {path.name for path in other.folder.iterdir()} == {"vigie.lock"}


def test_what_is_removed_is_not_counted_as_what_the_backup_holds(vigie: Commands, tmp_path: Path) -> None:
    vigie("source", "add", "away.example")
    vigie("watch", "add", "Eau", "crue")
    assert vigie("source", "remove", "away.example").code == vigie("watch", "remove", "Eau").code == 0
    made = tmp_path / "b.zip"
    held = "2 articles, 0 matches, 1 source, 0 watches"
    assert held in vigie("backup", str(made)).out
    assert held in vigie("restore", str(made), "--check").out
    assert held in _other(tmp_path)("restore", str(made)).out


def test_a_backup_of_an_older_schema_is_restored_and_brought_up_to_date(tmp_path: Path) -> None:
    old, new = Commands(tmp_path), _other(tmp_path)
    old.folder.mkdir()
    _made_at(old.folder / "vigie.db", "0009")
    made = old("backup", str(tmp_path / "b.zip"), "--json").json
    assert made["schema"] == "0009"
    assert _schema(old.folder / "vigie.db") == "0009"  # a backup changes nothing
    assert new("restore", made["file"]).code == 0
    assert _schema(new.folder / "vigie.db") > "0009"
    assert new("watch", "list").code == 0


def _made_at(file: Path, revision: str) -> None:
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "storage:migrations")
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def _schema(file: Path) -> str:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def test_a_full_disk_leaves_no_half_of_a_backup(
    vigie: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1_000})())
    refused = vigie("backup", str(tmp_path / "b.zip"))
    assert (refused.code, "1,000 bytes free" in refused.err) == (2, True)
    monkeypatch.undo()

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("service.backup_file.write", full)
    refused = vigie("backup", str(tmp_path / "b.zip"))
    assert (refused.code, "No space left" in refused.err, "make room" in refused.err) == (2, True, True)
    assert {path.name for path in tmp_path.iterdir()} == {"data"}


def test_where_there_are_no_links_between_files_the_old_one_is_moved(
    vigie: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    made = _file(vigie, str(tmp_path / "b.zip"))
    vigie.stored(_a_watch)
    done = vigie("restore", str(made), "--replace", "--json").json
    assert vigie("watch", "list", "--json").json == []
    assert sqlite_copy.examine(vigie.folder / done["aside"] / "vigie.db").counts["watch"] == 1


async def _a_watch(tx: Transaction) -> None:
    await tx.watches.put(a_watch(), NOON)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("where", ["service.backup._publish", "service.restore._putting"])
def test_one_who_is_asked_to_stop_ends_at_once_and_leaves_nothing_half_done(
    vigie: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, where: str
) -> None:
    """At any place, though nothing is awaited there."""
    made, other = _file(vigie, str(tmp_path / "b.zip")), _other(tmp_path)
    before = {path.name for path in tmp_path.iterdir()}

    def stopped(*_: object) -> None:
        signal.raise_signal(number)

    monkeypatch.setattr(where, stopped)
    if "backup" in where:
        assert vigie("backup", str(tmp_path / "c.zip")).code == 130
    else:
        assert other("restore", str(made)).code == 130
        assert {path.name for path in other.folder.iterdir()} == {"vigie.lock"}
    assert {path.name for path in tmp_path.iterdir()} - {"other"} == before - {"other"}
    assert signal.getsignal(number) in (signal.default_int_handler, signal.SIG_DFL)


def test_a_thread_hears_of_it_too() -> None:
    with progress() as told:
        told("copying", 1, 3)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            told("copying", 2, 3)
