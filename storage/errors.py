"""Errors of the database, counted by kind where SQLAlchemy meets them, whoever handles them afterwards."""

from collections.abc import Iterable

from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from news.tally import Tally


def count_errors(engines: Iterable[AsyncEngine], tally: Tally) -> None:
    """Count in `errors`: `locked`, `full` (or not writable), `gone`, `refused` (a key or constraint) or `other`."""

    def met(context: ExceptionContext) -> None:
        tally.add("errors", _kind(context))

    # Of engines that share connections the first hears the others too.
    heard = {id(engine.sync_engine.pool): engine.sync_engine for engine in reversed(list(engines))}
    for engine in heard.values():
        event.listen(engine, "handle_error", met)


def _kind(context: ExceptionContext) -> str:
    error = context.sqlalchemy_exception
    said = str(context.original_exception).lower()
    if context.is_disconnect:
        return "gone"
    if isinstance(error, IntegrityError):
        return "refused"
    if isinstance(error, OperationalError) and "locked" in said:
        return "locked"
    is_full = "disk is full" in said or "no space left" in said or "readonly" in said or "read-only" in said
    return "full" if isinstance(error, DBAPIError) and is_full else "other"
