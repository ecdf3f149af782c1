"""Reading one feed, sitemap or section page: what it lists, and the validators for next time."""

from dataclasses import replace

from crawler.failure import FetchFailure
from crawler.feeds import parse_feed
from crawler.fetching import Answer, Fetcher
from crawler.sections import article_links
from crawler.settings import SITEMAP_BYTES
from crawler.sitemaps import parse_sitemap
from crawler.visit import Poll
from news.clock import Clock
from news.errors import FeedError
from news.ports import Workers
from news.source import Feed, FoundLink

_CHILDREN = 3  # of a sitemap index, those with the latest articles
_LINKS_OF_SITEMAP = 100  # the newest; a sitemap may list a whole archive


class Poller:
    """Turns the answer of a feed's URL into a poll. Parsing runs in a worker, a bad feed is a poll with an error."""

    def __init__(self, fetcher: Fetcher, workers: Workers, clock: Clock) -> None:
        self._fetcher = fetcher
        self._workers = workers
        self._clock = clock

    async def poll(self, feed: Feed, first: Answer | FetchFailure | None = None) -> Poll:
        """Poll one feed; `first` is its answer where it was fetched already."""
        max_bytes = SITEMAP_BYTES if feed.road == "sitemap" else 0
        answer = first or await self._fetcher.get(feed.url, feed, max_bytes)
        if isinstance(answer, FetchFailure):
            return Poll(replace(feed, last_error=answer.message))
        if answer.is_unchanged:
            return Poll(replace(feed, last_error=""), is_unchanged=True)
        fresh = replace(feed, last_error="", etag=answer.etag, last_modified=answer.last_modified)
        try:
            return await self._read(fresh, answer)
        except FeedError as error:
            return Poll(replace(feed, last_error=error.message))
        except TimeoutError:
            return Poll(replace(feed, last_error=f"{feed.url} takes longer to read than Vigie allows"))

    async def _read(self, feed: Feed, answer: Answer) -> Poll:
        if feed.road == "sitemap":
            return await self._read_sitemap(feed, answer)
        if feed.road == "section":
            links = await self._workers.run(article_links, answer.body, answer.url, answer.content_type)
            return Poll(feed, links)
        parsed = await self._workers.run(parse_feed, answer.body, answer.url, self._clock.now(), answer.content_type)
        return Poll(feed, parsed.links)

    async def _read_sitemap(self, feed: Feed, answer: Answer) -> Poll:
        parsed = await self._workers.run(parse_sitemap, answer.body, answer.url, self._clock.now())
        if not parsed.children:
            return Poll(feed, parsed.links[:_LINKS_OF_SITEMAP])
        # An index may stay the same while its children change, so it is never asked conditionally.
        feed = replace(feed, etag="", last_modified="")
        links: list[FoundLink] = []
        errors: list[str] = []
        for child in parsed.children[:_CHILDREN]:
            read = await self._read_child(child)
            if isinstance(read, str):
                errors.append(read)
            else:
                links += read
        if errors and not links:
            return Poll(replace(feed, last_error=errors[0]))
        return Poll(feed, tuple(links[:_LINKS_OF_SITEMAP]))

    async def _read_child(self, url: str) -> tuple[FoundLink, ...] | str:
        answer = await self._fetcher.get(url, max_bytes=SITEMAP_BYTES)
        if isinstance(answer, FetchFailure):
            return answer.message
        try:
            parsed = await self._workers.run(parse_sitemap, answer.body, answer.url, self._clock.now())
        except (FeedError, TimeoutError) as error:
            return f"{url}: {error}"
        return parsed.links
