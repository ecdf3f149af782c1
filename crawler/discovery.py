"""From a home page to the feeds, sitemaps and section pages that list a site's articles."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from crawler.feeds import looks_like_feed
from crawler.fetching import Answer
from crawler.homepage import feed_urls, usual_feed_paths, usual_sitemap_paths
from crawler.polling import Fetches, Poller
from crawler.reading import Reading
from crawler.recall import Recall
from crawler.renewal import stays
from crawler.robots import Robots
from crawler.sections import section_links
from crawler.sitemaps import by_promise
from news.clock import Clock
from news.ports import Workers
from news.source import Feed, FoundLink, Road
from news.url import key

MOST_FEEDS = 5
MOST_SITEMAPS = 3
MOST_SECTIONS = 5
_MOST_KEPT: dict[Road, int] = {"feed": 2 * MOST_FEEDS, "sitemap": 4 * MOST_SITEMAPS, "section": 2 * MOST_SECTIONS}
_MOST_LOOKED_AT = 8  # of the sitemaps that a robots.txt names
_NEVER = datetime.min.replace(tzinfo=UTC)
_FEWEST_LINKS = 3  # fewer links to articles than this and a page is no section


@dataclass(frozen=True, slots=True)
class Found:
    """One feed with what it lists at the moment, and its title, empty where it gives none.

    `kind` is its format in a word or two; `news` are the lasting news sitemaps among the files of a sitemap index.
    """

    feed: Feed
    title: str
    kind: str = ""
    listed: tuple[FoundLink, ...] = ()
    news: tuple[str, ...] = field(default=(), repr=False)

    @property
    def links(self) -> int:
        """How many articles it lists."""
        return len(self.listed)

    @property
    def newest(self) -> str:
        """When the newest of them was published or last changed, in ISO 8601; empty where no date is given."""
        dates = [date for link in self.listed if (date := link.published_at or link.modified_at) is not None]
        return max(dates).isoformat() if dates else ""


class Discovery:
    """Looks at a site as a reader would, by every road: what it names, the usual places, and its pages.

    One is made for each site. What it fetched is read again, not fetched again, by the polls of its `poller`.
    """

    def __init__(
        self,
        fetcher: Fetches,
        workers: Workers,
        clock: Clock,
        robots_of: Callable[[str], Awaitable[Robots]],
    ) -> None:
        self._recall = Recall(fetcher)
        self._workers = workers
        self._clock = clock
        self.robots_of = robots_of
        self.poller = Poller(self._recall, workers, clock)

    async def explore(self, home: Answer, known: Sequence[Feed] = (), given: str = "") -> list[Found]:
        """All that lists articles of the site whose home page this is, feeds first; none where nothing does.

        A home page that is a feed itself is all that is wanted: whoever gives one asks for no more. The feeds that are
        `known` of the source stay unless they are gone for good, and what is named `given`, its URL, in any case if it
        is one of them.
        """
        self._recall.keep(home.url, home)
        is_feed = looks_like_feed(home.body, home.content_type)
        found = [entry for entry in [await self._as_feed(home.url)] if entry] if is_feed else await self._new(home)
        wanted = [feed for feed in known if feed.road == "feed" or not (is_feed and found)]
        return await self._with_known(found, wanted, given or home.url)

    async def _new(self, home: Answer) -> list[Found]:
        feeds = await self._named_feeds(home)
        if not any(found.listed for found in feeds):
            feeds = list(_distinct([*feeds, *await self._usual_feeds(home)]))
        sitemaps = await self._sitemaps(home)
        return feeds + sitemaps + await self._sections(home)

    async def _with_known(self, found: list[Found], known: Sequence[Feed], given: str) -> list[Found]:
        """What was found, and of what is known all that stays, as many of each road as there is room for.

        A feed that the user gave stays one although it shows a page today.
        """
        latest = sorted(known, key=lambda feed: feed.last_success_at or _NEVER, reverse=True)
        for feed in latest:
            if any(key(entry.feed.url) == key(feed.url) and entry.feed.road == feed.road for entry in found):
                continue
            others = [entry for entry in found if key(entry.feed.url) != key(feed.url)]
            is_other_now = len(others) < len(found)
            is_given = feed.road == "feed" and key(feed.url) == key(given)
            if sum(entry.feed.road == feed.road for entry in others) >= _MOST_KEPT[feed.road] and not is_given:
                continue
            kept = None if is_other_now and feed.road != "feed" else await self._kept(feed, others, is_given=is_given)
            found = found if kept is None else [*others, kept]
        return found

    async def _kept(self, feed: Feed, others: Sequence[Found], *, is_given: bool) -> Found | None:
        """A known feed, if it stays: it does not where one of the others is what it has become, or says the same."""
        now = self._clock.now()
        if feed.not_before is not None and feed.not_before > now:
            return Found(feed, "") if feed.last_success_at else None
        poll, reading = await self.poller.look(feed)
        if not stays(feed, poll, now, is_given=is_given):
            return None
        entry = Found(feed, reading.title, reading.kind, reading.links, reading.news)
        if is_given or feed.hub or not reading.links:
            return entry
        feeds = [other for other in others if other.feed.road == feed.road == "feed"]
        has_moved = any(key(other.feed.url) == key(reading.url) for other in others)
        return None if has_moved or list(_without_copies([*feeds, entry]))[-1] is not entry else entry

    async def _named_feeds(self, home: Answer) -> list[Found]:
        named = await self._workers.run(feed_urls, home.body, home.url, home.content_type)
        return list(_without_copies(await self._first(named, MOST_FEEDS, self._as_feed)))

    async def _usual_feeds(self, home: Answer) -> list[Found]:
        return await self._first(usual_feed_paths(home.url), 1, self._as_full_feed)

    async def _sitemaps(self, home: Answer) -> list[Found]:
        """Those that robots.txt names, the likeliest first, or else the usual ones: one of news and one of everything.

        A news sitemap that only an index names is a road of its own.
        """
        robots = await self.robots_of(home.url)
        if robots.sitemaps:
            found = await self._first(by_promise(robots.sitemaps)[:_MOST_LOOKED_AT], MOST_SITEMAPS, self._as_sitemap)
        else:
            usual = usual_sitemap_paths(home.url)
            of_news = [url for url in usual if "news" in url.rpartition("/")[2]]
            others = [url for url in usual if url not in of_news]
            found = await self._first(of_news, 1, self._as_sitemap) + await self._first(others, 1, self._as_sitemap)
        named = [url for entry in found for url in entry.news]
        news = await self._first(named, MOST_SITEMAPS, self._as_sitemap)
        return list(_distinct([*news, *found]))

    async def _sections(self, home: Answer) -> list[Found]:
        pages = await self._workers.run(section_links, home.body, home.url, home.content_type)
        return await self._first((home.url, *pages[:MOST_SECTIONS]), MOST_SECTIONS + 1, self._as_section)

    async def _first(
        self, candidates: Iterable[str], most: int, look: Callable[[str], Awaitable[Found | None]]
    ) -> list[Found]:
        """The first `most` candidates that are what they should be."""
        found: dict[str, Found] = {}
        for url in candidates:
            if len(found) == most:
                break
            entry = await look(url)
            if entry is not None:
                found.setdefault(key(entry.feed.url), entry)
        return list(found.values())

    async def _as_feed(self, url: str) -> Found | None:
        return await self._looked_at(url, "feed")

    async def _as_full_feed(self, url: str) -> Found | None:
        """A feed that nobody named counts only if it lists something: many systems leave an empty one lying about."""
        found = await self._as_feed(url)
        return found if found is not None and found.listed else None

    async def _as_sitemap(self, url: str) -> Found | None:
        """The sitemap at a URL; an index stands for its files, which come and go: the index is what is polled."""
        found = await self._looked_at(url, "sitemap")
        is_empty_index = found is not None and found.kind.endswith("index") and not found.listed
        return None if is_empty_index else found

    async def _as_section(self, url: str) -> Found | None:
        found = await self._looked_at(url, "section")
        return found if found is not None and found.links >= _FEWEST_LINKS else None

    async def _looked_at(self, url: str, road: Road) -> Found | None:
        poll, reading = await self.poller.look(Feed(url, road))
        return None if poll.feed.last_error else _found(poll.feed, reading)


def _found(feed: Feed, reading: Reading) -> Found:
    # Where a feed was moved to is where it is from now on; its validators are for its first poll to keep.
    url = reading.url if feed.road == "feed" else feed.url
    bare = replace(feed, url=url, etag="", last_modified="")
    return Found(bare, reading.title, reading.kind, reading.links, reading.news)


def _without_copies(found: Iterable[Found]) -> Iterator[Found]:
    """The feeds less those that say the same in another format: what they list, one before them lists as well."""
    kept: list[frozenset[str]] = []
    for entry in found:
        listed = frozenset(key(link.url) for link in entry.listed)
        if not any(listed and listed <= other and len(listed) * 2 >= len(other) for other in kept):
            kept.append(listed)
            yield entry


def _distinct(found: Iterable[Found]) -> Iterator[Found]:
    """The first of each URL."""
    seen: set[str] = set()
    for entry in found:
        if key(entry.feed.url) not in seen:
            seen.add(key(entry.feed.url))
            yield entry
