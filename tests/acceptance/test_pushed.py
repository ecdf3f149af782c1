"""A feed that names a hub: found by a visit, subscribed, pushed; its article is stored and matched at once."""

import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import web

from extraction.pool import WorkerPool
from news.clock import ManualClock
from tests.hubs import HOST, LocalHub, post
from tests.running import Running, running
from tests.service_process import service
from tests.sites import LocalSite
from web.app import make_app
from web.server import WebServer


def _free_port() -> int:
    with socket.socket() as opened:
        opened.bind((HOST, 0))
        return int(opened.getsockname()[1])


def _name_hub(site: LocalSite, hub: LocalHub) -> None:
    async def feed(_: web.Request) -> web.Response:
        return web.Response(text=_feed(site, hub), content_type="application/rss+xml")

    site.scripts["/feed.xml"] = feed


def _name_hub_in_headers(site: LocalSite, hub: LocalHub) -> None:
    async def feed(_: web.Request) -> web.Response:
        answer = web.Response(text=site.feed(), content_type="application/rss+xml")
        answer.headers.add("Link", f'<https://fonts.example/>; rel=preconnect; crossorigin, <{hub.url}>; rel="hub"')
        answer.headers.add("Link", f'<{site.url("/feed.xml")}?utm_source=Hub>; rel="self"')
        return answer

    site.scripts["/feed.xml"] = feed


def _feed(site: LocalSite, hub: LocalHub) -> str:
    links = f'<atom:link rel="hub" href="{hub.url}"/><atom:link rel="self" href="{site.url("/feed.xml")}"/>'
    text = site.feed().replace("<channel>", f"<channel>{links}")
    return text.replace('version="2.0"', 'version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"')


async def _ask_hub(vigie: Running, hub: LocalHub) -> None:
    await vigie.engine.subscriber.tick()
    await vigie.engine.subscriber.finish()
    await hub.settled()


@pytest.mark.parametrize(
    ("name_hub", "topic"), [(_name_hub, "/feed.xml"), (_name_hub_in_headers, "/feed.xml?utm_source=Hub")]
)
async def test_an_article_is_stored_and_matched_as_soon_as_the_hub_pushes_it(
    site: LocalSite,
    pool: WorkerPool,
    clock: ManualClock,
    tmp_path: Path,
    name_hub: Callable[[LocalSite, LocalHub], None],
    topic: str,
) -> None:
    port = _free_port()
    settings = (
        f'[crawler]\ndelay = 0\n[network]\nallow = ["127.0.0.0/8"]\n[web]\npublic_url = "http://{HOST}:{port}"\n'
        f'[[source]]\nname = "site"\nurl = "{site.url()}"\n[[watch]]\nname = "w"\nquery = "retrait"\n'
    )
    site.publish("ancien", "Le retrait est ancien", published_at=clock.now())
    async with LocalHub() as hub, running(tmp_path, settings, pool, clock) as vigie:
        name_hub(site, hub)
        server = WebServer(make_app(vigie.engine.daemon.troubles, vigie.engine), HOST, port)
        await server.start()
        try:
            await vigie.visit()
            await _ask_hub(vigie, hub)
            assert hub.forms[0]["hub.topic"] == site.url(topic)
            assert hub.answers[0][0] == 200
            vigie.wait(minutes=1)
            await vigie.visit()
            assert len(await vigie.articles()) == 1, "the source is not due yet"
            url = site.publish("nouveau", "Un retrait des troupes", published_at=clock.now())
            assert await hub.distribute(_feed(site, hub).encode()) == 202
            await vigie.engine.pushes.finish()
            await vigie.visit()
            assert (await vigie.articles())[0].article.url == url
            assert (await vigie.matches())[0].stored.article.url == url
        finally:
            await server.stop()


@pytest.mark.parametrize(("public_url", "status"), [("https://vigie.example.org", 410), ("", 404)])
async def test_the_service_has_a_door_for_hubs_only_where_a_public_url_is_set(
    tmp_path: Path, public_url: str, status: int
) -> None:
    async with service(tmp_path, VIGIE_WEB__PORT="0", VIGIE_WEB__PUBLIC_URL=public_url) as started:
        await started.logged("vigie runs")
        [url] = [line["web"] for line in started.lines if line.get("event") == "vigie runs"]
        assert await post(f"{url}/websub/unknown", b"") == status
        started.signal(signal.SIGTERM)
        assert await started.ended() == 0
        assert not [line for line in started.lines if line.get("level") == "error"]
