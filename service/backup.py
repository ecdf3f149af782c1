"""Back up: the database as it is at one instant, and the settings, in one file that was read again before it counts."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from news.clock import Clock
from news.errors import ConfigError, ConflictError, StorageError
from service import backup_file
from service.manifest import DATABASES, MAIN_SETTINGS, SETTINGS, Manifest, is_settings_name
from service.written import Written
from storage.contents import Progress
from storage.copies import copy_database, engine_at, size_of


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made, its size in bytes, and the settings files that could not be part of it."""

    file: Path
    bytes: int
    manifest: Manifest
    left_out: tuple[Path, ...] = ()


async def back_up(
    url: str, target: Path, settings_file: Path | None, vigie: str, tools: str, clock: Clock, progress: Progress
) -> Backup:
    """Write a backup of the database at a URL, and of the settings unless None; nothing is left of one that fails.

    Raises ConflictError where the target is there already, StorageError where the copy cannot be made or is not sound.
    """
    _check_target(target, size_of(url))
    settings, left_out = _settings(settings_file)
    engine = engine_at(url)
    with _workshop(target) as folder:
        database = folder / DATABASES[engine]
        started_at = clock.now()
        contents = await copy_database(url, database, tools, progress)
        made = folder / "backup"
        backup_file.write(
            made, contents, started_at, vigie, {database.name: database, **settings}, _told(progress, "packing")
        )
        with backup_file.opened(made) as backup:
            backup.verify(_told(progress, "checking"))
            manifest = backup.manifest
        size = _publish(made, target)
    return Backup(target, size, manifest, left_out)


def _told(progress: Progress, what: str) -> backup_file.Bytes:
    return lambda done, of: progress(what, done, of)


def _check_target(target: Path, needed: int) -> None:
    if target.exists():
        raise ConflictError(f"{target} is there already", "name another file: a backup is never overwritten")
    if not target.parent.is_dir():
        raise ConfigError(f"there is no folder {target.parent}", "make it, or name another file")
    free = shutil.disk_usage(target.parent).free
    if free < needed:
        raise StorageError(
            f"{target.parent} has {free:,} bytes free, and the copy takes {needed:,} before it is packed",
            "make room, or name a file on another disk",
        )


def _settings(main: Path | None) -> tuple[dict[str, Path], tuple[Path, ...]]:
    """The settings files by the names that they get, and those that lie beside the main one's folder."""
    if main is None:
        return {}, ()
    found, left_out = {MAIN_SETTINGS: main}, []
    for file in Written(main).files[1:]:
        path = file.path.resolve()
        inner = path.relative_to(main.parent.resolve()) if path.is_relative_to(main.parent.resolve()) else None
        name = f"{SETTINGS}{inner.as_posix()}" if inner is not None else ""
        if is_settings_name(name) and name not in found:
            found[name] = path
        else:
            left_out.append(file.path)
    return found, tuple(left_out)


@contextmanager
def _workshop(target: Path) -> Iterator[Path]:
    """A folder beside the target, which nobody else can read and which is gone at the end."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=".vigie-backup-", dir=target.parent))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        hint = "make room" if error.errno == errno.ENOSPC else "check whose the folder is, and its mode"
        raise StorageError(f"{target} cannot be written: {error.strerror or error}", hint) from error


def _publish(made: Path, target: Path) -> int:
    """Give it its name, unless somebody else took that meanwhile; its size."""
    size = made.stat().st_size
    try:
        os.link(made, target)
    except FileExistsError:
        raise ConflictError(f"{target} is there already", "name another file: a backup is never overwritten") from None
    except OSError:  # a file system without links
        made.rename(target)
    descriptor = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return size
