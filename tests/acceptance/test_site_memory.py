"""A site's memory in the service: learned from the first articles of a visit, kept over a restart, begun anew."""

from datetime import timedelta
from html import escape
from pathlib import Path

import pytest
from sqlalchemy import text as sql
from structlog.testing import capture_logs

from extraction.pool import WorkerPool
from news.clock import ManualClock
from news.guidance import Layout, layout_of
from tests.running import Running, running
from tests.sites import LocalSite

BOX = "Rejoignez le cercle des lecteurs du phare, chaque matin et chaque soir"
NEW_BOX = "Tous les soirs, la météo marine du phare et de ses environs"
_OLD = '<div class="texte"><p>{}</p></div>'
_NEW = '<section class="css-9x"><blockquote class="k1">{}</blockquote></section>'
_HAPPENED = (
    "a voté la rallonge demandée par les écoles de la commune",
    "a suspendu les travaux de la digue jusqu’au printemps prochain",
    "a ouvert une enquête après la fermeture du pont de la gare",
)


def _paragraphs(number: int) -> list[str]:
    who = f"Le conseil de quartier numéro {number}"
    return [f"{who} {what}, et {who.lower()} en donnera les raisons jeudi soir au port." for what in _HAPPENED]


def show(site: LocalSite, *numbers: int, box: str = BOX, layout: str = _OLD) -> None:
    """Publish these articles, the box of the site between the paragraphs of each."""
    for number in numbers:
        site.publish(f"article-{number}", f"Le quartier {number}")
        first, *others = _paragraphs(number)
        text = "".join(layout.format(escape(line)) for line in (first, box, *others))
        site.articles[f"/article-{number}"] = f"<html><body><h1>Le quartier {number}</h1>{text}</body></html>"


@pytest.fixture
def settings(site: LocalSite, database_url: str) -> str:
    """One source, on SQLite and on PostgreSQL."""
    return (
        f'[crawler]\ndelay = 0\ninterval = "10m"\n[network]\nallow = ["{site.address}"]\n'
        f'[database]\nurl = "{database_url}"\n'
        f'[[source]]\nname = "Le Site"\nurl = "{site.url("/feed.xml")}"\n'
    )


async def boxed(vigie: Running, box: str = BOX) -> dict[int, bool]:
    """By their numbers, whether the articles hold the box; the rest of each is whole."""
    found = {}
    for stored in await vigie.articles():
        number = int(stored.article.url.rpartition("-")[2])
        assert [line for line in stored.article.text.split("\n\n") if line != box] == _paragraphs(number)
        found[number] = box in stored.article.text
    return found


async def layout(vigie: Running) -> Layout | None:
    """What is kept of the layout of the source."""
    source = await vigie.source("Le Site")
    async with vigie.archive.database.read() as tx:
        return layout_of(await tx.sources.memory(source.id))


async def test_the_third_article_of_a_visit_loses_the_box_and_a_restart_forgets_nothing(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path, settings: str
) -> None:
    show(site, 1, 2, 3)
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
        assert sorted((await boxed(vigie)).values()) == [False, True, True]
        assert await layout(vigie) == Layout(3)
    show(site, 4)
    clock.set(clock.now() + timedelta(minutes=11))
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
        assert (await boxed(vigie))[4] is False
        assert await layout(vigie) == Layout(4)


async def test_a_redesign_is_told_and_the_pages_that_revealed_it_teach(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path, settings: str
) -> None:
    show(site, 1, 2, 3)
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
        site.articles.clear()
        site.listed.clear()
        show(site, 11, 12, 13, 14, box=NEW_BOX, layout=_NEW)
        vigie.wait(minutes=11)
        with capture_logs() as logs:
            await vigie.visit()
        assert [one["source"] for one in logs if one["event"] == "site redesigned"] == ["Le Site"]
        assert await layout(vigie) == Layout(4, vigie.clock.now())
        new = [stored.article.text for stored in await vigie.articles() if "article-1" in stored.article.url]
        assert sum(NEW_BOX in text for text in new) == 3


async def test_a_look_at_an_article_again_neither_teaches_nor_takes_the_lost_box_for_a_change(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path, settings: str
) -> None:
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
        for number in (1, 2, 3):
            show(site, number)
            vigie.wait(minutes=11)
            await vigie.visit()
        before = await layout(vigie)
        asked = site.asked.copy()
        vigie.wait(hours=3)
        await vigie.visit()
        assert site.asked["/article-1"] > asked["/article-1"], "it was looked at again"
        assert await layout(vigie) == before == Layout(3)
        assert await boxed(vigie) == {1: True, 2: True, 3: False}
        [stored] = [one for one in await vigie.articles() if one.article.url.endswith("-1")]
        async with vigie.archive.database.read() as tx:
            assert not await tx.revisions.of(stored.id)


@pytest.mark.parametrize("garbage", ["{", "[]", '{"seen": 3}', '{"version": 2, "seen": 3}'])
async def test_a_memory_that_cannot_be_read_is_dropped_and_learned_anew(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path, settings: str, garbage: str
) -> None:
    show(site, 1, 2, 3)
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
        async with vigie.archive.database.write() as tx:
            await tx.connection.execute(sql("UPDATE source SET memory = :garbage"), {"garbage": garbage})
        assert await layout(vigie) is None
        show(site, 4)
        vigie.wait(minutes=11)
        await vigie.visit()
        assert (await boxed(vigie))[4] is True
        assert await layout(vigie) == Layout(1)


async def test_a_source_at_another_address_begins_without_memory(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path, settings: str
) -> None:
    show(site, 1, 2, 3)
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
    moved = settings.replace("/feed.xml", "/")
    async with running(tmp_path, moved, pool, clock) as vigie:
        await vigie.archive.declare()
        assert await layout(vigie) is None
