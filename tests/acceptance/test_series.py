"""A column of every day whose pages all claim the address of the series: each is an article, and each is revised."""

from pathlib import Path

from extraction.pool import WorkerPool
from news.clock import ManualClock
from tests.running import Running, running
from tests.sites import LocalSite

_DAYS = {
    18: "Le conseil vote le budget de la ville ce soir, et les dockers du port se réunissent à midi devant la mairie. ",
    19: "La préfecture rouvre la route de la côte, et l'équipe de handball reçoit Saint-Aubrac à vingt heures. ",
    20: "Un coup de vent est attendu dans l'après-midi, et les bacs ne partiront plus après seize heures trente. ",
}


def _publish(site: LocalSite, slug: str, day: int, text: str) -> str:
    url = site.publish(slug, "Ce matin", text * 2)
    head = (
        '<head><link rel="canonical" href="/ce-matin">'
        f'<meta property="article:published_time" content="2026-11-{day}T05:30:00Z">'
    )
    site.articles[f"/{slug}"] = site.articles[f"/{slug}"].replace("<head>", head)
    return url


async def _texts(vigie: Running) -> list[str]:
    return sorted(stored.article.text.split(",")[0] for stored in await vigie.articles())


async def test_a_daily_column_is_kept_day_by_day_and_its_second_address_is_not(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    settings = (
        f'[crawler]\ndelay = 0\ninterval = "10m"\n\n[network]\nallow = ["{site.address}"]\n\n'
        f'[[source]]\nname = "Le Site"\nurl = "{site.url()}"\n'
    )
    async with running(tmp_path, settings, pool, clock) as vigie:
        _publish(site, "matin-18", 18, _DAYS[18])
        await vigie.visit()
        _publish(site, "mobile-18", 18, _DAYS[18].replace("midi", "douze heures"))
        vigie.wait(minutes=11)
        await vigie.visit()
        assert len(await vigie.articles()) == 1
        for day, text in list(_DAYS.items())[1:]:
            _publish(site, f"matin-{day}", day, text)
            await vigie.visit()
            vigie.wait(minutes=11)
        assert await _texts(vigie) == sorted(text.split(",")[0] for text in _DAYS.values())
        more = "<p>Le festival des Marées est reporté de deux jours, annoncent les organisateurs.</p></article>"
        site.articles["/matin-20"] = site.articles["/matin-20"].replace("</article>", more)
        vigie.wait(minutes=70)
        await vigie.visit()
        [today] = [one for one in await vigie.articles() if one.article.url.endswith("/matin-20")]
        assert "festival des Marées" in today.article.text
