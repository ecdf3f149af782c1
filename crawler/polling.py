"""Reading one feed, sitemap or section page: what it lists, and the validators for next time."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from crawler.failure import FetchFailure
from crawler.fault import fault_at
from crawler.fetching import Answer
from crawler.linkheader import hub_and_topic
from crawler.outcome import bites_of
from crawler.pagination import MOST_PAGES, MOST_UNDATED_PAGES, date_of, goes_back_far_enough, within
from crawler.patterns import Patterns
from crawler.reading import Reading, read_feed, read_section
from crawler.settings import SITEMAP_BYTES
from crawler.sitemap_poll import is_lasting, plan_for, read_sitemap
from crawler.survey import IS_EMPTY, IS_NEWS, UNREAD
from crawler.visit import Poll
from news.caps import Bite
from news.clock import Clock
from news.errors import FeedError
from news.ports import Workers
from news.source import Feed
from news.url import key

_NO_SUCH_PAGE = frozenset({400, 404, 410})


class Fetches(Protocol):
    """Whoever gets answers from the web."""

    async def get(self, url: str, feed: Feed | None = None, max_bytes: int = 0) -> Answer | FetchFailure:
        """Fetch a URL, conditionally where `feed` has validators."""
        ...


class Poller:
    """Turns the answer of a feed's URL into a poll. Parsing runs in a worker, a bad feed is a poll with an error."""

    def __init__(self, fetcher: Fetches, workers: Workers, clock: Clock) -> None:
        self._fetcher = fetcher
        self._workers = workers
        self._clock = clock

    async def poll(
        self,
        feed: Feed,
        first: Answer | FetchFailure | None = None,
        since: datetime | None = None,
        patterns: Patterns | None = None,
    ) -> Poll:
        """Poll one feed; `first` is its answer where it was fetched already.

        `since` is for the first visit to a source: the feed's older pages are read too, as far back as that. `patterns`
        are what is known of the site's URLs, for section pages.
        """
        poll, _ = await self.look(feed, first, since, patterns)
        return poll

    async def look(
        self,
        feed: Feed,
        first: Answer | FetchFailure | None = None,
        since: datetime | None = None,
        patterns: Patterns | None = None,
    ) -> tuple[Poll, Reading]:
        """Like `poll`, with everything that was read."""
        max_bytes = SITEMAP_BYTES if feed.road == "sitemap" else 0
        answer = first or await self._fetcher.get(feed.url, feed, max_bytes)
        if isinstance(answer, FetchFailure):
            bites = tuple(bites_of(answer, feed.url))
            return Poll(replace(feed, last_error=answer.message), failure=answer, bites=bites), Reading()
        if answer.is_unchanged:
            return Poll(replace(feed, last_error="", hints=_hints(feed.hints, answer)), is_unchanged=True), Reading()
        try:
            reading = await self._read(feed, answer, since, patterns)
        except FeedError as error:
            return Poll(replace(feed, last_error=error.message)), Reading()
        except TimeoutError:
            return Poll(replace(feed, last_error=f"{feed.url} takes longer to read than Vigie allows")), Reading()
        except Exception as error:
            fault = fault_at(feed.url, error)
            return Poll(replace(feed, last_error=fault.message), failure=fault), Reading()
        return _poll_of(feed, answer, reading), replace(reading, url=answer.url)

    async def _read(self, feed: Feed, answer: Answer, since: datetime | None, patterns: Patterns | None) -> Reading:
        if feed.road == "sitemap":
            return await self._read_sitemap(feed, answer, since)
        reading = await self._read_page(feed, answer, patterns, is_paged=since is not None)
        return reading if since is None else await self._with_older(feed, reading, since, patterns)

    async def _read_page(self, feed: Feed, answer: Answer, patterns: Patterns | None, *, is_paged: bool) -> Reading:
        body, url, kind = answer.body, answer.url, answer.content_type
        if feed.road == "section":
            return await self._workers.run(read_section, body, url, kind, patterns, is_paged=is_paged)
        return await self._workers.run(read_feed, body, url, self._clock.now(), kind, is_paged=is_paged)

    async def _with_older(self, feed: Feed, reading: Reading, since: datetime, patterns: Patterns | None) -> Reading:
        """The reading with what its further pages list, until they are too old, say nothing new, or are too many."""
        links = {key(link.url): link for link in reading.links}
        page, pages, cut = reading, 1, ""
        fresh = list(reading.links)
        while page.next_page and fresh and not goes_back_far_enough(fresh, since):
            if pages >= (MOST_PAGES if any(map(date_of, fresh)) else MOST_UNDATED_PAGES):
                cut = f"{pages} pages read; what is older is not"
                break
            older = await self._older(feed, page.next_page, patterns)
            if isinstance(older, str):
                cut = older
                break
            page, pages = older, pages + 1
            fresh = [link for link in page.links if key(link.url) not in links]
            links |= {key(link.url): link for link in within(fresh, since)}
        bites = (Bite("history pages", page.next_page, cut),) if cut else ()
        return replace(reading, links=tuple(links.values()), bites=(*reading.bites, *bites))

    async def _older(self, feed: Feed, url: str, patterns: Patterns | None) -> Reading | str:
        """A further page, empty where there is none after all, which is how many lists end; or why it cannot be had."""
        answer = await self._fetcher.get(url)
        if isinstance(answer, FetchFailure):
            return Reading() if answer.status in _NO_SUCH_PAGE else answer.message
        try:
            return await self._read_page(feed, answer, patterns, is_paged=True)
        except FeedError:
            return Reading()
        except TimeoutError:
            return f"{url} takes longer to read than Vigie allows"
        except Exception as error:
            return fault_at(url, error).message

    async def _read_sitemap(self, feed: Feed, answer: Answer, since: datetime | None) -> Reading:
        async def fetch(url: str) -> Answer | FetchFailure:
            return await self._fetcher.get(url, max_bytes=SITEMAP_BYTES)

        plan = plan_for(self._clock.now(), feed.last_success_at, since, _unread(feed.hints))
        read = await read_sitemap(answer, plan, fetch, self._workers, self._clock)
        lasting = tuple(url for url in read.news if read.is_index and is_lasting(url))
        is_news = len(lasting) < len(read.news)
        kind = ("news sitemap" if is_news else "sitemap") + (" index" if read.is_index else "")
        unread = {url: instant.isoformat() for url, instant in read.unread.items()}
        hints = ({IS_NEWS: True} if is_news else {}) | ({UNREAD: unread} if unread else {})
        return Reading(
            read.links,
            kind=kind,
            hints=hints,
            bites=read.bites,
            news=lasting,
            error=read.error,
            warning=read.warning,
        )


