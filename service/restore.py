"""Restore: a backup in the place of what is there, once all of it was read; what was there is kept beside it."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from news.clock import Clock
from news.errors import BackupError, ConfigError, ConflictError, StorageError
from service.backup_file import BackupFile
from service.manifest import SETTINGS, Manifest, Member
from storage import Database
from storage.contents import Progress, compare
from storage.copies import engine_at, examine_copy, folder_of, is_taken, name_of, placed
from storage.migrate import known_schemas
from storage.modes import take_after

_NOT_EMPTY = "--replace moves what is there aside, or name another folder with --data"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a backup goes: the data folder, its database, and where PostgreSQL's programs are if it is one."""

    folder: Path
    url: str
    tools: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to happen: with what is in the place, with the settings, and with what waits to be told."""

    replace: bool = False
    settings: bool = True
    as_told: bool = False


@dataclass(frozen=True, slots=True)
class Restoration:
    """What was restored. `aside` names where that went which was there before, empty if nothing was.

    `telling` are sources that alert on whatever they list, though what waits was to count as told.
    """

    url: str
    manifest: Manifest
    settings: tuple[Path, ...]
    aside: str
    counted_as_told: int
    telling: tuple[str, ...] = ()


async def restore(backup: BackupFile, place: Place, wishes: Wishes, clock: Clock, progress: Progress) -> Restoration:
    """Put a backup in its place, brought to today's schema, without anybody's leases.

    The data folder must be held by the caller. Raises ConflictError where something is there and `replace` was not
    said, BackupError where the backup is damaged or does not fit, StorageError where the database refuses.
    """
    now = clock.now()
    aside = f"replaced_{now:%Y%m%d_%H%M%S}"
    beside = folder_of(place.url) or place.folder
    if (place.folder / aside).exists() or (beside / aside).exists():
        raise ConflictError(f"there is {aside} already, of another restoration", "try again in a second")
    files = _settings_files(backup, place.folder) if wishes.settings else {}
    await _check_fit(backup.manifest, place)
    is_there = await is_taken(place.url)
    in_the_way = [path for path in files.values() if path.exists()]
    if not wishes.replace and (is_there or in_the_way):
        what = str(in_the_way[0]) if in_the_way else name_of(place.url)
        raise ConflictError(f"there is {what} already", _NOT_EMPTY)
    with _workshop(beside) as room, _workshop(place.folder) as folder:
        copy = await _checked_copy(backup, room, place, progress)
        staged = [(_extracted(backup, member, folder), path) for member, path in files.items()]
        progress("placing", 0, 0)
        with _putting(staged, place.folder, aside) as put:
            async with placed(place.url, copy, backup.manifest.contents, aside, place.tools) as url:
                told, telling = await _taken_over(url, wishes, now)
                put()
    kept = aside if is_there or in_the_way else ""
    return Restoration(place.url, backup.manifest, tuple(files.values()), kept, told, telling)


async def check(backup: BackupFile, folder: Path, tools: str, progress: Progress) -> Manifest:
    """Read all of a backup, without putting it anywhere. Raises BackupError or StorageError if something is amiss.

    It is unpacked where it would go, and so on the disk that has to have room for it; no folder is made for that.
    """
    there = next(one for one in (folder, *folder.parents) if one.is_dir())
    with _workshop(there) as room:
        await _checked_copy(backup, room, Place(folder, "", tools), progress)
        for member in backup.manifest.settings:
            _extracted(backup, member, room)
    return backup.manifest


async def _check_fit(manifest: Manifest, place: Place) -> None:
    engine = engine_at(place.url)
    if manifest.contents.engine != engine:
        names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
        raise BackupError(
            f"the backup is of {names[manifest.contents.engine]}, and the settings name {names[engine]}",
            "let [database] url, or VIGIE_DATABASE__URL, name a database of the same kind",
        )


async def _checked_copy(backup: BackupFile, folder: Path, place: Place, progress: Progress) -> Path:
    """The database's copy in a folder, read from end to end and found to be what the manifest says."""
    manifest = backup.manifest
    schema = manifest.contents.schema
    if schema not in known_schemas():
        raise BackupError(
            f"the backup has schema {schema}, which this version of Vigie does not know",
            f"it was made by Vigie {manifest.vigie}: install that version, or a newer one",
        )
    copy = folder / manifest.database.name
    backup.extract(manifest.database, copy, lambda done, of: progress("unpacking", done, of))
    progress("checking", 0, 0)
    try:
        compare(await examine_copy(copy, manifest.contents, place.tools), manifest.contents)
    except StorageError as error:
        raise BackupError(f"the backup is damaged: {error.message}", error.hint or "take another backup") from error
    return copy


async def _taken_over(url: str, wishes: Wishes, now: datetime) -> tuple[int, tuple[str, ...]]:
    """Today's schema, no leases, and new numbers; how much counts as told that waited, and who tells all the same."""
    database = await Database.open(url)
    try:
        async with database.write() as tx:
            await tx.restored.free_leases()
            await tx.restored.skip_numbers()
            if not wishes.as_told:
                return 0, ()
            return await tx.restored.count_as_told(now), tuple(await tx.restored.alerting_on_history())
    finally:
        await database.close()


def _settings_files(backup: BackupFile, folder: Path) -> dict[Member, Path]:
    """Where each settings file goes: always below the data folder. Raises BackupError where a link leads out of it."""
    found = {}
    for member in backup.manifest.settings:
        path = folder / member.name.removeprefix(SETTINGS)
        if path.is_symlink() or not path.parent.resolve().is_relative_to(folder.resolve()):
            raise BackupError(f"{path} leads out of the data folder", "take the link away, or leave out the settings")
        found[member] = path
    return found


def _extracted(backup: BackupFile, member: Member, folder: Path) -> Path:
    path = folder / f"settings-{len(list(folder.iterdir()))}"
    backup.extract(member, path, lambda done, of: None)
    return path


@contextmanager
def _putting(staged: Sequence[tuple[Path, Path]], folder: Path, aside: str) -> Iterator[Callable[[], None]]:
    """What puts files in their places, those that are there aside; and all back, if the block raises."""
    moved: list[tuple[Path, Path]] = []

    def move(source: Path, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        source.rename(path)
        moved.append((source, path))

    def put() -> None:
        for source, path in staged:
            path.parent.mkdir(parents=True, exist_ok=True)
            take_after(source, path)
            if path.exists():
                move(path, folder / aside / path.relative_to(folder))
            move(source, path)

    try:
        yield put
    except BaseException:
        for source, path in reversed(moved):
            path.rename(source)
        _cleared(folder / aside)
        raise


def _cleared(folder: Path) -> None:
    """Remove a folder in which there is nothing but empty folders."""
    with suppress(OSError):
        for inner in folder.iterdir():
            _cleared(inner)
        folder.rmdir()


@contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """A folder within another, which nobody else can read and which is gone at the end."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(prefix=".vigie-restore-", dir=folder))
        try:
            yield room
        finally:
            shutil.rmtree(room, ignore_errors=True)
    except OSError as error:
        raise ConfigError(
            f"{folder} cannot be written: {error.strerror or error}", "make room, or check whose it is"
        ) from error
