"""Backups for tests: the places that they go to, on either database, and files made to deceive."""

import json
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from news.clock import ManualClock
from service.backup import Backup, back_up
from service.backup_file import opened
from service.restore import Place, Restoration, Wishes, restore
from tests.databases import PostgreSQL
from tests.samples import NOON


def unseen(_what: str, _done: int, _of: int) -> None:
    """Nobody looks on."""


@dataclass
class Depot:
    """Where backups are kept, and what is needed to make and restore them on one kind of database."""

    folder: Path
    postgresql: PostgreSQL | None = None
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOON))
    _blank: list[str] = field(default_factory=list)

    @property
    def tools(self) -> str:
        """PostgreSQL's programs; none for SQLite."""
        return self.postgresql.tools if self.postgresql else ""

    async def back_up(
        self, url: str, settings: Path | None = None, progress: Callable[[str, int, int], None] = unseen
    ) -> Backup:
        """A backup of the database at a URL."""
        number = len(list(self.folder.glob("*.zip")))
        target = self.folder / f"{number}.zip"
        return await back_up(url, target, settings, "0.1", self.tools, self.clock, progress)

    def place(self, name: str = "restored") -> Place:
        """A folder, and a database that is not there yet, or is there without a table."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        if self.postgresql is None:
            return Place(folder, f"sqlite:///{folder / 'vigie.db'}")
        self._blank.append(self.postgresql.blank())
        return Place(folder, self._blank[-1], self.tools)

    async def restore(self, file: Path, place: Place, **wishes: bool) -> Restoration:
        """Restore a backup in that place."""
        with opened(file) as backup:
            return await restore(backup, place, Wishes(**wishes), self.clock, unseen)

    def close(self) -> None:
        """Delete the databases that were made."""
        for url in self._blank:
            assert self.postgresql is not None
            self.postgresql.drop(url)


def rewritten(file: Path, change: Callable[[dict[str, bytes]], Any]) -> None:
    """Write a backup again with other members; the manifest as it is by then."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def with_manifest(file: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Write a backup again with another manifest."""

    def changed(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        change(manifest)
        members["manifest.json"] = json.dumps(manifest).encode()

    rewritten(file, changed)


def with_entry(file: Path, name: str, content: bytes = b"x", mode: int = stat.S_IFREG) -> None:
    """Add an entry behind the manifest's back."""
    info = zipfile.ZipInfo(name)
    info.external_attr = (mode | 0o644) << 16
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(info, content)
