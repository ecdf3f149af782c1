"""A backup is read with suspicion: whatever no backup of Vigie's holds is refused before a byte of it is written."""

import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from news.errors import BackupError, StorageError
from service import backup_file
from service.backup_file import opened
from service.manifest import Manifest, read_manifest
from storage.contents import Contents
from tests.backups import rewritten, with_entry, with_manifest
from tests.samples import NOON

TEXT = b"a database, for all that this file knows\n" * 5_000


def _untold(_done: int, _of: int) -> None:
    """Nobody looks on."""


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup with a database and two settings files."""
    for name, content in (("vigie.db", TEXT), ("vigie.toml", b"include = []\n"), ("more.toml", b"\n")):
        (tmp_path / name).write_bytes(content)
    members = {
        "vigie.db": tmp_path / "vigie.db",
        "settings/vigie.toml": tmp_path / "vigie.toml",
        "settings/w/eau.toml": tmp_path / "more.toml",
    }
    file = tmp_path / "backup.zip"
    backup_file.write(file, Contents("sqlite", "0001", {"article": 3}), NOON, "1.0", members, _untold)
    return file


def _read(file: Path, folder: Path) -> Manifest:
    with opened(file) as found:
        found.verify(_untold)
        for number, member in enumerate(found.manifest.members):
            found.extract(member, folder / f"out{number}", _untold)
    return found.manifest


def _refused(file: Path) -> str:
    """Why it is refused; nothing was written."""
    before = {path: path.read_bytes() for path in file.parent.rglob("*") if path.is_file()}
    with pytest.raises(BackupError) as caught, opened(file):
        pass
    assert {path: path.read_bytes() for path in file.parent.rglob("*") if path.is_file()} == before
    assert caught.value.hint
    return caught.value.message


def test_what_was_written_is_read_again(backup: Path, tmp_path: Path) -> None:
    manifest = _read(backup, tmp_path)
    assert manifest.started_at == NOON
    assert manifest.contents.counts == {"article": 3}
    assert [member.name for member in manifest.settings] == ["settings/vigie.toml", "settings/w/eau.toml"]
    assert (tmp_path / "out0").read_bytes() == TEXT
    assert backup.stat().st_size < len(TEXT) / 10
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "name",
    [
        "../vigie.db", "/etc/passwd", "settings/../vigie.toml", "settings/../../x.toml", "settings//x.toml",
        "settings/.hidden.toml", "settings/x.py", "C:\\x.toml", "settings\\x.toml", "vigie.lock", "spiders/x.py",
        "settings/./x.toml", "vigie.db/", "settings/", "VIGIE.DB",
    ],
)  # fmt: skip
def test_a_name_that_no_backup_has_is_refused(backup: Path, name: str) -> None:
    with_entry(backup, name)
    assert "belongs in no backup" in _refused(backup)


@pytest.mark.parametrize("name", ["../out.toml", "/etc/cron.d/x", "settings/../x.toml", "vigie.lock"])
def test_a_name_that_only_the_manifest_has_is_refused_too(backup: Path, name: str) -> None:
    with_manifest(backup, lambda manifest: manifest["members"][1].update(name=name))
    assert "belongs in no backup" in _refused(backup)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO, stat.S_IFCHR])
def test_a_link_and_a_device_are_refused(backup: Path, kind: int) -> None:
    rewritten(backup, lambda members: members.pop("settings/vigie.toml"))
    with_entry(backup, "settings/vigie.toml", b"/etc/passwd", kind)
    assert "is a link or no file" in _refused(backup)


def test_a_member_that_the_manifest_does_not_list_is_refused(backup: Path) -> None:
    with_entry(backup, "settings/other.toml")
    assert "'settings/other.toml' is in the file or in its manifest" in _refused(backup)


def test_a_member_that_is_missing_is_noticed(backup: Path) -> None:
    rewritten(backup, lambda members: members.pop("vigie.db"))
    assert "'vigie.db' is in the file or in its manifest" in _refused(backup)


def test_two_members_of_one_name_are_refused(backup: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        with_entry(backup, "vigie.db")
    assert "two files of one name" in _refused(backup)


def test_a_member_larger_than_announced_is_refused_unread(backup: Path) -> None:
    with_manifest(backup, lambda manifest: manifest["members"][0].update(bytes=10))
    assert "205,000 bytes where its manifest says 10" in _refused(backup)


def test_a_member_that_grows_beyond_what_both_lists_say_is_cut_off(backup: Path, tmp_path: Path) -> None:
    """The directory of a zip lies as easily as a manifest does; a bomb would be caught here, a piece at the most."""
    with_manifest(backup, lambda manifest: manifest["members"][0].update(bytes=100))
    content = backup.read_bytes()
    lied = content.replace(len(TEXT).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lied != content
    backup.write_bytes(lied)
    with opened(backup) as found, pytest.raises(BackupError, match="damaged"):
        found.extract(found.manifest.database, tmp_path / "out", _untold)
    assert (tmp_path / "out").stat().st_size <= 100


def test_a_member_larger_than_the_disk_is_refused(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1_000})())
    with opened(backup) as found, pytest.raises(StorageError, match="no room"):
        found.extract(found.manifest.database, tmp_path / "out", _untold)
    assert not (tmp_path / "out").exists()


def test_settings_of_an_impossible_size_are_refused(backup: Path) -> None:
    with_manifest(backup, lambda manifest: manifest["members"][1].update(bytes=10**12))
    assert "larger than settings can be" in _refused(backup)


def test_a_member_with_another_content_is_refused(backup: Path, tmp_path: Path) -> None:
    rewritten(backup, lambda members: members.update({"vigie.db": TEXT[::-1]}))
    with opened(backup) as found:
        with pytest.raises(BackupError, match=r"vigie\.db is damaged"):
            found.verify(_untold)
        with pytest.raises(BackupError, match=r"vigie\.db is damaged"):
            found.extract(found.manifest.database, tmp_path / "out", _untold)


def test_a_bit_that_fell_over_anywhere_is_noticed_or_harmless(backup: Path, tmp_path: Path) -> None:
    content = backup.read_bytes()
    (tmp_path / "sound").mkdir()
    sound = _read(backup, tmp_path / "sound")
    for place in range(0, len(content), 7):
        backup.write_bytes(content[:place] + bytes([content[place] ^ 0x10]) + content[place + 1 :])
        try:
            with opened(backup) as found:
                found.verify(_untold)
                assert [one.sha256 for one in found.manifest.members] == [one.sha256 for one in sound.members]
        except BackupError:
            continue


def test_a_backup_that_was_cut_off_is_refused(backup: Path) -> None:
    content = backup.read_bytes()
    for length in (0, 1, 100, len(content) // 2, len(content) - 1):
        backup.write_bytes(content[:length])
        assert "no backup, or a damaged one" in _refused(backup)


def test_a_zip_without_a_manifest_is_no_backup(tmp_path: Path) -> None:
    with_entry(tmp_path / "a.zip", "vigie.db")
    assert "no manifest" in _refused(tmp_path / "a.zip")


def test_what_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="cannot be read"), opened(tmp_path / "none.zip"):
        pass


def test_a_later_format_names_the_way_out(backup: Path) -> None:
    with_manifest(backup, lambda manifest: manifest.update(format=2))
    with pytest.raises(BackupError, match="format 2") as caught, opened(backup):
        pass
    assert "newer version" in caught.value.hint


def _set(key: str, value: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda manifest: manifest.update({key: value})


@pytest.mark.parametrize(
    "change",
    [
        _set("engine", "oracle"), _set("counts", []), _set("members", "none"), _set("started_at", "yesterday"),
        _set("started_at", "2026-11-14T12:00:00"), _set("counts", {"article": -1}), _set("format", "1"),
        lambda manifest: manifest.pop("schema"), lambda manifest: manifest["members"][0].update(bytes=True),
        lambda manifest: manifest["members"][0].update(bytes=2**70), _set("counts", {"article": 1e300}),
    ],
)  # fmt: skip
def test_a_manifest_that_makes_no_sense_is_refused(backup: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    with_manifest(backup, change)
    assert "manifest cannot be read" in _refused(backup)


@pytest.mark.parametrize("text", [b"", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"format": 1}', b'{"format": true}'])
def test_what_is_no_manifest_is_an_error_of_ours(text: bytes) -> None:
    with pytest.raises(BackupError):
        read_manifest(text)


def test_a_manifest_that_lists_nothing_or_twice_is_refused(backup: Path) -> None:
    with_manifest(backup, lambda manifest: manifest["members"].append(manifest["members"][0]))
    assert "lists a member twice" in _refused(backup)


def test_a_packed_manifest_of_gigabytes_is_not_unpacked(backup: Path) -> None:
    rewritten(backup, lambda members: members.update({"manifest.json": json.dumps({"a": " " * 2**21}).encode()}))
    assert "larger than one can be" in _refused(backup)


def test_another_way_of_packing_is_refused(backup: Path) -> None:
    with zipfile.ZipFile(backup) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(backup, "w", zipfile.ZIP_LZMA) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert "packed in another way" in _refused(backup)
