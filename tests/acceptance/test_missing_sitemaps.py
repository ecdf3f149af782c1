"""A file of a sitemap index that is down for days beside one that is well: what it lists is found afterwards."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from extraction.pool import WorkerPool
from news.clock import ManualClock
from tests.acceptance.test_bad_dates import settings, titles
from tests.hostile import HostileSite, answering, page
from tests.running import running

_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_XML = "Content-Type: application/xml"


def _index(site: HostileSite, *names: str) -> bytes:
    entries = "".join(f"<sitemap><loc>{site.url(name)}</loc></sitemap>" for name in names)
    return f"<sitemapindex {_SPACE}>{entries}</sitemapindex>".encode()


def _urlset(site: HostileSite, *pages: tuple[str, datetime]) -> bytes:
    entries = "".join(
        f"<url><loc>{site.url(path)}</loc><lastmod>{changed.isoformat()}</lastmod></url>" for path, changed in pages
    )
    return f"<urlset {_SPACE}>{entries}</urlset>".encode()


async def test_what_a_file_of_an_index_listed_while_it_was_down_is_found_when_it_is_back(
    pool: WorkerPool, tmp_path: Path
) -> None:
    start = datetime.now(UTC) - timedelta(days=5)
    clock = ManualClock(start)
    async with HostileSite() as site:
        site.answers["/robots.txt"] = answering(f"Sitemap: {site.url('/sitemap.xml')}".encode())
        site.answers["/"] = answering(page("Accueil"))
        site.answers["/sitemap.xml"] = answering(_index(site, "/a.xml", "/b.xml"), _XML)
        listed = {"/a.xml": [("/le-premier-article-de-a", start)], "/b.xml": [("/le-premier-article-de-b", start)]}

        def publish(name: str, path: str, title: str) -> None:
            site.answers[path] = answering(page(title))
            listed[name].append((path, clock.now()))
            site.answers[name] = answering(_urlset(site, *listed[name]), _XML)

        publish("/a.xml", "/le-premier-article-de-a", "Premier de A")
        publish("/b.xml", "/le-premier-article-de-b", "Premier de B")
        async with running(tmp_path, settings(site, site=site.url("/")), pool, clock) as vigie:
            await vigie.visit()
            assert await titles(vigie) == {"Premier de A", "Premier de B"}
            publish("/b.xml", "/un-article-manquant-de-b", "Manquant de B")
            well = site.answers["/b.xml"]
            site.answers["/b.xml"] = answering(b"", status="500 Oops")
            for number in range(8):
                vigie.wait(hours=8)
                publish("/a.xml", f"/encore-un-article-de-a-{'abcdefgh'[number]}", f"Encore {number}")
                await vigie.visit()
                source = await vigie.source("site")
                assert f"Encore {number}" in await titles(vigie)
                assert f"{site.url('/b.xml')} has a fault of its own (HTTP 500)" in source.last_error
                assert source.failures == 0
            site.answers["/b.xml"] = well
            vigie.wait(hours=8)
            publish("/a.xml", "/le-dernier-article-de-a", "Le dernier")
            await vigie.visit()
            assert "Manquant de B" in await titles(vigie)
            assert (await vigie.source("site")).last_error == ""
