"""Sitemaps polled: an index is followed within bounds, and what a bound cuts off is told."""

import gzip
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import sitemap_poll
from crawler.failure import FetchFailure
from crawler.fetching import Answer
from crawler.polling import Poller
from crawler.sitemap_poll import (
    FEWEST_LINKS_AT_FIRST,
    MOST_DEPTH,
    MOST_FILES,
    MOST_FILES_OF_HISTORY,
    MOST_LINKS_AT_FIRST,
    MOST_NEW_LINKS,
    SitemapFile,
    chosen,
    is_lasting,
    plan_for,
)
from crawler.sitemaps import ParsedSitemap, by_promise
from crawler.survey import IS_EMPTY, IS_NEWS, UNREAD
from crawler.visit import Poll
from news.clock import ManualClock
from news.source import Feed, FoundLink
from news.url import key

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SITE = "https://www.journal.example"
ROOT = f"{SITE}/sitemap.xml"


class Here:
    """Workers that work here and now."""

    async def run(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
        """Call it."""
        return function(*arguments, **named)


@dataclass
class Files:
    """A site of files, with a count of how often each was asked for; what is not there does not exist."""

    files: dict[str, bytes | Callable[[str], bytes]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    async def get(self, url: str, feed: Feed | None = None, max_bytes: int = 0) -> Answer | FetchFailure:
        """The file; a name that ends in `*` stands for all that begin so."""
        path = url.removeprefix(SITE)
        self.asked[path] += 1
        for name, body in self.files.items():
            if path == name or (name.endswith("*") and path.startswith(name[:-1])):
                return Answer(url, body(path) if callable(body) else body, "application/xml", etag='"1"')
        return FetchFailure("http", f"{url} does not exist (HTTP 404)", 404)

    async def poll(self, feed: Feed | None = None, since: datetime | None = None) -> Poll:
        """One poll of the sitemap."""
        return await Poller(self, Here(), ManualClock(NOW)).poll(feed or Feed(ROOT, "sitemap"), since=since)  # type: ignore[arg-type]


def urlset(paths: Iterable[str], modified: str = "", news: bool = False) -> bytes:
    """A sitemap of these pages, all changed at once."""
    lastmod = f"<lastmod>{modified}</lastmod>" if modified else ""
    of_news = "<n:news><n:publication_date>2026-11-21</n:publication_date></n:news>" if news else ""
    entries = "".join(f"<url><loc>{SITE}{path}</loc>{lastmod}{of_news}</url>" for path in paths)
    spaces = (
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    )
    return f"<urlset {spaces}>{entries}</urlset>".encode()


def index(*children: tuple[str, str]) -> bytes:
    """An index of these files, each with its `lastmod`."""
    entries = "".join(
        f"<sitemap><loc>{SITE}{path}</loc>{f'<lastmod>{date}</lastmod>' if date else ''}</sitemap>"
        for path, date in children
    )
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>'.encode()


def known(age: timedelta = timedelta(hours=3)) -> Feed:
    """The sitemap as polled some time ago."""
    return Feed(ROOT, "sitemap", 7, last_polled_at=NOW - age, last_success_at=NOW - age)


def paths(poll: Poll) -> list[str]:
    """The links."""
    return [link.url.removeprefix(SITE) for link in poll.links]


def bites(poll: Poll) -> list[str]:
    """The caps that bit."""
    return [bite.name for bite in poll.bites]


async def test_an_index_that_names_itself_and_a_circle_are_read_once() -> None:
    site = Files(
        {
            "/sitemap.xml": index(("/sitemap.xml", ""), ("/a.xml", ""), ("/a.xml?", "")),
            "/a.xml": index(("/sitemap.xml", ""), ("/b.xml", "")),
            "/b.xml": urlset(["/1", "/1"]),
        }
    )
    poll = await site.poll()
    assert paths(poll) == ["/1"]
    assert {name: count for name, count in site.asked.items() if "?" not in name} == {
        "/sitemap.xml": 1, "/a.xml": 1, "/b.xml": 1,
    }  # fmt: skip
    assert poll.feed.last_error == ""


async def test_indexes_are_followed_five_deep_and_no_deeper() -> None:
    site = Files({"/sitemap.xml": index(("/d1", ""))})
    for depth in range(1, 12):
        site.files[f"/d{depth}"] = index((f"/d{depth + 1}", ""))
    poll = await site.poll(since=NOW - timedelta(days=1))
    assert set(site.asked) == {"/sitemap.xml", *(f"/d{depth}" for depth in range(1, MOST_DEPTH + 1))}
    assert [(bite.name, bite.url) for bite in poll.bites] == [("sitemap depth", f"{SITE}/d{MOST_DEPTH}")]


async def test_a_file_five_deep_is_read() -> None:
    site = Files({"/sitemap.xml": index(("/d1", "")), "/d5": urlset(["/x"])})
    site.files |= {f"/d{depth}": index((f"/d{depth + 1}", "")) for depth in range(1, 5)}
    poll = await site.poll()
    assert (paths(poll), bites(poll)) == (["/x"], [])


async def test_an_index_that_names_new_ones_for_ever_is_bounded() -> None:
    site = Files({"/*": lambda path: index(*((f"{path}{n}", "") for n in range(9)))})
    poll = await site.poll()
    assert site.asked.total() == MOST_FILES + 1
    assert set(bites(poll)) >= {"sitemaps"}
    site.asked.clear()
    await site.poll(since=NOW - timedelta(days=900))
    assert site.asked.total() == MOST_FILES_OF_HISTORY + 1


async def test_the_likeliest_files_come_first_and_what_is_left_is_told() -> None:
    months = [f"/posts-2026-{month:02}.xml" for month in range(1, 12)]
    site = Files({"/sitemap.xml": index(*((path, "2026-11-21") for path in ["/pages.xml", *months, "/news.xml"]))})
    site.files |= {path: urlset([path + "/x"]) for path in months}
    site.files["/news.xml"] = urlset(["/new"], news=True)
    poll = await site.poll()
    assert list(site.asked)[1:4] == ["/news.xml", "/posts-2026-11.xml", "/posts-2026-10.xml"]
    assert "/new" in paths(poll)
    assert bites(poll) == ["sitemaps"]


async def test_an_index_within_the_likeliest_index_comes_before_the_other_files() -> None:
    site = Files({"/sitemap.xml": index(("/news.xml", ""), ("/a.xml", "")), "/news.xml": index(("/n.xml", ""))})
    site.files |= {"/n.xml": urlset(["/1"]), "/a.xml": urlset(["/2"])}
    await site.poll()
    assert list(site.asked) == ["/sitemap.xml", "/news.xml", "/n.xml", "/a.xml"]


async def test_old_files_left_out_of_a_first_poll_are_not_told_of() -> None:
    old = [(f"/posts-{year}.xml", "") for year in range(2000, 2026)]
    site = Files({"/sitemap.xml": index(("/posts-2026.xml", ""), *old), "/*": urlset(["/x"])})
    assert (await site.poll()).bites == ()
    assert site.asked.total() == MOST_FILES + 1


async def test_files_that_have_not_changed_since_the_last_poll_are_left_alone_but_for_the_likeliest() -> None:
    children = [("/a.xml", "2026-11-21"), ("/b.xml", "2026-11-21T11:00:00Z"), ("/c.xml", "2026-11-01"), ("/d.xml", "")]
    site = Files({"/sitemap.xml": index(*children), "/*": urlset([])})
    poll = await site.poll(known())
    assert set(site.asked) == {"/sitemap.xml", "/a.xml", "/b.xml", "/d.xml"}
    assert poll.bites == ()
    site.files["/sitemap.xml"] = index(("/c.xml", "2026-11-01"), ("/e.xml", "2026-10-01"))
    site.asked.clear()
    await site.poll(known())
    assert set(site.asked) == {"/sitemap.xml", "/c.xml"}, "dates in an index may never change"


async def test_a_later_poll_takes_what_changed_since_with_its_date_and_leaves_what_is_old() -> None:
    site = Files({"/sitemap.xml": index(("/a.xml", ""), ("/b.xml", ""), ("/c.xml", ""))})
    site.files["/a.xml"] = urlset(["/new"], "2026-11-21T11:00:00Z")
    site.files["/b.xml"] = urlset(["/old"], "2026-11-01")
    site.files["/c.xml"] = urlset(["/2019/05/04/touched-up"], "2026-11-21T11:00:00Z")
    poll = await site.poll(known())
    assert paths(poll) == ["/new"]
    assert poll.links[0].modified_at == datetime(2026, 11, 21, 11, tzinfo=UTC)
    assert poll.links[0].published_at is None


async def test_a_compressed_sitemap_is_read() -> None:
    site = Files({"/sitemap.xml": index(("/a.xml.gz", "")), "/a.xml.gz": gzip.compress(urlset(["/1"]))})
    assert paths(await site.poll()) == ["/1"]


async def test_a_first_poll_takes_some_days_and_a_hundred_links_at_the_most() -> None:
    site = Files({"/sitemap.xml": index(("/a.xml", ""), ("/b.xml", ""))})
    site.files["/a.xml"] = urlset((f"/a{n}" for n in range(300)), "2026-11-17")
    site.files["/b.xml"] = urlset((f"/b{n}" for n in range(300)), "2020-01-01")
    poll = await site.poll()
    assert len([path for path in paths(poll) if path.startswith("/a")]) == MOST_LINKS_AT_FIRST
    assert len([path for path in paths(poll) if path.startswith("/b")]) == FEWEST_LINKS_AT_FIRST


async def test_what_the_second_poll_would_take_for_news_the_first_has_taken() -> None:
    site = Files({"/sitemap.xml": urlset((f"/a{n}" for n in range(400)), "2026-11-20T14:00:00Z")})
    first = await site.poll()
    second = await site.poll(replace(first.feed, last_polled_at=NOW, last_success_at=NOW))
    assert set(paths(second)) <= set(paths(first))
    assert len(first.links) == 400


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["", "/2026/11/19", "/2019/05/04"])), max_size=60))
def test_an_unchanged_sitemap_brings_nothing_new_the_second_time(pages: list[tuple[int, str]]) -> None:
    dated = [
        FoundLink(f"{SITE}{day}/{n}", "", None, NOW - timedelta(hours=6 * age)) for n, (age, day) in enumerate(pages)
    ]
    parsed = ParsedSitemap(tuple(dated), modified=tuple(link.modified_at for link in dated))
    first = chosen(parsed, plan_for(NOW, None))
    assert set(chosen(parsed, plan_for(NOW, NOW))) <= set(first)
    assert len(set(first)) == len(first)


