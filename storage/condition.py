"""Condition: whether the database does what it is asked; and what is in its way, in words."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from news.errors import DatabaseTroubleError
from news.text import clip
from storage.faults import is_of_machine
from storage.whereabouts import Displaced

Kind = Literal[
    "full", "read-only", "locked", "gone", "refused", "forbidden", "incomplete", "failing", "damaged",
    "short of memory", "busy",
]  # fmt: skip

_OF_SQLITE: dict[int, Kind] = {
    **{3: "read-only", 5: "locked", 6: "locked", 7: "short of memory", 8: "read-only"},
    **{10: "failing", 11: "damaged", 13: "full", 14: "failing", 26: "damaged"},
}
_OF_POSTGRESQL: dict[str, Kind] = {
    **{
        "53100": "full",
        "53200": "short of memory",
        "53300": "busy",
        "25006": "read-only",
        "0A000": "read-only",
        "55P03": "locked",
        "42501": "forbidden",
        "42P01": "incomplete",
        "42703": "incomplete",
        "3F000": "incomplete",
    },
    **{"58": "failing", "XX001": "damaged", "XX002": "damaged", "08": "gone", "57P": "gone", "25P03": "gone"},
}
_PASSING = "40"  # PostgreSQL's class of states for deadlocks and the like: another attempt is all that it takes
_WORDS: tuple[tuple[str, Kind], ...] = (
    ("disk is full", "full"),
    ("no space left", "full"),
    ("read-only", "read-only"),
    ("readonly", "read-only"),
    ("locked", "locked"),
    ("i/o error", "failing"),
    ("unable to open", "failing"),
    ("malformed", "damaged"),
)

# A server that takes no connection says why, but psycopg tells no state of it; in another language all are refusals.
_REFUSED = re.compile(r"FATAL\w*:\s+(.+)")
_REFUSALS: tuple[tuple[str, Kind], ...] = (
    ("too many", "busy"),
    ("connection slots", "busy"),
    ("starting up", "gone"),
    ("shutting down", "gone"),
    ("recovery mode", "gone"),
)
_LONGEST_REASON = 300

_SAID: dict[Kind | Displaced, str] = {
    "full": "its disk is full",
    "read-only": "it can be read, but not written to",
    "locked": "another process holds it locked",
    "gone": "it does not answer, or has ended the connection",
    "refused": "its server takes no connection",
    "forbidden": "its user may not do there what Vigie has to",
    "incomplete": "a table of Vigie's, or a column of one, is not there",
    "failing": "its disk does not do what it is asked (an I/O error)",
    "damaged": "it is damaged",
    "short of memory": "the memory is short",
    "busy": "none of its connections became free",
    "moved": "its file was deleted, moved or replaced while Vigie has it open",
    "without log": "its log, the file whose name ends in -wal, was deleted or replaced while Vigie has it open",
}
_HINTS: dict[Kind | Displaced, str] = {
    "full": "make room where it is kept",
    "read-only": "look whether its disk is mounted read-only and whose the file is, or whether the server is a standby",
    "locked": "end what holds it: another program that has the file open, or a long VACUUM",
    "gone": "look whether the server runs, and what its log says",
    "refused": "mend what it says: the user, the password, the database, or what the server allows",
    "forbidden": "give that user all rights on the schema, its tables and its sequences",
    "incomplete": "look what has changed it; vigie doctor says more, and vigie restore --help brings a backup back",
    "failing": "look at the disk, at its quota, and at what the system's log says",
    "damaged": "stop Vigie and restore the last backup: vigie restore --help",
    "short of memory": "end what takes the memory, or give the machine more",
    "busy": "look what keeps it busy, or let PostgreSQL have more connections",
    "moved": "put it back where it was; if it is lost, stop Vigie and restore the last backup: vigie restore --help",
    "without log": "stop Vigie, which then writes down what the log has, and start it; open the file with nothing else",
}


def kind_of(error: SQLAlchemyError) -> Kind | None:
    """What keeps the database from its work; None where it is no fault of the machine's, or one that passes."""
    if isinstance(error, NoConnectionError):
        return "busy"
    if not isinstance(error, DBAPIError) or not is_of_machine(error):
        return None
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if state:
        known = (kind for beginning, kind in _OF_POSTGRESQL.items() if state.startswith(beginning))
        return next(known, _otherwise(error, state))
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_IOERR_SHMSIZE:
        return "full"  # the file that its processes share could not grow
    if code is not None:
        return _OF_SQLITE.get(code & 0xFF)
    said = str(error.orig).lower()
    return next((kind for words, kind in _WORDS if words in said), _otherwise(error, state))


def is_lock(error: sqlite3.Error) -> bool:
    """Whether SQLite is only held by another connection."""
    return _OF_SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF) == "locked"


def _otherwise(error: DBAPIError, state: str) -> Kind | None:
    """psycopg has no state to tell of a server that went away, or that is not there."""
    if state.startswith(_PASSING):
        return None
    is_psycopg = type(error.orig).__module__.startswith("psycopg")
    if is_psycopg and not state and (reason := refusal_of(error)):
        return next((kind for words, kind in _REFUSALS if words in reason), "refused")
    return "gone" if error.connection_invalidated or (is_psycopg and not state) else None


def refusal_of(error: BaseException) -> str:
    """Why a server takes no connection, in its own words; empty where it did not say."""
    found = _REFUSED.search(str(getattr(error, "orig", "")))
    return clip(found[1].strip(), _LONGEST_REASON) if found else ""


def place_of(url: URL) -> str:
    """Where a database is, as its user knows it; without what may be a password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)


def said_of(url: URL, kind: Kind | Displaced, reason: str = "") -> DatabaseTroubleError:
    """What is the matter, for what reason if there is more to say, and what to do."""
    because = f" ({reason})" if reason else ""
    return DatabaseTroubleError(f"the database {place_of(url)} cannot be used: {_SAID[kind]}{because}", _HINTS[kind])


class Condition:
    """What is in the database's way, from the first error that tells of it until a probe has found it well again."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self.trouble: DatabaseTroubleError | None = None

    @contextmanager
    def noted(self, *, is_reading: bool = False) -> Iterator[None]:
        """Make of what the driver raises an error of ours. Raises DatabaseTroubleError, and faults of ours as they are.

        Who writes where only reading is allowed is such a fault.
        """
        try:
            yield
        except SQLAlchemyError as error:
            kind = kind_of(error)
            if kind is None or (is_reading and kind == "read-only"):
                raise
            self.trouble = said_of(self._url, kind, refusal_of(error) if kind == "refused" else "")
            raise self.trouble from error

    def refuse(self, displaced: Displaced | None) -> None:
        """Raises DatabaseTroubleError where a file is not where it was."""
        if displaced is not None:
            self.trouble = said_of(self._url, displaced)
            raise self.trouble

    def is_well(self) -> None:
        """It does what it is asked again."""
        self.trouble = None
