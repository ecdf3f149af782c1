"""What is learned of a site's addresses hides no articles for good, and says that it hides something."""

from pathlib import Path

import pytest

from crawler.patterns import Patterns, is_sample
from extraction.pool import WorkerPool
from news.clock import ManualClock
from tests.running import Running, running
from tests.sites import LocalSite, answering

_MAINTENANCE = "<html><title>Le Site</title><body><p>De retour bientôt.</p></body></html>"


@pytest.fixture
def settings(site: LocalSite) -> str:
    """One source without a feed."""
    return (
        f'[crawler]\ndelay = 0\ninterval = "10m"\n[network]\nallow = ["{site.address}"]\n'
        f'[[source]]\nname = "Le Site"\nurl = "{site.url()}"\n'
    )


def _show(site: LocalSite, *paths: str) -> None:
    """Have these on the home page, which names no feed."""
    cards = "".join(f'<article><h2><a href="/{path}">Un titre assez long</a></h2></article>' for path in paths)
    site.scripts["/"] = answering(200, f"<html><body>{cards}</body></html>", Content_Type="text/html")
    site.scripts["/feed.xml"] = answering(404)
    for path in paths:
        if f"/{path}" not in site.articles:
            site.publish(path, f"Un article {path}")


async def _brought(vigie: Running, site: LocalSite) -> set[str]:
    return {entry.article.url.removeprefix(site.url("/")) for entry in await vigie.articles()}


async def test_pages_on_maintenance_do_not_hide_the_articles_that_come_after_them(
    site: LocalSite, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    _show(site, *(f"monde/un-bel-article-numero-{number}" for number in range(4)))
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
        ill = [f"sport/un-bel-article-numero-{number}" for number in range(10, 16)]
        _show(site, *ill)
        site.articles |= {f"/{path}": _MAINTENANCE for path in ill}
        vigie.wait(minutes=11)
        await vigie.visit()
        well = [f"sport/un-bel-article-numero-{number}" for number in range(20, 26)]
        _show(site, *well)
        vigie.wait(minutes=11)
        await vigie.visit()
        assert set(well) <= await _brought(vigie, site)


async def test_one_link_in_ten_is_tried_against_what_was_learned_and_the_rest_is_told_and_comes_once_it_is_an_article(
    site: LocalSite, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    _show(site, *(f"monde/un-bel-article-numero-{number}" for number in range(4)))
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
        source = await vigie.source("Le Site")
        patterns = Patterns()
        for number in range(20):
            patterns.learn(site.url(f"/sport/un-bel-article-numero-{number}"), False)
        async with vigie.archive.database.write() as tx:
            await tx.sources.change(source.id, patterns=patterns.as_json(clock.now()))
        paths = [f"sport/un-bel-article-numero-{number}" for number in range(100, 400)]
        tried = next(path for path in paths if is_sample(site.url(f"/{path}")))
        left_out = [path for path in paths if not is_sample(site.url(f"/{path}"))][:9]
        _show(site, *left_out, tried)
        vigie.wait(minutes=11)
        await vigie.visit()
        assert {path for path in await _brought(vigie, site) if path.startswith("sport")} == {tried}
        async with vigie.archive.database.read() as tx:
            [cap] = [one for one in (await tx.caps.of([source.id]))[source.id] if one.bite.name == "unlike articles"]
        assert cap.bite.url == site.url(f"/{left_out[0]}")
        assert cap.bite.detail.startswith("9 on one page")
        vigie.wait(hours=3)
        await vigie.visit()
        assert {*left_out, tried} <= await _brought(vigie, site)