def test_the_sitemaps_that_promise_news_come_first() -> None:
    named = [f"{SITE}/{name}.xml" for name in ("pages", "posts-2025", "posts", "posts-2026-11", "news")]
    assert [url[len(SITE) + 1 : -4] for url in by_promise(named)] == [
        "news",
        "posts-2026-11",
        "posts-2025",
        "posts",
        "pages",
    ]


async def test_of_a_list_without_dates_both_ends_are_taken() -> None:
    site = Files({"/sitemap.xml": urlset(f"/x{n}" for n in range(5_000))})
    found = paths(await site.poll())
    assert (found[0], found[-1], len(found)) == ("/x0", "/x4999", 100)


async def test_a_million_links_are_bounded_and_the_cut_is_told() -> None:
    site = Files({"/sitemap.xml": index(*((f"/s{n}.xml", "2026-11-21") for n in range(20)))})
    site.files["/s*"] = lambda path: urlset((f"{path}/{n}" for n in range(50_001)), "2026-11-21T10:00:00Z")
    poll = await site.poll(known())
    assert len(poll.links) == MOST_NEW_LINKS
    assert "sitemap links" in bites(poll)
    assert site.asked.total() <= MOST_FILES + 1


async def test_history_is_read_as_far_back_as_wanted_and_no_further() -> None:
    months = [f"2026-{month:02}" for month in range(1, 12)]
    site = Files({"/sitemap.xml": index(*((f"/posts-{month}.xml", "2026-11-21") for month in months))})
    site.files |= {f"/posts-{month}.xml": urlset([f"/{month}/a", f"/{month}/b"], f"{month}-20") for month in months}
    poll = await site.poll(since=datetime(2026, 8, 15, tzinfo=UTC))
    assert sorted(paths(poll)) == sorted(f"/{month}/{name}" for month in months[7:] for name in "ab")
    assert set(site.asked) == {"/sitemap.xml", *(f"/posts-{month}.xml" for month in months[7:])}
    assert poll.bites == ()


