"""Opening the database, and the two kinds of transaction: reading and writing."""

import asyncio
import re
import secrets
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import event, make_url
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import await_only

from news.errors import DatabaseTroubleError, NoArchiveError, StorageError
from news.tally import Tally
from storage.articles import Articles
from storage.caps import Caps
from storage.channels import Channels
from storage.condition import Condition, is_lock, kind_of, place_of, said_of
from storage.dates import Dates
from storage.errors import count_errors
from storage.feedback import FeedbackLog
from storage.feeds import Feeds
from storage.figures import FigureBook
from storage.keys import Keys
from storage.links import Links
from storage.matches import Matches
from storage.migrate import MADE_BY, bring_up_to_date
from storage.outbox import Outbox
from storage.problems import Problems
from storage.pruning import Pruning
from storage.refusals import Refusals
from storage.restored import Restored
from storage.revisions import Revisions
from storage.search import Search
from storage.sending import Sending
from storage.settled import Settled
from storage.sites import Sites
from storage.sources import Sources
from storage.stories import Stories
from storage.subscriptions import Subscriptions
from storage.tellings import Tellings
from storage.threads import Threads
from storage.watches import Watches
from storage.watchlists import Watchlists
from storage.whereabouts import Whereabouts

_BUSY_SECONDS = 30.0
_ASKED_EACH = 0.25  # seconds: so long a thread waits for a lock that others hold, and cannot be called back
_PROBE, _PROBE_BYTES = "probe", 256 * 1024
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
# A server that has vanished without a word is given up after so many seconds, not after the system's two hours.
_PATIENCE = {"connect_timeout": "10", "keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3"}
_STANDBY = ("25006", "0A000")  # PostgreSQL's states where only reading is allowed; the other one of a standby
_EXAMPLES = "for example sqlite:///data/vigie.db or postgresql://vigie@localhost/vigie"


