"""Rows 16, 17 and 28 of what Vigie must survive: pages that are odd, and articles all the same."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from extraction.pool import WorkerPool
from news.article import Article
from news.clock import ManualClock
from tests.running import Running, running
from tests.sites import LocalSite

Visit = Callable[[], AbstractAsyncContextManager[Running]]


@pytest.fixture
def visit(site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path) -> Visit:
    """Visits the site once."""

    @asynccontextmanager
    async def visited() -> AsyncIterator[Running]:
        settings = (
            f'[crawler]\ndelay = 0\n[network]\nallow = ["{site.address}"]\n'
            f'[[source]]\nname = "Le Site"\nurl = "{site.url("/feed.xml")}"\n'
        )
        async with running(tmp_path, settings, pool, clock) as vigie:
            await vigie.visit()
            yield vigie

    return visited


async def _stored(vigie: Running) -> dict[str, Article]:
    """The articles by the last part of their paths."""
    return {stored.article.url.rpartition("/")[2]: stored.article for stored in await vigie.articles()}


async def _told(vigie: Running) -> dict[str, tuple[str, str]]:
    """Page and detail of the caps that bit at the source."""
    source = await vigie.source("Le Site")
    async with vigie.archive.database.read() as tx:
        caps = (await tx.caps.of([source.id])).get(source.id, [])
    return {one.bite.name: (one.bite.url, one.bite.detail) for one in caps}


async def test_row_16_a_title_that_was_clipped_is_told_of_at_its_source(visit: Visit, site: LocalSite) -> None:
    """Row 16: clipped at 1,000 characters, flagged."""
    url = site.publish("long", "Le budget " + "très " * 100_000 + "long")
    site.publish("court", "Le budget est voté…")
    async with visit() as vigie:
        articles = await _stored(vigie)
        assert set(articles) == {"long", "court"}
        assert len(articles["long"].title) <= 1_000
        assert await _told(vigie) == {"title length": (url, "the title has more than 1,000 characters")}


async def test_row_17_characters_that_cannot_be_read_are_counted(visit: Visit, site: LocalSite) -> None:
    """Row 17: what was replaced in a page of broken UTF-8 is counted."""
    url = site.publish("abime", "Un article abîmé")
    site.publish("entier", "Un article entier")
    broken = site.articles["/abime"].encode().replace("immédiat".encode(), b"imm\xe9diat")

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=broken, headers={"Content-Type": "text/html; charset=utf-8"})

    site.scripts["/abime"] = answer
    async with visit() as vigie:
        articles = await _stored(vigie)
        assert set(articles) == {"abime", "entier"}
        assert articles["abime"].text.count("\ufffd") == 1
        assert await _told(vigie) == {"unreadable characters": (url, "characters replaced by \ufffd: 1")}


async def test_row_28_articles_are_stored_whatever_their_dates_and_none_comes_from_the_future(
    visit: Visit, site: LocalSite
) -> None:
    """Row 28: no date, year 1, 2099, a bad zone, in the feed and on the page."""
    dates = {
        "sans": "",
        "an-1": "0001-01-01T00:00:00Z",
        "en-2099": "2099-01-01T00:00:00Z",
        "zone-folle": "2026-11-14T08:00:00+99:99",
        "zone-nommee": "Sat, 14 Nov 2026 08:00:00 NULLE-PART",
    }
    for slug, date in dates.items():
        site.publish(slug, f"Un article {slug}")
        head = f'<meta property="article:published_time" content="{date}"></head>'
        site.articles[f"/{slug}"] = site.articles[f"/{slug}"].replace("</head>", head)

    async def feed(_: web.Request) -> web.Response:
        items = "".join(
            f"<item><title>{slug}</title><link>{site.url(f'/{slug}')}</link><pubDate>{date}</pubDate></item>"
            for slug, date in dates.items()
        )
        text = f'<rss version="2.0"><channel><title>Le Site</title>{items}</channel></rss>'
        return web.Response(text=text, content_type="application/rss+xml")

    site.scripts["/feed.xml"] = feed
    async with visit() as vigie:
        now = vigie.clock.now()
        articles = await _stored(vigie)
        assert set(articles) == set(dates)
        assert {slug for slug, article in articles.items() if article.published_at == now} == {"en-2099"}
        assert articles["sans"].published_at is articles["an-1"].published_at is None
        for slug in ("zone-folle", "zone-nommee"):
            published_at = articles[slug].published_at
            assert published_at is None or published_at < now
        source = await vigie.source("Le Site")
        assert (source.last_error, source.last_news_at is None or source.last_news_at <= now) == ("", True)
