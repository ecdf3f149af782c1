"""Spiders of the user's own: what they bring is stored like anything else, and what goes wrong in them is told."""

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from textwrap import dedent

import pytest
from aiohttp import web

from extraction.pool import WorkerPool
from news.clock import ManualClock
from tests.documents import ROOT, blocks
from tests.running import Running, running
from tests.sites import LocalSite, answering

Start = Callable[..., AbstractAsyncContextManager[Running]]
_numbers = iter(range(1_000))

HEAD = "import scrapy\nclass Phare(scrapy.Spider):\n    start_urls = ['{home}']\n"
PAGES = """
    def parse(self, response):
        for link in response.css("a"):
            yield response.follow(link, self.page)

    def page(self, response):
        yield response
"""


@pytest.fixture
def start(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Start:
    """Vigie with one source that a spider reads: a class of this body, or a whole module."""
    import sys

    monkeypatch.setattr(sys, "path", list(sys.path))

    def started(body: str, *, module: str = "", spider: str = "", crawler: str = "", below: str = "") -> object:
        name = f"phare_{next(_numbers)}"
        folder = tmp_path / "data"
        (folder / "spiders").mkdir(parents=True, exist_ok=True)
        text = module or HEAD.format(home=site.url()) + body
        (folder / "spiders" / f"{name}.py").write_text(text, encoding="utf-8")
        settings = (
            f"[crawler]\ndelay = 0\ntimeout = 5\n{crawler}\n[network]\nallow = {json.dumps([site.address])}\n"
            f'[[source]]\nname = "Le Phare"\nurl = "{site.url()}"\nspider = "{spider or name + ":Phare"}"\n{below}'
        )
        return running(folder, settings, pool, clock)

    return started  # type: ignore[return-value]


async def titles(vigie: Running) -> set[str]:
    return {entry.article.title for entry in await vigie.articles()}


async def test_the_pages_that_a_spider_yields_become_articles_once(site: LocalSite, start: Start) -> None:
    site.publish("une", "La une")
    site.publish("deux", "La deux")
    async with start(PAGES) as vigie:
        await vigie.visit()
        assert await titles(vigie) == {"La une", "La deux"}
        [link] = await vigie.links(site.url("/une"))
        assert (link.road, link.roads, link.state, link.is_history) == ("spider", ("spider",), "fetched", True)
        site.publish("trois", "La trois")
        vigie.wait(days=1)
        await vigie.visit()
        assert await titles(vigie) == {"La une", "La deux", "La trois"}
        [link] = await vigie.links(site.url("/trois"))
        assert not link.is_history
        source = await vigie.source("Le Phare")
        assert (source.last_error, source.trouble) == ("", "")


async def test_an_article_that_a_spider_has_made_is_stored_as_it_stands(site: LocalSite, start: Start) -> None:
    body = """
    def parse(self, response):
        yield {"url": response.urljoin("/une"), "title": "Un  titre", "text": "Premier.\\n\\nSecond.",
               "published_at": "2026-11-20T08:30:00+01:00", "authors": ["Marie Durand"], "language": "fr-FR"}
"""
    async with start(body) as vigie:
        await vigie.visit()
        [stored] = await vigie.articles()
    article = stored.article
    assert (article.title, article.text, article.language) == ("Un titre", "Premier.\n\nSecond.", "fr")
    assert article.authors == ("Marie Durand",)
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2026-11-20T07:30:00+00:00"
    assert site.asked["/une"] == 0


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("    def parse(self, response):\n        1 / 0\n", "ZeroDivisionError: division by zero (line 5 of phare_"),
        ("    async def start(self):\n        yield 1 / 0\n", "at its start: ZeroDivisionError"),
        ("    def __init__(self):\n        raise KeyError('x')\n", "before it could start: "),
        ("    def parse(self, response):\n        yield {'url': response.url}\n", "has no text and no body"),
        ("    def parse(self, response):\n        yield {'text': 'a'}\n", "an item has no url"),
        ("    def parse(self, response):\n        yield 7\n", "has yielded int '7'"),
        ("    def parse(self, response):\n        pass\n", "ran to its end and brought nothing"),
    ],
)
async def test_what_goes_wrong_in_a_spider_is_the_source_s_error(start: Start, body: str, said: str) -> None:
    async with start(body) as vigie:
        await vigie.visit()
        assert said in (await vigie.source("Le Phare")).last_error


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("import nowhere_at_all", "cannot be imported: ModuleNotFoundError"),
        ("class Phare(", "cannot be imported: SyntaxError"),
        ("raise SystemExit(3)", "cannot be imported: SystemExit"),
        ("class Phare: pass", "has no scrapy.Spider called 'Phare'"),
        ("x = 1", "has no scrapy.Spider called 'Phare'"),
    ],
)
async def test_a_spider_that_is_not_there_is_the_source_s_error(start: Start, module: str, said: str) -> None:
    async with start("", module=module) as vigie:
        await vigie.visit()
        assert said in (await vigie.source("Le Phare")).last_error


