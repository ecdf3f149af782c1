"""Whereabouts: whether SQLite's files are still those that were opened.

A file that is deleted, moved or replaced goes on for whoever has it open, and so nothing fails: what is written then
would be found by nobody.
"""

from pathlib import Path
from typing import Literal

from sqlalchemy.engine import URL

Displaced = Literal["moved", "without log"]
_Identity = tuple[int, int] | None


class Whereabouts:
    """The database's file and its log, by what they were when they were opened; nothing where there is no file."""

    def __init__(self, url: URL) -> None:
        is_file = url.get_backend_name() == "sqlite" and not url.query
        self._path = Path(url.database or "").absolute() if is_file else None
        self._file: _Identity = None
        self._log: _Identity = None

    def opened(self) -> None:
        """The connection that writes was made: a new log may begin, but the file has to be the one before."""
        if self._path is not None:
            self._file = self._file or _identity(self._path)
            self._log = None

    @property
    def is_moved(self) -> bool:
        """Whether another file, or none, is where the database's was: who connects would not find it."""
        return self._path is not None and self._file is not None and _identity(self._path) != self._file

    def displaced(self) -> Displaced | None:
        """What is no longer where it was; to be asked within a transaction that writes, by which there is a log."""
        if self._path is None:
            return None
        if self.is_moved:
            return "moved"
        log = _identity(Path(f"{self._path}-wal"))
        self._log = self._log or log
        return "without log" if log != self._log else None


def _identity(path: Path) -> _Identity:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