@pytest.mark.parametrize(
    ("path", "is_lasting_one"), [("/news.xml", True), ("/news-1.xml", False), ("/n.xml?p=1", False)]
)
async def test_a_news_sitemap_in_an_index_is_a_road_of_its_own_if_its_name_will_last(
    path: str, is_lasting_one: bool
) -> None:
    site = Files({"/sitemap.xml": index((path, ""), ("/posts.xml", "")), "/posts.xml": urlset(["/a"])})
    site.files[path] = urlset(["/b"], news=True)
    poll, reading = await Poller(site, Here(), ManualClock(NOW)).look(Feed(ROOT, "sitemap"))  # type: ignore[arg-type]
    assert reading.news == ((SITE + path,) if is_lasting_one else ())
    assert bool(poll.feed.hints.get(IS_NEWS)) is not is_lasting_one
    assert is_lasting(path) is is_lasting_one


async def test_an_index_is_never_asked_conditionally_and_a_plain_sitemap_is() -> None:
    site = Files({"/sitemap.xml": index(("/a.xml", "")), "/a.xml": urlset(["/1"])})
    assert (await site.poll()).feed.etag == ""
    site.files["/sitemap.xml"] = urlset(["/1"])
    assert (await site.poll()).feed.etag == '"1"'


async def test_a_missing_file_matters_only_where_nothing_else_is_there() -> None:
    site = Files({"/sitemap.xml": index(("/gone.xml", ""), ("/a.xml", "")), "/a.xml": urlset(["/1"])})
    assert (await site.poll()).feed.last_error == ""
    site.files["/a.xml"] = b"<html>"
    assert "does not exist" in (await site.poll()).feed.last_error


