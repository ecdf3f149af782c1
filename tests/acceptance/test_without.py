"""Sources that lack something on this machine, an access that can be read or a browser: told, and no harm to others."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from crawler.chromium import NAMES
from extraction.pool import WorkerPool
from news.clock import ManualClock
from tests.commands import Commands
from tests.proxies import Proxy
from tests.running import Running, running
from tests.sites import LocalSite, answering

BROKEN: dict[str, Any] = {"headers": {"Cookie": "s3cret-canary"}}
SHELL = (
    "<body><div id=app></div><script>fetch('/api' + location.pathname).then(r => r.text())"
    ".then(t => { document.body.innerHTML = t })</script></body>"
)
HTML = "text/html; charset=utf-8"


def _settings(site: LocalSite, *sources: str, crawler: str = "", allow: tuple[str, ...] = ()) -> str:
    allowed = json.dumps([site.address, *allow])
    return f"[crawler]\ndelay = 0\n{crawler}\n[network]\nallow = {allowed}\n" + "".join(sources)


def _source(name: str, url: str, more: str = "") -> str:
    return f'[[source]]\nname = "{name}"\nurl = "{url}"\n{more}\n'


async def _break(vigie: Running, name: str, **values: Any) -> None:
    async with vigie.archive.database.write() as tx:
        await tx.sources.change((await tx.sources.get(name)).id, **values)


@pytest.mark.parametrize("more", ["", 'spider = "nowhere:Phare"', "browser = true"])
async def test_an_access_that_cannot_be_read_is_the_source_s_error_and_nothing_is_asked(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path, more: str
) -> None:
    site.publish("une", "La une")
    async with LocalSite() as other:
        sources = (_source("broken", other.url(), more), _source("well", site.url()))
        settings = _settings(site, *sources, allow=(other.address,))
        async with running(tmp_path, settings, pool, clock) as vigie:
            await _break(vigie, "broken", access=BROKEN)
            await vigie.visit()
            source = await vigie.source("broken")
            assert source.last_error == "the access that is kept for it cannot be read: the header Cookie is a secret"
            assert (source.trouble, source.failures) == ("failing", 1)
            assert "vigie source remove" in source.advice
            assert [entry.article.title for entry in await vigie.articles()] == ["La une"]
            assert not other.asked
            other.publish("deux", "La deux")
            vigie.wait(days=1)
            await _break(vigie, "broken", access={}, spider="", browser=False)
            await vigie.visit()
            assert (await vigie.source("broken")).last_error == ""
            assert len(await vigie.articles()) == 2


async def test_where_the_browser_is_missing_feeds_are_read_and_links_wait(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    site.publish("une", "La une")
    feed = site.url("/feed.xml")
    settings = _settings(
        site,
        _source("scripted", feed, "browser = true"),
        _source("plain", site.url()),
        crawler='chromium = "/nowhere/chromium"',
    )
    async with running(tmp_path, settings, pool, clock) as vigie:
        await _discovered(vigie, "scripted", feed)
        await vigie.visit()
        source = await vigie.source("scripted")
        assert source.last_error == "scripted needs a browser: there is no browser at /nowhere/chromium"
        assert "pip install 'vigie[browser]'" in source.advice
        assert "apt install chromium" in source.advice
        assert source.trouble == "failing"
        [waiting] = [link for link in await vigie.links(site.url("/une")) if link.source_id == source.id]
        assert (waiting.state, waiting.attempts) == ("pending", 0)
        assert (await vigie.source("plain")).last_error == ""
        assert [entry.article.title for entry in await vigie.articles()] == ["La une"]
        assert source.due_at is not None
        assert source.due_at > clock.now(), "links that wait are no reason to come back at once"


async def _discovered(vigie: Running, name: str, feed: str) -> None:
    """As if its feed had been found when the browser was still there."""
    from news.source import Feed

    async with vigie.archive.database.write() as tx:
        number = (await tx.sources.get(name)).id
        await tx.feeds.replace(number, [Feed(feed, "feed")])
        await tx.sources.change(number, discovered_at=vigie.clock.now())


async def test_a_proxy_that_the_guard_refuses_is_what_the_advice_allows(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    async with Proxy() as proxy:
        settings = _settings(site, _source("site", site.url(), f'[source.access]\nproxy = "http://{proxy.address}"'))
        (tmp_path / "data").mkdir()
        async with running(tmp_path / "data", settings, pool, clock) as vigie:
            await vigie.visit()
            source = await vigie.source("site")
        assert "the proxy 127.0.0.1 leads to 127.0.0.1" in source.last_error
        assert f'[network] allow = ["{proxy.address}"]' in source.advice
        assert site.address not in source.advice
        said = await Commands(tmp_path).apart("source", "test", "site")
    assert said.code == 1
    assert f'[network] allow = ["{proxy.address}"]' in said.err
    assert f'["{site.address}"]' not in said.err


async def test_a_look_has_the_access_of_the_source_with_that_url(site: LocalSite, tmp_path: Path) -> None:
    site.publish("une", "La une")
    command = Commands(tmp_path)
    command.settings(
        _settings(site, _source("site", site.url(), '[source.access]\nheaders = { X-Edition = "abonnes" }'))
    )
    looked = await command.apart("source", "test", site.url(), "--json")
    assert (looked.json["source"], looked.json["access"], looked.json["browser"]) == ("site", ["headers"], False)
    told = await command.apart("source", "test", site.url())
    assert "the source 'site', headers" in told.out
    plain = await command.apart("source", "test", site.url("/feed.xml"), "--json")
    assert (plain.json["source"], plain.json["access"]) == (None, [])


async def test_the_browser_is_asked_for_where_there_is_none(site: LocalSite, tmp_path: Path) -> None:
    command = Commands(tmp_path)
    command.settings(_settings(site, crawler='chromium = "/nowhere/chromium"'))
    for verb in (("source", "test"), ("extract",)):
        said = await command.apart(*verb, site.url(), "--browser")
        assert said.code == 1
        assert "needs a browser: there is no browser at /nowhere/chromium" in said.err
        assert "vigie[browser]" in said.err


async def test_a_source_with_a_proxy_is_not_looked_at_by_the_browser(site: LocalSite, tmp_path: Path) -> None:
    command = Commands(tmp_path)
    command.settings(_settings(site, _source("site", site.url(), '[source.access]\nproxy = "http://127.0.0.1:9"')))
    said = await command.apart("source", "test", "site", "--browser")
    assert (said.code, "has a proxy of its own" in said.err) == (2, True)


async def test_a_page_is_extracted_in_the_way_of_a_source(site: LocalSite, tmp_path: Path) -> None:
    sent: list[str | None] = []
    url = site.publish("une", "La une")
    usual = site._usual

    def noting(request: Any) -> Any:
        if request.path != "/robots.txt":
            sent.append(request.headers.get("X-Edition"))
        return usual(request)

    site._usual = noting  # type: ignore[method-assign]
    command = Commands(tmp_path)
    command.settings(
        _settings(site, _source("site", site.url(), '[source.access]\nheaders = { X-Edition = "abonnes" }'))
    )
    assert (await command.apart("extract", url, "--as", "site", "--json")).json["title"] == "La une"
    assert (await command.apart("extract", url, "--json")).json["title"] == "La une"
    assert sent == ["abonnes", None]
    unknown = await command.apart("extract", url, "--as", "Le Phare")
    assert (unknown.code, "there is no source named 'Le Phare'" in unknown.err) == (2, True)
    assert (await command.apart("extract", "page.html", "--as", "site")).code == 2


@pytest.mark.skipif(not any(map(shutil.which, NAMES)), reason="there is no Chromium on this machine")
async def test_a_look_by_the_browser_sees_what_scripts_write(site: LocalSite, tmp_path: Path) -> None:
    pytest.importorskip("playwright", reason="pip install 'vigie[browser]'")
    url = site.publish("une", "La une")
    site.scripts["/api/une"] = answering(200, site.articles.pop("/une"), Content_Type=HTML)
    site.scripts["/une"] = answering(200, SHELL, Content_Type=HTML)
    command = Commands(tmp_path)
    command.settings(_settings(site, _source("site", site.url(), "browser = true")))
    looked = await command.apart("source", "test", "site", "--json")
    assert (looked.code, looked.json["browser"], looked.json["source"]) == (0, True, "site")
    assert (await command.apart("extract", url, "--as", "site", "--json")).json["title"] == "La une"
    assert (await command.apart("extract", url, "--as", "site", "--no-browser")).code == 1
