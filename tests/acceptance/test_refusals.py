"""Pages that are no articles: counted at their source, looked at once more where it is not sure, and suspect or not."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from extraction.pool import WorkerPool
from news.clock import ManualClock
from storage.refusals import CountedRefusal
from tests.running import Running, running
from tests.sites import LocalSite

_TEASER = (
    '<article><h2><a href="/{n}">Le conseil de la commune numéro {n} vote son budget</a></h2><p>Après un débat de '
    "quatre heures, la majorité a voté jeudi soir le budget numéro {n} de la commune, qui prévoit…</p></article>"
)
_TEASERS = "".join(_TEASER.format(n=n) for n in range(20))
_LIST = f"<html><head><title>Politique</title></head><body>{_TEASERS}</body></html>"
_TEXT = "Les pilotes du port ont voté jeudi la reprise du travail, et les premiers navires doivent entrer lundi matin."
_STUB = (
    '<html><head><script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script></head>'
    f"<body><article><h1>Le port</h1><p>{_TEXT} {_TEXT}</p><p>Cet article est réservé aux abonnés.</p>"
    "</article></body></html>"
)
_FLASH = (
    '<html><head><meta property="og:type" content="article"><meta property="article:published_time" '
    'content="2026-11-20T08:00:00Z"></head><body><article><h1>Le port rouvre</h1><p>{}</p></article></body></html>'
)


@pytest.fixture
async def vigie(site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Running]:
    """Vigie after a first visit, which found one article."""
    settings = (
        f'[crawler]\ndelay = 0\ninterval = "10m"\n\n[network]\nallow = ["{site.address}"]\n\n'
        f'[[source]]\nname = "Le Site"\nurl = "{site.url()}"\n'
    )
    site.publish("un", "Un article")
    async with running(tmp_path, settings, pool, clock) as started:
        await started.visit()
        yield started


def show(site: LocalSite, slug: str, html: str) -> str:
    """List a page that is no article as if it were one; its URL."""
    url = site.publish(slug, slug)
    site.articles[f"/{slug}"] = html
    return url


async def refused(vigie: Running) -> dict[str, CountedRefusal]:
    """What is counted at the source, by reason."""
    source = await vigie.source("Le Site")
    async with vigie.archive.database.read() as tx:
        return {one.reason: one for one in (await tx.refusals.of([source.id])).get(source.id, [])}


async def test_what_is_no_article_is_counted_at_its_source_with_the_latest_example(
    site: LocalSite, vigie: Running
) -> None:
    gone = "<html><head><title>Page introuvable</title></head><body><h1>Page introuvable</h1></body></html>"
    show(site, "perdu-1", gone)
    vigie.wait(minutes=11)
    await vigie.visit()
    last = show(site, "perdu-2", gone)
    show(site, "liste", _LIST)
    vigie.wait(minutes=11)
    await vigie.visit()
    counted = await refused(vigie)
    assert {reason: one.times for reason, one in counted.items()} == {"soft 404": 2, "index page": 1}
    assert (counted["soft 404"].last.url, counted["soft 404"].last_at) == (last, vigie.clock.now())
    assert len(await vigie.articles()) == 1


async def test_lists_are_no_reason_to_suspect_their_source(site: LocalSite, vigie: Running) -> None:
    for number in range(4):
        show(site, f"liste-{number}", _LIST)
    vigie.wait(days=2)
    await vigie.visit()
    assert (await refused(vigie))["index page"].times == 4
    assert (await vigie.source("Le Site")).trouble == ""


async def test_a_source_that_shows_nothing_but_the_beginnings_of_articles_is_suspect(
    site: LocalSite, vigie: Running
) -> None:
    for number in range(3):
        show(site, f"abonnes-{number}", _STUB)
    vigie.wait(minutes=11)
    await vigie.visit()
    assert (await vigie.source("Le Site")).trouble == "", "an article of the day speaks for it"
    for number in range(3, 6):
        show(site, f"abonnes-{number}", _STUB)
    vigie.wait(days=2)
    await vigie.visit()
    assert (await refused(vigie))["paywall stub"].times == 6
    assert (await vigie.source("Le Site")).trouble == "suspect"


async def test_a_headline_whose_text_comes_later_is_an_article_then(site: LocalSite, vigie: Running) -> None:
    url = show(site, "flash", _FLASH.format("Plus d'informations à suivre sur la reprise du travail au port."))
    vigie.wait(minutes=11)
    await vigie.visit()
    [link] = await vigie.links(url)
    assert (link.state, link.last_error.partition(" (")[0]) == ("pending", "no article: too short")
    assert await refused(vigie) == {}
    site.articles["/flash"] = _FLASH.format(f"{_TEXT}</p><p>{_TEXT.replace('lundi', 'mardi')} {_TEXT}")
    vigie.wait(minutes=61)
    await vigie.visit()
    [link] = await vigie.links(url)
    assert link.state == "fetched"
    assert len(await vigie.articles()) == 2


async def test_a_headline_whose_text_never_comes_is_looked_at_twice_and_counted_once(
    site: LocalSite, vigie: Running
) -> None:
    url = show(site, "flash", _FLASH.format("Plus d'informations à suivre sur la reprise du travail au port."))
    for _ in range(4):
        vigie.wait(minutes=61)
        await vigie.visit()
    [link] = await vigie.links(url)
    assert (link.state, site.asked["/flash"]) == ("refused", 2)
    assert (await refused(vigie))["too short"].times == 1


async def test_a_flash_of_one_sentence_is_an_article_and_grows_with_its_page(site: LocalSite, vigie: Running) -> None:
    show(site, "flash", _FLASH.format(_TEXT))
    vigie.wait(minutes=11)
    await vigie.visit()
    [flash, _] = await vigie.articles()
    assert flash.article.text == _TEXT
    assert flash.article.confidence is not None and flash.article.confidence < 0.5
    site.articles["/flash"] = _FLASH.format(f"{_TEXT}</p><p>{_TEXT.replace('lundi', 'mardi')} {_TEXT}")
    vigie.wait(minutes=70)
    await vigie.visit()
    [flash, _] = await vigie.articles()
    assert "mardi" in flash.article.text


_PROSE = "".join(f"<p>{text}</p>" for text in (_TEXT, _TEXT.replace("jeudi", "mardi"), _TEXT.replace("port", "lac")))


async def test_what_only_sounds_like_a_wall_is_looked_at_twice_and_suspects_no_source_that_brings_articles(
    site: LocalSite, vigie: Running
) -> None:
    titles = ("Page introuvable", "Cookie consent", "Gestion des cookies", "404")
    urls = [
        show(site, f"mur-{number}", f"<html><head><title>{title}</title></head><body>{_PROSE}</body></html>")
        for number, title in enumerate(titles)
    ]
    vigie.wait(minutes=11)
    await vigie.visit()
    assert [(await vigie.links(url))[0].state for url in urls] == ["pending"] * 4
    site.articles["/mur-3"] = site.articles["/mur-3"].replace("404", "404 mots sur la reprise du travail au port")
    vigie.wait(minutes=61)
    await vigie.visit()
    assert [(await vigie.links(url))[0].state for url in urls] == ["refused"] * 3 + ["fetched"]
    assert {reason: one.times for reason, one in (await refused(vigie)).items()} == {"soft 404": 1, "consent wall": 2}
    assert (await vigie.source("Le Site")).trouble == ""


async def test_walls_without_a_doubt_make_a_source_suspect_at_once(site: LocalSite, vigie: Running) -> None:
    for number in range(3):
        show(site, f"mur-{number}", "<html><head><title>Gestion des cookies</title></head><body>OK</body></html>")
    vigie.wait(minutes=11)
    await vigie.visit()
    assert (await vigie.source("Le Site")).trouble == "suspect"
