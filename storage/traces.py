"""Traces: what shows, where SQLite's file is not, that there was one. To begin anew would then hide an archive.

A disk that was not mounted, a file that was moved, or a variable that was not set, leaves an empty place. So the data
folder keeps in `vigie.where` which file it was last used with; until it does, what lies beside the place tells.
"""

import os
from collections.abc import Iterator
from glob import escape
from pathlib import Path
from shlex import quote

from news.errors import StorageError
from storage.database import parsed_url

_MEMORY = "vigie.where"
_LOGS = ("-wal", "-journal")
_FIND = "mount its disk, or put it back where it was; if it is lost: vigie restore FILE --replace"
_PUT_BACK = "put it back where it was; if it is lost, stop the service and restore the last backup"


def check_there(url: str, folder: Path, *, in_use: bool) -> None:
    """Let no database be made where one should be; `in_use`: a service runs on the data folder.

    Raises StorageError where SQLite's file is not there, and a service has it open or a trace of it is left.
    """
    file = _file(url)
    if file is None or not _is_missing(file):
        return
    missing, known = f"the database {file} is not there", _remembered(folder)
    if known is not None and known != file:
        raise StorageError(
            f"{missing}, and the data folder {folder} was last used with {known}",
            f"name that one, by [database] url or VIGIE_DATABASE__URL; to begin another: touch {quote(str(file))}",
        )
    if in_use:
        raise StorageError(f"{missing}, though a service has it open", _PUT_BACK)
    trace = folder / _MEMORY if known is not None else next(_traces(file), None)
    if trace is not None:
        raise StorageError(f"{missing}, though there was one: {trace} tells of it", f"{_FIND}; {_anew(file)}")


def remember(url: str, folder: Path) -> None:
    """Keep in the data folder which file it is used with, unless it may only be read. Raises StorageError."""
    file, memory = _file(url), folder / _MEMORY
    if file is None or _remembered(folder) == file or not os.access(folder, os.W_OK):
        return
    named = file.relative_to(folder) if file.is_relative_to(folder) else file  # a folder may be moved as a whole
    try:
        memory.write_text(f"{named}\n", encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        hint = "check whose the folder is, and its mode"
        raise StorageError(f"{memory} cannot be written: {error.strerror}", hint) from error


def _file(url: str) -> Path | None:
    """The file that a URL names, links not followed; None for what is no file of ours."""
    parsed = parsed_url(url)
    is_file = parsed.get_backend_name() == "sqlite" and not parsed.query
    return Path(parsed.database or "").absolute() if is_file else None


def _is_missing(file: Path) -> bool:
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:  # whoever opens it will tell
        return False
    return False


def _anew(file: Path) -> str:
    """How to begin anew. Of an empty file SQLite would empty the log, which may hold the last of what is searched."""
    logs = [str(log) for log in _logs(file)]
    return f"to begin anew without it: {f'move {logs[0]} elsewhere, then ' if logs else ''}touch {quote(str(file))}"


def _logs(file: Path) -> list[Path]:
    place = file.resolve()
    return [log for ending in _LOGS if (log := place.with_name(place.name + ending)).exists()]


def _traces(file: Path) -> Iterator[Path]:
    place = file.resolve()
    yield from _logs(file)
    yield from place.parent.glob(f"replaced_*/{escape(place.name)}")
    yield from place.parent.glob("backups/vigie-*.zip")


def _remembered(folder: Path) -> Path | None:
    """The file that was last used; None where none is known."""
    try:
        named = (folder / _MEMORY).read_text(encoding="utf-8", errors="surrogateescape").rstrip("\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        hint = "check whose the folder is, and its mode"
        raise StorageError(f"{folder / _MEMORY} cannot be read: {error.strerror}", hint) from error
    return folder / named if named else None
