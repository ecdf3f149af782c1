"""Errors of the database, counted by kind where SQLAlchemy meets them, whoever handles them afterwards."""

from collections.abc import Iterable

from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from news.tally import Tally
from storage.condition import Kind, kind_of

_COUNTED: dict[Kind, str] = {
    "full": "full",
    "read-only": "full",
    "locked": "locked",
    "gone": "gone",
    "refused": "gone",
}


def count_errors(engines: Iterable[AsyncEngine], tally: Tally) -> None:
    """Count in `errors`: `locked`, `full` (or not writable), `gone`, `refused` (a key or constraint) or `other`."""

    def met(context: ExceptionContext) -> None:
        tally.add("errors", _counted_as(context))

    # Of engines that share connections the first hears the others too.
    heard = {id(engine.sync_engine.pool): engine.sync_engine for engine in reversed(list(engines))}
    for engine in heard.values():
        event.listen(engine, "handle_error", met)


def _counted_as(context: ExceptionContext) -> str:
    error = context.sqlalchemy_exception
    if isinstance(error, IntegrityError):
        return "refused"
    kind = kind_of(error) if error is not None else None
    if kind is None and context.is_disconnect:
        kind = "gone"
    return _COUNTED.get(kind, "other") if kind is not None else "other"
