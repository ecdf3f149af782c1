"""From a home page to the feeds, sitemaps and section pages that list a site's articles."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from crawler.failure import FetchFailure
from crawler.feeds import looks_like_feed, parse_feed
from crawler.fetching import Answer, Fetcher
from crawler.homepage import feed_urls, usual_feed_paths, usual_sitemap_paths
from crawler.robots import Robots
from crawler.sections import article_links, section_links
from crawler.settings import SITEMAP_BYTES
from crawler.sitemaps import ParsedSitemap, parse_sitemap
from news.clock import Clock
from news.errors import FeedError
from news.ports import Workers
from news.source import Feed, FoundLink, Road

_MOST_FEEDS = 5
_MOST_SITEMAPS = 3
_MOST_SECTIONS = 5
_NEWS_SITEMAP = "news sitemap"
_FEWEST_LINKS = 3  # fewer links to articles than this and a page is no section


@dataclass(frozen=True, slots=True)
class Found:
    """One feed with what it holds at the moment, for `source test`."""

    feed: Feed
    title: str
    links: int
    newest: str = ""


class Discovery:
    """Looks at a site as a reader would: what it names, then the usual places, then its pages."""

    def __init__(
        self,
        fetcher: Fetcher,
        workers: Workers,
        clock: Clock,
        robots_of: Callable[[str], Awaitable[Robots]],
    ) -> None:
        self._fetcher = fetcher
        self._workers = workers
        self._clock = clock
        self._robots_of = robots_of

    async def explore(self, home: Answer) -> list[Found]:
        """All that lists articles of the site whose home page this is; none where nothing does."""
        if looks_like_feed(home.body, home.content_type):
            return [found for found in [await self._as_feed(home.url, home)] if found]
        feeds = await self._named_feeds(home) or await self._usual_feeds(home)
        sitemaps = await self._sitemaps(home, has_feed=bool(feeds))
        if any(entry.links for entry in feeds + sitemaps):
            return feeds + sitemaps
        return feeds + sitemaps + await self._sections(home)  # what is empty today may fill tomorrow

    async def _named_feeds(self, home: Answer) -> list[Found]:
        named = await self._workers.run(feed_urls, home.body, home.url, home.content_type)
        return await self._first(named, _MOST_FEEDS, self._as_feed)

    async def _usual_feeds(self, home: Answer) -> list[Found]:
        return await self._first(usual_feed_paths(home.url), 1, self._as_full_feed)

    async def _sitemaps(self, home: Answer, *, has_feed: bool) -> list[Found]:
        """Those that robots.txt names, else the usual ones; beside a feed only news sitemaps are worth their price."""
        robots = await self._robots_of(home.url)
        paths = robots.sitemaps or (() if has_feed else usual_sitemap_paths(home.url))
        found = await self._first(paths, _MOST_SITEMAPS, self._as_sitemap)
        news = [entry for entry in found if entry.title == _NEWS_SITEMAP]
        return news if news or has_feed else found

    async def _sections(self, home: Answer) -> list[Found]:
        found = []
        pages = await self._workers.run(section_links, home.body, home.url)
        for url in (home.url, *pages[:_MOST_SECTIONS]):
            answer = home if url == home.url else await self._fetcher.get(url)
            if isinstance(answer, FetchFailure):
                continue
            links = await self._workers.run(article_links, answer.body, answer.url, answer.content_type)
            if len(links) >= _FEWEST_LINKS:
                found.append(Found(Feed(url, "section"), "section page", len(links)))
        return found

    async def _first(
        self, candidates: Iterable[str], most: int, look: Callable[[str], Awaitable[Found | None]]
    ) -> list[Found]:
        """The first `most` candidates that are what they should be."""
        found: list[Found] = []
        for url in candidates:
            if len(found) == most:
                break
            entry = await look(url)
            if entry is not None and entry.feed.url not in {known.feed.url for known in found}:
                found.append(entry)
        return found

    async def _as_feed(self, url: str, answer: Answer | None = None) -> Found | None:
        fetched = answer or await self._fetcher.get(url)
        if isinstance(fetched, FetchFailure):
            return None
        try:
            parsed = await self._workers.run(
                parse_feed, fetched.body, fetched.url, self._clock.now(), fetched.content_type
            )
        except FeedError:
            return None
        return _found(fetched.url, "feed", parsed.title or "feed", parsed.links)

    async def _as_full_feed(self, url: str) -> Found | None:
        """A feed that nobody named counts only if it lists something: many systems leave an empty one lying about."""
        found = await self._as_feed(url)
        return found if found is not None and found.links else None

    async def _as_sitemap(self, url: str) -> Found | None:
        """The sitemap at a URL; an index stands for its children, which come and go: the index is what is polled."""
        sitemap = await self._sitemap(url)
        if sitemap is None or not sitemap.children:
            return _found_sitemap(url, sitemap) if sitemap is not None else None
        for child in sitemap.children[:_MOST_SITEMAPS]:
            leaf = await self._sitemap(child)
            if leaf is not None and leaf.links:
                return _found_sitemap(url, leaf)
        return None

    async def _sitemap(self, url: str) -> ParsedSitemap | None:
        fetched = await self._fetcher.get(url, max_bytes=SITEMAP_BYTES)
        if isinstance(fetched, FetchFailure):
            return None
        try:
            return await self._workers.run(parse_sitemap, fetched.body, fetched.url, self._clock.now())
        except FeedError:
            return None


def _found_sitemap(url: str, sitemap: ParsedSitemap) -> Found:
    return _found(url, "sitemap", _NEWS_SITEMAP if sitemap.is_news else "sitemap", sitemap.links)


def _found(url: str, road: Road, title: str, links: Sequence[FoundLink]) -> Found:
    dates = [link.published_at for link in links if link.published_at is not None]
    return Found(Feed(url, road), title, len(links), max(dates).isoformat() if dates else "")