class Transaction:
    """The repositories, all over one connection: what is done through one transaction commits or vanishes together."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.sources = Sources(connection)
        self.feeds = Feeds(connection)
        self.links = Links(connection)
        self.subscriptions = Subscriptions(connection)
        self.caps = Caps(connection)
        self.refusals = Refusals(connection)
        self.sites = Sites(connection)
        self.articles = Articles(connection)
        self.revisions = Revisions(connection)
        self.search = Search(connection)
        self.stories = Stories(connection)
        self.watches = Watches(connection)
        self.matches = Matches(connection)
        self.watchlists = Watchlists(connection)
        self.channels = Channels(connection)
        self.threads = Threads(connection)
        self.tellings = Tellings(connection)
        self.outbox = Outbox(connection)
        self.sending = Sending(connection)
        self.settled = Settled(connection)
        self.feedback = FeedbackLog(connection)
        self.keys = Keys(connection)
        self.restored = Restored(connection)
        self.pruning = Pruning(connection)
        self.dates = Dates(connection)
        self.figures = FigureBook(connection)
        self.problems = Problems(connection)


class Database:
    """One SQLite file or one PostgreSQL database, through the same calls."""

    def __init__(self, reader: AsyncEngine, writer: AsyncEngine) -> None:
        self._condition = Condition(writer.url)
        self._whereabouts = Whereabouts(writer.url)
        event.listen(writer.sync_engine, "connect", lambda *_: self._whereabouts.opened())
        self._reader = reader
        self._writer = writer
        self._listeners: list[Callable[[], None]] = []
        self.errors = Tally()
        count_errors((writer, reader), self.errors)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._writer.dialect.name

    @property
    def trouble(self) -> DatabaseTroubleError | None:
        """What keeps the database from its work, until `probe` has found that nothing does; None where all is well."""
        return self._condition.trouble

    @classmethod
    async def open(cls, url: str, *, upgrades: bool = True, makes: bool = True) -> "Database":
        """Open `sqlite:///path` or `postgresql://…`, and bring its schema up to date.

        Raises StorageError where the database cannot be reached, is none, is newer than this program, or is older and
        must not be upgraded. Without `makes` nothing is made: NoArchiveError where there is no archive yet.
        """
        parsed = parsed_url(url)
        _check_file(parsed, makes=makes)
        database = cls(*_engines(parsed))
        try:
            async with database._writer.connect() as connection:
                await bring_up_to_date(connection, upgrades=upgrades, makes=makes)
        except BaseException as error:
            await database.close()
            if isinstance(error, DatabaseError):
                raise _cannot_open(parsed, error) from error
            raise
        return database

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """A transaction that sees one state of the data and changes nothing. Raises DatabaseTroubleError."""
        self._condition.refuse("moved" if self._whereabouts.is_moved else None)
        with self._condition.noted(is_reading=True):
            async with self._reader.connect() as connection, connection.begin():
                yield Transaction(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """A transaction that commits at the end of the block, or leaves no trace if the block raises.

        Raises DatabaseTroubleError where the database cannot do it now.
        """
        self._condition.refuse("moved" if self._whereabouts.is_moved else None)
        with self._condition.noted():
            async with self._writer.begin() as connection:
                self._condition.refuse(self._whereabouts.displaced())
                transaction = Transaction(connection)
                yield transaction
        if transaction.outbox.has_news:
            for called in self._listeners:
                called()

    async def probe(self) -> None:
        """Write as much as a long article takes, and remove it: then it works again. Raises DatabaseTroubleError."""
        async with self.write() as tx:
            await tx.keys.put(_PROBE, secrets.token_hex(_PROBE_BYTES // 2))  # random: nothing can make it small
        async with self.write() as tx:
            await tx.keys.remove(_PROBE)
        self._condition.is_well()

    def listen(self, called: Callable[[], None]) -> None:
        """Have this called after each commit, made through this object, that leaves something to be sent."""
        self._listeners.append(called)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._reader.dispose()
        await self._writer.dispose()


def parsed_url(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StorageError(f"{_recognisable(url)} is no database URL", _EXAMPLES) from error
    backend = parsed.get_backend_name()
    if backend in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise StorageError(f"{backend} is not supported", f"use SQLite or PostgreSQL, {_EXAMPLES}")
    if not parsed.database or ":memory:" in parsed.database:
        raise StorageError("a database in memory would forget everything", "name a file: sqlite:///data/vigie.db")
    return parsed.set(drivername="sqlite+aiosqlite")


def _recognisable(url: str) -> str:
    """What was given, if it is no more than a path; of anything else what is no password, since this is logged."""
    if re.fullmatch(r"(sqlite:)?[\w./-]*", url):
        return repr(url)
    scheme = re.match(r"[a-z][a-z0-9+]*(?=:)", url)
    return f"{scheme[0]}:…" if scheme else "what is given"


def _engines(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    """Reader and writer: SQLite has one writer at a time, so its writer is one connection and callers queue for it.

    What is written stays out of the messages of errors, which are logged: some of it is secret.
    """
    if url.get_backend_name() == "postgresql":
        url = url.update_query_dict({name: value for name, value in _PATIENCE.items() if name not in url.query})
        writer = create_async_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True)
        _tune_postgresql(writer)
        # The reader shares the writer's connections.
        return writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True), writer
    waiting = {"timeout": _BUSY_SECONDS}
    reader = create_async_engine(url, pool_size=8, max_overflow=8, connect_args=waiting, hide_parameters=True)
    writer = create_async_engine(
        url, pool_size=1, max_overflow=0, pool_timeout=300, connect_args=waiting, hide_parameters=True
    )
    patient = f"busy_timeout={int(_BUSY_SECONDS * 1000)}"
    _tune_sqlite(reader, begin="BEGIN", pragmas=(*_PRAGMAS, "query_only=ON", patient))
    # A write transaction that begins with a read and upgrades later fails at once where another one wrote meanwhile.
    _tune_sqlite(writer, begin="BEGIN IMMEDIATE", pragmas=_PRAGMAS)
    return reader, writer


def _tune_postgresql(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        # In the server's own zone, the first and the last day that Python knows may not be readable.
        cursor = connection.cursor()
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.close()
        connection.commit()

    @event.listens_for(engine.sync_engine, "handle_error")
    def _met(context: ExceptionContext) -> None:
        # After a failover, connections to what is only a standby now are of no use: others are made.
        if getattr(context.original_exception, "sqlstate", None) in _STANDBY:
            context.is_disconnect = True


def _tune_sqlite(engine: AsyncEngine, begin: str, pragmas: Sequence[str]) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own accord
        _set(connection, (f"busy_timeout={int(_ASKED_EACH * 1000)}", *pragmas), time.monotonic() + _BUSY_SECONDS)

    @event.listens_for(engine.sync_engine, "invalidate")
    def _given_up(connection: Any, _record: Any, _error: BaseException | None) -> None:
        # Of a task that is cancelled in a statement, a cursor may live on: closed with it, the connection would keep
        # its transaction, and the file would stay locked. What is too broken for that has told so already.
        with suppress(sqlite3.Error):
            connection.rollback()

    @event.listens_for(engine.sync_engine, "begin")
    def _begun(connection: Any) -> None:
        _begin(connection, begin, time.monotonic() + _BUSY_SECONDS)


def _set(connection: Any, pragmas: Sequence[str], until: float) -> None:
    """Set what a connection works under, and wait for the lock here, as `_begin` does.

    SQLite does not wait by itself where a new file changes to WAL: it reads first, and then wants to write.
    """
    cursor = connection.cursor()
    try:
        for pragma in pragmas:
            while not _is_done(cursor, f"PRAGMA {pragma}", until):
                await_only(asyncio.sleep(_ASKED_EACH / 5))
    finally:
        cursor.close()


def _is_done(cursor: Any, statement: str, until: float) -> bool:
    """Whether it could be done now; False where a lock is in its way that may be waited for."""
    try:
        cursor.execute(statement)
    except sqlite3.Error as error:
        if not is_lock(error) or time.monotonic() >= until:
            raise
        return False
    return True


def _begin(connection: Any, begin: str, until: float) -> None:
    """Begin a transaction, and wait for the lock here and not in a thread, which no stop of the service could end."""
    while True:
        cursor = connection.connection.cursor()
        try:
            cursor.execute(begin)
            return
        except sqlite3.Error as error:
            if not is_lock(error) or time.monotonic() >= until:
                connection.exec_driver_sql(begin)  # once more, so that what it raises is told and counted
                return
        finally:
            cursor.close()
        await_only(asyncio.sleep(_ASKED_EACH / 5))


def _check_file(url: URL, *, makes: bool) -> None:
    """Raises StorageError where SQLite cannot open its file, or would make one.

    The driver would say so too, but its thread goes on for a moment, and complains on standard error if by then the
    event loop of a short command has ended.
    """
    if url.get_backend_name() == "sqlite" and not url.query:
        file = Path(url.database or "")
        if not makes and _holds_nothing(file):
            raise NoArchiveError(f"there is no database at {file} yet", MADE_BY)
        try:
            sqlite3.connect(url.database or "").close()
        except sqlite3.Error as error:
            raise _cannot_open(url, DatabaseError("open", None, error)) from error


def _holds_nothing(file: Path) -> bool:
    """Whether a file is not there, or is empty; of one that cannot be looked at, opening it will tell."""
    try:
        return not file.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False


def _cannot_open(url: URL, error: DatabaseError) -> StorageError:
    kind = kind_of(error)
    if kind in ("full", "locked") or (kind == "failing" and "unable to open" not in str(error.orig)):
        return said_of(url, kind)
    place = place_of(url)
    reason = (str(error.orig).strip() or type(error.orig).__name__).splitlines()[0]
    hint = "check that the server runs and that the user may log in"
    if url.get_backend_name() == "sqlite":
        folder = Path(url.database or "").parent
        hint = f"check that {folder} exists and is writable, and that the file is Vigie's"
        if kind == "damaged":
            hint += "; if it is, restore the last backup: vigie restore FILE --replace"
    return StorageError(f"the database {place} cannot be opened: {reason}", hint)
