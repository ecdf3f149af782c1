"""Revise: an article is looked at again, and what really changed in it is kept, matched and told."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import structlog

from extraction.memory import without_dropped
from extraction.revision.compare import Change, ChangeKind, compare_among
from matching import search_row
from news import url as urls
from news.article import Article, StoredArticle
from news.clock import Clock
from news.errors import WorkerDiedError
from news.ports import Workers
from news.source import FoundLink, Link
from service.board import WatchBoard, WatchHit
from service.reader import Reader
from service.record import tell, tell_of_change
from service.sameness import tells_another
from storage import Database, Transaction
from storage.links import ListedAgain

log = structlog.get_logger()

_OTHERS = 8  # further articles of the source that tell its template from the text
_REAL: tuple[ChangeKind, ...] = ("headline", "text")


class RevisitRules(Protocol):
    """When articles are looked at again."""

    def next(
        self,
        first_seen_at: datetime,
        visits_so_far: int,
        last_change: ChangeKind | None,
        now: datetime,
        visited_at: datetime | None,
    ) -> datetime | None:
        """When to look again after a look, or after the first sight; None for never."""
        ...

    def put_off(self, first_seen_at: datetime, until: datetime) -> datetime | None:
        """When to look again where a look got nowhere, and counts for nothing; None for never."""
        ...

    def hastened(
        self, listed: Sequence[ListedAgain], lastmods: Sequence[datetime], now: datetime
    ) -> Mapping[int, datetime]:
        """When to look at what a poll says has changed, by the ids of links: those to be looked at sooner than planned.

        `lastmods` are all dates of changes in the poll, `listed` its links that are known.
        """
        ...


class Reviser:
    """Compares what a page says now with what the archive has of it."""

    def __init__(
        self,
        database: Database,
        workers: Workers,
        board: WatchBoard,
        clock: Clock,
        rules: RevisitRules,
        reader: Reader,
    ) -> None:
        self._reader = reader
        self._database = database
        self._workers = workers
        self._board = board
        self._clock = clock
        self._rules = rules

    def first_revisit(self, first_seen_at: datetime) -> datetime | None:
        """When an article that is new is looked at again."""
        return self._rules.next(first_seen_at, 0, None, first_seen_at, None)

    async def listed_again(
        self, tx: Transaction, source_id: int, found: Sequence[FoundLink], now: datetime
    ) -> Sequence[datetime]:
        """Have the articles looked at soon that a poll says have changed; when.

        Goes before the poll's links are kept, for what was said of them before is compared.
        """
        lastmods = [link.modified_at for link in found if link.modified_at is not None]
        if not lastmods:
            return ()
        hastened = self._rules.hastened(await tx.links.listed_again(source_id, found), lastmods, now)
        await tx.links.plan_revisits(hastened)
        return tuple(hastened.values())

    async def seen_again(self, link: Link, now_says: Article) -> None:
        """Keep a real change as a revision; slips of the pen and changes of the page around it are let be."""
        assert link.article_id is not None  # noqa: S101 (a known link has one)
        async with self._database.read() as tx:
            stored = await tx.articles.get(link.article_id)
            is_another = await _is_another(tx, link, stored, now_says)
            others = await tx.articles.latest(_OTHERS + 1, stored.source)
        if is_another:
            log.info("article moved", url=link.url, to=now_says.canonical_url)
            await self.not_seen(link)
            return
        around = [other.article for other in others if other.id != stored.id][:_OTHERS]
        try:
            before = _as_known_by_now(stored.article, now_says)
            change = await self._workers.run(compare_among, before, now_says, around)
        except (TimeoutError, WorkerDiedError, MemoryError) as error:
            log.warning("article not compared", url=link.url, error=str(error) or type(error).__name__)
            await self.not_seen(link)
            return
        is_real = change.kind in _REAL and not change.is_shrunk
        # Here, where nobody waits for us to finish writing.
        await self._board.ready(await self._reader.read(stored.article, stored.source))
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

    async def put_off(self, link: Link, until: datetime) -> None:
        """Nobody got as far as the page, so that this was no look at it."""
        assert link.article_id is not None  # noqa: S101 (a known link has one)
        async with self._database.write() as tx:
            stored = await tx.articles.get(link.article_id)
            await tx.links.plan_revisits({link.id: self._rules.put_off(stored.first_seen_at, until)})

    async def _plan_next(self, tx: Transaction, link: Link, first_seen_at: datetime, change: ChangeKind | None) -> None:
        now = self._clock.now()
        again = self._rules.next(first_seen_at, link.revisits + 1, change, now, now)
        await tx.links.revisited(link.id, again, now)

    async def _revised(self, tx: Transaction, stored: StoredArticle, now_says: Article, change: Change) -> None:
        """The new text in the archive, in the search index, and before the watches."""
        now = self._clock.now()
        revised = replace(stored, article=replace(stored.article, title=now_says.title, text=now_says.text))
        read_before = await self._reader.read(stored.article, stored.source)
        read = await self._reader.read(revised.article, stored.source)
        await self._board.refresh(tx)
        # Nothing is awaited between the two, or a watch that changes meanwhile would seem to want only the new text.
        before, after = self._board.wanting(read_before), self._board.wanting(read)
        number = await tx.revisions.add(stored.id, stored.article, now_says, change.kind, stored.fetched_at, now)
        await tx.search.put(stored.id, search_row(read), stored.source_id)
        await tx.matches.pin(stored.id, number - 1, but=[watch.id for watch, _ in after])
        for watch, spans in after:
            await tx.matches.matched_anew(watch.id, stored.id, spans)
        new = _only_now(before, after)
        await tell(tx, new, revised, now, is_history=False)
        old = [watch for watch, _ in after if watch.id not in {one.id for one, _ in new}]
        await tell_of_change(tx, old, stored.article, revised, number, now)
        log.info(
            "article changed",
            source=stored.source,
            url=stored.article.canonical_url,
            kind=change.kind,
            words_added=change.words_added,
            words_removed=change.words_removed,
            watches=[watch.name for watch, _ in new],
        )


async def _is_another(tx: Transaction, link: Link, stored: StoredArticle, now_says: Article) -> bool:
    """Whether a URL leads to another article by now, or to the same story at another address.

    An address that a page claims is not believed where an article stands there that is evidently another one: some
    sites claim the same for all.
    """
    known = {urls.key(url) for url in (link.url, stored.article.url, stored.article.canonical_url)}
    if urls.key(now_says.canonical_url) in known:
        return False
    if urls.key(now_says.url) not in known or await tx.articles.id_of(now_says.canonical_url) is None:
        return True
    there = (await tx.articles.of(now_says.canonical_url)).article
    return not tells_another(now_says, there)


def _as_known_by_now(before: Article, now_says: Article) -> Article:
    """The article as it would have been read before, had the site been known as well as it is now."""
    return replace(before, text=without_dropped(before.text, now_says.imprint))


def _only_now(before: Sequence[WatchHit], after: Sequence[WatchHit]) -> list[WatchHit]:
    """The watches that want the article as it is, and did not as it was: what it said before was theirs to tell."""
    had_it = {watch.id for watch, _ in before}
    return [hit for hit in after if hit[0].id not in had_it]
