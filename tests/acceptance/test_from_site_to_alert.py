"""The main job, whole: a real site is crawled until a real mail and a real webhook arrive."""

from pathlib import Path

import pytest
from aiohttp import web

from alerting.channels import generate_secret
from extraction.pool import WorkerPool
from news.clock import ManualClock
from news.source import Source
from service.settings import NetworkSettings
from storage import Database
from tests.databases import PostgreSQL
from tests.made_news import prose
from tests.receivers import Reply, SmtpReceiver, WebhookReceiver
from tests.running import running
from tests.sites import LocalSite, answering, once
from tests.usual import hook, mailbox

SECRET = generate_secret()


@pytest.fixture
def settings(site: LocalSite, smtp: SmtpReceiver, webhook: WebhookReceiver, monkeypatch: pytest.MonkeyPatch) -> str:
    """One source, one watch, two channels."""
    monkeypatch.setenv("VIGIE_TEST_SECRET", SECRET)
    return f"""
[crawler]
delay = 0
interval = "10m"

[network]
allow = ["{site.address}", "127.0.0.1:{smtp.port}", "127.0.0.1:{webhook.port}"]

[[source]]
name = "Le Site"
url = "{site.url()}"

[[watch]]
name = "Corée"
query = "titre:Corée OU Pyongyang"

{mailbox(smtp)}

{hook(webhook)}"""


async def test_history_is_stored_and_seen_and_told_to_nobody_then_a_new_article_is_told_once(
    site: LocalSite,
    smtp: SmtpReceiver,
    webhook: WebhookReceiver,
    settings: str,
    pool: WorkerPool,
    clock: ManualClock,
    tmp_path: Path,
) -> None:
    site.publish("vieux", "La Corée du Sud proteste")
    site.publish("autre", "Le marché de Noël ouvre")
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.go_round()
        assert {entry.article.title for entry in await vigie.articles()} == {
            "La Corée du Sud proteste",
            "Le marché de Noël ouvre",
        }
        assert [found.match.seen for found in await vigie.matches()] == [True]
        assert (smtp.mails, webhook.calls) == ([], [])

        vigie.wait(minutes=11)
        url = site.publish("neuf", "Corée du Nord : des troupes à Koursk")
        await vigie.go_round()
        assert len(smtp.mails) == 1
        assert smtp.mails[0].to == ("desk@example.com",)
        assert "Corée du Nord" in smtp.mails[0].message["Subject"]
        payload = webhook.calls[0].verified(SECRET)["data"]
        assert len(webhook.calls) == 1
        assert payload["article"]["url"] == url
        assert {delivery.state for delivery in await vigie.deliveries()} == {"sent"}

        for _ in range(3):
            vigie.wait(minutes=11)
            await vigie.go_round()
        assert (len(smtp.mails), len(webhook.calls)) == (1, 1)
        assert len(await vigie.articles()) == 3
        assert site.conditional["/feed.xml"] >= 2, "the feed is asked conditionally"
        assert site.asked["/neuf"] == 1, "a known link is not fetched again"


