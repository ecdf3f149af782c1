"""Pages that break our own code, and looks at articles that lead elsewhere or nowhere: the rest goes on as before."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy.exc import OperationalError

from extraction.pool import WorkerPool
from extraction.revision.compare import compare_among
from news.article import Article
from news.clock import ManualClock
from news.errors import WorkerDiedError
from news.source import Link
from service.blemishes import dated_by
from tests.running import Running, running
from tests.sites import LocalSite, answering

Start = Callable[[], AbstractAsyncContextManager[Running]]

OTHER = (
    "Le conseil a voté jeudi soir le budget de la commune, après un débat de quatre heures, et le maire a promis que "
    "les travaux commenceraient au printemps, si le département en paie la moitié."
)


@pytest.fixture
def start(site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path) -> Start:
    """Starts Vigie with one source."""
    settings = f"""
[crawler]
delay = 0
interval = "10m"

[network]
allow = ["{site.address}"]

[[source]]
name = "Le Site"
url = "{site.url()}"
"""

    @asynccontextmanager
    async def started() -> AsyncIterator[Running]:
        async with running(tmp_path, settings, pool, clock) as vigie:
            yield vigie

    return started


def break_on(monkeypatch: pytest.MonkeyPatch, url: str, error: Exception) -> None:
    """Have the article at this URL break our code."""

    def breaking(article: Article, *rest: Any) -> Article:
        if article.url == url:
            raise error
        return dated_by(article, *rest)

    monkeypatch.setattr("service.collect.dated_by", breaking)


async def _titles(vigie: Running) -> set[str]:
    return {stored.article.title for stored in await vigie.articles()}


async def _link(vigie: Running, url: str) -> Link:
    [link] = await vigie.links(url)
    return link


async def test_a_page_that_breaks_our_code_is_tried_again_and_given_up_and_the_others_are_fetched_meanwhile(
    site: LocalSite, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.publish("un", "Un article")
    site.publish("deux", "Un autre article", body=OTHER)
    bad = site.publish("piege", "Un article qui casse tout", body=OTHER)
    break_on(monkeypatch, bad, ValueError("no such thing"))
    async with start() as vigie:
        await vigie.visit()
        assert await _titles(vigie) == {"Un article", "Un autre article"}
        link = await _link(vigie, bad)
        assert (link.state, link.attempts) == ("pending", 1)
        assert link.last_error == "a fault of Vigie's: ValueError: no such thing"
        assert link.next_try_at is not None and link.next_try_at > vigie.clock.now()
        assert (await vigie.source("Le Site")).trouble == ""
        for _ in range(7):
            vigie.wait(days=2)
            await vigie.visit()
        assert (await _link(vigie, bad)).state == "dead"


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), OperationalError("INSERT", {}, Exception("disk is full"))]
)
async def test_a_full_disk_ends_the_visit_and_no_link_is_blamed_for_it(
    site: LocalSite, start: Start, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    site.publish("un", "Un article")
    bad = site.publish("deux", "Un autre article", body=OTHER)
    break_on(monkeypatch, bad, error)
    async with start() as vigie:
        await vigie.visit()
        link = await _link(vigie, bad)
        assert (link.state, link.attempts, link.last_error) == ("pending", 0, "")
        assert "a fault of Vigie's" in (await vigie.source("Le Site")).last_error


@pytest.mark.parametrize("error", [TimeoutError(), WorkerDiedError("the worker process died (exit code 9)")])
async def test_a_change_that_is_too_hard_to_compare_is_left_alone_and_the_next_page_is_fetched(
    site: LocalSite, start: Start, pool: WorkerPool, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    site.publish("vieux", "Un article")
    async with start() as vigie:
        await vigie.visit()
        urls = [site.publish("un", "Un nouvel article"), site.publish("deux", "Un deuxième article", body=OTHER)]
        vigie.wait(minutes=11)
        await vigie.visit()
        run = pool.run

        async def failing(function: Any, *args: Any, **kwargs: Any) -> Any:
            if function is compare_among:
                raise error
            return await run(function, *args, **kwargs)

        monkeypatch.setattr(pool, "run", failing)
        vigie.wait(minutes=70)
        await vigie.visit()
        assert [(await _link(vigie, url)).revisits for url in urls] == [1, 1]
        assert (await vigie.source("Le Site")).last_error == ""


def moved_to(url: str) -> Callable[[web.Request], Any]:
    """A script that sends on to another URL."""
    return answering(301, Location=url)


async def test_an_article_whose_url_leads_to_another_one_by_now_stays_as_it_was(site: LocalSite, start: Start) -> None:
    site.publish("vieux", "Un article")
    async with start() as vigie:
        await vigie.visit()
        url = site.publish("deux", "La deuxième histoire")
        third = site.publish("trois", "La troisième histoire", body=OTHER)
        fourth = site.publish("quatre", "La quatrième histoire", body=OTHER.replace("budget", "règlement"))
        vigie.wait(minutes=11)
        await vigie.visit()
        site.scripts["/deux"] = moved_to(third)
        claim = f'<head><link rel="canonical" href="{third}">'
        site.articles["/quatre"] = site.articles["/trois"].replace("<head>", claim)
        vigie.wait(minutes=70)
        await vigie.visit()
        assert await _titles(vigie) == {
            "Un article",
            "La deuxième histoire",
            "La troisième histoire",
            "La quatrième histoire",
        }
        assert [(await _link(vigie, one)).revisits for one in (url, fourth)] == [1, 1]


async def test_an_address_that_a_site_claims_for_all_its_articles_does_not_hide_their_changes(
    site: LocalSite, start: Start
) -> None:
    site.publish("vieux", "Un article")
    async with start() as vigie:
        await vigie.visit()
        site.publish("un", "La première histoire")
        site.publish("deux", "La deuxième histoire", body=OTHER)
        claim = f'<head><link rel="canonical" href="{site.url("/une")}">'
        for path in ("/un", "/deux"):
            site.articles[path] = site.articles[path].replace("<head>", claim)
        vigie.wait(minutes=11)
        await vigie.visit()
        assert len(await vigie.articles()) == 3
        more = "<p>Dix-sept familles ont été relogées dans le gymnase, dit la mairie.</p></article>"
        site.articles["/un"] = site.articles["/un"].replace("</article>", more)
        vigie.wait(minutes=70)
        await vigie.visit()
        texts = {one.article.title: one.article.text for one in await vigie.articles()}
        assert "Dix-sept familles" in texts["La première histoire"]


async def test_a_look_that_never_reached_the_page_does_not_count(site: LocalSite, start: Start) -> None:
    site.publish("vieux", "Un article")
    async with start() as vigie:
        await vigie.visit()
        url = site.publish("un", "Un nouvel article")
        vigie.wait(minutes=11)
        await vigie.visit()
        site.scripts["/robots.txt"] = answering(503)
        vigie.wait(days=1, minutes=30)  # what robots.txt said is forgotten by now
        await vigie.visit()
        source = await vigie.source("Le Site")
        vigie.engine.local.submit(await vigie.engine.visits.lease([source.id]))
        await vigie.engine.local.finish()
        link = await _link(vigie, url)
        assert link.revisits == 0
        assert link.revisit_at is not None and link.revisit_at > vigie.clock.now()
        del site.scripts["/robots.txt"]
        vigie.wait(days=1)
        await vigie.visit()
        assert (await _link(vigie, url)).revisits == 1
