"""All watches, ready to be asked: the index in memory, kept in step with the database."""

import asyncio
import gc
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import structlog

from matching import Document, Named, WatchIndex, references, resolved
from news.article import Span
from news.errors import QueryError
from news.query import Query
from news.watch import Watch
from service.meaning import understood, used
from storage import Database, Transaction
from storage.watches import Changed

log = structlog.get_logger()

_SLICE = 64  # watches, or words of them: some milliseconds
_SETTLED = 50  # watches a second that are looked at anew
_MANY = 10_000

WatchHit = tuple[Watch, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class _Understood:
    """A watch, its query as it was parsed, and whether that uses other watches."""

    watch: Watch
    query: Query | QueryError
    uses_others: bool

    @classmethod
    def of(cls, watch: Watch, before: "_Understood | None") -> "_Understood":
        if before is not None and before.watch.query == watch.query:
            return replace(before, watch=watch)
        query = understood(watch.query)
        return cls(watch, query, not isinstance(query, QueryError) and bool(references(query)))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked for a watch, or why nothing can be; `own` and `uses` are the trees that it was made of."""

    query: Query | QueryError
    own: Query | QueryError
    uses: Mapping[str, Query] = field(default_factory=dict)

    def holds(self, own: Query | QueryError, named: Named) -> bool:
        """Whether nothing that it was made of has changed; an error is looked into again, since it may be mended."""
        if self.own is not own or isinstance(self.query, QueryError):
            return False
        return all(named.get(name) is tree for name, tree in self.uses.items())


class WatchBoard:
    """Answers which watches want an article. Refreshed within the transaction that asks, so it is never behind.

    Only what has changed is read and looked at, in slices between which others have their turn; who asks meanwhile
    finds each watch whole, as it was or as it is.
    """

    def __init__(self) -> None:
        self._index = WatchIndex()
        self._watches: dict[int, Watch] = {}  # each as it was when the index took it in
        self._understood: dict[int, _Understood] = {}
        self._named: dict[str, Query | QueryError] = {}
        self._asked: dict[int, _Asked] = {}
        self._version = self._told = -1
        self._taking_in = asyncio.Lock()

    async def keep_up(self, database: Database) -> None:
        """Take in what has changed, without an article that waits for it; called every second."""
        async with database.read() as tx:
            await self.refresh(tx)
        if self._version != self._told:
            self._told = self._version
            log.info("watches", asked=len(self._index))
        self._index.settle(_SETTLED)

    async def ready(self, read: Document) -> None:
        """Take the watches' words into the article's language, in slices, if it was never met before."""
        language, lexicon = read.article.language, read.streams[0].lexicon
        while not self._index.prepare(language, lexicon, _SLICE):  # noqa: ASYNC110 (there is no event to wait for)
            await asyncio.sleep(0)

    async def refresh(self, tx: Transaction) -> None:
        """Take in what has changed since the last time, from whichever process; one small read where nothing has."""
        version = await tx.watches.version()
        if version == self._version:
            return
        async with self._taking_in:
            changed = await tx.watches.changed_since(self._version)
            await self._take_in(changed)
            self._version = max(version, changed.version)
        if len(changed.present) > _MANY:
            gc.freeze()  # they stay, and looking through them for garbage would hold everything up again and again

    async def _take_in(self, changed: Changed) -> None:
        await self._understand(changed)
        new = {watch.id for watch in changed.present}
        users = [number for number, known in self._understood.items() if known.uses_others and number not in new]
        for at, number in enumerate(sorted((*new, *users), key=lambda number: self._understood[number].watch.name)):
            self._renew(number)
            if at % _SLICE == _SLICE - 1:
                await asyncio.sleep(0)

    async def _understand(self, changed: Changed) -> None:
        """Parse what is new; paused watches too, for others may use them."""
        for number in (*changed.gone, *(watch.id for watch in changed.present)):
            known = self._understood.get(number)
            if known is not None:  # before any takes its new name, which may have been another's
                self._named.pop(known.watch.name, None)
        for number in changed.gone:
            self._understood.pop(number, None)
            self._drop(number)
        for at, watch in enumerate(changed.present):
            known = self._understood[watch.id] = _Understood.of(watch, self._understood.get(watch.id))
            self._named[watch.name] = known.query
            if at % _SLICE == _SLICE - 1:
                await asyncio.sleep(0)

    def _renew(self, number: int) -> None:
        """Ask from now on what the watch looks for now. Nobody has a turn between, so that it fits what is told."""
        known, before = self._understood[number], self._asked.get(number)
        if known.watch.paused:
            self._drop(number)
            return
        if before is None or not before.holds(known.query, self._named):
            self._put(known, before)
        self._watches[number] = known.watch

    def _drop(self, number: int) -> None:
        self._index.drop(number)
        self._asked.pop(number, None)
        self._watches.pop(number, None)

    def _put(self, known: _Understood, before: _Asked | None) -> None:
        """Ask this from now on; what cannot be asked is told, once, and the others go on."""
        watch = known.watch
        asked = self._asked[watch.id] = self._whole(known)
        if not isinstance(asked.query, QueryError):
            self._index.put(watch.id, asked.query)
            return
        self._index.drop(watch.id)
        told = before.query if before is not None else None
        if not isinstance(told, QueryError) or told.message != asked.query.message:
            error = asked.query
            log.error("watch skipped", watch=watch.name, query=watch.query, error=error.message, hint=error.hint)

    def _whole(self, known: _Understood) -> _Asked:
        if isinstance(known.query, QueryError) or not known.uses_others:
            return _Asked(known.query, known.query)
        try:
            whole = resolved(known.query, self._named, known.watch.name)
            return _Asked(whole, known.query, used(known.query, self._named))
        except QueryError as error:
            return _Asked(error, known.query)

    def wanting(self, read: Document) -> list[WatchHit]:
        """The watches that want the article, with the spans that explain it."""
        found = self._index.match(read)
        return [(self._watches[number], spans) for number, spans in found]
