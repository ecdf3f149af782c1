"""Traces: what shows, where SQLite's file is not, that there was one. To begin anew would then hide an archive.

A disk that was not mounted, or a file that was moved, leaves an empty place. So the data folder keeps which file it was
last used with, in `vigie.where`; what lies beside the place tells the same of folders older than that.
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
_PUT_BACK = "put it back where it was; if it is lost, stop the service and restore the last backup"


def check_there(url: str, folder: Path, *, in_use: bool) -> None:
    """Let no database be made where one should be; `in_use`: a service runs on the data folder.

    Raises StorageError where SQLite's file is not there, and a service has it open or a trace of it is left.
    """
    file = _file(url)
    if file is None or not _is_missing(file):
        return
    if in_use:
        raise StorageError(f"the database {file} is not there, though a service has it open", _PUT_BACK)
    trace = next(_traces(file, folder), None)
    if trace is not None:
        raise StorageError(
            f"the database {file} is not there, though there was one: {trace} tells of it",
            "mount its disk, or put it back where it was; if it is lost: vigie restore FILE --replace; "
            f"to begin anew without it: touch {quote(str(file))}",
        )


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


def _traces(file: Path, folder: Path) -> Iterator[Path]:
    if _remembered(folder) == file:
        yield folder / _MEMORY
    place = file.resolve()
    yield from (log for ending in _LOGS if (log := place.with_name(place.name + ending)).exists())
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
