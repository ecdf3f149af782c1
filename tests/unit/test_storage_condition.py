"""What an error of a driver says of the database: what is the matter with it, or that nothing is."""

import sqlite3

import pytest
from psycopg import OperationalError as NoServer
from psycopg import errors as psycopg_errors
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnection

from storage.condition import kind_of


def _of_sqlite(code: int) -> DBAPIError:
    error = sqlite3.OperationalError("words")
    error.sqlite_errorcode = code
    return OperationalError("INSERT", {}, error)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (_of_sqlite(sqlite3.SQLITE_FULL), "full"),
        (_of_sqlite(sqlite3.SQLITE_IOERR_SHMSIZE), "full"),
        (_of_sqlite(sqlite3.SQLITE_IOERR_WRITE), "failing"),
        (_of_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT), "locked"),
        (_of_sqlite(sqlite3.SQLITE_READONLY_DBMOVED), "read-only"),
        (_of_sqlite(sqlite3.SQLITE_CORRUPT), "damaged"),
        (_of_sqlite(sqlite3.SQLITE_ERROR), None),  # a statement of ours that is wrong
        (OperationalError("INSERT", {}, psycopg_errors.DiskFull("no space")), "full"),
        (OperationalError("INSERT", {}, psycopg_errors.AdminShutdown("bye")), "gone"),
        (OperationalError("INSERT", {}, psycopg_errors.CannotConnectNow("starting up")), "gone"),
        (InternalError("INSERT", {}, psycopg_errors.IdleInTransactionSessionTimeout("bye")), "gone"),
        (InternalError("INSERT", {}, psycopg_errors.ReadOnlySqlTransaction("no")), "read-only"),
        (OperationalError("INSERT", {}, psycopg_errors.TooManyConnections("no")), "busy"),
        (OperationalError("INSERT", {}, NoServer("connection refused")), "gone"),
        (OperationalError("INSERT", {}, psycopg_errors.DeadlockDetected("again")), None),
        (OperationalError("INSERT", {}, psycopg_errors.SerializationFailure("again")), None),
        (ProgrammingError("INSERT", {}, psycopg_errors.UndefinedTable("no")), None),
        (IntegrityError("INSERT", {}, Exception("not unique")), None),
        (NoConnection("no connection became free"), "busy"),
    ],
)
def test_what_is_the_matter_is_known_by_the_drivers_code(error: DBAPIError, kind: str | None) -> None:
    assert kind_of(error) == kind