async def test_an_empty_sitemap_is_known_for_one() -> None:
    poll = await Files({"/sitemap.xml": urlset([])}).poll()
    assert (poll.feed.last_error, poll.feed.hints) == ("", {IS_EMPTY: True})


async def test_a_fetch_that_failed_is_told_as_such() -> None:
    poll = await Files().poll()
    assert poll.failure is not None and poll.failure.status == 404
    assert poll.feed.last_error == poll.failure.message


async def test_a_file_that_failed_is_made_up_for_and_given_up_after_two_months() -> None:
    def entry(date: str) -> bytes:
        return urlset(["/missed"], date)

    site = Files({"/sitemap.xml": index(("/a.xml", ""), ("/i.xml", "")), "/a.xml": urlset(["/1"])})
    failed = await site.poll(known())
    since = failed.feed.hints[UNREAD]
    assert set(since) == {key(f"{SITE}/i.xml")}
    assert "HTTP 404" in failed.warning
    later = replace(known(), hints=failed.feed.hints)
    assert (await site.poll(later)).feed.hints[UNREAD] == since
    old = (NOW - timedelta(days=3)).isoformat()
    behind = replace(known(), hints={UNREAD: {key(f"{SITE}/i.xml"): (NOW - timedelta(days=4)).isoformat()}})
    site.files |= {"/i.xml": index(("/b.xml", old)), "/b.xml": entry(old)}
    assert "/missed" not in paths(await site.poll(known()))
    made_up = await site.poll(behind)
    assert "/missed" in paths(made_up)
    assert (UNREAD in made_up.feed.hints, made_up.warning) == (False, "")
    ancient = replace(known(), hints={UNREAD: {"gone.example/": (NOW - timedelta(days=61)).isoformat()}})
    assert UNREAD not in (await site.poll(ancient)).feed.hints


async def test_a_file_that_breaks_our_own_code_leaves_the_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    read = sitemap_poll.read_file

    def breaking(body: bytes, url: str, *arguments: Any) -> SitemapFile:
        if url.endswith("/b.xml"):
            raise ZeroDivisionError("injected")
        return read(body, url, *arguments)

    monkeypatch.setattr(sitemap_poll, "read_file", breaking)
    site = Files({"/sitemap.xml": index(("/b.xml", ""), ("/a.xml", "")), "/a.xml": urlset(["/1"])})
    site.files["/b.xml"] = urlset(["/2"])
    poll = await site.poll(known())
    assert (paths(poll), poll.feed.last_error) == (["/1"], "")
    assert poll.warning == f"{SITE}/b.xml could not be read, by a fault of Vigie's: ZeroDivisionError: injected"
    assert set(poll.feed.hints[UNREAD]) == {key(f"{SITE}/b.xml")}
