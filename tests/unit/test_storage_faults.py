"""Whose fault an error is: the machine's, or that of what was to be written."""

import pytest
from psycopg.errors import DiskFull, InsufficientPrivilege, ProgramLimitExceeded, UndefinedTable
from sqlalchemy.exc import DataError, IntegrityError, InternalError, OperationalError, ProgrammingError, StatementError
from sqlalchemy.exc import TimeoutError as NoConnection

from storage.faults import is_of_machine


@pytest.mark.parametrize(
    ("error", "is_machine"),
    [
        (OSError(28, "No space left on device"), True),
        (MemoryError(), True),
        (OperationalError("INSERT", {}, Exception("database or disk is full")), True),
        (OperationalError("INSERT", {}, DiskFull("could not extend file")), True),
        (InternalError("INSERT", {}, Exception("cannot execute INSERT in a read-only transaction")), True),
        (DataError("INSERT", {}, Exception("server closed"), connection_invalidated=True), True),
        (NoConnection("no connection became free"), True),
        (ProgrammingError("INSERT", {}, InsufficientPrivilege("permission denied for table article")), True),
        (ProgrammingError("INSERT", {}, UndefinedTable("relation does not exist")), True),
        (ProgrammingError("INSERT", {}, Exception("wrong number of bindings")), False),
        (ValueError("a naive datetime"), False),
        (TimeoutError(), False),
        (RecursionError(), False),
        (StatementError("a value", "INSERT", {}, ValueError("a naive datetime")), False),
        (DataError("INSERT", {}, Exception("out of range")), False),
        (IntegrityError("INSERT", {}, Exception("not unique")), False),
        (OperationalError("INSERT", {}, ProgramLimitExceeded("string is too long for tsvector")), False),
    ],
)
def test_what_cannot_be_written_at_all_is_told_from_what_cannot_be_written_of_one_article(
    error: Exception, is_machine: bool
) -> None:
    assert is_of_machine(error) == is_machine
