"""All watches, ready to be asked: the index in memory, kept in step with the database."""

import structlog

from matching import Document, WatchIndex, parse
from news.article import Span
from news.errors import QueryError
from news.watch import Watch
from storage import Transaction

log = structlog.get_logger()

WatchHit = tuple[Watch, tuple[Span, ...]]


class WatchBoard:
    """Answers which watches want an article. Refreshed within the transaction that asks, so it is never behind."""

    def __init__(self) -> None:
        self._index = WatchIndex()
        self._watches: dict[int, Watch] = {}
        self._version = -1

    async def refresh(self, tx: Transaction) -> None:
        """Take in what has changed since the last time, from whichever process; one small read where nothing has."""
        version = await tx.watches.version()
        if version == self._version:
            return
        present = {watch.id: watch for watch in await tx.watches.all() if not watch.paused}
        for number in self._watches.keys() - present.keys():
            self._index.drop(number)
        for number, watch in present.items():
            known = self._watches.get(number)
            if known is None or known.query != watch.query:
                self._put(watch)
        self._watches = present
        self._version = version

    def _put(self, watch: Watch) -> None:
        try:
            self._index.put(watch.id, parse(watch.query))
        except QueryError as error:  # saved by a version that understood it; the others go on
            self._index.drop(watch.id)
            log.error("watch skipped", watch=watch.name, query=watch.query, error=error.message)

    def wanting(self, read: Document) -> list[WatchHit]:
        """The watches that want the article, with the spans that explain it."""
        found = self._index.match(read)
        return [(self._watches[number], spans) for number, spans in found]
