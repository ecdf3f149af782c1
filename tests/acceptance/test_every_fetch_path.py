"""Every road by which Vigie connects to anything, led to a private address: it is refused, and nothing is dialled.

`tests/unit/test_every_door.py` shows that there is no other road. Names are resolved by a table, so that no test asks a
name server; whatever is dialled is noted, and nothing but loopback is connected to.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from alerting.channels import generate_secret
from extraction.pool import WorkerPool
from news.alert import Channel, ChannelKind
from news.clock import ManualClock
from news.errors import DeliveryError
from tests.commands import Commands
from tests.dials import Dials, Names, recorded
from tests.guarded import PUBLIC, REFUSED, Started, feed, html, page, sitemap, xml
from tests.receivers import SmtpReceiver, WebhookReceiver, a_delivery
from tests.sites import HOST, LocalSite, answering

# Port 9 discards: should a test ever fail, nobody is there.
TARGETS = (
    "http://inside.example/x",
    "http://two-faced.example/x",
    "http://127.0.0.1:9/x",
    "http://[::1]:9/x",
    "http://169.254.169.254/latest/meta-data/",
)
TARGET = TARGETS[0]
Lead = Callable[[LocalSite, str], None]


@pytest.fixture
def dials(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dials]:
    with recorded(monkeypatch) as noted:
        yield noted


@pytest.fixture
def names() -> Names:
    return Names(inside=[["10.0.0.1"]], two_faced=[[PUBLIC, "10.0.0.1"]], open=[[PUBLIC]])


@pytest.fixture
def started(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path, names: Names, dials: Dials
) -> Started:
    return Started(site, pool, clock, tmp_path, names, dials)


def no_feed(site: LocalSite) -> None:
    page(site, "/", html(body="<p>Bonjour.</p>"))
    xml(site, "/feed.xml", "<nothing/>")


def feed_named_by_the_home_page(site: LocalSite, target: str) -> None:
    page(site, "/", html(f'<link rel="alternate" type="application/rss+xml" href="{target}">'))


def link_in_a_feed(site: LocalSite, target: str) -> None:
    xml(site, "/feed.xml", feed(target))


def link_in_a_sitemap(site: LocalSite, target: str) -> None:
    no_feed(site)
    site.robots = f"Sitemap: {site.url('/map.xml')}\n"
    xml(site, "/map.xml", sitemap("urlset", "url", target))


def sitemap_named_by_robots_txt(site: LocalSite, target: str) -> None:
    no_feed(site)
    site.robots = f"Sitemap: {target}\n"


def child_of_a_sitemap_index(site: LocalSite, target: str) -> None:
    no_feed(site)
    site.robots = f"Sitemap: {site.url('/index.xml')}\n"
    xml(site, "/index.xml", sitemap("sitemapindex", "sitemap", target))


def robots_txt_redirected(site: LocalSite, target: str) -> None:
    site.scripts["/robots.txt"] = answering(302, Location=target)


def home_page_redirected(site: LocalSite, target: str) -> None:
    site.scripts["/"] = answering(302, Location=target)


def feed_redirected(site: LocalSite, target: str) -> None:
    site.scripts["/feed.xml"] = answering(301, Location=target)


def sitemap_redirected(site: LocalSite, target: str) -> None:
    no_feed(site)
    site.robots = f"Sitemap: {site.url('/map.xml')}\n"
    site.scripts["/map.xml"] = answering(302, Location=target)


def article_redirected(status: int) -> Lead:
    def lead(site: LocalSite, target: str) -> None:
        site.publish("piege", "Un piège")
        site.scripts["/piege"] = answering(status, Location=target)

    lead.__name__ = f"article_redirected_{status}"
    return lead


FOLLOWED: tuple[Lead, ...] = (
    feed_named_by_the_home_page, link_in_a_feed, link_in_a_sitemap, sitemap_named_by_robots_txt,
    child_of_a_sitemap_index, robots_txt_redirected, home_page_redirected, feed_redirected, sitemap_redirected,
    *(article_redirected(status) for status in (301, 302, 303, 307, 308)),
)  # fmt: skip


@pytest.mark.parametrize("lead", FOLLOWED, ids=lambda lead: lead.__name__)
async def test_a_road_that_is_followed_ends_at_the_guard(lead: Lead, started: Started) -> None:
    lead(started.site, TARGET)
    async with started.visited():
        assert started.asked_for(TARGET), "the road was not taken at all: the test proves nothing"
        assert started.dialled_elsewhere() == set()


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("lead", [link_in_a_feed, article_redirected(302)], ids=lambda lead: lead.__name__)
async def test_no_way_to_write_a_private_target_is_dialled(lead: Lead, target: str, started: Started) -> None:
    lead(started.site, target)
    async with started.visited() as vigie:
        assert started.asked_for(target)
        assert started.dialled_elsewhere() == set()
        [link] = await vigie.links(target) or await vigie.links(started.site.url("/piege"))
        assert (link.state, link.attempts) == ("pending", 1)
        assert REFUSED in link.last_error


@pytest.mark.parametrize("target", TARGETS)
async def test_a_source_that_is_private_itself_is_refused_with_the_reason(target: str, started: Started) -> None:
    async with started.visited(target) as vigie:
        assert REFUSED in (await vigie.source("site")).last_error
        assert started.dialled_elsewhere() == set()


async def test_a_public_target_is_dialled_so_that_the_record_can_be_trusted(started: Started) -> None:
    link_in_a_feed(started.site, "http://open.example/x")
    async with started.visited():
        assert started.dialled_elsewhere() == {(PUBLIC, 80)}


async def test_a_name_that_turns_private_after_robots_txt_is_refused_for_the_page(started: Started) -> None:
    """Row 5: the address that was checked is the address that is dialled, at every connection anew."""
    started.names = started.resolve = Names(turning=[[HOST], ["10.0.0.1"]])
    target = f"http://turning.example:{started.site.port}/x"
    link_in_a_feed(started.site, target)
    started.site.scripts["/robots.txt"] = answering(200, "", Connection="close")
    async with started.visited() as vigie:
        [link] = await vigie.links(target)
        assert (link.state, REFUSED in link.last_error) == ("pending", True)
        assert started.names.asked.count("turning.example") == 2
        assert started.dialled_elsewhere() == set()
        assert started.site.asked["/x"] == 0


def canonical(site: LocalSite, target: str) -> None:
    _article(site, f'<link rel="canonical" href="{target}"><meta property="og:url" content="{target}">')


def icon(site: LocalSite, target: str) -> None:
    _article(site, f'<link rel="icon" href="{target}"><link rel="apple-touch-icon" href="{target}">')


def picture(site: LocalSite, target: str) -> None:
    _article(site, f'<meta property="og:image" content="{target}">', f'<img src="{target}"><iframe src="{target}">')


def refresh(site: LocalSite, target: str) -> None:
    _article(site, f'<meta http-equiv="refresh" content="0;url={target}">')


def style_and_script(site: LocalSite, target: str) -> None:
    _article(site, f'<link rel="stylesheet" href="{target}"><script src="{target}"></script><base href="{target}">')


def entity(site: LocalSite, target: str) -> None:
    site.publish("un", "Un article")
    declared = f'<!DOCTYPE rss SYSTEM "{target}"><rss version="2.0">'
    xml(site, "/feed.xml", site.feed().replace('<rss version="2.0">', declared))


def stylesheet_of_a_feed(site: LocalSite, target: str) -> None:
    site.publish("un", "Un article")
    xml(site, "/feed.xml", site.feed().replace("?>", f'?><?xml-stylesheet href="{target}" type="text/xsl"?>', 1))


def _article(site: LocalSite, head: str, body: str = "") -> None:
    site.publish("un", "Un article")
    site.articles["/un"] = site.articles["/un"].replace("</head>", f"{head}</head>").replace("<nav>", f"{body}<nav>")


UNFOLLOWED: tuple[Lead, ...] = (
    canonical, icon, picture, refresh, style_and_script, entity, stylesheet_of_a_feed,
)  # fmt: skip


@pytest.mark.parametrize("lead", UNFOLLOWED, ids=lambda lead: lead.__name__)
async def test_what_a_page_only_mentions_is_never_fetched_wherever_it_is(lead: Lead, started: Started) -> None:
    for target in (TARGET, "http://open.example/x"):
        lead(started.site, target)
    async with started.visited():
        assert started.site.asked["/feed.xml"]
        assert not started.asked_for(TARGET)
        assert not started.asked_for("http://open.example/x")
        assert started.dialled_elsewhere() == set()


def a_channel(kind: ChannelKind, host: str) -> Channel:
    hook = {"url": f"http://{host}:9/hook", "secret": generate_secret()}
    mail = {"host": host, "port": 9, "security": "none", "from": "v@example.com", "to": ["d@example.com"]}
    return Channel(1, "desk", kind, hook if kind == "webhook" else mail)


@pytest.mark.parametrize("host", ["inside.example", "two-faced.example", "127.0.0.1", "169.254.169.254"])
@pytest.mark.parametrize("kind", ["webhook", "email"])
async def test_no_alert_is_sent_to_a_private_host(kind: ChannelKind, host: str, started: Started) -> None:
    channel = a_channel(kind, host)
    async with started.visited() as vigie:
        with pytest.raises(DeliveryError, match=REFUSED):
            await vigie.engine.sender_for(channel).send(a_delivery(kind, channel.settings))
        assert started.dialled_elsewhere() == set()


@pytest.mark.parametrize("kind", ["webhook", "email"])
async def test_an_alert_to_a_public_host_is_sent_so_that_the_record_can_be_trusted(
    kind: ChannelKind, started: Started
) -> None:
    channel = a_channel(kind, "open.example")
    async with started.visited() as vigie:
        with pytest.raises(DeliveryError, match="network is unreachable"):
            await vigie.engine.sender_for(channel).send(a_delivery(kind, channel.settings))
        assert started.dialled_elsewhere() == {(PUBLIC, 9)}


async def test_the_commands_that_look_at_the_web_are_guarded_alike(site: LocalSite, tmp_path: Path) -> None:
    """Each in a process of its own, without an allow-list: the site is on loopback and never hears of it."""
    vigie = Commands(tmp_path)
    for command in (
        ("extract", site.url("/x")),
        ("source", "test", site.url()),
        ("source", "test", site.url("/feed.xml")),
    ):
        said = await vigie.apart(*command)
        assert said.code == 1, said
        assert REFUSED in said.err
        assert f'allow = ["{site.address}"]' in said.err
    assert not site.asked


async def test_the_test_of_a_channel_is_guarded_alike(
    smtp: SmtpReceiver, webhook: WebhookReceiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGIE_TEST_SECRET", generate_secret())
    vigie = Commands(tmp_path)
    hook = ("webhook", "hook", "--url", webhook.url, "--secret-env", "VIGIE_TEST_SECRET")
    mail = ("email", "mail", "--host", HOST, "--port", str(smtp.port), "--security", "none", "--from", "v@example.com")
    for kind, name, *options in (hook, (*mail, "--to", "d@example.com")):
        added = await vigie.apart("channel", "add", kind, name, *options)
        assert (added.code, REFUSED in added.err) == (0, True), added
        said = await vigie.apart("channel", "test", name)
        assert (said.code, REFUSED in said.err) == (1, True), said
    assert (webhook.calls, smtp.connections) == ([], 0)
