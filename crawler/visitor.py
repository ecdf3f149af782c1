"""The visitor: makes a visit, from the polls of a source's feeds to its last page.

Polls are fetched inline, a millisecond of CPU each, because most of them bring nothing. What they do bring is handed
to the spider.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol
from urllib.parse import urlsplit

from crawler.advice import NOTHING_LISTED, TRY_ANOTHER, advice
from crawler.budget import within_budget
from crawler.discovery import Discovery
from crawler.failure import FetchFailure
from crawler.hindrance import without_access, without_browser
from crawler.openvisit import OpenVisit
from crawler.outcome import outcome_of
from crawler.patterns import Patterns
from crawler.polling import Poller
from crawler.rendering import fetcher_for, trouble_of
from crawler.renewal import is_renewal_due
from crawler.spiders.news import NewsSpider
from crawler.survey import feeds_due
from crawler.visit import Brief, Poll, SourceMovedError, VisitOutcome
from news.errors import ConfigError
from news.ports import Workers
from news.source import Feed, Link, Source


class Fetching(Protocol):
    """Where a visit leaves the pages that it wants."""

    def put_nowait(self, visit: OpenVisit) -> None:
        """Have them fetched; the visit's `ended` is done when they are."""
        ...


class Visitor:
    """Visits sources; any number of visits may be open at once."""

    def __init__(self, spider: NewsSpider, workers: Workers, fetching: Fetching) -> None:
        self._spider = spider
        self._book, self._clock, self._turns = spider.book, spider.clock, spider.turns
        self._workers = workers
        self._fetching = fetching

    async def visit(self, brief: Brief) -> VisitOutcome:
        """Discover, poll, fetch. Raises only for faults of ours, and StorageError where nothing can be kept."""
        try:
            return await self._visit(brief)
        except SourceMovedError:
            return VisitOutcome(is_cut_short=True)

    async def _visit(self, brief: Brief) -> VisitOutcome:
        source = brief.source
        try:
            visit = OpenVisit(source, fetcher_for(source, self._spider.fetcher))
        except ConfigError as error:
            return without_access(error)
        self._book.check()
        if source.discovered_at is not None and brief.feeds:
            await self._poll_due(visit, brief)
        else:
            refusal = await self._discover(visit, brief)
            if refusal is not None and not self._spider.closing:
                return refusal
        await self._fetch_pages(visit, brief)
        return VisitOutcome(is_cut_short=True) if self._spider.closing else self._outcome(visit, brief)

    def _outcome(self, visit: OpenVisit, brief: Brief) -> VisitOutcome:
        is_due = is_renewal_due(visit.source, brief.feeds, visit.polls, self._clock.now())
        outcome = replace(outcome_of(visit), rediscover=is_due)
        if not outcome.error and not outcome.warning:
            outcome = replace(outcome, warning=next((poll.warning for poll in visit.polls if poll.warning), ""))
        missing = trouble_of(visit.fetcher)
        return outcome if missing is None else without_browser(outcome, visit.source.name, missing)

    async def _poll_due(self, visit: OpenVisit, brief: Brief) -> None:
        due = feeds_due(brief.feeds, self._clock.now()) or list(brief.feeds[:1])
        await self._poll_all(visit, due, Poller(visit.fetcher, self._workers, self._clock), brief)

    async def _discover(self, visit: OpenVisit, brief: Brief) -> VisitOutcome | None:
        """Find and keep the source's feeds, and poll them; the visit's end where there are none.

        Those that are known are polled before anything else: a home page that is down must not stand in their way.
        """
        source = visit.source
        known = brief.feeds if source.watched_since is not None else ()  # those of another URL are none of it
        if known:
            await self._poll_due(visit, brief)
        home = await visit.fetcher.get(source.url)
        if self._spider.closing:
            return None
        if isinstance(home, FetchFailure):
            if known:
                await self._book.discovered(source, known)  # it is asked again when its time comes, not at each visit
                return None
            until = self._closed_until(source.url, home)
            return VisitOutcome(error=home.message, failure=home, advice=advice(home), not_before=until)
        robots_of = partial(self._spider.robots_of, access=visit.fetcher.access)
        discovery = Discovery(visit.fetcher, self._workers, self._clock, robots_of)
        found = await discovery.explore(home, known, source.url)
        if self._spider.closing:  # what we broke off ourselves was not found
            return None
        if not found:
            return VisitOutcome(error=f"{source.url} {NOTHING_LISTED}", advice=TRY_ANOTHER)
        await self._poll_rest(visit, await self._book.discovered(source, [one.feed for one in found]), discovery, brief)
        return None

    async def _poll_rest(self, visit: OpenVisit, feeds: Sequence[Feed], discovery: Discovery, brief: Brief) -> None:
        """Poll what was not polled in this visit, and does not want to be left alone."""
        now = self._clock.now()
        polled = {(poll.feed.id, poll.feed.road) for poll in visit.polls}
        rest = [feed for feed in feeds if (feed.id, feed.road) not in polled]
        free = [feed for feed in rest if feed.not_before is None or feed.not_before <= now]
        await self._poll_all(visit, free or (rest[:1] if not polled else ()), discovery.poller, brief)

    async def _poll_all(self, visit: OpenVisit, feeds: Sequence[Feed], poller: Poller, brief: Brief) -> None:
        now = self._clock.now()
        since = _history(visit.source, now)
        patterns = Patterns.from_json(brief.patterns, now)
        for number, feed in enumerate(feeds):
            if self._spider.closing:
                return
            self._book.check()
            poll = await poller.poll(feed, since=since, patterns=patterns)
            if self._spider.closing and poll.failure is not None:  # broken off by us
                return
            poll = replace(poll, feed=replace(poll.feed, not_before=self._closed_until(feed.url, poll.failure)))
            visit.polls.append(poll)
            await self._keep(visit, poll, is_last=number == len(feeds) - 1)

    async def _keep(self, visit: OpenVisit, poll: Poll, *, is_last: bool) -> None:
        """Write a poll down; one that brought nothing is written with the visit's end, for it has nothing to lose."""
        if poll.is_unchanged and visit.source.watched_since is not None:
            visit.unchanged.append(poll.feed)
            return
        links, bites = within_budget(poll.links)
        visit.bites += bites
        poll = replace(poll, links=links)
        new = await self._book.polled(visit.source, poll, is_last=is_last)
        now = self._clock.now()
        visit.published += [link.published_at or now for link in new]

    async def _fetch_pages(self, visit: OpenVisit, brief: Brief) -> None:
        first = await self._first_link(visit, brief)
        if first is not None:
            visit.link = first
            self._fetching.put_nowait(visit)
            await visit.ended

    async def _first_link(self, visit: OpenVisit, brief: Brief) -> Link | None:
        """The first page to fetch; the book is only asked where it may know one."""
        waits = brief.next_fetch is not None and brief.next_fetch <= self._clock.now()
        is_waste = self._spider.closing or trouble_of(visit.fetcher) is not None
        if is_waste or not (waits or len(visit.polls) > len(visit.unchanged)):
            return None
        links = await self._book.due_links(visit.source, limit=1)
        return links[0] if links else None

    def _closed_until(self, url: str, failure: FetchFailure | None) -> datetime | None:
        """When the host of a URL that could not be fetched may be asked again, if it wants to be left alone."""
        if failure is None:
            return None
        wait = max(failure.retry_after or timedelta(), self._turns.closed_for(urlsplit(url).netloc))
        return self._clock.now() + wait if wait else None


def _history(source: Source, now: datetime) -> datetime | None:
    """How far back the first visit looks; None for every other visit, and where what is listed now is enough."""
    is_first = source.watched_since is None and source.history > 0
    return now - timedelta(seconds=source.history) if is_first else None
