"""Whose fault an error is: the database's and the machine's, or that of what was to be written."""

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError, StatementError

from news.errors import DatabaseTroubleError

_OF_THE_VALUES = (DataError, IntegrityError, ProgrammingError)
_OF_THEIR_SIZE = "54"  # PostgreSQL's class of states for what is larger than a row, an index or a search entry takes


def is_of_machine(error: BaseException) -> bool:
    """Whether a disk is full, a database gone, or the memory short: then nothing else can be written either."""
    if isinstance(error, DatabaseTroubleError):
        return True
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or not (isinstance(error, _OF_THE_VALUES) or _is_too_large(error))
    if isinstance(error, SQLAlchemyError):
        return not isinstance(error, StatementError)  # a value that could not even be sent
    return isinstance(error, OSError | MemoryError) and not isinstance(error, TimeoutError)


def _is_too_large(error: DBAPIError) -> bool:
    return (getattr(error.orig, "sqlstate", None) or "").startswith(_OF_THEIR_SIZE)
