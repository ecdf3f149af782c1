"""The demo's site, asked as a crawler asks it, and its receivers."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import aiohttp
import aiosmtplib
import pytest

from alerting.channels import generate_secret
from alerting.channels.signature import signed_headers, signing_key
from crawler.feeds import parse_feed
from crawler.sitemaps import parse_sitemap
from news.clock import ManualClock, SystemClock
from seeds.programme import programme
from seeds.receivers import MailReceiver, WebhookReceiver
from seeds.site import DemoSite

NOW = datetime(2026, 11, 21, 9, 30, 15, 250_000, tzinfo=UTC)
LISTINGS = ["/feed/", "/feed.xml", "/news-sitemap.xml"]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
async def site(clock: ManualClock) -> AsyncIterator[DemoSite]:
    async with DemoSite(clock, programme()) as started:
        yield started


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_the_programme_publishes_both_seed_articles_and_nothing_twice() -> None:
    whole = programme()
    slugs = [article.slug for article in (*whole.history, *whole.to_come)]
    assert len(slugs) == len(set(slugs)) == 12
    assert len(whole.history) == 3
    titles = {article.title for article in whole.to_come}
    assert "Corée du Sud dénonce le pacte militaire entre Russie et Corée du Nord" in titles
    assert "La Corée du Sud exige le retrait des troupes nord-coréennes de Russie" in titles
    assert {article.template for article in whole.to_come} == {"magazine", "slideshow"}


async def test_feed_and_sitemap_list_what_is_published_and_a_new_article_comes_first(
    site: DemoSite, client: aiohttp.ClientSession, clock: ManualClock
) -> None:
    clock.set(NOW + timedelta(seconds=2))
    new = site.publish_next()
    feed = parse_feed(await (await client.get(f"{site.base_url}/feed/")).read(), f"{site.base_url}/feed/", clock.now())
    assert [link.url for link in feed.links] == [site.url_of(article) for article in site.published]
    assert feed.links[0].title == new.title
    assert feed.links[0].published_at == clock.now().replace(microsecond=0)
    url = f"{site.base_url}/news-sitemap.xml"
    sitemap = parse_sitemap(await (await client.get(url)).read(), url, clock.now())
    assert sitemap.is_news
    assert {link.url for link in sitemap.links} == {link.url for link in feed.links}


@pytest.mark.parametrize("path", LISTINGS)
async def test_a_listing_is_sent_again_only_when_it_has_changed(
    site: DemoSite, client: aiohttp.ClientSession, clock: ManualClock, path: str
) -> None:
    url = site.base_url + path
    first = await client.get(url)
    etag = {"If-None-Match": first.headers["ETag"]}
    modified = {"If-Modified-Since": first.headers["Last-Modified"]}
    for validators in (etag, modified, {"If-None-Match": "*"}, etag | modified):
        assert (await client.get(url, headers=validators)).status == 304
    assert (await client.get(url, headers={"If-None-Match": '"other"'} | modified)).status == 200
    assert site.unchanged == 4
    clock.set(NOW + timedelta(seconds=2))
    site.publish_next()
    for validators in (etag, modified):
        assert (await client.get(url, headers=validators)).status == 200


async def test_every_published_article_has_a_page_whose_cards_lead_to_published_ones(
    site: DemoSite, client: aiohttp.ClientSession
) -> None:
    while site.to_come:
        site.publish_next()
    home = await (await client.get(f"{site.base_url}/")).text()
    for article in site.published:
        answer = await client.get(site.url_of(article))
        page = await answer.text()
        assert (answer.status, answer.content_type) == (200, "text/html")
        assert article.sections[-1].paragraphs[-1].split("'")[0][:40] in page.replace("&#34;", '"')
        assert site.url_of(article) in home
        assert sum(site.url_of(other) in page for other in site.published if other is not article) >= 2


async def test_robots_txt_names_the_sitemap_and_what_is_not_published_is_not_there(
    site: DemoSite, client: aiohttp.ClientSession
) -> None:
    robots = await (await client.get(f"{site.base_url}/robots.txt")).text()
    assert f"Sitemap: {site.base_url}/news-sitemap.xml" in robots
    assert "Disallow: /admin/" in robots
    unpublished = programme().to_come[0]
    assert (await client.get(site.base_url + unpublished.path)).status == 404


async def test_the_webhook_receiver_tells_a_true_signature_from_a_forged_one(client: aiohttp.ClientSession) -> None:
    secret = generate_secret()
    body = '{"watch":"Corée"}'.encode()
    async with WebhookReceiver(SystemClock(), secret) as hook:
        good = signed_headers(signing_key(secret), "msg_1", datetime.now(UTC), body)
        forged = signed_headers(signing_key(generate_secret()), "msg_2", datetime.now(UTC), body)
        statuses = [(await client.post(hook.url, data=body, headers=headers)).status for headers in (good, forged, {})]
    assert statuses == [204, 401, 401]
    assert [call.is_verified for call in hook.calls] == [True, False, False]
    assert hook.calls[0].payload == {"watch": "Corée"}


async def test_the_mail_receiver_keeps_what_it_is_sent_as_a_mail_program_reads_it(clock: ManualClock) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.com", "b@example.com", "Corée : des troupes"
    message.set_content("Séoul proteste\n")
    async with MailReceiver(clock) as mail:
        await aiosmtplib.send(message, hostname="127.0.0.1", port=mail.port, start_tls=False)
    [received] = mail.mails
    assert received.message["Subject"] == "Corée : des troupes"
    assert received.text.strip() == "Séoul proteste"
    assert received.received_at == NOW
