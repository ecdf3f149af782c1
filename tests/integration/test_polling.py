"""Feeds and section pages polled: their rhythm, their failures, and their older pages on the first visit."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from crawler.failure import FetchFailure
from crawler.fetching import Answer
from crawler.pagination import MOST_PAGES, MOST_UNDATED_PAGES
from crawler.patterns import Patterns
from crawler.polling import Poller
from crawler.recall import MOST_BYTES, Recall
from crawler.survey import IS_EMPTY
from crawler.visit import Poll
from news.clock import ManualClock
from news.source import Feed, Road

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SITE = "https://www.journal.example"


class Here:
    """Workers that work here and now."""

    async def run(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
        """Call it."""
        return function(*arguments, **named)


@dataclass
class Pages:
    """A site of pages, each made when asked for; `last` is the number of the last that there is."""

    make: Callable[[str], str]
    last: int = 1_000_000
    status: int = 404
    asked: Counter[str] = field(default_factory=Counter)

    async def get(self, url: str, feed: Feed | None = None, max_bytes: int = 0) -> Answer | FetchFailure:
        """The page, or that it does not exist."""
        path = url.removeprefix(SITE)
        self.asked[path] += 1
        if number(path) > self.last:
            return FetchFailure("http", f"{url} does not exist (HTTP {self.status})", self.status)
        return Answer(url, self.make(path).encode(), etag='"1"')

    async def poll(self, path: str, road: Road, days: int | None = None, patterns: Patterns | None = None) -> Poll:
        """A poll of the page, with as many days of history."""
        since = NOW - timedelta(days=days) if days is not None else None
        poller = Poller(self, Here(), ManualClock(NOW))  # type: ignore[arg-type]
        return await poller.poll(Feed(SITE + path, road), since=since, patterns=patterns)


def number(path: str) -> int:
    """The page's number."""
    return int(path.rpartition("=")[2]) if "=" in path else 1


def rss(path: str, *, head: str = "", days_a_page: int = 2) -> str:
    """A page of a WordPress feed: ten entries, so many days' worth."""
    page = number(path)
    items = "".join(
        f"<item><link>{SITE}/p{page}-{n}</link><pubDate>"
        f"{format_datetime(NOW - timedelta(days=(page - 1) * days_a_page + n * days_a_page / 10))}</pubDate></item>"
        for n in range(10)
    )
    generator = "<generator>https://wordpress.org/?v=6.6</generator>"
    return f'<rss version="2.0"><channel><title>J</title>{generator}{head}{items}</channel></rss>'


def section(path: str) -> str:
    """A page of a list without dates."""
    page = number(path)
    cards = "".join(
        f'<h2><a href="/un-titre-assez-long-{page}-{n}">Un titre assez long pour un article</a></h2>' for n in range(5)
    )
    return f'<html><body>{cards}<a rel="next" href="/monde?page={page + 1}">Suivant</a></body></html>'


async def test_without_history_one_request_is_made() -> None:
    site = Pages(rss)
    poll = await site.poll("/feed", "feed")
    assert (len(poll.links), site.asked.total(), poll.bites) == (10, 1, ())


async def test_older_pages_are_read_until_their_dates_pass_the_span() -> None:
    site = Pages(rss)
    poll = await site.poll("/feed", "feed", days=7)
    assert list(site.asked) == ["/feed", "/feed?paged=2", "/feed?paged=3", "/feed?paged=4"]
    assert len(poll.links) == 36
    assert all((link.published_at or NOW) >= NOW - timedelta(days=7) for link in poll.links)
    assert poll.feed.etag == '"1"'
    assert poll.bites == ()


async def test_what_the_first_page_lists_is_taken_however_old() -> None:
    poll = await Pages(rss).poll("/feed", "feed", days=1)
    assert len(poll.links) == 10


async def test_paging_ends_where_the_site_has_no_more() -> None:
    site = Pages(rss, last=3)
    poll = await site.poll("/feed", "feed", days=900)
    assert (len(poll.links), site.asked.total(), poll.feed.last_error) == (30, 4, "")


async def test_paging_that_fails_is_told_and_keeps_what_was_read() -> None:
    poll = await Pages(rss, last=3, status=503).poll("/feed", "feed", days=900)
    assert [(bite.name, bite.url) for bite in poll.bites] == [("history pages", f"{SITE}/feed?paged=4")]
    assert (len(poll.links), poll.feed.last_error) == (30, "")


async def test_paging_ends_where_a_page_brings_nothing_new() -> None:
    site = Pages(lambda path: rss("/feed"))
    assert len((await site.poll("/feed", "feed", days=900)).links) == 10
    assert site.asked.total() == 2


async def test_paging_is_capped_and_the_cap_told() -> None:
    site = Pages(rss)
    poll = await site.poll("/feed", "feed", days=5_000)
    assert site.asked.total() == MOST_PAGES
    assert [bite.name for bite in poll.bites] == ["history pages"]
    assert len(poll.links) == MOST_PAGES * 10


