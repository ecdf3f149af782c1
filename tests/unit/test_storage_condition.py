"""What an error of a driver says of the database: what is the matter with it, or that nothing is."""

import sqlite3

import pytest
from psycopg import OperationalError as NoServer
from psycopg import errors as psycopg_errors
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnection

from storage.condition import kind_of, refusal_of


def _of_sqlite(code: int) -> DBAPIError:
    error = sqlite3.OperationalError("words")
    error.sqlite_errorcode = code
    return OperationalError("INSERT", {}, error)


def _refused(reason: str) -> DBAPIError:
    """What psycopg makes of a server that answers, and takes no connection."""
    return OperationalError(
        "", {}, NoServer(f'connection failed: connection to server at "::1" failed: FATAL:  {reason}')
    )


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
        (ProgrammingError("INSERT", {}, psycopg_errors.SyntaxError("no")), None),
        (ProgrammingError("INSERT", {}, psycopg_errors.UndefinedTable("no")), "incomplete"),
        (ProgrammingError("INSERT", {}, psycopg_errors.UndefinedColumn("no")), "incomplete"),
        (ProgrammingError("INSERT", {}, psycopg_errors.InsufficientPrivilege("no")), "forbidden"),
        (_refused("sorry, too many clients already"), "busy"),
        (_refused("remaining connection slots are reserved for roles with the SUPERUSER attribute"), "busy"),
        (_refused("the database system is starting up"), "gone"),
        (_refused('password authentication failed for user "vigie"'), "refused"),
        (_refused("la base de données « vigie » n'existe pas"), "refused"),
        (IntegrityError("INSERT", {}, Exception("not unique")), None),
        (NoConnection("no connection became free"), "busy"),
    ],
)
def test_what_is_the_matter_is_known_by_the_drivers_code(error: DBAPIError, kind: str | None) -> None:
    assert kind_of(error) == kind


def test_why_a_server_takes_no_connection_is_told_in_its_own_words() -> None:
    assert refusal_of(_refused('role "vigie" is not permitted to log in\nand more')) == (
        'role "vigie" is not permitted to log in'
    )
    assert refusal_of(OperationalError("", {}, NoServer("connection refused"))) == ""
    assert len(refusal_of(_refused("x" * 5_000))) <= 300
