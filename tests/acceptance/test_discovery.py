"""Given only a site's home page, its articles are found by whatever road the site offers."""

import gzip
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import web

from crawler.fetching import Answer as Fetched
from crawler.survey import feeds_due
from extraction.pool import WorkerPool
from news.clock import ManualClock
from news.source import Feed
from tests.running import Running, running
from tests.sites import Answer, LocalSite, answering

Prepared = Callable[[LocalSite], None]
TITLE = "La Corée du Sud exige le retrait des troupes"
PATH = "2026/11/21/la-coree-du-sud-exige-le-retrait-des-troupes.html"


def answering_bytes(body: bytes, content_type: str) -> Answer:
    """A script that always answers with these bytes."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body, content_type=content_type)

    return answer


def without_feed(site: LocalSite) -> None:
    """A home page that names no feed."""
    site.scripts["/"] = answering(200, "<html><body><h1>Le Site</h1></body></html>", Content_Type="text/html")
    site.scripts["/feed.xml"] = answering(404)


def news_sitemap(site: LocalSite) -> str:
    """A news sitemap that lists the article."""
    return (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>'
        f"<loc>{site.url('/' + PATH)}</loc><news:news><news:publication_date>{datetime.now(UTC).isoformat()}"
        f"</news:publication_date><news:title>{TITLE}</news:title></news:news></url></urlset>"
    )


def atom_at_the_usual_place(site: LocalSite) -> None:
    """No link element; the feed lies where feeds usually lie."""
    without_feed(site)
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Le Site</title><entry><title>x</title>'
        f'<link rel="alternate" href="/{PATH}"/></entry></feed>'
    )
    site.scripts["/atom.xml"] = answering(200, atom, Content_Type="application/atom+xml")


def json_feed(site: LocalSite) -> None:
    """A link element names a JSON Feed."""
    home = '<html><head><link rel="alternate" type="application/feed+json" href="/feed.json"></head></html>'
    site.scripts["/"] = answering(200, home, Content_Type="text/html")
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Le Site",
        "items": [{"id": "1", "url": site.url("/" + PATH)}],
    }
    site.scripts["/feed.json"] = answering(200, json.dumps(feed), Content_Type="application/feed+json")


def sitemap_in_robots(site: LocalSite) -> None:
    """robots.txt names a news sitemap."""
    without_feed(site)
    site.robots = f"User-agent: *\nAllow: /\nSitemap: {site.url('/actus.xml')}\n"
    site.scripts["/actus.xml"] = answering(200, news_sitemap(site), Content_Type="application/xml")


def index_of_gzipped_sitemaps(site: LocalSite) -> None:
    """The usual sitemap is an index, and its child is compressed."""
    without_feed(site)
    index = (
        '<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<sitemap><loc>{site.url('/sitemap-news-1.xml.gz')}</loc></sitemap></sitemapindex>"
    )
    site.scripts["/sitemap.xml"] = answering(200, index, Content_Type="application/xml")
    packed = gzip.compress(news_sitemap(site).encode())
    site.scripts["/sitemap-news-1.xml.gz"] = answering_bytes(packed, "application/gzip")


def sections_only(site: LocalSite) -> None:
    """Neither feed nor sitemap: the front page links to its articles."""
    without_feed(site)
    others = [f"2026/11/2{day}/un-autre-article-qui-parle-du-jour-{day}.html" for day in range(4)]
    for path in others:
        site.publish(path, f"Un autre article sur {path[-6]}")
    cards = "".join(
        f'<article><h2><a href="/{path}">Un titre assez long pour un article</a></h2></article>'
        for path in [PATH, *others]
    )
    site.scripts["/"] = answering(200, f"<html><body><main>{cards}</main></body></html>", Content_Type="text/html")


def sections_beside_an_empty_feed(site: LocalSite) -> None:
    """A feed that nobody names and that lists nothing lies where feeds usually lie."""
    sections_only(site)
    empty = '<?xml version="1.0"?><rss version="2.0"><channel><title>Rien</title></channel></rss>'
    site.scripts["/feed"] = answering(200, empty, Content_Type="application/rss+xml")


@pytest.mark.parametrize(
    ("prepare", "road"),
    [
        (atom_at_the_usual_place, "feed"),
        (json_feed, "feed"),
        (sitemap_in_robots, "sitemap"),
        (index_of_gzipped_sitemaps, "sitemap"),
        (sections_only, "section"),
        (sections_beside_an_empty_feed, "section"),
    ],
    ids=lambda given: getattr(given, "__name__", given),
)
async def test_the_article_is_found(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path, prepare: Prepared, road: str
) -> None:
    url = site.publish(PATH, TITLE)
    prepare(site)
    async with a_vigie(site.url(), site, pool, clock, tmp_path) as vigie:
        await vigie.visit()
        [link] = await vigie.links(url)
        assert (link.state, link.road) == ("fetched", road)
        assert TITLE in {entry.article.title for entry in await vigie.articles()}
        assert (await vigie.source("Le Site")).last_error == ""
        vigie.wait(minutes=11)
        await vigie.visit()
        assert site.asked["/" + PATH] == 1


async def test_a_source_may_be_a_feed_itself(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    url = site.publish(PATH, TITLE)
    async with a_vigie(site.url("/feed.xml"), site, pool, clock, tmp_path) as vigie:
        await vigie.visit()
        [link] = await vigie.links(url)
        assert (link.state, link.road) == ("fetched", "feed")


async def test_a_page_that_has_moved_is_followed_and_kept_once(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    site.publish(PATH, TITLE)
    old = site.publish("ancienne-adresse", "sans objet")
    site.scripts["/ancienne-adresse"] = answering(301, Location="/" + PATH)
    async with a_vigie(site.url(), site, pool, clock, tmp_path) as vigie:
        await vigie.visit()
        assert [entry.article.title for entry in await vigie.articles()] == [TITLE]
        [link] = await vigie.links(old)
        assert link.state == "fetched"


def cards(*paths: str) -> str:
    """A block of headlines."""
    return "".join(
        f'<article><h2><a href="/{path}">Un titre assez long pour un article</a></h2></article>' for path in paths
    )


def html(body: str, head: str = "") -> Answer:
    """A page."""
    return answering(200, f"<html><head>{head}</head><body>{body}</body></html>", Content_Type="text/html")


def sitemap_index(site: LocalSite, *paths: str) -> Answer:
    """An index of sitemaps."""
    entries = "".join(f"<sitemap><loc>{site.url(path)}</loc></sitemap>" for path in paths)
    text = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>'
    return answering(200, text, Content_Type="application/xml")


def every_road(site: LocalSite) -> None:
    """A feed, an index with a news sitemap, a front page and a section, each listing something of its own."""
    site.robots = f"User-agent: *\nAllow: /\nSitemap: {site.url('/index.xml')}\n"
    site.scripts["/index.xml"] = sitemap_index(site, "/actus.xml", "/posts.xml")
    site.scripts["/actus.xml"] = answering(200, news_sitemap(site), Content_Type="application/xml")
    page = f"<url><loc>{site.url('/ancien')}</loc><lastmod>{datetime.now(UTC):%Y-%m-%d}</lastmod></url>"
    posts = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{page}</urlset>'
    site.scripts["/posts.xml"] = answering(200, posts, Content_Type="application/xml")
    feed = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    menu = '<nav><a href="/politique/">Politique</a><a href="/vide/">Vide</a></nav>'
    front = [f"2026/11/20/un-article-de-la-une-numero-{n}.html" for n in range(4)]
    politics = [f"2026/11/20/un-article-de-politique-numero-{n}.html" for n in range(4)]
    site.scripts["/"] = html(menu + cards(*front), feed)
    site.scripts["/politique/"] = html(cards(*politics))
    site.scripts["/vide/"] = html("<p>Rien</p>")
    for path in ("ancien", *front, *politics):
        site.publish(path, f"Un article sur {path[-6]}")
    site.listed.clear()
    site.publish("du-flux", "Un article du flux")


async def test_every_road_is_found_and_each_of_its_pages_fetched_once(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    every_road(site)
    async with a_vigie(site.url(), site, pool, clock, tmp_path) as vigie:
        home = await vigie.engine.crawler.fetch(site.url())
        assert isinstance(home, Fetched)
        discovery = vigie.engine.crawler.discovery()
        found = await discovery.explore(home)
        assert [(entry.feed.road, entry.feed.url, entry.kind, entry.links) for entry in found] == [
            ("feed", site.url("/feed.xml"), "RSS", 1),
            ("sitemap", site.url("/actus.xml"), "news sitemap", 1),
            ("sitemap", site.url("/index.xml"), "sitemap index", 2),
            ("section", site.url("/"), "section page", 4),
            ("section", site.url("/politique/"), "section page", 4),
        ]
        polls = [await discovery.poller.poll(entry.feed) for entry in found]
        assert [len(poll.links) for poll in polls] == [entry.links for entry in found]
        assert polls[0].feed.etag == '"1"'
        assert max(site.asked.values()) == 1, site.asked
        polled = [replace(poll.feed, last_polled_at=clock.now()) for poll in polls]
        later = feeds_due(polled, clock.now() + timedelta(minutes=10))
        assert [feed.url for feed in later] == [site.url("/feed.xml"), site.url("/actus.xml")]
        assert len(feeds_due(polled, clock.now() + timedelta(hours=3))) == 5


async def test_what_the_feed_leaves_out_is_found_by_the_other_roads(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    every_road(site)
    site.publish(PATH, TITLE)
    site.listed.remove("/" + PATH)
    async with a_vigie(site.url(), site, pool, clock, tmp_path) as vigie:
        await vigie.visit()
        for path, roads in {
            "/du-flux": ("feed",),
            "/" + PATH: ("sitemap",),
            "/ancien": ("sitemap",),
            "/2026/11/20/un-article-de-politique-numero-2.html": ("section",),
        }.items():
            [link] = await vigie.links(site.url(path))
            assert (link.state, link.roads) == ("fetched", roads), path


async def test_the_first_visit_fetches_everything_once_and_later_ones_mostly_the_feed_alone(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    every_road(site)
    site.scripts["/index.xml"] = sitemap_index(site, "/posts.xml")
    async with a_vigie(site.url(), site, pool, clock, tmp_path) as vigie:
        await vigie.visit()
        assert max(site.asked.values()) == 1, site.asked
        for _ in range(3):
            site.asked.clear()
            vigie.wait(minutes=30)
            await vigie.visit()
            assert site.asked == {"/feed.xml": 1}
        site.asked.clear()
        vigie.wait(minutes=91)
        await vigie.visit()
        assert site.asked == {"/feed.xml": 1, "/index.xml": 1, "/posts.xml": 1, "/": 1, "/politique/": 1}


async def test_of_a_feed_in_several_formats_one_is_kept_and_a_shorter_feed_of_its_own_stays(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    def feed(*paths: str) -> Answer:
        items = "".join(f"<item><link>{site.url(path)}</link></item>" for path in paths)
        return answering(200, f'<rss version="2.0"><channel>{items}</channel></rss>', Content_Type="application/xml")

    names = ("rss", "atom", "sport", "culture")
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="/{name}.xml">' for name in names)
    site.scripts["/"] = html("", links)
    site.scripts["/rss.xml"] = feed("/1", "/2", "/3", "/4")
    site.scripts["/atom.xml"] = feed("/1", "/2", "/3")
    site.scripts["/sport.xml"] = feed("/4", "/5")
    site.scripts["/culture.xml"] = feed("/1")
    async with a_vigie(site.url(), site, pool, clock, tmp_path) as vigie:
        home = await vigie.engine.crawler.fetch(site.url())
        assert isinstance(home, Fetched)
        found = await vigie.engine.crawler.discovery().explore(home)
        assert [entry.feed.url for entry in found] == [site.url(f"/{name}.xml") for name in ("rss", "sport", "culture")]


async def test_without_names_the_usual_places_are_tried_until_one_of_each_kind_is_found(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    without_feed(site)
    site.publish(PATH, TITLE)
    site.scripts["/sitemap-news.xml"] = answering(200, news_sitemap(site), Content_Type="application/xml")
    site.scripts["/sitemap.xml"] = sitemap_index(site, "/sitemap-news.xml")
    async with a_vigie(site.url(), site, pool, clock, tmp_path) as vigie:
        home = await vigie.engine.crawler.fetch(site.url())
        assert isinstance(home, Fetched)
        found = await vigie.engine.crawler.discovery().explore(home)
        assert [(entry.feed.url, entry.kind) for entry in found] == [
            (site.url("/sitemap-news.xml"), "news sitemap"),
            (site.url("/sitemap.xml"), "sitemap index"),
        ]
        del site.asked["/"]  # asked with a query as well
        assert (site.asked["/sitemap_news.xml"], site.asked["/sitemap.txt"], max(site.asked.values())) == (0, 0, 1)


async def test_the_history_of_a_feed_is_followed_page_by_page(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    async def paged(request: web.Request) -> web.Response:
        page = int(request.query.get("paged", "1"))
        items = "".join(
            f"<item><link>{site.url(f'/p{page}-{n}')}</link>"
            f"<pubDate>{format_datetime(clock.now() - timedelta(days=page, hours=n))}</pubDate></item>"
            for n in range(3)
        )
        text = f"<generator>https://wordpress.org/?v=6.6</generator>{items}"
        return web.Response(text=f'<rss version="2.0"><channel>{text}</channel></rss>', content_type="application/xml")

    site.scripts["/feed.xml"] = paged
    async with a_vigie(site.url("/feed.xml"), site, pool, clock, tmp_path) as vigie:
        poller = vigie.engine.crawler.discovery().poller
        feed = Feed(site.url("/feed.xml"), "feed")
        assert len((await poller.poll(feed)).links) == 3
        poll = await poller.poll(feed, since=clock.now() - timedelta(days=4, minutes=1))
        assert len(poll.links) == 10  # three days of three, and the first of the fourth
        assert site.asked["/feed.xml"] == 4


def a_vigie(
    url: str, site: LocalSite, pool: WorkerPool, clock: ManualClock, folder: Path
) -> AbstractAsyncContextManager[Running]:
    """Vigie with this one source."""
    settings = (
        f'[crawler]\ndelay = 0\ninterval = "10m"\n[network]\nallow = ["{site.address}"]\n'
        f'[[source]]\nname = "Le Site"\nurl = "{url}"\n'
    )
    return running(folder, settings, pool, clock)
