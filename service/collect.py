"""Collect: what a crawl brings becomes articles, matches and alerts. This is the visit's book."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from crawler.failure import FetchFailure, next_step
from crawler.reading import Reading
from crawler.visit import Poll, SourceMovedError
from matching import Document, search_row
from news import url as urls
from news.article import Article, NoArticle, Page, StoredArticle
from news.clock import Clock
from news.errors import PageError
from news.guidance import Guidance, rules_of
from news.ports import Extractor
from news.rhythm import Rhythm
from news.source import Feed, FoundLink, Link, Source
from news.tally import Tally
from service.blemishes import blemishes, dated_by, published_before
from service.board import WatchBoard
from service.reader import Reader
from service.record import tell
from service.refuse import OF_NO_ARTICLE, Refuser
from service.revise import Reviser
from service.sameness import by_its_own_address, is_one_of, tells_another
from service.site_memory import SiteMemory
from service.stories import StoryDesk
from storage import Database, Transaction
from storage.faults import is_of_machine
from storage.subscriptions import Subscription

log = structlog.get_logger()

_LAG = timedelta(days=3)  # by which the roads of a source may bring an article later than it is dated


class Collector:
    """The book in which visits write; each call is one transaction. `is_sure`: whether the clock is to be believed."""

    def __init__(
        self,
        database: Database,
        extractor: Extractor,
        board: WatchBoard,
        reviser: Reviser,
        clock: Clock,
        reader: Reader,
        tally: Tally | None = None,
        is_sure: Callable[[], bool] = lambda: True,
    ) -> None:
        self._tally = tally or Tally()
        self._database = database
        self._reader = reader
        self._extractor = extractor
        self._clock = clock
        self._board = board
        self._reviser = reviser
        self._refuser = Refuser(database, clock)
        self._memory = SiteMemory(database)
        self._stories = StoryDesk(is_sure=is_sure)

    def check(self) -> None:
        """Raises DatabaseTroubleError while nothing can be kept."""
        if self._database.trouble is not None:
            raise self._database.trouble

    async def warm(self) -> None:
        """Take in the stories of the last days, before the first article waits for it."""
        async with self._database.read() as tx:
            await self._stories.warm(tx, self._clock.now())

    async def discovered(self, source: Source, feeds: Sequence[Feed]) -> list[Feed]:
        """Keep what discovery found. Raises SourceMovedError."""
        async with self._database.write() as tx:
            await _check_url(tx, source)
            await tx.feeds.replace(source.id, feeds)
            await tx.sources.change(source.id, discovered_at=self._clock.now())
            kept = await tx.feeds.of(source.id)
        log.info("feeds found", source=source.name, feeds=[feed.url for feed in kept])
        return kept

    async def polled(self, source: Source, poll: Poll, *, is_last: bool) -> Sequence[FoundLink]:
        """Keep a poll's links together with its validators: a later 304 can then lose nothing.

        Raises SourceMovedError.
        """
        now = self._clock.now()
        async with self._database.write() as tx:
            await _check_url(tx, source)
            await self._reviser.listed_again(tx, source.id, poll.links, now)
            new = await self._keep_links(tx, source, poll, now)
            await tx.feeds.polled(poll.feed, now)
            if is_last and source.watched_since is None and await _was_read(tx, source):
                await tx.sources.change(source.id, watched_since=now)
        if poll.feed.last_error:
            log.warning("poll failed", source=source.name, feed=poll.feed.url, error=poll.feed.last_error)
        return new

    async def pushed(self, subscription: Subscription, reading: Reading) -> Sequence[FoundLink]:
        """Keep the links that a hub brought, by the same rules, and have the source visited at once if any is new.

        It is visited for articles that have changed too, when they may be looked at again. The feed's validators, and
        when it was last polled, stay as they are. A push without links only says that the feed is worth a look.
        """
        now = self._clock.now()
        async with self._database.write() as tx:
            feed = {feed.id: feed for feed in await tx.feeds.of(subscription.source_id)}.get(subscription.feed_id)
            source = await tx.sources.by_id(subscription.source_id)
            if feed is None or source.paused:
                return []
            changed = await self._reviser.listed_again(tx, source.id, reading.links, now)
            new = await self._keep_links(tx, source, Poll(feed, reading.links), now)
            await tx.subscriptions.pushed(subscription.id, now)
            if new:
                await _learn_of(tx, source, new, now)
            wanted = [now] if new or not reading.links else changed
            if wanted:
                await tx.sources.hasten([source.id], min(wanted))
        return new

    async def _keep_links(self, tx: Transaction, source: Source, poll: Poll, now: datetime) -> list[FoundLink]:
        old: list[FoundLink] = []
        new: list[FoundLink] = []
        for link in poll.links:
            (old if _is_history(source, poll.feed, link.published_at) else new).append(link)
        road = poll.feed.road
        return [
            *await tx.links.add_unknown(source.id, road, old, is_history=True, now=now),
            *await tx.links.add_unknown(source.id, road, new, is_history=False, now=now),
        ]

    async def listed(self, source: Source, found: FoundLink) -> Link | None:
        """Keep a link that a spider brought. What it finds before its first run has ended was there before."""
        is_history = source.watched_since is None and not source.alert_history
        async with self._database.write() as tx:
            await tx.links.add_unknown(source.id, "spider", [found], is_history=is_history, now=self._clock.now())
            links = [link for link in await tx.links.with_url(found.url) if link.source_id == source.id]
        return next((link for link in links if link.state == "pending"), None)

    async def arrived(self, source: Source, link: Link, article: Article) -> None:
        """Store an article that a spider brought as it stands. Raises as `fetched` does."""
        with _blamed(source, link):
            await self._keep_article(source, link, article, self._clock.now())

    async def first_run_ended(self, source: Source) -> None:
        """What the source's spider brings from now on is news."""
        async with self._database.write() as tx:
            if not await tx.sources.changed([source]):
                await tx.sources.change(source.id, watched_since=self._clock.now())

    async def due_links(self, source: Source, limit: int) -> list[Link]:
        """Links to be fetched now, then articles to be looked at again.

        A link whose article another source has brought, or which is kept no more, is settled without a fetch.
        """
        now = self._clock.now()
        while True:
            async with self._database.read() as tx:
                links = await tx.links.due(source.id, now, limit)
                await self._memory.refresh(tx, source)
                if not links:
                    return await tx.links.due_revisits(source.id, now, limit)
                known = {link.id: await tx.articles.id_of(link.url) for link in links}
                pruned = await tx.links.pruned([urls.key(link.url) for link in links])
            if not any(known.values()) and not pruned:
                return links
            async with self._database.write() as tx:
                for link in links:
                    article_id = known[link.id]
                    if article_id is not None:
                        await self._meet(tx, link, article_id, now)
                    elif urls.key(link.url) in pruned:
                        await tx.links.settle(link.id, "fetched", now)

    async def failed(self, link: Link, failure: FetchFailure) -> None:
        """Try again later, or give the link up, as `crawler.failure` decides."""
        now = self._clock.now()
        self._tally.add("pages", failure.kind)
        step = next_step(failure, link.attempts + 1, now)
        if link.is_known:
            if step.retry_at is None or step.counts:
                await self._reviser.not_seen(link)
            else:
                await self._reviser.put_off(link, step.retry_at)
            return
        async with self._database.write() as tx:
            if step.retry_at is not None:
                await tx.links.postpone(link.id, step.retry_at, failure.message, counts=step.counts)
            else:
                await tx.links.settle(link.id, step.state, now, error=failure.message)
        again = step.retry_at.isoformat() if step.retry_at else None
        log.warning("page failed", url=link.url, error=failure.message, state=step.state, next_try=again)

    async def fetched(self, source: Source, link: Link, page: Page) -> bool | None:
        """Extract the page; store what it is, or why it is nothing. Whether such URLs lead to articles, if it tells.

        Raises PageError where the page broke our code, and what the machine raises if it can store nothing at all.
        """
        self._tally.add("pages", "ok")
        with _blamed(source, link):
            return await self._taken_in(source, link, page)

    async def _taken_in(self, source: Source, link: Link, page: Page) -> bool | None:
        fetched_at = self._clock.now()
        extracted = await self._extractor.extract(page, await self._guidance(source))
        if link.is_known:
            await self._seen_again(link, extracted)
            return None
        if isinstance(extracted, NoArticle):
            is_settled = await self._refuser.refuse(link, extracted)
            return False if is_settled and extracted.reason in OF_NO_ARTICLE else None
        await self._keep_article(source, link, extracted, fetched_at)
        return True

    async def _guidance(self, source: Source) -> Guidance:
        return Guidance(rules_of(source.rules), await self._memory.of(source))

    async def _keep_article(self, source: Source, link: Link, article: Article, fetched_at: datetime) -> None:
        read = await self._reader.read(dated_by(article, fetched_at), source.name)
        await self._board.ready(read)
        async with self._database.write() as tx:
            outcome = await self._store(tx, source, link, read, fetched_at)
        log.info("article", source=source.name, url=article.canonical_url, title=article.title, **outcome)

    async def _seen_again(self, link: Link, extracted: Article | NoArticle) -> None:
        if isinstance(extracted, NoArticle):
            await self._reviser.not_seen(link)
        else:
            await self._reviser.seen_again(link, extracted)

    async def _store(
        self, tx: Transaction, source: Source, link: Link, read: Document, fetched_at: datetime
    ) -> dict[str, Any]:
        """Article, link, matches and outbox rows, all in the caller's transaction; what came of it, for the log."""
        article = read.article
        now = self._clock.now()
        pruned = await tx.links.pruned([urls.key(article.url), urls.key(article.canonical_url)])
        if is_one_of(article, pruned):
            await tx.links.settle(link.id, "fetched", now)
            return {"outcome": "pruned before"}
        article = by_its_own_address(article) if pruned else article
        number = await tx.articles.add(article, source.id, fetched_at, now)
        if number is None:
            known = await tx.articles.of(article.canonical_url)
            if not _is_another(article, known.article):
                await self._meet(tx, link, known.id, now)
                return {"outcome": "known"}
            # The site gives one canonical address to several articles: its claim is worth nothing.
            article = by_its_own_address(article)
            number = await tx.articles.add(article, source.id, fetched_at, now)
            if number is None:
                await self._meet(tx, link, (await tx.articles.of(article.url)).id, now)
                return {"outcome": "known"}
        await tx.search.add(number, search_row(read), source.id)
        await tx.caps.bit(source.id, blemishes(article), now)
        await self._memory.learn(tx, source, article, now)
        await self._refuser.trust(tx, source)
        stored = StoredArticle(number, source.id, source.name, article, fetched_at, now)
        story_id, place = await self._stories.place(tx, stored, read, now)
        is_history = link.is_history or _was_there_before(source, link, article)
        watches = await self._decide(tx, stored, replace(read, article=article), now, is_history=is_history)
        again = None if is_history or link.road == "spider" else self._reviser.first_revisit(now)
        await tx.links.settle(link.id, "fetched", now, article_id=number, revisit_at=again)
        found = {"outcome": "history" if is_history else "new", "watches": watches, "story": story_id}
        return found if place.copy_of is None else {**found, "copy_of": place.copy_of}

    async def _meet(self, tx: Transaction, link: Link, article_id: int, now: datetime) -> None:
        """Settle a link whose article is in the archive.

        Where it is news to this source, and only ever was history to others, it is told now: a source that was added
        between its publication and this poll must not have swallowed it.
        """
        if not link.is_history and not await tx.links.brought_news(article_id):
            stored = await tx.articles.get(article_id)
            read = await self._reader.read(stored.article, stored.source)
            watches = await self._decide(tx, stored, read, now, is_history=False)
            log.info("article", source=stored.source, url=stored.article.canonical_url, outcome="news", watches=watches)
        await tx.links.settle(link.id, "fetched", now, article_id=article_id)

    async def _decide(
        self, tx: Transaction, stored: StoredArticle, read: Document, now: datetime, *, is_history: bool
    ) -> list[str]:
        """Write down the matches and alerts of an article; the names of the watches that want it."""
        await self._board.refresh(tx)
        hits = self._board.wanting(read)
        await tell(tx, hits, stored, now, is_history=is_history)
        return [watch.name for watch, _ in hits]


