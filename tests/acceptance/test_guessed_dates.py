"""Old articles on section pages: which dates keep them from being told, and which do not."""

from pathlib import Path

from extraction.pool import WorkerPool
from news.clock import ManualClock
from service.change import add_source
from tests.running import running
from tests.sites import LocalSite, answering

_HEADLINE = '<article><h2><a href="{}">Un titre assez long pour une une</a></h2></article>'
_PROSE = "Le gouvernement a présenté ce matin son plan pour les rivières, et les communes en débattront jusqu'au soir. "


def _page(head: str = "", below: str = "") -> str:
    paragraphs = f"<p>{_PROSE * 2}</p>" * 3
    return f"<html><head>{head}</head><body><article><h1>Le plan</h1>{below}{paragraphs}</article></body></html>"


_PAGES = {
    "declared": _page('<meta property="article:published_time" content="2011-05-03T08:00:00Z">'),
    "element": _page(below='<p><time datetime="2011-05-03T08:00:00Z">3 mai 2011</time></p>'),
    "words": _page(below="<p>3 mai 2011</p>"),
    "story": _page(below="<p>Le moulin a brûlé le 3 mai 2011, et personne n'habite plus la rue depuis ce jour.</p>"),
}


async def test_an_old_date_that_was_only_read_in_words_does_not_keep_an_article_from_being_told(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    settings = (
        f'[crawler]\ndelay = 0\ninterval = "10m"\n[network]\nallow = ["{site.address}"]\n'
        '[[watch]]\nname = "Tout"\nquery = "gouvernement"\n'
    )
    paths = {name: f"/2026/11/un-article-de-la-une-{name}.html" for name in _PAGES}
    old = "".join(_HEADLINE.format(f"/2026/11/un-article-de-la-une-numero-{number}.html") for number in range(4))
    site.scripts["/"] = answering(200, f"<html><body>{old}</body></html>", Content_Type="text/html")
    async with running(tmp_path, settings, pool, clock) as vigie:
        async with vigie.archive.database.write() as tx:
            await add_source(tx, {"name": "Le Site", "url": site.url("/")}, 600, clock.now())
        await vigie.visit()
        for name, path in paths.items():
            site.articles[path] = _PAGES[name].replace("Le plan", f"Le plan {name}")
        new = "".join(map(_HEADLINE.format, paths.values()))
        site.scripts["/"] = answering(200, f"<html><body>{new}{old}</body></html>", Content_Type="text/html")
        vigie.wait(minutes=11)
        await vigie.visit()
        assert {entry.article.title for entry in await vigie.articles()} == {f"Le plan {name}" for name in _PAGES}
        told = {one.stored.article.title.rpartition(" ")[2] for one in await vigie.matches() if not one.match.seen}
    assert told == {"words", "story"}
