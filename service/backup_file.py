"""The file that a backup is: a zip with a manifest, the database and the settings; read with suspicion."""

import hashlib
import os
import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from news.errors import BackupError, StorageError
from service import manifest as manifests
from service.manifest import Manifest, Member
from storage.contents import Contents

_PIECE = 1024 * 1024
_LARGEST_MANIFEST = 1024 * 1024
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_OTHER = "take another backup"

Bytes = Callable[[int, int], None]
"""Called with how many bytes were read or written, and of how many."""


def write(
    target: Path, contents: Contents, started_at: datetime, vigie: str, members: Mapping[str, Path], told: Bytes
) -> Manifest:
    """Write a backup of these files, by the names that they have in it. The target is made, and nobody else's to read.

    What PostgreSQL's own program wrote is packed already.
    """
    of = sum(path.stat().st_size for path in members.values())
    descriptor = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            written: list[Member] = []
            for name, path in members.items():
                done = sum(one.bytes for one in written)
                written.append(_add(archive, name, path, started_at, _further(told, done, of)))
            made = Manifest(vigie, started_at, contents, tuple(written))
            archive.writestr(_info(manifests.NAME, started_at), made.to_json())
        file.flush()
        os.fsync(file.fileno())
    return made


def _add(archive: zipfile.ZipFile, name: str, path: Path, at: datetime, told: Callable[[int], None]) -> Member:
    info, digest, size = _info(name, at), hashlib.sha256(), 0
    if name == manifests.DATABASES["postgresql"]:
        info.compress_type = zipfile.ZIP_STORED
    with path.open("rb") as source, archive.open(info, "w", force_zip64=True) as into:
        while piece := source.read(_PIECE):
            into.write(piece)
            digest.update(piece)
            size += len(piece)
            told(size)
    return Member(name, size, digest.hexdigest())


def _further(told: Bytes, done: int, of: int) -> Callable[[int], None]:
    return lambda more: told(done + more, of)


def _info(name: str, at: datetime) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, at.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = (stat.S_IFREG | 0o600) << 16
    return info


class BackupFile:
    """A backup that was opened: its manifest is sound, and it holds what the manifest lists and nothing else."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._archive = archive
        self.manifest = manifest

    def extract(self, member: Member, to: Path, told: Bytes) -> None:
        """Write a member into a new file that nobody else can read, never more of it than was announced.

        Raises BackupError if it is another, StorageError where there is no room for it.
        """
        if shutil.disk_usage(to.parent).free < member.bytes:
            raise StorageError(
                f"there is no room for {member.bytes:,} bytes in {to.parent.parent}", "make room, and try again"
            )
        digest, size = hashlib.sha256(), 0
        with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as into:
            for piece in self._pieces(member):
                into.write(piece)
                digest.update(piece)
                size += len(piece)
                told(size, member.bytes)
            into.flush()
            os.fsync(into.fileno())
        _compare(member, size, digest.hexdigest())

    def verify(self, told: Bytes) -> None:
        """Read every member to its end. Raises BackupError if one is not what the manifest says."""
        of, done = sum(member.bytes for member in self.manifest.members), 0
        for member in self.manifest.members:
            digest, size = hashlib.sha256(), 0
            for piece in self._pieces(member):
                digest.update(piece)
                size += len(piece)
                told(done + size, of)
            _compare(member, size, digest.hexdigest())
            done += size

    def _pieces(self, member: Member) -> Iterator[bytes]:
        """What it unpacks to, which ends at the size that the zip's directory names; and that is what was announced."""
        with _damage_told(), self._archive.open(member.name) as source:
            while piece := source.read(_PIECE):
                yield piece


def _compare(member: Member, size: int, digest: str) -> None:
    if size != member.bytes or digest != member.sha256:
        raise BackupError(f"{member.name} is damaged: it is not what was backed up", _OTHER)


@contextmanager
def opened(path: Path) -> Iterator[BackupFile]:
    """A backup. Raises BackupError for what is none, and for whatever no backup of Vigie's holds."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise BackupError(f"it cannot be read: {error.strerror}", "name the file that vigie backup made") from error
    with file, _archive(file, path) as archive:
        yield BackupFile(archive, _checked(archive))


@contextmanager
def _archive(file: IO[bytes], path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise BackupError("it is no backup, or a damaged one", "name the file that vigie backup made") from error
    with archive:
        yield archive


def _checked(archive: zipfile.ZipFile) -> Manifest:
    entries = archive.infolist()
    if len(entries) > manifests.MOST_MEMBERS + 1:
        raise BackupError("it holds too many files to be a backup", _OTHER)
    by_name = {entry.filename: entry for entry in entries}
    if len(by_name) != len(entries):
        raise BackupError("it holds two files of one name", _OTHER)
    for entry in entries:
        _check_entry(entry)
    if manifests.NAME not in by_name:
        raise BackupError("it has no manifest, so it is no backup of Vigie's", "name the file that vigie backup made")
    if by_name[manifests.NAME].file_size > _LARGEST_MANIFEST:
        raise BackupError("its manifest is larger than one can be", _OTHER)
    with _damage_told(), archive.open(manifests.NAME) as source:
        text = source.read(_LARGEST_MANIFEST + 1)
    found = manifests.read_manifest(text)
    _check_sizes(found, {name: entry.file_size for name, entry in by_name.items() if name != manifests.NAME})
    return found


def _check_sizes(manifest: Manifest, sizes: dict[str, int]) -> None:
    listed = {member.name: member.bytes for member in manifest.members}
    for name in sorted(set(sizes) ^ set(listed)):
        raise BackupError(f"{name!r} is in the file or in its manifest, and not in both", _OTHER)
    for name, size in sizes.items():
        if size != listed[name]:
            raise BackupError(f"{name} has {size:,} bytes where its manifest says {listed[name]:,}", _OTHER)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    known = (manifests.NAME, *manifests.DATABASES.values())
    if entry.filename not in known and not manifests.is_settings_name(entry.filename):
        raise BackupError(f"it holds {entry.filename!r}, which belongs in no backup", _OTHER)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise BackupError(f"{entry.filename} is a link or no file at all", _OTHER)
    if entry.flag_bits & 1 or entry.compress_type not in _PACKED:
        raise BackupError(f"{entry.filename} is packed in another way than Vigie packs", _OTHER)


@contextmanager
def _damage_told() -> Iterator[None]:
    """What a broken zip raises, wherever it is broken, as one error."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise BackupError(f"the backup is damaged: {error}", _OTHER) from error
    except OSError as error:
        raise BackupError(f"the backup cannot be read: {error.strerror or error}", _OTHER) from error