async def test_a_list_without_dates_is_paged_less_far() -> None:
    site = Pages(section)
    poll = await site.poll("/monde", "section", days=900)
    assert site.asked.total() == MOST_UNDATED_PAGES
    assert [bite.name for bite in poll.bites] == ["history pages"]
    assert len(poll.links) == MOST_UNDATED_PAGES * 5


async def test_a_feed_tells_its_rhythm_and_its_hub() -> None:
    head = (
        "<ttl>60</ttl><skipHours><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>"
        '<link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="https://hub.example/"/>'
        f'<link xmlns="http://www.w3.org/2005/Atom" rel="self" href="{SITE}/feed"/>'
    )
    poll = await Pages(lambda path: rss(path, head=head)).poll("/feed", "feed")
    assert poll.feed.hints == {"ttl": 3600, "skip_hours": [3], "skip_days": [6]}
    assert (poll.feed.hub, poll.feed.topic) == ("https://hub.example/", f"{SITE}/feed")


def _linked(head: str, *links: str) -> Answer:
    return Answer(f"{SITE}/feed", rss("/feed", head=head).encode(), links=links)


async def test_a_hub_in_the_headers_goes_before_the_one_in_the_feed() -> None:
    head = "".join(
        f'<link xmlns="http://www.w3.org/2005/Atom" rel="{rel}" href="https://{rel}.example/"/>'
        for rel in ("hub", "self")
    )

    async def hub_of(answer: Answer, road: Road = "feed") -> tuple[str, str]:
        poller = Poller(Pages(rss), Here(), ManualClock(NOW))  # type: ignore[arg-type]
        feed = (await poller.poll(Feed(f"{SITE}/feed", road), answer)).feed
        return feed.hub, feed.topic

    written = ("https://hub.example/", "https://self.example/")
    hub, own = "</hub>; rel=hub", "<?utm_source=a>; rel=self"
    assert await hub_of(_linked(head, hub, own)) == (f"{SITE}/hub", f"{SITE}/feed?utm_source=a")
    assert await hub_of(_linked("", f"{hub}, {own}")) == (f"{SITE}/hub", f"{SITE}/feed?utm_source=a")
    assert await hub_of(_linked(head, hub)) == (f"{SITE}/hub", written[1])
    assert await hub_of(_linked(head, own)) == written
    assert await hub_of(_linked(head, "garbage")) == written
    assert await hub_of(_linked(head, hub, own), "section") == ("", "")


async def test_a_feed_that_lists_nothing_is_known_for_it() -> None:
    poll = await Pages(lambda _: '<rss version="2.0"><channel><title>J</title></channel></rss>').poll("/feed", "feed")
    assert (poll.feed.last_error, poll.feed.hints) == ("", {IS_EMPTY: True})


async def test_a_feed_longer_than_vigie_reads_is_told() -> None:
    items = "".join(f"<item><link>{SITE}/{n}</link></item>" for n in range(1_500))
    poll = await Pages(lambda _: f'<rss version="2.0"><channel>{items}</channel></rss>').poll("/feed", "feed")
    assert [bite.name for bite in poll.bites] == ["feed entries"]


async def test_a_failed_fetch_is_told_with_its_reason() -> None:
    poll = await Pages(rss, last=0).poll("/feed", "feed")
    assert poll.failure is not None and poll.failure.status == 404
    assert poll.feed.last_error == poll.failure.message


async def test_what_is_no_feed_is_an_error_without_a_failed_fetch() -> None:
    poll = await Pages(section).poll("/feed", "feed")
    assert "web page" in poll.feed.last_error
    assert poll.failure is None


async def test_section_pages_are_judged_by_what_is_known_of_the_sites_addresses() -> None:
    patterns = Patterns()
    for n in range(6):
        patterns.learn(f"{SITE}/guides/un-guide-d-achat-de-plus-{n}", False)
        patterns.learn(f"{SITE}/n/{n}", True)
    page = '<a href="/guides/le-guide-d-achat-du-jour">Le guide d’achat du jour</a><a href="/n/12">Deux mots</a>'
    site = Pages(lambda _: f"<html><body>{page}</body></html>")
    without = await site.poll("/", "section")
    assert [link.url for link in without.links] == [f"{SITE}/guides/le-guide-d-achat-du-jour"]
    taught = await site.poll("/", "section", patterns=patterns)
    assert [link.url for link in taught.links] == [f"{SITE}/n/12"]


async def test_what_was_fetched_once_is_recalled_as_long_as_there_is_room() -> None:
    site = Pages(lambda path: "x" * (MOST_BYTES // 2 + 1 if path.startswith("/big") else 10))
    recall = Recall(site)
    for _ in range(2):
        for path in ("/a", "/big1", "/big2"):
            await recall.get(SITE + path)
    assert site.asked == {"/a": 1, "/big1": 1, "/big2": 2}
