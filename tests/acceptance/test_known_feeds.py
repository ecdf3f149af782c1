"""What becomes of the feeds that are known of a source when they fail, are looked for anew, or are found late."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from extraction.pool import WorkerPool
from news.clock import ManualClock
from news.source import Feed
from service.change import add_source, edit_source
from tests.running import Running, running
from tests.sites import LocalSite, answering

_SECTION = "".join(
    f'<article><h2><a href="/2026/11/20/un-article-de-la-une-numero-{n}.html">Un titre assez long</a></h2></article>'
    for n in range(4)
)
_NAMED = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'


def a_page(head: str = "", body: str = _SECTION) -> str:
    """A home page with four headlines."""
    return f"<html><head>{head}</head><body>{body}</body></html>"


@pytest.fixture
async def vigie(
    request: pytest.FixtureRequest, site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> AsyncIterator[Running]:
    """Vigie with the site as its source, at the path that the test is marked with."""
    path = getattr(request, "param", "/")
    settings = (
        f'[crawler]\ndelay = 0\ninterval = "10m"\n[network]\nallow = ["{site.address}"]\n'
        f'[[watch]]\nname = "Tout"\nquery = "gouvernement"\n'
    )
    for number in range(4):
        site.publish(f"2026/11/20/un-article-de-la-une-numero-{number}.html", f"Numéro {number}")
    site.listed.clear()
    site.publish("un", "Un article", published_at=clock.now())
    site.scripts["/"] = answering(200, a_page(_NAMED), Content_Type="text/html")
    async with running(tmp_path, settings, pool, clock) as started:
        async with started.archive.database.write() as tx:
            await add_source(tx, {"name": "Le Site", "url": site.url(path)}, 600, clock.now())
        await started.visit()
        yield started


async def _feeds(vigie: Running) -> list[Feed]:
    async with vigie.archive.database.read() as tx:
        return await tx.feeds.of((await tx.sources.get("Le Site")).id)


async def _roads(vigie: Running, site: LocalSite) -> dict[str, str]:
    return {feed.url.removeprefix(site.url("")): feed.road for feed in await _feeds(vigie)}


async def _explore_next(vigie: Running) -> None:
    """As after thirty days."""
    source = await vigie.source("Le Site")
    async with vigie.archive.database.write() as tx:
        await tx.sources.change(source.id, discovered_at=None)


async def _visit_later(vigie: Running, **span: float) -> None:
    vigie.wait(**span)
    await vigie.visit()


async def _news(vigie: Running) -> set[str]:
    """The titles of what was no history."""
    found = set()
    for entry in await vigie.articles():
        [link, *_] = await vigie.links(entry.article.url)
        if not link.is_history:
            found.add(entry.article.title)
    return found


@pytest.mark.parametrize("status", [503, 500, 404])
async def test_a_feed_that_fails_while_feeds_are_looked_for_anew_stays_and_is_read_when_it_is_back(
    vigie: Running, site: LocalSite, status: int
) -> None:
    [feed] = [feed for feed in await _feeds(vigie) if feed.road == "feed"]
    await _explore_next(vigie)
    site.scripts["/feed.xml"] = answering(status)
    await _visit_later(vigie, minutes=11)
    assert [kept.id for kept in await _feeds(vigie) if kept.road == "feed"] == [feed.id]
    del site.scripts["/feed.xml"]
    site.publish("deux", "Un autre article", published_at=vigie.clock.now())
    await _visit_later(vigie, hours=2)
    assert "Un autre article" in await _news(vigie)


async def test_a_feed_that_is_no_longer_named_but_works_is_read_all_the_same(vigie: Running, site: LocalSite) -> None:
    await _explore_next(vigie)
    site.scripts["/"] = answering(200, a_page(), Content_Type="text/html")
    await _visit_later(vigie, minutes=11)
    assert "feed" in (await _roads(vigie, site)).values()


async def test_a_feed_that_has_gone_is_given_up_after_a_week_and_looked_for_once_a_day_until_then(
    vigie: Running, site: LocalSite
) -> None:
    site.scripts["/feed.xml"] = answering(410)
    site.scripts["/"] = answering(200, a_page(), Content_Type="text/html")
    for _ in range(2):
        await _visit_later(vigie, minutes=11)
    site.asked.clear()
    for _ in range(3):
        await _visit_later(vigie, minutes=11)
    assert site.asked["/rss"] == 0
    for _ in range(6):
        await _visit_later(vigie, days=1)
    assert "/feed.xml" in await _roads(vigie, site)
    for _ in range(4):
        await _visit_later(vigie, days=1)
    assert await _roads(vigie, site) == {"/": "section"}


async def test_a_feed_that_has_moved_is_found_at_the_next_visit(vigie: Running, site: LocalSite) -> None:
    site.scripts["/feed.xml"] = answering(404)
    site.publish("deux", "Un autre article", published_at=vigie.clock.now() + timedelta(minutes=5))
    site.scripts["/rss2.xml"] = answering(200, site.feed(), Content_Type="application/rss+xml")
    site.scripts["/"] = answering(200, a_page(_NAMED.replace("feed.xml", "rss2.xml")), Content_Type="text/html")
    for _ in range(2):
        await _visit_later(vigie, minutes=11)
    assert (await _roads(vigie, site))["/rss2.xml"] == "feed"
    assert "Un autre article" in await _news(vigie)


@pytest.mark.parametrize("status", [500, 503])
async def test_a_home_page_that_is_down_does_not_keep_a_feed_from_being_read(
    vigie: Running, site: LocalSite, status: int
) -> None:
    site.scripts["/feed.xml"] = answering(404)
    await _visit_later(vigie, minutes=11)
    del site.scripts["/feed.xml"]
    site.scripts["/"] = answering(status)
    site.publish("deux", "Un autre article", published_at=vigie.clock.now())
    for _ in range(2):
        await _visit_later(vigie, minutes=11)
    assert "Un autre article" in await _news(vigie)


@pytest.mark.parametrize("vigie", ["/feed.xml"], indirect=True)
async def test_a_feed_that_the_user_gave_and_that_shows_a_page_for_a_while_stays_a_feed(
    vigie: Running, site: LocalSite
) -> None:
    assert await _roads(vigie, site) == {"/feed.xml": "feed"}
    site.scripts["/politique/"] = answering(200, a_page(), Content_Type="text/html")
    menu = a_page(body='<nav><a href="/politique/">Politique</a></nav>')
    site.scripts["/feed.xml"] = answering(200, menu, Content_Type="text/html")
    for _ in range(3):
        await _visit_later(vigie, minutes=11)
    for _ in range(3):
        await _visit_later(vigie, days=20)
    assert await _roads(vigie, site) == {"/feed.xml": "feed", "/politique/": "section"}
    del site.scripts["/feed.xml"]
    site.publish("deux", "Un autre article", published_at=vigie.clock.now())
    await _visit_later(vigie, days=1)
    assert "Un autre article" in await _news(vigie)
    await _explore_next(vigie)
    await _visit_later(vigie, days=1)
    assert await _roads(vigie, site) == {"/feed.xml": "feed"}


async def test_a_page_that_turns_out_to_be_a_feed_is_read_as_one(vigie: Running, site: LocalSite) -> None:
    site.publish("deux", "Un autre article", published_at=vigie.clock.now() + timedelta(minutes=5))
    site.scripts["/"] = answering(200, site.feed(), Content_Type="application/rss+xml", ETag='"x"')
    for _ in range(3):
        await _visit_later(vigie, hours=4)
    assert await _roads(vigie, site) == {"/": "feed"}
    assert "Un autre article" in await _news(vigie)


async def test_of_a_feed_that_is_found_late_only_what_is_recent_is_news(vigie: Running, site: LocalSite) -> None:
    site.scripts["/"] = answering(200, a_page(), Content_Type="text/html")
    site.scripts["/feed.xml"] = answering(404)
    source = await vigie.source("Le Site")
    async with vigie.archive.database.write() as tx:
        await tx.feeds.replace(source.id, [Feed(site.url(), "section")])
    for _ in range(4):
        await _visit_later(vigie, days=50)
    now = vigie.clock.now()
    site.publish("ancien", "Un vieil article", published_at=now - timedelta(days=190))
    site.publish("hier", "Un article d'hier", published_at=now - timedelta(days=1))
    site.scripts["/"] = answering(200, a_page(_NAMED), Content_Type="text/html")
    del site.scripts["/feed.xml"]
    await _explore_next(vigie)
    await _visit_later(vigie, minutes=11)
    assert {"Un vieil article", "Un article d'hier"} <= {entry.article.title for entry in await vigie.articles()}
    assert await _news(vigie) == {"Un article d'hier"}


@pytest.mark.parametrize("moment", ["/feed.xml", "/deux", "/"])
async def test_a_source_whose_url_is_edited_during_its_visit_keeps_nothing_of_the_old_site(
    vigie: Running, site: LocalSite, moment: str
) -> None:
    site.publish("deux", "Un autre article", published_at=vigie.clock.now())
    site.scripts["/autre"] = answering(200, a_page(_NAMED.replace("feed.xml", "autre.xml")), Content_Type="text/html")
    site.scripts["/autre.xml"] = answering(200, site.feed(), Content_Type="application/rss+xml")

    async def edited(request: web.Request) -> web.StreamResponse:
        del site.scripts[moment]
        async with vigie.archive.database.write() as tx:
            await edit_source(tx, "Le Site", {"url": site.url("/autre")}, None, vigie.clock.now())
        return site._usual(request)

    site.scripts[moment] = edited
    await _explore_next(vigie)
    await _visit_later(vigie, minutes=11)
    source = await vigie.source("Le Site")
    assert (source.due_at, source.discovered_at, source.watched_since) == (vigie.clock.now(), None, None)
    await vigie.visit()
    assert (await _roads(vigie, site)).get("/autre.xml") == "feed"
    assert "/feed.xml" not in await _roads(vigie, site)
