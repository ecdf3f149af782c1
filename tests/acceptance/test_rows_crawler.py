"""Rows 10 to 23 and 26 of what Vigie must survive, through the real engine, on a server that misbehaves.

Every test visits a healthy source beside the bad ones. Each time the process lives on, the healthy one has its article,
why a page could not be had stands at its link or its source, and nothing of it is stored.
"""

import gzip
import json
import resource
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from extraction.pool import WorkerPool
from news.clock import ManualClock
from news.source import Link, Source
from tests.hostile import BEHAVIOURS, HostileSite, answering, bomb, certificate, page, redirect, refusing, slowly
from tests.running import Running, running
from tests.sites import LocalSite

_WELL = "Tout va bien ici"
_MOST_MEMORY = 200 * 1024  # KiB; each bomb holds 512 MiB


@dataclass
class Visited:
    """Vigie after one visit to every source; `bad` are the hostile sites by the path that each lists."""

    vigie: Running
    bad: dict[str, HostileSite]

    async def link(self, path: str) -> Link:
        """What became of the page."""
        [link] = await self.vigie.links(self.bad[path].url(path))
        return link

    async def source(self, path: str) -> Source:
        """The source that lists it."""
        return await self.vigie.source(path)

    async def titles(self) -> set[str]:
        """What is stored, of the healthy source only that it is there."""
        titles = {entry.article.title for entry in await self.vigie.articles()}
        assert _WELL in titles
        return titles - {_WELL}

    async def ends(self, state: str, words: str, *paths: str) -> None:
        """These links ended so, for a reason that has these words."""
        for path in paths:
            link = await self.link(path)
            assert (path, link.state) == (path, state), link.last_error
            assert words in link.last_error, path

    async def caps(self, path: str) -> set[str]:
        """The caps that bit at its source."""
        source = await self.source(path)
        async with self.vigie.archive.database.read() as tx:
            bitten = await tx.caps.of([source.id])
        return {cap.bite.name for cap in bitten.get(source.id, [])}


Visit = Callable[..., AbstractAsyncContextManager[Visited]]


@pytest.fixture
def visit(site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path) -> Visit:
    """Visits hostile sites, each a source named by the path that its feed lists, and a healthy one beside them.

    Each has a port of its own, for Vigie asks a host that fails ever more slowly. With `at` the source is that path.
    `patience` is how many seconds of silence it bears: few where somebody keeps silent.
    """

    @asynccontextmanager
    async def visited(
        *paths: str, at: str = "/feed.xml", patience: int = 20, **scripts: HostileSite
    ) -> AsyncIterator[Visited]:
        site.publish("bien", _WELL)
        async with AsyncExitStack() as stack:
            bad = {path: await stack.enter_async_context(HostileSite()) for path in paths}
            for path, hostile in bad.items():
                hostile.listed = [path]
            bad |= scripts
            settings = _settings(site, bad, at, patience)
            vigie = await stack.enter_async_context(running(tmp_path, settings, pool, clock))
            await vigie.visit()
            yield Visited(vigie, bad)

    return visited


def _settings(site: LocalSite, bad: dict[str, HostileSite], at: str, patience: int) -> str:
    allow = json.dumps([site.address, *(hostile.address for hostile in bad.values())])
    crawler = f"[crawler]\ndelay = 0\ntimeout = {2 * patience}\nidle_timeout = {patience}\nvisits = 100\n"
    urls = {"well": site.url()} | {name: hostile.url(at) for name, hostile in bad.items()}
    sources = "".join(f'[[source]]\nname = "{name}"\nurl = "{url}"\n' for name, url in urls.items())
    return f"{crawler}[network]\nallow = {allow}\n{sources}"


