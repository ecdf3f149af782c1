"""Given only a site's home page, its articles are found by whatever road the site offers."""

import gzip
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from extraction.pool import WorkerPool
from news.clock import ManualClock
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


def a_vigie(
    url: str, site: LocalSite, pool: WorkerPool, clock: ManualClock, folder: Path
) -> AbstractAsyncContextManager[Running]:
    """Vigie with this one source."""
    settings = (
        f'[crawler]\ndelay = 0\ninterval = "10m"\n[network]\nallow = ["{site.address}"]\n'
        f'[[source]]\nname = "Le Site"\nurl = "{url}"\n'
    )
    return running(folder, settings, pool, clock)
