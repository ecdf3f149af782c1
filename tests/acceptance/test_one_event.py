"""Six outlets tell one event in two languages, under titles that share few words: one alert and its updates."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pytest

from alerting.channels import generate_secret
from extraction.pool import WorkerPool
from news.clock import ManualClock
from seeds.texts import SeedArticle, demo_articles, one_event
from tests.receivers import SmtpReceiver, WebhookReceiver
from tests.running import Running, running
from tests.sites import LocalSite
from tests.usual import hook, mailbox

SECRET = generate_secret()
QUERY = '(Corée OU Korea OU Koreans OU "nord-coréens") ET Zinoviev'


@pytest.fixture
async def sites() -> AsyncIterator[list[LocalSite]]:
    """A site for each outlet."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(LocalSite()) for _ in one_event()]


def _settings(database_url: str, sites: list[LocalSite], smtp: SmtpReceiver, webhook: WebhookReceiver) -> str:
    allowed = [site.address for site in sites] + [f"127.0.0.1:{port}" for port in (smtp.port, webhook.port)]
    sources = "".join(
        f'[[source]]\nname = "{article.outlet}"\nurl = "{site.url()}"\n'
        for article, site in zip(one_event(), sites, strict=True)
    )
    return f"""
[crawler]
delay = 0
interval = "5m"
[database]
url = "{database_url}"
[network]
allow = {allowed}
[alerts]
timezone = "Europe/Paris"
updates = "1h"
{sources}
[[watch]]
name = "Corée"
query = '{QUERY}'
{mailbox(smtp)}
{hook(webhook)}"""


def _publish(site: LocalSite, article: SeedArticle, clock: ManualClock) -> None:
    url = site.publish(article.slug, article.title, published_at=clock.now())
    text = "".join(f"<p>{paragraph}</p>" for paragraph in article.text.split("\n\n"))
    site.articles[url.removeprefix(site.url(""))] = (
        f"<html lang={article.lang}><head><title>{article.title}</title>"
        f'<meta property="article:published_time" content="{clock.now().isoformat()}"></head>'
        f"<body><article><h1>{article.title}</h1>{text}</article></body></html>"
    )


async def _rounds(vigie: Running, number: int) -> None:
    for _ in range(number):
        vigie.wait(minutes=6)
        await vigie.go_round()


def test_the_six_titles_share_few_words() -> None:
    titles = [{word.strip("«»,:’ ").casefold() for word in article.title.split()} for article in one_event()]
    assert max(len({word for word in one & other if len(word) > 3}) for one, other in combinations(titles, 2)) <= 1
    assert sorted(article.lang for article in one_event()) == ["en"] * 3 + ["fr"] * 3


async def test_six_articles_on_one_event_make_one_alert_with_updates_not_six(
    sites: list[LocalSite],
    smtp: SmtpReceiver,
    webhook: WebhookReceiver,
    pool: WorkerPool,
    clock: ManualClock,
    tmp_path: Path,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VIGIE_TEST_SECRET", SECRET)
    clock.set(clock.now() - timedelta(hours=5))
    settings = _settings(database_url, sites, smtp, webhook)
    async with running(tmp_path, settings, pool, clock) as vigie:
        for article, site in zip(demo_articles(), sites, strict=False):
            _publish(site, article, clock)
        await vigie.go_round()  # what comes from here on is news
        for article, site in zip(one_event(), sites, strict=True):
            _publish(site, article, clock)
            await _rounds(vigie, 2)
        assert len(await vigie.matches()) == 6
        await _rounds(vigie, 12)
        mails = [mail.message for mail in smtp.mails]
        async with vigie.archive.database.read() as tx:
            assert max(story.articles for story in await tx.stories.latest(20)) == 6
    first, *updates = mails
    assert first["Subject"] == f"Corée: {one_event()[0].title}"
    assert 1 <= len(updates) <= 2
    for mail in updates:
        assert mail["Subject"] == f"Re: {first['Subject']}"
        assert mail["In-Reply-To"] == mail["References"] == first["Message-ID"]
    told = "".join(str(mail.get_body(("plain",)).get_content()) for mail in updates)  # type: ignore[union-attr]
    assert "outlets" in told
    assert "changed figure: 1 500 → 3 000 soldats" in told
    assert all(article.title in " ".join(told.replace("**", "").split()) for article in one_event()[1:])
    events = [call.payload["type"] for call in webhook.calls]
    assert events == ["article.matched"] + ["story.updated"] * len(updates)