async def test_what_could_not_be_fetched_is_told_where_nothing_was_brought(site: LocalSite, start: Start) -> None:
    site.scripts["/"] = answering(403)
    async with start(PAGES) as vigie:
        await vigie.visit()
        source = await vigie.source("Le Phare")
    assert "refuses us (HTTP 403)" in source.last_error
    assert source.trouble == "blocked"


async def test_a_spider_cannot_unmake_the_rules(site: LocalSite, start: Start) -> None:
    site.publish("une", "La une")
    site.publish("interdit/deux", "Interdit")
    site.robots = "User-agent: *\nDisallow: /interdit\n"
    body = """
    custom_settings = {
        "ROBOTSTXT_OBEY": False, "USER_AGENT": "Mozilla", "TELNETCONSOLE_ENABLED": True, "ITEM_PIPELINES": {},
        "DOWNLOADER_MIDDLEWARES": {}, "DOWNLOAD_HANDLERS": {"file": "scrapy.core.downloader.handlers.file.X"},
        "CONCURRENT_REQUESTS_PER_DOMAIN": 50, "DUPEFILTER_CLASS": "nowhere.X", "MINE": 7,
    }

    @classmethod
    def from_crawler(cls, crawler, *args, **kwargs):
        crawler.settings.set("USER_AGENT", "Mozilla", priority="cmdline")
        crawler.settings.set("HTTPCACHE_ENABLED", True, priority="cmdline")
        return super().from_crawler(crawler, *args, **kwargs)

    def parse(self, response):
        assert self.settings["MINE"] == 7
        for link in response.css("a"):
            yield response.follow(link, self.page, meta={"proxy": "http://127.0.0.1:9", "download_timeout": 9999})
        yield scrapy.Request("file:///etc/passwd", self.page)
        yield scrapy.Request("http://169.254.169.254/", self.page)

    def page(self, response):
        yield response
"""
    async with start(body) as vigie:
        await vigie.visit()
        assert await titles(vigie) == {"La une"}
        assert (await vigie.source("Le Phare")).last_error == ""
    assert site.asked["/interdit/deux"] == 0
    assert site.agents == {"Vigie"}
    assert site.most_open == 1


async def test_a_run_ends_after_its_share_of_pages(site: LocalSite, start: Start) -> None:
    async def endless(request: web.Request) -> web.Response:
        number = int(request.query.get("n", "0")) + 1
        return web.Response(text=f'<a href="/?n={number}">more</a>', content_type="text/html")

    site.scripts["/"] = endless
    body = "    def parse(self, response):\n        yield response.follow(response.css('a')[0], self.parse)\n"
    async with start(body, crawler="pages_per_visit = 5") as vigie:
        await vigie.visit()
        source = await vigie.source("Le Phare")
        async with vigie.archive.database.read() as tx:
            [bitten] = (await tx.caps.of([source.id]))[source.id]
    assert site.asked["/"] == 5
    assert (bitten.bite.name, bitten.bite.detail) == ("pages per visit", "after 5 requests")


async def test_a_run_that_never_ends_is_stopped(start: Start) -> None:
    body = """
    async def parse(self, response):
        import asyncio
        await asyncio.Event().wait()
"""
    async with start(body, crawler="spider_timeout = 1") as vigie:
        await vigie.visit()
        assert "does not end when it is told to" in (await vigie.source("Le Phare")).last_error


async def test_a_run_that_the_service_s_end_cuts_short_is_made_again(site: LocalSite, start: Start) -> None:
    site.publish("une", "La une")
    site.publish("deux", "La deux")
    async with start(PAGES) as vigie:

        async def ending(_: web.Request) -> web.Response:
            vigie.engine.crawler.wind_down()
            return web.Response(text=site.articles["/une"], content_type="text/html")

        site.scripts["/une"] = ending
        before = await vigie.source("Le Phare")
        await vigie.visit()
        assert await vigie.source("Le Phare") == before
        assert site.asked["/une"] == 1


async def test_a_spider_has_its_source_s_subscription(
    site: LocalSite, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHARE_KEY", "canary")
    site.publish("une", "La une")
    sent: set[str | None] = set()
    usual = site._usual

    def noting(request: web.Request) -> web.Response:
        if request.path != "/robots.txt":
            sent.add(request.headers.get("X-Api-Key"))
        return usual(request)

    monkeypatch.setattr(site, "_usual", noting)
    async with start(PAGES, below='[source.access]\nheaders_env = { X-Api-Key = "PHARE_KEY" }\n') as vigie:
        await vigie.visit()
        assert await titles(vigie) == {"La une"}
    assert sent == {"canary"}


async def test_the_example_in_the_documents_is_a_spider(site: LocalSite, start: Start) -> None:
    [example] = blocks(ROOT / "docs" / "spiders.md", "python")
    site.publish("une", "La une")
    module = dedent(example).replace("https://phare.example/", site.url()).replace("phare.example", "127.0.0.1")
    async with start("", module=module) as vigie:
        await vigie.visit()
        assert (await vigie.source("Le Phare")).last_error == ""
        assert await titles(vigie) == {"La une"}
