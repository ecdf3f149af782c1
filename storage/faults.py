"""Whose fault an error is: the database's and the machine's, or that of what was to be written."""

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError, StatementError

from news.errors import DatabaseTroubleError

_OF_THE_VALUES = (DataError, IntegrityError, ProgrammingError)
# PostgreSQL's states where nothing can be written whatever it is: no right, no table, no column, no schema.
_OF_THE_DATABASE = ("42501", "42P01", "42703", "3F000")
_OF_THEIR_SIZE = "54"  # PostgreSQL's class of states for what is larger than a row, an index or a search entry takes


def is_of_machine(error: BaseException) -> bool:
    """Whether a disk is full, a database gone, or the memory short: then nothing else can be written either."""
    if isinstance(error, DatabaseTroubleError):
        return True
    if isinstance(error, DBAPIError):
        if error.connection_invalidated or _state(error) in _OF_THE_DATABASE:
            return True
        return not (isinstance(error, _OF_THE_VALUES) or _state(error).startswith(_OF_THEIR_SIZE))
    if isinstance(error, SQLAlchemyError):
        return not isinstance(error, StatementError)  # a value that could not even be sent
    return isinstance(error, OSError | MemoryError) and not isinstance(error, TimeoutError)


def _state(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""
