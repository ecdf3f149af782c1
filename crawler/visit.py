"""A visit to a source: what it is given, what it reports, and the book in which it writes as it goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from crawler.failure import FetchFailure
from news.article import Page
from news.source import Feed, FoundLink, Link, Source


@dataclass(frozen=True, slots=True)
class Poll:
    """What one poll of a feed brought. `feed` carries the new validators, or the error in `last_error`."""

    feed: Feed
    links: tuple[FoundLink, ...] = ()
    is_unchanged: bool = False


@dataclass(frozen=True, slots=True)
class VisitOutcome:
    """How a visit ended. `error` is empty where at least one feed could be read; `warning` is told but no failure.

    `rediscover`: the feeds known do not work any more, look for them anew next time. `is_cut_short`: the service stops
    and the visit is not over, so the source stays due.
    """

    error: str = ""
    warning: str = ""
    rediscover: bool = False
    is_cut_short: bool = False
    polls: int = 0
    pages: int = 0


class VisitBook(Protocol):
    """What a visit asks of the rest of Vigie. Whatever it writes is committed when the call returns."""

    async def feeds(self, source: Source) -> list[Feed]:
        """The feeds known of a source; none where they are to be discovered."""
        ...

    async def discovered(self, source: Source, feeds: Sequence[Feed]) -> list[Feed]:
        """Keep the feeds found, and give them back with their ids."""
        ...

    async def polled(self, source: Source, poll: Poll, *, is_last: bool) -> None:
        """Keep a poll's links and validators together; `is_last` where the visit polls no further feed."""
        ...

    async def due_links(self, source: Source, limit: int) -> list[Link]:
        """Links of the source to be fetched now."""
        ...

    async def fetched(self, source: Source, link: Link, page: Page) -> None:
        """Make of the page what it is, and settle the link."""
        ...

    async def failed(self, link: Link, failure: FetchFailure) -> None:
        """Settle or postpone a link whose fetch failed."""
        ...
