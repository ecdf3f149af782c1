"""Where a command works: the data folder and its settings, and the archive opened there."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cli.folder import SETTINGS_NAME, DataFolder
from cli.output import print_note
from news.clock import Clock, SystemClock
from news.feedback import Feedback
from scheduler.cron import fault_of
from service.check import check_declared
from service.configuration import read
from service.declare import Changes, declare, declare_without_file
from service.furnish import feedback_at
from service.settings import Settings
from storage import Database
from storage.traces import check_there, remember


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command works: the data folder, and the settings file (None where there is none)."""

    folder: DataFolder
    settings_file: Path | None

    @classmethod
    def of(cls, data: Path, config: Path | None) -> "Place":
        """From the options; without --config, `vigie.toml` in the data folder counts if it is there."""
        folder = DataFolder.at(data)
        return cls(folder, config or folder.own_settings_file)

    @classmethod
    def named(cls, data: Path, config: Path | None) -> "Place":
        """The same, of a folder that is not made: for who only reads there."""
        folder = DataFolder(data.resolve())
        return cls(folder, config or folder.own_settings_file)

    @property
    def passes_file_by(self) -> bool:
        """Whether there is no settings file, but one in the current folder that nobody named."""
        return self.settings_file is None and os.path.isfile(SETTINGS_NAME)  # noqa: PTH113 (False where we may not look)

    def settings(self) -> Settings:
        """The settings as they stand now. Raises ConfigError."""
        settings = read(self.settings_file)
        check_declared(settings, self.settings_file, fault_of)
        return settings

    def database_url(self, settings: Settings) -> str:
        """The database that these settings mean here."""
        return settings.database.url or self.folder.database_url

    @property
    def is_free(self) -> bool:
        """Whether no other process's service runs here."""
        return self.folder.is_mine or not self.folder.is_held()


@dataclass(frozen=True, slots=True)
class Archive:
    """An open database with the settings it was opened under."""

    place: Place
    settings: Settings
    database: Database
    clock: Clock
    feedback: Feedback | None = None

    async def declare(self, settings: Settings | None = None) -> Changes:
        """Bring what the file declares into the database.

        Where there is no file only [alerts] is, which the environment may say too, rather than all that a file once
        declared taken away: a command that was not told of the file must not cost a source its history.
        """
        bring = declare if self.place.settings_file is not None else declare_without_file
        async with self.database.write() as tx:
            return await bring(tx, settings or self.settings, self.clock.now())


async def _note_unread_file(archive: Archive) -> None:
    """Tell of a settings file beside the user that this empty archive does not know of."""
    if not archive.place.passes_file_by:
        return
    async with archive.database.read() as tx:
        if await tx.sources.all() or await tx.watches.all():
            return
    print_note(
        f"this archive is empty, and the {SETTINGS_NAME} of the current folder was not read: "
        f"settings are looked for in {archive.place.folder.path}; to read it: --config {SETTINGS_NAME}"
    )


@asynccontextmanager
async def open_archive(
    place: Place, clock: Clock | None = None, *, takes_file_in: bool = True, upgrades: bool = True, makes: bool = True
) -> AsyncIterator[Archive]:
    """The archive, for one command. What the file declares is brought in, unless a running service sees to that.

    An older schema is brought up to date, but not under a service that runs: it knows only the one it began with. Nor
    is a file made under it, or where a trace of one is left: it is somewhere. Raises StorageError for these, and
    NoArchiveError where there is none yet and it is not to be made.
    """
    settings = place.settings()
    is_free = place.is_free
    url = place.database_url(settings)
    check_there(url, place.folder.path, in_use=not is_free)
    database = await Database.open(url, upgrades=upgrades and is_free, makes=makes and is_free)
    async with _furnished(place, settings, database, clock or SystemClock()) as archive:
        if makes and is_free:
            remember(url, place.folder.path)
        if takes_file_in and not place.folder.is_held():
            await archive.declare()
        await _note_unread_file(archive)
        yield archive


@asynccontextmanager
async def passing_archive(place: Place) -> AsyncIterator[Archive]:
    """An archive of what the file declares, gone at the end of the block: for who examines a place that has none."""
    settings = place.settings()
    with TemporaryDirectory(prefix="vigie-") as room:
        database = await Database.open(f"sqlite:///{room}/vigie.db")
        async with _furnished(place, settings, database, SystemClock()) as archive:
            await archive.declare()
            yield archive


@asynccontextmanager
async def _furnished(place: Place, settings: Settings, database: Database, clock: Clock) -> AsyncIterator[Archive]:
    """The archive of an open database, which is closed at the end."""
    try:
        feedback = await feedback_at(database, settings.web.public_url)
        yield Archive(place, settings, database, clock, feedback)
    finally:
        await database.close()
