"""Two sites publish the two seed articles: one story, no copies, and a timeline that tells who was first."""

from datetime import timedelta
from pathlib import Path

import pytest

from extraction.pool import WorkerPool
from news.clock import ManualClock
from news.story import StoryArticle
from seeds.texts import SeedArticle, demo_articles, seed_articles
from service.timeline import timeline
from tests.running import Running, running
from tests.sites import LocalSite


def _settings(database_url: str, **sites: LocalSite) -> str:
    allowed = ", ".join(f'"{site.address}"' for site in sites.values())
    sources = "".join(f'[[source]]\nname = "{name}"\nurl = "{site.url("/feed.xml")}"\n' for name, site in sites.items())
    return (
        f'[crawler]\ndelay = 0\ninterval = "10m"\n[network]\nallow = [{allowed}]\n'
        f'[database]\nurl = "{database_url}"\n{sources}'
    )


def _publish(site: LocalSite, article: SeedArticle, slug: str, clock: ManualClock, ago: timedelta) -> None:
    url = site.publish(slug, article.title, published_at=clock.now() - ago)
    text = "".join(f"<p>{paragraph}</p>" for paragraph in article.text.split("\n\n"))
    site.articles[url.removeprefix(site.url(""))] = (
        f"<html lang={article.lang}><head><title>{article.title}</title>"
        f'<meta property="article:published_time" content="{(clock.now() - ago).isoformat()}"></head>'
        f"<body><article><h1>{article.title}</h1>{text}</article></body></html>"
    )


async def _stories(vigie: Running) -> list[list[StoryArticle]]:
    async with vigie.archive.database.read() as tx:
        return [(await tx.stories.get(story.id))[1] for story in await tx.stories.latest(100)]


@pytest.fixture
async def other_site(site: LocalSite) -> LocalSite:
    """A second site, on a port of its own."""
    return LocalSite()


async def test_the_two_seeds_on_two_sites_are_one_story_and_a_copy_is_told(
    site: LocalSite, other_site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path, database_url: str
) -> None:
    first, second = seed_articles()
    others = [one for one in demo_articles() if one.slug not in (first.slug, second.slug)]
    async with other_site:
        async with running(tmp_path, _settings(database_url, phare=site, digue=other_site), pool, clock) as vigie:
            for number, one in enumerate(others):
                _publish(site, one, f"autre-{number}", clock, timedelta(hours=5))
            _publish(site, first, "pacte", clock, timedelta(hours=3))
            await vigie.visit()
        # After a restart, and half a day later, another site has a word to say, and one has copied.
        clock.set(clock.now() + timedelta(hours=12))
        async with running(tmp_path, _settings(database_url, phare=site, digue=other_site), pool, clock) as vigie:
            _publish(other_site, second, "retrait", clock, timedelta(hours=1))
            _publish(other_site, first, "pacte-repris", clock, timedelta(minutes=30))
            await vigie.visit()
            stories = await _stories(vigie)
    assert sorted(map(len, stories)) == [1] * len(others) + [3]
    [story] = [articles for articles in stories if len(articles) == 3]
    parts = [(entry.article.source, entry.article.url.rpartition("/")[2], entry.part) for entry in timeline(story)]
    assert parts == [("phare", "pacte", "first"), ("digue", "retrait", "added"), ("digue", "pacte-repris", "copied")]
    assert story[2].copy_of == story[0].article_id
    assert story[0].told_at == story[0].published_at