def _poll_of(feed: Feed, answer: Answer, reading: Reading) -> Poll:
    if reading.error:
        return Poll(replace(feed, last_error=reading.error), bites=reading.bites)
    # An index may stay the same while its files change, so it is never asked conditionally.
    is_index = reading.kind.endswith("index")
    hub, topic = _hub_of(feed, answer, reading)
    fresh = replace(
        feed,
        last_error="",
        etag="" if is_index else answer.etag,
        last_modified="" if is_index else answer.last_modified,
        hints=_hints(reading.hints, answer) | ({} if reading.links else {IS_EMPTY: True}),
        hub=hub,
        topic=topic,
    )
    return Poll(fresh, reading.links, bites=reading.bites, warning=reading.warning)


def _unread(hints: Mapping[str, Any]) -> dict[str, datetime]:
    return {url: datetime.fromisoformat(instant) for url, instant in hints.get(UNREAD, {}).items()}


def _hints(said: Mapping[str, Any], answer: Answer) -> dict[str, Any]:
    """These hints with what the answer's headers say now; where they say nothing, what they said before."""
    known = {name: value for name, value in said.items() if name != "max_age"}
    max_age = said.get("max_age") if answer.max_age is None else answer.max_age
    return known | ({"max_age": max_age} if max_age else {})


def _hub_of(feed: Feed, answer: Answer, reading: Reading) -> tuple[str, str]:
    """The hub and the topic: what headers name goes before what the feed says, as the recommendation has it.

    Headers that name a hub and no address of the feed's own leave that to the feed. Only feeds are pushed.
    """
    hub, topic = hub_and_topic(answer.links, answer.url) if feed.road == "feed" else ("", "")
    return (hub, topic or reading.topic) if hub else (reading.hub, reading.topic)
