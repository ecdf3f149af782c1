"""Dates that no calendar has, wherever a server can write one: they cost a date, never a feed, a visit or a host."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler import polling
from crawler.reading import read_feed
from extraction.pool import WorkerPool
from news.clock import ManualClock
from tests.hostile import Behaviour, HostileSite, answering, page
from tests.running import Running, running

FAR = "Mon, 01 Jan 99999999999 00:00:00 GMT"
_SPACES = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
_AGES = 15  # seconds; a host whose turn was lost would keep us waiting much longer
_TITLE = "Le conseil adopte le budget"


def settings(*sites: HostileSite, **urls: str) -> str:
    """The settings for these sources, by name, on these sites."""
    sources = "".join(f'[[source]]\nname = "{name}"\nurl = "{url}"\n' for name, url in urls.items())
    allow = json.dumps([site.address for site in sites])
    return f"[crawler]\ndelay = 0\n[network]\nallow = {allow}\n{sources}"


def once(first: Behaviour, then: Behaviour) -> Behaviour:
    """The one, and the other for ever after."""
    left = [first]

    async def behaviour(exchange: object) -> None:
        await (left.pop() if left else then)(exchange)  # type: ignore[arg-type]

    return behaviour


async def titles(vigie: Running) -> set[str]:
    """What is stored."""
    return {entry.article.title for entry in await vigie.articles()}


@pytest.mark.parametrize("path", ["/robots.txt", "/feed.xml", "/un-article"])
@pytest.mark.parametrize("status", ["429 Too Many Requests", "200 OK", "503 Service Unavailable"])
async def test_a_retry_after_beyond_all_calendars_does_not_close_the_host_for_ever(
    pool: WorkerPool, clock: ManualClock, tmp_path: Path, status: str, path: str
) -> None:
    async with HostileSite() as site:
        site.listed = ["/un-article"]
        bodies = {"/robots.txt": b"User-agent: *\nAllow: /\n", "/feed.xml": site.feed(), "/un-article": page()}
        site.answers |= {name: answering(body) for name, body in bodies.items()}
        site.answers[path] = once(answering(bodies[path], f"Retry-After: {FAR}", status=status), site.answers[path])
        async with running(tmp_path, settings(site, mal=site.url("/feed.xml")), pool, clock) as vigie:
            for _ in range(3):
                async with asyncio.timeout(_AGES):
                    await vigie.visit()
                vigie.wait(hours=2)
            assert await titles(vigie) == {_TITLE}


def _rss(date: str, link: str) -> bytes:
    return (
        f'<rss version="2.0" {_SPACES}><channel><title>M</title><item><title>Un</title><link>{link}</link>{date}</item>'
        "</channel></rss>"
    ).encode()


def _atom(link: str) -> bytes:
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>M</title><entry><title>Un</title><link href="{link}"/>'
        f"<updated>{FAR}</updated></entry></feed>"
    ).encode()


def _json(link: str) -> bytes:
    item = {"id": link, "url": link, "title": "Un", "date_published": FAR}
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "M", "items": [item]}).encode()


def _sitemap(link: str) -> bytes:
    return (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<url><loc>{link}</loc><lastmod>{FAR}</lastmod></url></urlset>"
    ).encode()


FORMATS: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "pubDate": ("application/rss+xml", lambda link: _rss(f"<pubDate>{FAR}</pubDate>", link)),
    "dc:date": ("application/rss+xml", lambda link: _rss(f"<dc:date>{FAR}</dc:date>", link)),
    "Atom": ("application/atom+xml", _atom),
    "JSON Feed": ("application/feed+json", _json),
}


@pytest.mark.parametrize("form", FORMATS)
async def test_a_date_beyond_all_calendars_costs_an_entry_its_date_and_no_more(
    pool: WorkerPool, clock: ManualClock, tmp_path: Path, form: str
) -> None:
    kind, body = FORMATS[form]
    async with HostileSite() as site:
        site.answers["/feed"] = answering(body(site.url("/un-article")), f"Content-Type: {kind}")
        site.answers["/un-article"] = answering(page())
        async with running(tmp_path, settings(site, mal=site.url("/feed")), pool, clock) as vigie:
            await vigie.visit()
            assert await titles(vigie) == {_TITLE}
            assert (await vigie.source("mal")).last_error == ""


async def test_a_lastmod_beyond_all_calendars_costs_an_entry_its_date_and_no_more(
    pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    async with HostileSite() as site:
        site.answers["/robots.txt"] = answering(f"Sitemap: {site.url('/sitemap.xml')}".encode())
        site.answers["/"] = answering(page("Accueil"))
        site.answers["/sitemap.xml"] = answering(_sitemap(site.url("/un-article-assez-long")), "Content-Type: text/xml")
        site.answers["/un-article-assez-long"] = answering(page())
        async with running(tmp_path, settings(site, mal=site.url("/")), pool, clock) as vigie:
            await vigie.visit()
            assert await titles(vigie) == {_TITLE}


def breaks_on_the_bad(body: bytes, *arguments: object, **named: object) -> object:
    """A reader with a fault of its own; it works in another process."""
    if b"/mal-" in body:
        raise ZeroDivisionError("injected")
    return _READ(body, *arguments, **named)  # type: ignore[arg-type]


_READ = read_feed


async def test_a_fault_of_ours_in_one_feed_leaves_the_others_of_its_source_alone(
    pool: WorkerPool, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="{}">'
    async with HostileSite() as site:
        site.answers["/"] = answering(f"<html><head>{link.format('/mal')}{link.format('/bien')}</head></html>".encode())
        site.answers["/mal"] = answering(_rss("", site.url("/mal-article")), "Content-Type: application/rss+xml")
        site.answers["/bien"] = answering(_rss("", site.url("/bon-article")), "Content-Type: application/rss+xml")
        site.answers |= {"/bon-article": answering(page()), "/mal-article": answering(page("Un autre titre"))}
        config = settings(site, a=site.url("/"), b=site.url("/mal"))
        async with running(tmp_path, config, pool, clock) as vigie:
            await vigie.visit()
            assert await titles(vigie) == {_TITLE, "Un autre titre"}
            vigie.wait(hours=2)
            monkeypatch.setattr(polling, "read_feed", breaks_on_the_bad)
            site.answers["/bien"] = answering(_rss("", site.url("/dernier")), "Content-Type: application/rss+xml")
            site.answers["/dernier"] = answering(page("Le dernier titre"))
            await vigie.visit()
            assert "Le dernier titre" in await titles(vigie)
            for name in "ab":
                assert (
                    f"{site.url('/mal')} could not be read, by a fault of Vigie's: ZeroDivisionError: injected"
                    in (await vigie.source(name)).last_error
                )


async def test_a_fault_of_ours_in_one_feed_leaves_discovery_the_others(
    pool: WorkerPool, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "read_feed", breaks_on_the_bad)
    link = '<link rel="alternate" type="application/rss+xml" href="{}">'
    async with HostileSite() as site:
        site.answers["/"] = answering(f"<html><head>{link.format('/mal')}{link.format('/bien')}</head></html>".encode())
        site.answers["/mal"] = answering(_rss("", site.url("/mal-article")), "Content-Type: application/rss+xml")
        site.answers["/bien"] = answering(_rss("", site.url("/bon-article")), "Content-Type: application/rss+xml")
        site.answers["/bon-article"] = answering(page())
        async with running(tmp_path, settings(site, a=site.url("/")), pool, clock) as vigie:
            await vigie.visit()
            assert await titles(vigie) == {_TITLE}
            assert (await vigie.source("a")).last_error == ""