async def test_a_restart_alerts_on_nothing_again(
    site: LocalSite, smtp: SmtpReceiver, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    async with running(tmp_path, settings, pool, clock) as vigie:
        site.publish("vieux", "Rien de neuf")
        await vigie.go_round()
        vigie.wait(minutes=11)
        site.publish("neuf", "Pyongyang se tait")
        await vigie.go_round()
    assert len(smtp.mails) == 1
    async with running(tmp_path, settings, pool, clock) as vigie:
        vigie.wait(minutes=11)
        await vigie.go_round()
        assert len(await vigie.articles()) == 2
    assert len(smtp.mails) == 1


async def test_an_article_that_answers_503_once_is_fetched_although_its_feed_answers_304_by_then(
    site: LocalSite, smtp: SmtpReceiver, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    async with running(tmp_path, settings, pool, clock) as vigie:
        site.publish("vieux", "Rien")
        await vigie.go_round()
        vigie.wait(minutes=11)
        url = site.publish("neuf", "La Corée du Nord nie")
        site.scripts["/neuf"] = once(answering(503), site, "/neuf")
        await vigie.go_round()
        [link] = await vigie.links(url)
        assert (link.state, link.attempts) == ("pending", 1)
        assert "HTTP 503" in link.last_error

        vigie.wait(minutes=2)
        await vigie.go_round()
        assert site.conditional["/feed.xml"] == 1, "the feed had nothing new to say"
        [link] = await vigie.links(url)
        assert link.state == "fetched"
        assert len(smtp.mails) == 1


async def test_an_alert_waits_for_a_channel_whose_server_is_down_and_keeps_its_id(
    site: LocalSite,
    smtp: SmtpReceiver,
    webhook: WebhookReceiver,
    settings: str,
    pool: WorkerPool,
    clock: ManualClock,
    tmp_path: Path,
) -> None:
    webhook.replies.extend([Reply(500), Reply(reset=True)])
    async with running(tmp_path, settings, pool, clock) as vigie:
        site.publish("vieux", "Rien")
        await vigie.go_round()
        vigie.wait(minutes=11)
        site.publish("neuf", "La Corée du Nord nie")
        await vigie.go_round()
        states = {delivery.channel.name: delivery.state for delivery in await vigie.deliveries()}
        assert states == {"desk": "sent", "hook": "pending"}
        vigie.wait(minutes=1)
        await vigie.deliver()
        vigie.wait(minutes=10)
        await vigie.deliver()
        assert {delivery.state for delivery in await vigie.deliveries()} == {"sent"}
    assert len({call.headers["webhook-id"] for call in webhook.calls}) == 1
    assert len(webhook.calls) == 3
    assert len(smtp.mails) == 1


async def test_a_private_address_is_not_dialled_unless_it_is_allowed(
    site: LocalSite, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    site.publish("neuf", "La Corée du Nord nie")
    closed = settings.replace(f'"{site.address}", ', "")
    async with running(tmp_path, closed, pool, clock) as vigie:
        await vigie.go_round()
        source = await vigie.source("Le Site")
    assert "not on the open internet" in source.last_error
    assert not site.asked


async def test_robots_txt_is_obeyed_and_a_server_fault_there_means_no(
    site: LocalSite, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    site.robots = "User-agent: Vigie\nDisallow: /secret\n"
    hidden = site.publish("secret", "La Corée cachée")
    site.publish("clair", "La Corée visible")
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.go_round()
        assert [entry.article.title for entry in await vigie.articles()] == ["La Corée visible"]
        [link] = await vigie.links(hidden)
        assert (link.state, link.attempts, site.asked["/secret"]) == ("pending", 1, 0)
    site.asked.clear()
    site.scripts["/robots.txt"] = answering(500)
    async with running(tmp_path, settings, pool, clock) as vigie:
        vigie.wait(minutes=11)
        await vigie.go_round()
        assert set(site.asked) == {"/feed.xml"}  # the robots.txt of eleven minutes ago is kept across the restart
        site.asked.clear()
        vigie.wait(hours=24)
        await vigie.go_round()
        source = await vigie.source("Le Site")
        assert "robots.txt" in source.last_error and "Vigie asks again" in source.advice
    assert set(site.asked) == {"/robots.txt"}


async def test_two_sources_share_a_host_politely_and_an_article_that_both_bring_is_told_once(
    site: LocalSite, smtp: SmtpReceiver, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    both = settings + f'\n[[source]]\nname = "Le Site bis"\nurl = "{site.url("/feed.xml")}"\n'
    async with running(tmp_path, both, pool, clock) as vigie:
        site.publish("vieux", "Rien")
        await vigie.go_round()
        vigie.wait(minutes=11)
        for number in range(5):
            site.publish(f"neuf-{number}", f"La Corée du Nord nie pour la fois {number}", prose(number))
        await vigie.go_round()
        assert len(await vigie.articles()) == 6
    assert site.most_open == 1
    assert len(smtp.mails) == 5
    assert all(agent.startswith("Vigie") for agent in site.agents)


async def test_a_watch_added_by_another_process_is_asked_about_the_next_article(
    site: LocalSite, smtp: SmtpReceiver, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    from news.watch import Watch

    async with running(tmp_path, settings, pool, clock) as vigie:
        site.publish("vieux", "Rien")
        await vigie.go_round()
        other = await Database.open(f"sqlite:///{tmp_path}/vigie.db")
        async with other.write() as tx:
            await tx.watches.put(Watch(0, "Marchés", "marché"), clock.now())
        await other.close()
        vigie.wait(minutes=11)
        site.publish("neuf", "Le marché rouvre")
        await vigie.go_round()
    assert [mail.message["Subject"] for mail in smtp.mails]
    assert len(smtp.mails) == 1


@pytest.mark.postgresql
async def test_the_main_job_is_the_same_on_postgresql(
    site: LocalSite,
    smtp: SmtpReceiver,
    settings: str,
    pool: WorkerPool,
    clock: ManualClock,
    tmp_path: Path,
    postgresql: PostgreSQL,
) -> None:
    url = postgresql.blank()
    try:
        async with running(tmp_path, f'[database]\nurl = "{url}"\n{settings}', pool, clock) as vigie:
            site.publish("vieux", "La Corée du Sud proteste")
            await vigie.go_round()
            vigie.wait(minutes=11)
            site.publish("neuf", "Corée du Nord : des troupes à Koursk")
            await vigie.go_round()
            vigie.wait(minutes=11)
            await vigie.go_round()
            assert [found.match.seen for found in await vigie.matches()] == [False, True]
            assert {delivery.state for delivery in await vigie.deliveries()} == {"sent"}
    finally:
        postgresql.drop(url)
    assert len(smtp.mails) == 1
    assert not (tmp_path / "vigie.db").exists()


async def test_a_visit_that_is_cut_short_leaves_its_source_due(
    site: LocalSite, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    site.publish("un", "Le premier article")
    site.publish("deux", "Le deuxième article")
    async with running(tmp_path, settings, pool, clock) as vigie:

        async def stop_meanwhile(_: web.Request) -> web.Response:
            vigie.engine.crawler.wind_down()
            return web.Response(text=site.articles["/deux"], content_type="text/html")

        site.scripts["/deux"] = stop_meanwhile
        await vigie.visit()
        assert [entry.article.title for entry in await vigie.articles()] == ["Le deuxième article"]
        source = await vigie.source("Le Site")
        assert source.due_at is not None
        assert source.due_at <= clock.now()
        assert [leased.source.name for leased in await vigie.engine.visits.lease_due(1)] == ["Le Site"]


async def test_an_article_that_a_new_source_has_as_history_is_still_news_to_the_one_that_was_watched(
    site: LocalSite, smtp: SmtpReceiver, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    async with running(tmp_path, settings, pool, clock) as vigie:
        site.publish("vieux", "Rien")
        await vigie.go_round()
        url = site.publish("neuf", "La Corée du Nord nie")
        async with LocalSite() as other:
            aggregator = other.feed().replace("</channel>", f"<item><link>{url}</link></item></channel>")
            other.scripts["/feed.xml"] = answering(200, aggregator, Content_Type="application/rss+xml")
            vigie.engine.allow(vigie.archive.settings.model_copy(update={"network": _allowing(site, other, smtp)}))
            async with vigie.archive.database.write() as tx:
                await tx.sources.put(Source(0, "Aggregator", other.url("/feed.xml")), clock.now())
            await vigie.go_round()
            assert [found.match.seen for found in await vigie.matches()] == [True], "history to the aggregator"
            assert smtp.mails == []
            vigie.wait(minutes=11)
            await vigie.go_round()
            assert [found.match.seen for found in await vigie.matches()] == [False]
            assert len(smtp.mails) == 1
            vigie.wait(minutes=11)
            await vigie.go_round()
            assert len(smtp.mails) == 1


def _allowing(*servers: LocalSite | SmtpReceiver) -> NetworkSettings:
    return NetworkSettings(allow=tuple(f"127.0.0.1:{server.port}" for server in servers))


async def test_another_address_of_a_source_has_a_history_of_its_own(
    site: LocalSite, smtp: SmtpReceiver, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    async with running(tmp_path, settings, pool, clock) as vigie:
        site.publish("vieux", "Rien")
        await vigie.go_round()
        async with LocalSite() as other:
            other.publish("ailleurs", "La Corée du Nord nie")
            moved = settings.replace(site.url(), other.url()).replace(site.address, other.address)
            (tmp_path / "vigie.toml").write_text(moved, encoding="utf-8")
            fresh = vigie.archive.place.settings()
            vigie.engine.allow(fresh)
            assert (await vigie.archive.declare(fresh)).changed == ["source Le Site"]
            vigie.wait(minutes=11)
            await vigie.go_round()
            assert [found.match.seen for found in await vigie.matches()] == [True]
    assert smtp.mails == []


async def test_articles_that_claim_one_canonical_address_are_kept_apart(
    site: LocalSite, smtp: SmtpReceiver, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    async with running(tmp_path, settings, pool, clock) as vigie:
        site.publish("vieux", "Rien")
        await vigie.go_round()
        vigie.wait(minutes=11)
        for number, body in enumerate(("Les troupes ont franchi le fleuve. ", "Les ministres se sont réunis hier. ")):
            path = site.publish(f"c/{number}", f"Corée : dépêche {number}", body * 12)
            page = site.articles[f"/c/{number}"]
            site.articles[f"/c/{number}"] = page.replace("<head>", '<head><link rel="canonical" href="/actu/">')
            assert path
        await vigie.go_round()
        assert {entry.article.title for entry in await vigie.articles()} == {
            "Rien",
            "Corée : dépêche 0",
            "Corée : dépêche 1",
        }
        vigie.wait(minutes=11)
        await vigie.go_round()
    assert len(smtp.mails) == 2
