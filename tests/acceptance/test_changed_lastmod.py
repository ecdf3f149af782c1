"""Articles of which a feed says that they were changed: looked at again at once, unless the feed says so of all."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from extraction.pool import WorkerPool
from news.article import StoredArticle
from news.clock import ManualClock
from tests.running import Running, running
from tests.sites import LocalSite

_NEWS = (
    "La préfecture a levé l'alerte mardi matin, et les habitants des rues basses peuvent rentrer chez eux, a dit le "
    "maire pendant une conférence de presse, tandis que les pompiers pompent encore l'eau des caves."
)
_SLUGS = ("crue", "budget", "ecole", "gare", "theatre", "marche")


class DatedSite:
    """A site whose Atom feed says when each article was changed."""

    def __init__(self, site: LocalSite, now: datetime) -> None:
        self.site = site
        self.updated = {}
        for number, slug in enumerate(_SLUGS):
            site.publish(slug, f"Un article sur {slug}")
            self.updated[slug] = now - timedelta(minutes=10 * (number + 1))
        site.scripts["/feed.xml"] = self._feed

    async def _feed(self, _: web.Request) -> web.Response:
        entries = "".join(
            f'<entry><title>{slug}</title><id>urn:{slug}</id><link href="{self.site.url(f"/{slug}")}"/>'
            f"<updated>{at.isoformat()}</updated></entry>"
            for slug, at in self.updated.items()
        )
        text = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Le Site</title>{entries}</feed>'
        return web.Response(text=text, content_type="application/atom+xml")

    def rewrite(self, slug: str) -> None:
        """Add a paragraph to the article, whatever the feed may say."""
        self.site.articles[f"/{slug}"] = self.site.articles[f"/{slug}"].replace(
            "</article>", f"<p>{_NEWS}</p></article>"
        )

    def fetches(self) -> dict[str, int]:
        """How often each article was asked for."""
        return {slug: self.site.asked[f"/{slug}"] for slug in _SLUGS}


@pytest.fixture
def dated(site: LocalSite, clock: ManualClock) -> DatedSite:
    """Six articles."""
    return DatedSite(site, clock.now())


@pytest.fixture
async def vigie(
    site: LocalSite, dated: DatedSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> AsyncIterator[Running]:
    """Vigie two hours and ten minutes after it found the six; it has looked at each once more."""
    settings = (
        f'[crawler]\ndelay = 0\ninterval = "10m"\n[network]\nallow = ["{site.address}"]\n'
        f'[[source]]\nname = "Le Site"\nurl = "{site.url("/feed.xml")}"\n'
    )
    updated, dated.updated = dated.updated, {}
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
        dated.updated = updated
        for _ in range(2):
            vigie.wait(minutes=65)
            await vigie.visit()
        vigie.wait(minutes=65)
        await vigie.visit()
        yield vigie


async def _stored(vigie: Running, slug: str) -> StoredArticle:
    [stored] = [one for one in await vigie.articles() if one.article.url.endswith(slug)]
    return stored


async def test_an_article_whose_date_moves_is_revised_at_the_next_visit(dated: DatedSite, vigie: Running) -> None:
    before = dated.fetches()
    assert set(before.values()) == {2}, "found, and looked at after an hour"
    dated.rewrite("crue")
    vigie.wait(minutes=11)
    await vigie.visit()
    assert dated.fetches() == before, "nothing says that it was changed"
    dated.updated["crue"] = vigie.clock.now()
    vigie.wait(minutes=11)
    await vigie.visit()
    assert dated.fetches() == before | {"crue": 3}
    stored = await _stored(vigie, "crue")
    assert _NEWS[:40] in stored.article.text
    async with vigie.archive.database.read() as tx:
        assert [revision.kind for revision in await tx.revisions.of(stored.id)] == ["first", "text"]


async def test_a_feed_that_moves_all_its_dates_at_each_poll_brings_nobody_back(
    dated: DatedSite, vigie: Running
) -> None:
    before = dated.fetches()
    for _ in range(3):
        dated.updated = {slug: at + timedelta(minutes=100) for slug, at in dated.updated.items()}
        vigie.wait(minutes=11)
        await vigie.visit()
    assert dated.fetches() == before
    dated.updated = dict.fromkeys(_SLUGS, vigie.clock.now())
    vigie.wait(minutes=11)
    await vigie.visit()
    assert dated.fetches() == before


async def test_however_often_an_article_changes_it_is_looked_at_three_times(dated: DatedSite, vigie: Running) -> None:
    for _ in range(9):
        dated.updated["crue"] = vigie.clock.now()
        vigie.wait(minutes=70)
        await vigie.visit()
    assert dated.fetches()["crue"] == 4
