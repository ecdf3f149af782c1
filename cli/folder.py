"""The data folder: one place for all that Vigie keeps, held by one service at a time."""

import fcntl
import os
import socket
import uuid
from pathlib import Path
from typing import IO, Self

from news.errors import ConfigError, ConflictError

SETTINGS_NAME = "vigie.toml"


class DataFolder:
    """A folder with the database, the settings and the lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._held: IO[str] | None = None

    @classmethod
    def at(cls, path: Path) -> Self:
        """The folder at a path, made if it is not there. Raises ConfigError if it cannot be."""
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"the data folder {path} cannot be made: {error.strerror}", "name another with --data or VIGIE_DATA"
            ) from error
        return cls(path.resolve())

    @property
    def settings_file(self) -> Path:
        """Where vigie.toml is looked for unless --config names another."""
        return self.path / SETTINGS_NAME

    @property
    def own_settings_file(self) -> Path | None:
        """That file, if there is something of its name: a link that leads nowhere is for whoever reads it to tell."""
        return self.settings_file if os.path.lexists(self.settings_file) else None

    @property
    def database_url(self) -> str:
        """The database unless [database] names another."""
        return f"sqlite:///{self.path / 'vigie.db'}"

    @property
    def _lock_file(self) -> Path:
        return self.path / "vigie.lock"

    def hold(self) -> None:
        """Take the folder for this process, until it ends. Raises ConflictError if another service has it."""
        try:
            lock = self._lock_file.open("a+", encoding="utf-8")
        except OSError as error:
            raise ConfigError(
                f"the data folder {self.path} cannot be written to: {error.strerror}", "check whose it is, and its mode"
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip()
            lock.close()
            raise ConflictError(
                f"another Vigie is running on {self.path} (process {holder})",
                "stop it first, or give this one another folder with --data",
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._held = lock

    @property
    def is_mine(self) -> bool:
        """Whether this process holds it."""
        return self._held is not None

    def is_held(self) -> bool:
        """Whether a service runs on this folder. Raises ConfigError where that cannot be seen."""
        try:
            with self._lock_file.open("r", encoding="utf-8") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return False
        except BlockingIOError:
            return True
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise ConfigError(
                f"the data folder {self.path} cannot be looked into: {error.strerror}",
                "run Vigie as the user whose it is, or name another with --data",
            ) from error

    def let_go(self) -> None:
        """Give the folder back."""
        if self._held is not None:
            self._held.close()
            self._held = None


def process_name() -> str:
    """A name for this process in leases: host, process id, and something that no later process shares."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
