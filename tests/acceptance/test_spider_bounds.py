"""A spider of the user's own that never has enough, fails a little each time, or comes late to its source."""

import json
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from extraction.pool import WorkerPool
from news.clock import ManualClock
from service.change import edit_source
from storage import Transaction
from tests.running import Running, running
from tests.sites import LocalSite, answering

Start = Callable[..., AbstractAsyncContextManager[Running]]
_numbers = count()  # Python reads a module of one name once

HEAD = "import scrapy\nclass Phare(scrapy.Spider):\n    start_urls = ['{home}']\n"
PAGES = """
    def parse(self, response):
        for link in response.css("a"):
            yield response.follow(link, self.page)

    def page(self, response):
        yield response
"""
ONE = "        yield {'url': response.urljoin('/vieux'), 'title': 'Vieux', 'text': 'Un texte.'}\n"
LISTED = f"    def parse(self, response):\n{ONE}"


@pytest.fixture
def start(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Start:
    """Vigie with one source, read by a spider whose class has this body."""
    monkeypatch.setattr(sys, "path", list(sys.path))

    def started(body: str, crawler: str = "", *, is_read: bool = True) -> AbstractAsyncContextManager[Running]:
        name = f"bounds_{next(_numbers)}"
        (tmp_path / "spiders").mkdir(exist_ok=True)
        (tmp_path / "spiders" / f"{name}.py").write_text(HEAD.format(home=site.url()) + body, encoding="utf-8")
        settings = (
            f"[crawler]\ndelay = 0\n{crawler}\n[network]\nallow = {json.dumps([site.address])}\n"
            f'[[source]]\nname = "Le Phare"\nurl = "{site.url()}"\n' + f'spider = "{name}:Phare"\n' * is_read
        )
        return running(tmp_path, settings, pool, clock)

    return started


async def _titles(vigie: Running) -> set[str]:
    return {entry.article.title for entry in await vigie.articles()}


async def _bites(vigie: Running) -> list[str]:
    source = await vigie.source("Le Phare")
    async with vigie.archive.database.read() as tx:
        return [bitten.bite.name for bitten in (await tx.caps.of([source.id])).get(source.id, [])]


async def _made(vigie: Running) -> int:
    """How far the source's spider has counted."""
    module = sys.modules[(await vigie.source("Le Phare")).spider.partition(":")[0]]
    return int(module.Phare.made)


async def test_a_callback_that_yields_requests_without_end_is_cut(site: LocalSite, start: Start) -> None:
    body = """
    made = 0

    def parse(self, response):
        while True:
            Phare.made += 1
            yield scrapy.Request(response.urljoin(f"/?n={Phare.made}"), self.read)

    def read(self, response):
        yield {"url": response.url, "title": "Un", "text": "Un texte."}
"""
    async with start(body, crawler="pages_per_visit = 5\nspider_timeout = 60") as vigie:
        await vigie.visit()
        assert (await vigie.source("Le Phare")).last_error == ""
        assert await _bites(vigie) == ["pages per visit"]
        assert len(await vigie.articles()) == 4
        assert await _made(vigie) < 100
    assert site.asked["/"] == 5


async def test_a_callback_that_yields_items_without_end_is_cut_when_its_time_is_over(start: Start) -> None:
    body = """
    made = 0

    def parse(self, response):
        while True:
            Phare.made += 1
            yield {"url": response.urljoin(f"/{Phare.made}"), "title": "Un", "text": "Un texte."}
"""
    async with start(body, crawler="spider_timeout = 1") as vigie:
        await vigie.visit()
        assert (await vigie.source("Le Phare")).last_error == ""
        assert await _bites(vigie) == ["time"]
        assert await vigie.articles()
        before = await _made(vigie)
        assert await _made(vigie) == before


async def test_a_page_that_fails_each_time_does_not_make_everything_history(site: LocalSite, start: Start) -> None:
    site.publish("une", "La une")
    async with start(PAGES.replace("yield response\n", "yield response\n        yield {}\n")) as vigie:
        await vigie.visit()
        assert "an item has no url" in (await vigie.source("Le Phare")).last_error
        site.publish("deux", "La deux")
        vigie.wait(days=1)
        await vigie.visit()
        assert await _titles(vigie) == {"La une", "La deux"}
        histories = {url: (await vigie.links(site.url(url)))[0].is_history for url in ("/une", "/deux")}
        assert histories == {"/une": True, "/deux": False}


@pytest.mark.parametrize(
    "body",
    [
        f"{LISTED}        raise scrapy.exceptions.CloseSpider('enough')\n",
        "    async def start(self):\n        async for one in super().start():\n            yield one\n"
        f"        raise scrapy.exceptions.CloseSpider('enough')\n\n{LISTED}",
    ],
)
async def test_a_spider_may_say_that_it_has_enough(start: Start, body: str) -> None:
    async with start(body) as vigie:
        await vigie.visit()
        assert "CloseSpider" not in (await vigie.source("Le Phare")).last_error


@pytest.mark.parametrize(("claimed", "is_now"), [("2099-01-01", True), ("0001-01-01", False)])
async def test_a_date_in_the_future_is_taken_for_now_and_one_before_the_web_for_unknown(
    start: Start, claimed: str, is_now: bool
) -> None:
    async with start(LISTED.replace("'Un texte.'", f"'Un texte.', 'published_at': '{claimed}'")) as vigie:
        await vigie.visit()
        [stored] = await vigie.articles()
        assert stored.article.published_at == (vigie.clock.now() if is_now else None)


async def _as_it_was_before(vigie: Running, site: LocalSite) -> None:
    """Take the spider from the source, and let an ordinary visit leave a link that waits."""

    async def put(tx: Transaction, **values: Any) -> None:
        source = await tx.sources.get("Le Phare")
        await tx.sources.change(source.id, **values)

    spider = (await vigie.source("Le Phare")).spider
    async with vigie.archive.database.write() as tx:
        await put(tx, spider="")
    await vigie.visit()
    [link] = await vigie.links(site.url("/une"))
    assert link.state == "pending"
    async with vigie.archive.database.write() as tx:
        await put(tx, spider=spider, due_at=vigie.clock.now() + timedelta(hours=3))
    vigie.wait(hours=3)


async def test_links_that_wait_do_not_make_a_spider_run_without_rest(site: LocalSite, start: Start) -> None:
    site.publish("une", "La une")
    site.scripts["/une"] = answering(503)
    async with start(LISTED) as vigie:
        await _as_it_was_before(vigie, site)
        await vigie.visit()
        source = await vigie.source("Le Phare")
        assert source.due_at is not None
        assert source.due_at > vigie.clock.now()


@pytest.mark.parametrize("is_edited", [True, False], ids=["by a command", "in the file"])
async def test_what_a_spider_finds_first_at_a_source_that_was_watched_is_history(
    site: LocalSite, start: Start, *, is_edited: bool
) -> None:
    async with start(LISTED, is_read=False) as vigie:
        site.publish("une", "La une")
        await vigie.visit()
        assert (await vigie.source("Le Phare")).watched_since is not None
        vigie.wait(days=1)
        if is_edited:
            await _edit(vigie, spider=f"bounds_{next(_numbers) - 1}:Phare")
            await vigie.visit()
            [link] = await vigie.links(site.url("/vieux"))
    if not is_edited:
        async with start(LISTED) as vigie:
            await vigie.visit()
            [link] = await vigie.links(site.url("/vieux"))
    assert link.is_history


async def _edit(vigie: Running, **changes: Any) -> None:
    async with vigie.archive.database.write() as tx:
        source = await tx.sources.get("Le Phare")
        await tx.sources.change(source.id, origin="command")
        await edit_source(tx, "Le Phare", changes, None, vigie.clock.now())
