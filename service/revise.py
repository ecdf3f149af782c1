"""Revise: an article is looked at again, and what really changed in it is kept, matched and told."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from alerting.decide import decide
from extraction.revision.compare import Change, ChangeKind, compare_among
from matching import document
from news.article import Article, StoredArticle
from news.clock import Clock
from news.ports import Workers
from news.source import Link
from service.board import WatchBoard, WatchHit
from service.record import record
from storage import Database, Transaction

log = structlog.get_logger()

NextRevisit = Callable[[datetime, int, ChangeKind | None, datetime, datetime | None], datetime | None]

_OTHERS = 8  # further articles of the source that tell its template from the text
_REAL: tuple[ChangeKind, ...] = ("headline", "text")


class Reviser:
    """Compares what a page says now with what the archive has of it."""

    def __init__(
        self, database: Database, workers: Workers, board: WatchBoard, clock: Clock, next_revisit: NextRevisit
    ) -> None:
        self._database = database
        self._workers = workers
        self._board = board
        self._clock = clock
        self._next_revisit = next_revisit

    def first_revisit(self, first_seen_at: datetime) -> datetime | None:
        """When an article that is new is looked at again."""
        return self._next_revisit(first_seen_at, 0, None, first_seen_at, None)

    async def seen_again(self, link: Link, now_says: Article) -> None:
        """Keep a real change as a revision; slips of the pen and changes of the page around it are let be."""
        assert link.article_id is not None  # noqa: S101 (a known link has one)
        async with self._database.read() as tx:
            stored = await tx.articles.get(link.article_id)
            others = await tx.articles.latest(_OTHERS + 1, stored.source)
        around = [other.article for other in others if other.id != stored.id][:_OTHERS]
        change = await self._workers.run(compare_among, stored.article, now_says, around)
        is_real = change.kind in _REAL and not change.is_shrunk
        async with self._database.write() as tx:
            if is_real:
                await self._revised(tx, stored, now_says, change)
            await self._plan_next(tx, link, stored.first_seen_at, change.kind)

    async def not_seen(self, link: Link) -> None:
        """The page could not be had this time, or is no article any more: what the archive has of it stays."""
        assert link.article_id is not None  # noqa: S101 (a known link has one)
        async with self._database.write() as tx:
            stored = await tx.articles.get(link.article_id)
            await self._plan_next(tx, link, stored.first_seen_at, None)

    async def _plan_next(self, tx: Transaction, link: Link, first_seen_at: datetime, change: ChangeKind | None) -> None:
        now = self._clock.now()
        again = self._next_revisit(first_seen_at, link.revisits + 1, change, now, now)
        await tx.links.revisited(link.id, again)

    async def _revised(self, tx: Transaction, stored: StoredArticle, now_says: Article, change: Change) -> None:
        """The new text in the archive, in the search index, and before the watches."""
        now = self._clock.now()
        await self._board.refresh(tx)
        before = self._board.wanting(document(stored.article, stored.source))
        revised = replace(stored, article=replace(stored.article, title=now_says.title, text=now_says.text))
        read = document(revised.article, stored.source)
        after = self._board.wanting(read)
        number = await tx.revisions.add(stored.id, stored.article, now_says, change.kind, stored.fetched_at, now)
        await tx.search.put(stored.id, *read.search_terms)
        await tx.matches.pin(stored.id, number - 1, but=[watch.id for watch, _ in after])
        for watch, spans in after:
            await tx.matches.matched_anew(watch.id, stored.id, spans)
        new = _only_now(before, after)
        await record(tx, decide(new, revised, await tx.channels.all(), is_history=False, now=now), new)
        log.info(
            "article changed",
            source=stored.source,
            url=stored.article.canonical_url,
            kind=change.kind,
            words_added=change.words_added,
            words_removed=change.words_removed,
            watches=[watch.name for watch, _ in new],
        )


def _only_now(before: Sequence[WatchHit], after: Sequence[WatchHit]) -> list[WatchHit]:
    """The watches that want the article as it is, and did not as it was: what it said before was theirs to tell."""
    had_it = {watch.id for watch, _ in before}
    return [hit for hit in after if hit[0].id not in had_it]
