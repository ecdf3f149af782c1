"""The user's own rules in vigie.toml, from the file to the next article."""

from pathlib import Path

from extraction.pool import WorkerPool
from news.clock import ManualClock
from tests.running import running
from tests.sites import LocalSite, answering

ADVERT = (
    "Achetez avant dimanche nos casseroles en cuivre, les plus belles de la région, et recevez un couvercle gratuit "
    "pour toute commande passée dans le magasin du centre."
)
TEXT = (
    "Le conseil a voté jeudi soir le budget de la commune, après un débat de quatre heures dans une salle comble, "
    "où plusieurs élus ont demandé des garanties sur le calendrier des travaux."
)


async def test_the_rules_of_a_source_hold_for_its_next_article_and_one_that_selects_nothing_is_told(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    url = site.publish("budget", "Le budget est voté")
    page = f'<html><body><h1>Le budget est voté</h1><p class="promo">{ADVERT}</p><p>{TEXT}</p></body></html>'
    site.scripts["/budget"] = answering(200, page, Content_Type="text/html; charset=utf-8")
    settings = (
        f'[crawler]\ndelay = 0\n[network]\nallow = ["{site.address}"]\n'
        f'[[source]]\nname = "Le Site"\nurl = "{site.url("/feed.xml")}"\n'
        '[source.extract]\nbody = "div.text"\ndrop = [".promo"]\n'
    )
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
        [stored] = await vigie.articles()
        assert stored.article.text == TEXT
        source = await vigie.source("Le Site")
        async with vigie.archive.database.read() as tx:
            [cap] = (await tx.caps.of([source.id]))[source.id]
        assert (cap.bite.name, cap.bite.url, cap.times) == ("body rule", url, 1)
        assert cap.bite.detail == "[source.extract] body selects nothing there: div.text"
