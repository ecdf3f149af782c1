"""Feedback: what a reader sees behind a signed link, and what is done when the reader says so, once."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from news.article import Article
from news.clock import Clock
from news.errors import ConflictError, NotFoundError, QueryError, VigieError
from news.feedback import Feedback, Ticket, Wish, fingerprint
from news.watch import Watch
from service.change import edit_watch
from service.exclusion import Proposals, proposals, query_without
from service.reader import Reader
from storage import Database, Transaction
from storage.matches import FoundMatch

log = structlog.get_logger()


class LinkUsedError(VigieError):
    """A link that has done what it was good for."""

    def __init__(self, at: datetime | None) -> None:
        super().__init__("this link was used before")
        self.at = at


class LinkGoneError(VigieError):
    """The watch or the article of a link is not there any more."""


class NotProposedError(VigieError):
    """An answer that the page does not offer."""


@dataclass(frozen=True, slots=True)
class Page:
    """What stands behind a link. `is_declared`: the watch is in vigie.toml, and can only be changed there.

    `story_articles` is how many articles the story has, 0 where the article belongs to none.
    """

    wish: Wish
    watch: str
    query: str
    article: Article
    source: str
    is_declared: bool
    proposals: Proposals
    story_articles: int = 0


class FeedbackDesk:
    """Answers those who follow links. To look changes nothing."""

    def __init__(self, database: Database, feedback: Feedback, reader: Reader, clock: Clock) -> None:
        self._database = database
        self._feedback = feedback
        self._reader = reader
        self._clock = clock

    async def look(self, token: str) -> Page:
        """What the link offers.

        Raises BadTokenError, ExpiredTokenError, LinkUsedError or LinkGoneError.
        """
        ticket = self._feedback.ticket(token, self._clock.now())
        async with self._database.read() as tx:
            await _refuse_used(tx, token)
            watch, match = await _meant(tx, ticket)
            story = await tx.stories.place_of(ticket.article_id) if ticket.wish == "mute" else None
            number = story.story_id if story is not None else None
            offered = Proposals(is_found=True)
            if ticket.wish == "not-relevant":
                offered = await proposals(tx, watch, match, self._reader)
            return Page(
                wish=ticket.wish,
                watch=watch.name,
                query=watch.query,
                article=match.stored.article,
                source=match.stored.source,
                is_declared=watch.origin == "file",
                proposals=offered,
                story_articles=(await tx.stories.get(number))[0].articles if number is not None else 0,
            )

    async def exclude(self, token: str, word: str) -> str:
        """Have the watch leave out a word of the article; its new query. Uses the link up.

        Raises what `look` raises, NotProposedError, or ConflictError for a watch that the file declares.
        """
        now = self._clock.now()
        ticket = self._ticket(token, "not-relevant", now)
        async with self._database.read() as tx:  # a language may take seconds to load, and others want to write
            await self._reader.ready((await _meant(tx, ticket))[1].stored.article.language)
        async with self._database.write() as tx:
            await _use(tx, token, now)
            watch, match = await _meant(tx, ticket)
            query = await query_without(tx, watch, match, word, self._reader)
            if query is None:
                raise NotProposedError("this word cannot be left out", "choose one that the page offers")
            try:
                await edit_watch(tx, watch.name, {"query": query}, None)
            except QueryError as error:
                raise ConflictError(f"the query would not be one any more: {error.message}", error.hint) from error
        log.info("watch changed by a reader", watch=watch.name, left_out=word, article=ticket.article_id)
        return query

    async def mute(self, token: str) -> None:
        """Tell no more of the article's story for its watch. Uses the link up.

        Raises what `look` raises, or NotProposedError where the article belongs to no story.
        """
        now = self._clock.now()
        ticket = self._ticket(token, "mute", now)
        async with self._database.write() as tx:
            await _use(tx, token, now)
            watch, _ = await _meant(tx, ticket)
            placing = await tx.stories.place_of(ticket.article_id)
            if placing is None or placing.story_id is None:
                raise NotProposedError("this article belongs to no story")
            await tx.feedback.mute(watch.id, placing.story_id, now)
        log.info("story muted by a reader", watch=watch.name, story=placing.story_id)

    def wish_of(self, token: str) -> Wish:
        """What a link is good for. Raises BadTokenError or ExpiredTokenError."""
        return self._feedback.ticket(token, self._clock.now()).wish

    def _ticket(self, token: str, wish: Wish, now: datetime) -> Ticket:
        ticket = self._feedback.ticket(token, now)
        if ticket.wish != wish:
            raise NotProposedError("this link is good for something else")
        return ticket


async def _refuse_used(tx: Transaction, token: str) -> None:
    used_at = await tx.feedback.used_at(fingerprint(token))
    if used_at is not None:
        raise LinkUsedError(used_at)


async def _use(tx: Transaction, token: str, now: datetime) -> None:
    """Use the link up within the transaction: what fails after it leaves the link as it was."""
    if not await tx.feedback.use(fingerprint(token), now):
        raise LinkUsedError(await tx.feedback.used_at(fingerprint(token)))


async def _meant(tx: Transaction, ticket: Ticket) -> tuple[Watch, FoundMatch]:
    try:
        watch = await tx.watches.get((await tx.watches.by_id(ticket.watch_id)).name)
    except NotFoundError:
        raise LinkGoneError("the watch is not there any more") from None
    match = await tx.matches.of(ticket.watch_id, ticket.article_id)
    if match is None or watch.id != ticket.watch_id:
        raise LinkGoneError("the article is not there any more")
    return watch, match
