"""A visit to a source: what it is given, what it reports, and the book in which it writes as it goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from crawler.failure import FetchFailure
from news.article import Article, Page
from news.caps import Bite
from news.errors import VigieError
from news.source import Feed, FoundLink, Link, Source


class SourceMovedError(VigieError):
    """The source was given another URL while it was visited."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What a visit begins with: the source, its feeds, and when the first of its links that wait may be fetched.

    `patterns` is what was learned of its URLs, `rhythm` of when it publishes, both as JSON; None where nothing is.
    """

    source: Source
    feeds: tuple[Feed, ...] = ()
    next_fetch: datetime | None = None
    patterns: Any = None
    rhythm: Any = None


@dataclass(frozen=True, slots=True)
class Poll:
    """What one poll of a feed brought. `feed` carries the new validators, or the error in `last_error`.

    `failure` is why its URL could not be fetched, None where it was; `bites` are the caps that cut the poll short,
    `warning` is why part of it could not be read.
    """

    feed: Feed
    links: tuple[FoundLink, ...] = ()
    is_unchanged: bool = False
    failure: FetchFailure | None = None
    bites: tuple[Bite, ...] = ()
    warning: str = ""


@dataclass(frozen=True, slots=True)
class VisitOutcome:
    """How a visit ended. `error` is empty where at least one feed could be read; `warning` is told but no failure.

    `failure` is the fetch that the error is about, `advice` what the user can do. `is_suspect`: the feeds can be read
    and list nothing. `rediscover`: a feed does not work any more, look for them anew next time. `is_cut_short`: the
    service stops, or the source has moved, and the visit is not over, so the source stays due. `published` has an
    instant for each link that is new; before `not_before` the host wants to be left alone; `bites` are the caps that
    bit. `unchanged` are feeds that had nothing new, not yet written down; `judged` are the URLs of pages, and whether
    they were articles.
    """

    error: str = ""
    advice: str = ""
    failure: FetchFailure | None = None
    warning: str = ""
    is_suspect: bool = False
    published: tuple[datetime, ...] = ()
    not_before: datetime | None = None
    bites: tuple[Bite, ...] = ()
    hints: tuple[Mapping[str, Any], ...] = ()
    unchanged: tuple[Feed, ...] = ()
    judged: tuple[tuple[str, bool], ...] = ()
    rediscover: bool = False
    is_cut_short: bool = False
    polls: int = 0
    pages: int = 0


class VisitBook(Protocol):
    """What a visit asks of the rest of Vigie. Whatever it writes is committed when the call returns.

    Every call raises StorageError where nothing can be kept now: the visit ends, and is made again later.
    """

    def check(self) -> None:
        """To be asked before a fetch: what could not be kept is not fetched. Raises StorageError."""
        ...

    async def discovered(self, source: Source, feeds: Sequence[Feed]) -> list[Feed]:
        """Keep the feeds found, and give them back with their ids. Raises SourceMovedError."""
        ...

    async def polled(self, source: Source, poll: Poll, *, is_last: bool) -> Sequence[FoundLink]:
        """Keep a poll's links and validators together, and give back those that are new to the source.

        `is_last` where the visit polls no further feed. Raises SourceMovedError.
        """
        ...

    async def due_links(self, source: Source, limit: int) -> list[Link]:
        """Links of the source to be fetched now."""
        ...

    async def fetched(self, source: Source, link: Link, page: Page) -> bool | None:
        """Make of the page what it is, and settle the link.

        Whether such a URL leads to articles; None where the page says nothing of that, as a consent wall. Raises
        PageError where our own code broke on this page, which leaves the link as it was.
        """
        ...

    async def listed(self, source: Source, found: FoundLink) -> Link | None:
        """Keep a link that a spider of the user's own brought; None where what it leads to is known already."""
        ...

    async def arrived(self, source: Source, link: Link, article: Article) -> None:
        """Store an article that needs no extraction, and settle the link. Raises PageError."""
        ...

    async def first_run_ended(self, source: Source) -> None:
        """What the spider brings from now on is news."""
        ...

    async def failed(self, link: Link, failure: FetchFailure) -> None:
        """Settle or postpone a link whose fetch failed."""
        ...