@contextmanager
def _blamed(source: Source, link: Link) -> Iterator[None]:
    """Make of what breaks our code a PageError, unless it is the machine's fault."""
    try:
        yield
    except Exception as error:
        if is_of_machine(error):
            raise
        log.exception("page broke", source=source.name, url=link.url)
        raise PageError(f"a fault of Vigie's: {type(error).__name__}: {error}") from error


def _is_another(article: Article, known: Article) -> bool:
    """Whether two pages that claim one address are different articles: another page, which tells something else."""
    return urls.key(article.url) != urls.key(known.url) and tells_another(article, known)


def _is_history(source: Source, feed: Feed, published_at: datetime | None) -> bool:
    """Whether a link was there before we watched, so that nobody is to be told of it.

    All that the first visit finds is; so is what a feed that was found later lists at first, unless it is so recent
    that the other roads may not have brought it yet.
    """
    if source.alert_history:
        return False
    if source.watched_since is None:
        return True
    if feed.last_success_at is not None:
        return False
    seen_until = source.last_success_at - _LAG if source.last_success_at is not None else source.watched_since
    return published_at is None or published_at <= max(source.watched_since, seen_until)


def _was_there_before(source: Source, link: Link, article: Article) -> bool:
    """Whether the page itself says that it is older than our watching.

    Section pages show old articles again, and any touch puts them into a sitemap; what a feed lists is believed to be
    new, whatever date it bears. A date that was only guessed from its words is not the page's own.
    """
    if source.alert_history or link.road == "feed" or source.watched_since is None:
        return False
    return published_before(article, source.watched_since)


async def _learn_of(tx: Transaction, source: Source, new: Sequence[FoundLink], now: datetime) -> None:
    """What was pushed will be no news to the next visit, and must not look like silence."""
    published = [link.published_at or now for link in new]
    rhythm, _ = (await tx.sources.learned([source.id]))[source.id]
    stored = await tx.sources.by_id(source.id)  # only now that the row is ours: a visit may have ended meanwhile
    past = [instant for instant in published if instant <= now]
    latest = max([*past, *filter(None, [stored.last_news_at])], default=None)
    learned = Rhythm.from_json(rhythm).resumed(now).after(published, now).as_json()
    await tx.sources.change(source.id, rhythm=learned, last_news_at=latest)


async def _check_url(tx: Transaction, source: Source) -> None:
    """What a visit brings from where the source was is none of it any more. Raises SourceMovedError."""
    if await tx.sources.moved({source.id: source.url}):
        raise SourceMovedError(f"the source {source.name!r} is no longer at {source.url}")


async def _was_read(tx: Transaction, source: Source) -> bool:
    return any(feed.last_success_at is not None for feed in await tx.feeds.of(source.id))
