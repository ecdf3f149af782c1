"""Sites that misbehave: each ends as a visible state with a plain reason, nothing is lost, the others go on."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from extraction.pool import WorkerPool
from news.clock import ManualClock
from tests.running import Running, running
from tests.sites import LocalSite, answering

Started = Callable[..., AbstractAsyncContextManager[Running]]


@pytest.fixture
def started(site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path) -> Started:
    """Starts Vigie on the given URL of the site, beside a second source that is well."""

    @asynccontextmanager
    async def start(url: str = "") -> AsyncIterator[Running]:
        async with LocalSite() as well:
            well.publish("bien", "Tout va bien ici")
            settings = (
                f'[crawler]\ndelay = 0\ntimeout = 2\n[network]\nallow = ["{site.address}", "{well.address}"]\n'
                f'[[source]]\nname = "ill"\nurl = "{url or site.url()}"\n'
                f'[[source]]\nname = "well"\nurl = "{well.url()}"\n'
            )
            async with running(tmp_path, settings, pool, clock) as vigie:
                await vigie.visit()
                assert "Tout va bien ici" in {entry.article.title for entry in await vigie.articles()}
                yield vigie

    return start


async def trouble(vigie: Running) -> str:
    """What the ill source is said to suffer from."""
    source = await vigie.source("ill")
    assert source.due_at is not None
    assert source.due_at > vigie.clock.now(), "it is tried again, later"
    return source.last_error


async def test_a_site_that_cannot_be_reached(started: Started, site: LocalSite) -> None:
    await site.close()
    async with started() as vigie:
        assert "refuses connections" in await trouble(vigie)


async def test_a_home_page_that_does_not_exist(started: Started, site: LocalSite) -> None:
    async with started(site.url("/nothing")) as vigie:
        assert "does not exist (HTTP 404)" in await trouble(vigie)


async def test_a_server_with_a_fault(started: Started, site: LocalSite) -> None:
    site.scripts["/"] = answering(500)
    async with started() as vigie:
        assert "HTTP 500" in await trouble(vigie)
        assert (await vigie.source("ill")).failures == 1


async def test_a_page_that_names_nothing(started: Started, site: LocalSite) -> None:
    site.scripts["/"] = answering(200, "<html><body><p>Bonjour.</p></body></html>", Content_Type="text/html")
    site.scripts["/feed.xml"] = answering(404)
    async with started() as vigie:
        assert "names no feed" in await trouble(vigie)


async def test_an_empty_feed_is_said_to_be_empty(started: Started, site: LocalSite) -> None:
    empty = '<?xml version="1.0"?><rss version="2.0"><channel><title>Rien</title></channel></rss>'
    site.scripts["/feed.xml"] = answering(200, empty, Content_Type="application/rss+xml")
    async with started() as vigie:
        assert "lists no article" in await trouble(vigie)


async def test_a_feed_that_breaks_later_is_said_so_and_heals(started: Started, site: LocalSite) -> None:
    site.publish("un", "Le premier article")
    async with started() as vigie:
        assert await trouble(vigie) == ""
        site.scripts["/feed.xml"] = answering(200, "<rss><channel><item><ti", Content_Type="application/rss+xml")
        site.scripts["/"] = answering(503)
        vigie.wait(hours=1)
        await vigie.visit()
        assert "lists no article" in await trouble(vigie)
        site.scripts.clear()
        site.publish("deux", "Le deuxième article")
        vigie.wait(days=1)
        await vigie.visit()
        vigie.wait(days=1)
        await vigie.visit()
        assert await trouble(vigie) == ""
        assert {"Le premier article", "Le deuxième article"} <= {
            entry.article.title for entry in await vigie.articles()
        }


async def test_what_is_no_html_is_refused_with_the_reason(started: Started, site: LocalSite) -> None:
    url = site.publish("brochure", "Une brochure")

    async def brochure(_: web.Request) -> web.Response:
        return web.Response(body=b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", content_type="text/html")

    site.scripts["/brochure"] = brochure
    async with started() as vigie:
        [link] = await vigie.links(url)
        assert link.state == "refused"
        assert "not html" in link.last_error


async def test_a_page_that_never_answers_is_tried_again_later(started: Started, site: LocalSite) -> None:
    url = site.publish("lent", "Un article lent")

    async def reset(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    site.scripts["/lent"] = reset
    async with started() as vigie:
        [link] = await vigie.links(url)
        assert (link.state, link.attempts) == ("pending", 1)
        assert link.next_try_at is not None
        site.scripts.clear()
        vigie.wait(minutes=20)
        await vigie.visit()
        [link] = await vigie.links(url)
        assert link.state == "fetched"


async def test_a_redirect_into_a_private_network_is_refused_at_the_hop(started: Started, site: LocalSite) -> None:
    url = site.publish("piege", "Un piège")

    async with LocalSite() as inside:
        site.scripts["/piege"] = answering(302, Location=inside.url("/secret"))
        async with started() as vigie:
            [link] = await vigie.links(url)
            assert (link.state, link.attempts) == ("pending", 1)
            assert "not on the open internet" in link.last_error
        assert not inside.asked


async def test_a_body_over_the_limit_is_refused(started: Started, site: LocalSite) -> None:
    url = site.publish("gros", "Un gros article")
    site.scripts["/gros"] = answering(200, "x" * (11 * 1024 * 1024), Content_Type="text/html")
    async with started() as vigie:
        [link] = await vigie.links(url)
        assert link.state == "refused"
        assert "larger than Vigie takes" in link.last_error
