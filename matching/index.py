"""The index of watches: which of them want this article."""

from matching.anchor import Anchor, anchors
from matching.document import Document
from matching.evaluate import spans
from news.article import Span
from news.query import Query


class WatchIndex:
    """All watches' queries, ready to be asked of one article after another. Watches come and go at any time.

    A query is evaluated only where the article holds one of its anchors; those without anchors always are.
    """

    def __init__(self) -> None:
        self._queries: dict[int, Query] = {}
        self._anchors: dict[int, frozenset[Anchor] | None] = {}
        self._by_anchor: dict[Anchor, set[int]] = {}
        self._without_anchor: set[int] = set()

    def __len__(self) -> int:
        return len(self._queries)

    def put(self, watch_id: int, query: Query) -> None:
        """Add a watch, or give it another query."""
        self.drop(watch_id)
        self._queries[watch_id] = query
        needed = self._anchors[watch_id] = anchors(query)
        if needed is None:
            self._without_anchor.add(watch_id)
        for anchor in needed or ():
            self._by_anchor.setdefault(anchor, set()).add(watch_id)

    def drop(self, watch_id: int) -> None:
        """Forget a watch; one that is not there is no error, since two of us may drop it."""
        if self._queries.pop(watch_id, None) is None:
            return
        self._without_anchor.discard(watch_id)
        for anchor in self._anchors.pop(watch_id) or ():
            watches = self._by_anchor[anchor]
            watches.discard(watch_id)
            if not watches:
                del self._by_anchor[anchor]

    def match(self, document: Document) -> list[tuple[int, tuple[Span, ...]]]:
        """The watches that want the article, by rising id, each with the spans that explain it."""
        candidates = set(self._without_anchor)
        for anchor, watches in self._by_anchor.items():
            if not watches <= candidates and anchor.is_in(document):
                candidates |= watches
        found = [(watch_id, spans(self._queries[watch_id], document)) for watch_id in sorted(candidates)]
        return [(watch_id, hits) for watch_id, hits in found if hits is not None]