async def test_row_10_a_redirect_to_another_host_loses_login_and_cookies(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    """Row 10: they are sent to where they belong, and to no other host by way of a redirect."""
    sent: list[tuple[str, bool, bool]] = []

    async def note(request: web.Request) -> web.Response:
        sent.append((request.path, "Authorization" in request.headers, "Cookie" in request.headers))
        target = {"/a": "/b", "/b": f"http://localhost:{site.port}/c"}.get(request.path)
        return web.Response(status=302 if target else 200, headers={"Location": target} if target else {})

    site.scripts |= dict.fromkeys(("/a", "/b", "/c"), note)
    settings = f'[crawler]\ndelay = 0\n[network]\nallow = ["{site.address}", "localhost:{site.port}"]\n'
    async with running(tmp_path, settings, pool, clock) as vigie:
        headers = {"Authorization": "Basic eDp5", "Cookie": "subscriber=1"}
        request = Request(site.url("/a"), headers=headers, callback=NO_CALLBACK)
        await vigie.engine.crawler._spider.crawler.engine.download_async(request)
    assert sent == [("/a", True, True), ("/b", True, True), ("/c", False, False)]


async def test_row_11_bombs_are_stopped_while_they_are_decoded(visit: Visit) -> None:
    """Row 11: gzip, deflate (both kinds), Brotli, Zstandard, one in the other, a thousand layers, and plain lies."""
    bombs = [f"/bomb-{name}" for name in ("gzip", "deflate", "raw-deflate", "br", "zstd", "chained")]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with visit(*bombs, "/bomb-layers", "/not-gzip") as visited:
        assert await visited.titles() == set()
        await visited.ends("refused", "larger than Vigie takes (10 MiB)", *bombs)
        assert await visited.caps("/bomb-gzip") == {"page size"}
        await visited.ends("pending", "encoded 1000 times over", "/bomb-layers")
        await visited.ends("pending", "said to be in gzip and cannot be decoded", "/not-gzip")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < _MOST_MEMORY


async def test_row_11_a_bomb_of_a_sitemap_is_stopped_too(visit: Visit) -> None:
    """Row 11: sitemaps may have 50 MiB, as sent or as opened, and no box within a box."""
    async with HostileSite() as sent, HostileSite() as opened, HostileSite() as boxed:
        wrapped = {sent: None, opened: bomb("gzip"), boxed: gzip.compress(bomb("gzip"))}
        for hostile, body in wrapped.items():
            hostile.answers["/robots.txt"] = answering(f"Sitemap: {hostile.url('/sitemap.xml.gz')}".encode())
            hostile.answers["/"] = answering(page())
            if body is not None:
                hostile.answers["/sitemap.xml.gz"] = answering(body, "Content-Type: application/gzip")
        async with visit(at="/", sent=sent, opened=opened, boxed=boxed) as visited:
            assert await visited.titles() == set()
            for name, hostile in visited.bad.items():
                assert hostile.asked["/sitemap.xml.gz"]
                assert (await visited.source(name)).last_error


async def test_row_12_what_never_ends_is_cut_off(visit: Visit) -> None:
    """Row 12: an endless body, an endless header, a drip of either, and silence before and within."""
    async with visit(
        "/endless-body", "/endless-chunks", "/endless-header", "/endless-line", "/endless-interim",
        "/drip-body", "/drip-header", "/silence", "/silence-within", patience=1,
    ) as visited:  # fmt: skip
        assert await visited.titles() == set()
        await visited.ends("refused", "larger than Vigie takes", "/endless-body", "/endless-chunks")
        await visited.ends("pending", "a header longer than", "/endless-header", "/endless-line", "/endless-interim")
        await visited.ends("pending", "did not answer in full within 2 s", "/drip-body")
        await visited.ends("pending", "kept us waiting for 1 s", "/drip-header", "/silence", "/silence-within")
        assert await visited.caps("/drip-body") == {"time"}
        assert await visited.caps("/silence-within") == {"idle"}


async def test_row_13_redirects_come_to_an_end(visit: Visit) -> None:
    """Row 13: a circle, 21 hops, and a wall that wants a cookie; ten hops are followed."""
    async with visit("/loop", "/cookie-wall", "/hops?21", "/hops?11", "/hops?10", "/nowhere") as visited:
        assert await visited.titles() == {"Le conseil adopte le budget"}
        assert (await visited.link("/hops?10")).state == "fetched"
        await visited.ends("pending", "redirects in a circle", "/loop", "/cookie-wall")
        assert "cookie" in (await visited.link("/cookie-wall")).last_error
        assert visited.bad["/cookie-wall"].asked["/cookie-wall"] == 1
        await visited.ends("pending", "redirects more than 10 times", "/hops?21", "/hops?11")
        await visited.ends("refused", "redirects to an address that cannot be read", "/nowhere")
        assert await visited.caps("/loop") == await visited.caps("/hops?21") == {"redirects"}


async def test_row_13_what_a_redirect_takes_goes_off_the_time(visit: Visit) -> None:
    """Row 13: ten slow hops have no ten times as long."""
    async with HostileSite() as slow:
        for number in range(10):
            slow.answers[f"/slow{number}"] = slowly(redirect(f"/slow{number + 1}"))
        slow.listed = ["/slow0"]
        async with visit(slow=slow, patience=1) as visited:
            [link] = await visited.vigie.links(slow.url("/slow0"))
            assert "did not answer in full within 2 s" in link.last_error
            assert slow.asked["/slow8"] == 0


async def test_row_14_what_a_site_can_make_without_end_is_not_followed(visit: Visit) -> None:
    """Row 14: a calendar, session ids, a path that repeats itself, facets; what was left out is told."""
    traps = {
        "calendar": "/calendar/2031/05/",
        "session id": "/(S(lit3py55t21z5v55vlm25s55))/page.aspx",
        "path repeats": "/a/a/a",
        "facets": "/list?sort=date&order=desc&per_page=50",
        "URL length": "/" + "a" * 3_000,
    }
    async with HostileSite() as hostile:
        hostile.answers |= dict.fromkeys((*traps.values(), "/un-article-assez-long"), answering(page()))
        hostile.listed = [*traps.values(), "/un-article-assez-long"]
        async with visit(traps=hostile) as visited:
            assert await visited.titles() == {"Le conseil adopte le budget"}
            assert {path for path in traps.values() if hostile.asked[path]} == set()
            assert await visited.caps("traps") == set(traps)


async def test_row_15_a_page_too_heavy_to_read_is_given_up(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 15: 200,000 nested tags, 100,000 links; killed within the limit, the reason kept."""
    nested = b"<html><body>" + b"<div><span>" * 100_000 + b"Bonjour"
    links = b"<html><body>" + b'<p><a href="/x">Lire aussi notre article</a></p>' * 100_000
    monkeypatch.setitem(BEHAVIOURS, "/nested", answering(nested))
    monkeypatch.setitem(BEHAVIOURS, "/links", answering(links))
    async with visit("/nested", "/links") as visited:
        assert await visited.titles() == set()
        await visited.ends("refused", "no article: ", "/nested", "/links")


async def test_row_16_a_title_without_end_is_clipped(visit: Visit) -> None:
    """Row 16: a title of 9 MB, an attribute of 1 MB."""
    async with visit("/long-title", "/long-attribute") as visited:
        titles = {title[:9]: title for title in await visited.titles()}
        assert set(titles) == {"Le budget", "Le consei"}
        assert all(len(title) <= 1_000 for title in titles.values())


async def test_row_17_no_charset_breaks_a_page(visit: Visit) -> None:
    """Row 17: a lying, an unknown and a UTF-7 charset, and a mark that says otherwise; each page can be read."""
    async with visit("/lying-charset", "/unknown-charset", "/bom-clash", "/utf-7") as visited:
        texts = {urlsplit(entry.article.url).path: entry.article.text for entry in await visited.vigie.articles()}
        for path in ("/lying-charset", "/unknown-charset", "/bom-clash"):
            assert "les écoles seraient rénovées" in texts[path], path
        assert (await visited.link("/utf-7")).state in ("fetched", "refused")
        await visited.titles()


async def test_row_18_what_is_no_page_is_no_article(visit: Visit) -> None:
    """Row 18: a PDF and a picture that claim to be HTML, HTML that claims to be a feed."""
    async with visit("/pdf", "/jpeg") as visited:
        assert await visited.titles() == set()
        await visited.ends("refused", "not html", "/pdf", "/jpeg")


async def test_row_18_a_page_in_a_feeds_place_is_said_to_be_none(visit: Visit) -> None:
    """Row 18: HTML as feed."""
    async with HostileSite() as hostile, visit(at="/html-feed", hostile=hostile) as visited:
        assert await visited.titles() == set()
        assert "names no feed" in (await visited.source("hostile")).last_error


async def test_row_19_what_stands_in_an_articles_place_is_none(visit: Visit) -> None:
    """Row 19: a soft 404, a consent wall, an empty body."""
    async with visit("/soft-404", "/consent", "/empty") as visited:
        assert await visited.titles() == set()
        await visited.ends("refused", "soft 404", "/soft-404")
        await visited.ends("refused", "consent wall", "/consent")
        await visited.ends("refused", "no article", "/empty")


async def test_row_20_a_server_that_wants_to_be_left_alone_is(visit: Visit) -> None:
    """Row 20: Retry-After in seconds, as a date, in the past, in ten years, and as nonsense."""
    paths = ("/429-seconds", "/429-date", "/429-past", "/503-decade", "/503-garbage")
    async with visit(*paths) as visited:
        assert await visited.titles() == set()
        waits = {}
        for path in paths:
            link = await visited.link(path)
            assert link.state == "pending"
            assert link.next_try_at is not None
            waits[path] = link.next_try_at - visited.vigie.clock.now()
        assert waits["/429-seconds"] == timedelta(hours=2)
        assert timedelta(hours=5) <= waits["/429-date"] < timedelta(hours=6)
        assert waits["/503-decade"] == timedelta(days=1)
        assert timedelta() < waits["/429-past"] <= timedelta(hours=1)
        assert timedelta() < waits["/503-garbage"] <= timedelta(hours=1)
        await visited.ends("pending", "we ask too often (HTTP 429)", "/429-seconds")


async def test_row_21_robots_txt_that_cannot_be_had_forbids(visit: Visit) -> None:
    """Row 21: 5xx, silence, and a reset."""
    answers = {
        "fault": (refusing("500 Oops", "soon"), "answered HTTP 500"),
        "silent": (BEHAVIOURS["/silence"], "kept us waiting"),
        "reset": (BEHAVIOURS["/reset"], "broke the connection off"),
    }
    async with AsyncExitStack() as stack:
        sites = {name: await stack.enter_async_context(HostileSite()) for name in answers}
        for name, (behaviour, _) in answers.items():
            sites[name].answers["/robots.txt"] = behaviour
        async with visit(**sites, patience=1) as visited:
            assert await visited.titles() == set()
            for name, (_, words) in answers.items():
                error = (await visited.source(name)).last_error
                assert error.startswith("nothing may be fetched while robots.txt cannot be had: "), name
                assert words in error
                assert sites[name].asked == {"/robots.txt": 1}


async def test_row_21_robots_txt_is_read_however_it_is_dressed(visit: Visit) -> None:
    """Row 21: HTML forbids nothing, a byte order mark hides nothing, five redirects are followed and a circle is not.

    Of eleven megabytes the first 500 KiB count.
    """
    rules = b"User-agent: *\nDisallow: /hops\n"
    filler = b"# rien\n" * 1_600_000
    forbidding = {
        "bom": answering(b"\xef\xbb\xbf" + rules),
        "moved": redirect("/robots"),
        "long": answering(rules + filler),
    }
    allowing = {"html": answering(page()), "round": redirect("/robots.txt"), "late": answering(filler + rules)}
    async with AsyncExitStack() as stack:
        sites = {name: await stack.enter_async_context(HostileSite()) for name in (*forbidding, *allowing)}
        for name, behaviour in (forbidding | allowing).items():
            sites[name].listed = ["/hops?0"]
            sites[name].answers |= {"/robots.txt": behaviour, "/robots": answering(rules)}
        async with visit(**sites) as visited:
            await visited.titles()
            found = {name: (await visited.vigie.links(hostile.url("/hops?0")))[0] for name, hostile in sites.items()}
            assert {name: found[name].state for name in forbidding} == dict.fromkeys(forbidding, "pending")
            assert {name: found[name].state for name in allowing} == dict.fromkeys(allowing, "fetched")
            assert all("robots.txt forbids" in found[name].last_error for name in forbidding)


async def test_row_22_an_answer_that_is_broken_is_tried_again_and_says_so(visit: Visit) -> None:
    """Row 22: truncated and bad chunks, a wrong length, HTTP/0.9, NULs in the status line, nothing at all."""
    cut = ("/cut-chunks", "/cut-body", "/bad-chunks")
    none = ("/bad-length", "/bad-coding", "/http-0.9", "/nul-status")
    silent = ("/reset", "/nothing-at-all")
    async with visit(*cut, *none, *silent, "/nul-body", "/nul-header") as visited:
        assert await visited.titles() == {"Le conseil adopte le budget", "Un autre titre"}, "NULs alone break nothing"
        await visited.ends("pending", "broke off", *cut)
        await visited.ends("pending", "answers with something that is not HTTP", *none)
        await visited.ends("pending", "the server broke the connection off", *silent)
        for path in (*cut, *none, *silent):
            assert ((await visited.link(path)).attempts, visited.bad[path].asked[path]) == (1, 1)
        for entry in await visited.vigie.articles():
            assert "\x00" not in entry.article.text


async def test_row_22_what_stays_broken_is_given_up_in_the_end(visit: Visit) -> None:
    """Row 22: the tries are bounded."""
    async with visit("/reset") as visited:
        for _ in range(12):
            visited.vigie.wait(days=2)
            await visited.vigie.visit()
        link = await visited.link("/reset")
        assert (link.state, link.attempts) == ("dead", visited.bad["/reset"].asked["/reset"])
        assert link.attempts < 10


async def test_row_23_a_certificate_that_nobody_vouches_for_is_refused(visit: Visit, tmp_path: Path) -> None:
    """Row 23: self-signed, and expired."""
    async with (
        HostileSite(certificate(tmp_path)) as own,
        HostileSite(certificate(tmp_path, is_expired=True)) as old,
        visit(own=own, old=old) as visited,
    ):
        assert await visited.titles() == set()
        for name in ("own", "old"):
            assert "certificate that is self-signed, expired" in (await visited.source(name)).last_error
            assert not visited.bad[name].asked


async def test_row_26_sitemaps_that_name_themselves_or_have_no_floor_come_to_an_end(visit: Visit) -> None:
    """Row 26: an index of itself, one twelve levels deep, and one file of a million links."""
    async with HostileSite() as circle, HostileSite() as deep, HostileSite() as wide:
        index = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</sitemapindex>'
        entry = "<sitemap><loc>{}</loc></sitemap>"

        def naming(hostile: HostileSite, *paths: str) -> bytes:
            return index.format("".join(entry.format(hostile.url(path)) for path in paths)).encode()

        circle.answers["/sitemap.xml"] = answering(naming(circle, "/sitemap.xml", "/sitemap.xml?", "/sitemap.xml#a"))
        deep.answers["/sitemap.xml"] = answering(naming(deep, "/level1"))
        for level in range(1, 13):
            deep.answers[f"/level{level}"] = answering(naming(deep, f"/level{level + 1}"))
        urls = "".join(f"<url><loc>{wide.url(f'/a{number}')}</loc></url>" for number in range(1_000_000))
        body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()
        wide.answers["/sitemap.xml"] = answering(gzip.compress(body, 1), "Content-Type: application/gzip")
        for hostile in (circle, deep, wide):
            hostile.answers["/"] = answering(page())
            hostile.answers["/robots.txt"] = answering(f"Sitemap: {hostile.url('/sitemap.xml')}".encode())
        async with visit(at="/", circle=circle, deep=deep, wide=wide) as visited:
            assert await visited.titles() == set()
            assert circle.asked["/sitemap.xml"] <= 2
            assert {path for path in deep.asked if "level" in path} == {f"/level{level}" for level in range(1, 6)}
            assert wide.asked["/sitemap.xml"] == 1
            assert await visited.caps("wide") == {"sitemap links"}
            for name in ("circle", "deep"):
                assert "links to nothing that looks like an article" in (await visited.source(name)).last_error
