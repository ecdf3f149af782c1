"""Rows 1 to 9 of what Vigie must survive: every way known to talk a crawler into its owner's network.

Each target is led up to by a redirect, so that the URL meets the guard as a site wrote it and not as Vigie would have.
Row 6 stands in `test_every_fetch_path.py`, a test for every road.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError
from scrapy.http.request import NO_CALLBACK

from alerting.channels import check, generate_secret
from cli.network import system_resolve
from crawler.access import Access
from crawler.middlewares.access import access_meta
from extraction.pool import WorkerPool
from news.alert import Channel
from news.clock import ManualClock
from news.errors import AddressRefusedError, BadUrlError, ConfigError, DeliveryError
from news.source import Link
from news.url import checked, joined
from service.settings import fit_url
from tests.commands import Commands
from tests.dials import Dials, Names, recorded
from tests.guarded import PUBLIC, REFUSED, Started, feed, xml
from tests.receivers import WebhookReceiver, a_delivery
from tests.sites import HOST, LocalSite, answering

# Row 1. Port 9 discards: should a test ever fail, nobody is there.
SPELLINGS = (
    "127.0.0.1", "2130706433", "0x7f000001", "0x7F.1", "0x7f.0x0.0x0.0x1", "0177.0.0.1", "017700000001", "127.1",
    "127.0.1", "0", "0x0", "0.0.0.0", "127.0.0.1.", "localhost", "LOCALHOST", "①②⑦.⓪.⓪.①", "127。0。0。1",
    "１２７.0.0.1", "127．0．0．1",
)  # fmt: skip
# Row 2.
WRAPPED = (
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]", "[::127.0.0.1]",
    "[64:ff9b::7f00:1]", "[64:ff9b::10.0.0.1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:a00:1::1]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[fe80::1]", "[fe80::1%25lo]", "[fe80::1%25eth0]",
)  # fmt: skip
# Row 3, and what the resolver may say beside.
SPECIAL = (
    "100.64.0.1", "100.127.255.254", "169.254.169.254", "224.0.0.1", "239.255.255.250", "255.255.255.255",
    "192.88.99.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "240.0.0.1", "10.0.0.1",
    "172.16.0.1", "192.168.0.1", "3fff::1", "ff02::1", "fc00::1", "fec0::1", "2001:db8::1", "100::1", "5f00::1",
    "fe80::1%eth0", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe",
)  # fmt: skip


@pytest.fixture
def dials(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dials]:
    with recorded(monkeypatch) as noted:
        yield noted


@pytest.fixture
def started(site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path, dials: Dials) -> Started:
    return Started(site, pool, clock, tmp_path, Names(), dials)


def _at_ports_of_their_own(hosts: Sequence[str]) -> list[str]:
    """One host could be spelt in all these ways; a host that fails would be asked ever more slowly."""
    return [f"http://{host}:{port}/x" for port, host in enumerate(hosts, 1)]


async def led_to(started: Started, targets: Sequence[str]) -> dict[str, Link]:
    """What became of each target, where the feed lists a page for each, and each page redirects."""
    paths = {f"/r{number}": target for number, target in enumerate(targets)}
    for path, target in paths.items():
        started.site.scripts[path] = answering(302, Location=target)
    xml(started.site, "/feed.xml", feed(*map(started.site.url, paths)))
    async with started.visited() as vigie:
        found = {target: (await vigie.links(started.site.url(path)))[0] for path, target in paths.items()}
    assert all(started.site.asked[path] for path in paths), "each redirect was asked for"
    return found


def ends(found: dict[str, Link]) -> dict[str, str]:
    """Those that were not refused, by the guard or for good, with what is said of them; none is what a test wants."""
    others = {target: link for target, link in found.items() if link.state != "refused"}
    return {
        target: f"{link.state}: {link.last_error}"
        for target, link in others.items()
        if link.state != "pending" or REFUSED not in link.last_error
    }


async def test_row_1_no_spelling_of_an_address_hides_it(started: Started) -> None:
    """Decimal, hex, octal, short, `0`, full-width digits and dots; each really resolved, as a machine would."""
    started.resolve = system_resolve
    found = await led_to(started, _at_ports_of_their_own(SPELLINGS))
    assert started.dialled_elsewhere() == set()
    assert ends(found) == {}
    assert {target: link.last_error for target, link in found.items() if REFUSED not in link.last_error} == {}


async def test_row_2_mapped_and_tunnelled_addresses_are_unwrapped(started: Started) -> None:
    """`::1`, `::ffff:`, NAT64, 6to4, Teredo, zone id."""
    started.resolve = system_resolve
    found = await led_to(started, _at_ports_of_their_own(WRAPPED))
    assert started.dialled_elsewhere() == set()
    assert ends(found) == {}


async def test_row_3_special_networks_are_refused(started: Started) -> None:
    """100.64/10, 169.254/16, multicast, 192.88.99/24, 3fff::/20 and the rest, as a resolver says them."""
    hosts = {f"n{number}": [[address]] for number, address in enumerate(SPECIAL)}
    started.names = started.resolve = Names(**hosts)
    found = await led_to(started, [f"http://{host}.example/x" for host in hosts])
    assert set(started.names.asked) >= {f"{host}.example" for host in hosts}
    assert started.dialled_elsewhere() == set()
    assert ends(found) == {}
    assert all(REFUSED in link.last_error for link in found.values())


async def test_row_4_one_private_record_refuses_the_host(started: Started) -> None:
    """Whichever comes first, and in either family."""
    started.names = started.resolve = Names(
        last=[[PUBLIC, "10.0.0.1"]],
        first=[["10.0.0.1", PUBLIC]],
        six=[["2606:2800:21f::1", "::1"]],
        both=[[PUBLIC, "::1"]],
    )
    found = await led_to(started, [f"http://{host}.example/x" for host in ("last", "first", "six", "both")])
    assert started.dialled_elsewhere() == set()
    assert ends(found) == {}


async def test_row_5_the_address_that_was_checked_is_the_address_dialled(started: Started) -> None:
    """Rebinding: public when first asked, loopback or private ever after. Each connection asks once, and dials that."""
    started.names = started.resolve = Names(rebound=[[PUBLIC], [HOST]], turned=[[PUBLIC], ["10.0.0.1"]])
    await led_to(started, ["http://rebound.example:9/x", "http://turned.example:9/x"])
    assert started.dialled_elsewhere() == {(PUBLIC, 9)}
    assert started.dials.tried.count((PUBLIC, 9)) == 2, "once for each name's robots.txt, and not again"


async def test_row_5_alerts_are_rebound_no_more_than_pages(started: Started) -> None:
    started.names = started.resolve = Names(rebound=[[PUBLIC], [HOST]])
    settings = {"url": "http://rebound.example:9/hook", "secret": generate_secret()}
    async with started.visited() as vigie:
        sender = vigie.engine.sender_for(Channel(1, "desk", "webhook", settings))
        with pytest.raises(DeliveryError, match="network is unreachable"):
            await sender.send(a_delivery("webhook", settings))
        assert started.dialled_elsewhere() == {(PUBLIC, 9)}
        with pytest.raises(DeliveryError, match=REFUSED):
            await sender.send(a_delivery("webhook", settings))
        assert started.dialled_elsewhere() == {(PUBLIC, 9)}


# Row 7.
SCHEMES = (
    "file:///etc/passwd", "file://localhost/etc/passwd", "data:text/html,<a>", "ftp://127.0.0.1/x", "gopher://127.0.0.1:9/x",
    "s3://bucket/x", "source:http://127.0.0.1:9/", "source:file:///etc/passwd", "view-source:http://127.0.0.1:9/",
    "jar:http://127.0.0.1:9/!/x", "feed:http://127.0.0.1:9/", "ws://127.0.0.1:9/", "javascript:alert(1)", "blob:http://h/x",
    "http+unix://%2Frun%2Fx.sock/", "dict://127.0.0.1:9/", "ldap://127.0.0.1:9/", "about:blank",
    "unix:/run/x.sock",
)  # fmt: skip


@pytest.mark.parametrize("url", SCHEMES)
def test_row_7_only_http_and_https_are_taken(url: str) -> None:
    with pytest.raises(BadUrlError):
        checked(url)
    assert joined("https://news.example/", url) is None
    if "://" in url:  # anything else may be meant for a host's name
        with pytest.raises(ValueError, match="URL"):
            fit_url(url)


async def test_row_7_a_redirect_leads_to_no_other_scheme(started: Started) -> None:
    found = await led_to(started, SCHEMES)
    assert {link.state for link in found.values()} <= {"refused", "gone", "failed", "pending"}
    assert started.dialled_elsewhere() == set()


# Row 8.
DECEPTIVE = (
    r"http://news.example\@127.0.0.1:9/", r"http://127.0.0.1:9\@news.example/", r"http:\\127.0.0.1:9/x",
    "http://news.example@127.0.0.1:9/", "http://user:secret@127.0.0.1:9/", "http://@127.0.0.1:9/", "http://:@127.0.0.1:9/",
    "http://127.0.0.1:9/\r\nHost: evil", "http://127.0.0.1:9/x\ty", "http://127.0.0.1\t:9/", "http://127.0.0.1:9/x\x00",
    "http://127.0.0.1:9/ HTTP/1.1", "http://%31%32%37.0.0.1:9/", "http://127.0.0.1%00.news.example/",
    "http://127.0.0.1:9\u0000/", "http://news.example:80:9/", "http://[::1%25lo]:9/",
)  # fmt: skip


@pytest.mark.parametrize("url", DECEPTIVE)
def test_row_8_what_is_written_to_deceive_is_rejected_at_entry(url: str, tmp_path: Path) -> None:
    """By the URL's own check, by the settings, by a channel; `source add` says so and adds nothing."""
    with pytest.raises(BadUrlError) as refused:
        checked(url)
    assert "secret" not in str(refused.value)
    with pytest.raises(ValueError, match="URL"):
        fit_url(url)
    with pytest.raises(ConfigError):
        check(Channel(1, "desk", "webhook", {"url": url, "secret": generate_secret()}))
    if "\x00" not in url:  # no shell can hand one over
        assert Commands(tmp_path)("source", "add", url).code == 2


async def test_row_8_a_redirect_written_to_deceive_is_refused(started: Started) -> None:
    """Where a header can hold it at all."""
    written = [url for url in DECEPTIVE if not set(url) & set("\r\n\x00\t")]
    await led_to(started, written)
    assert started.dialled_elsewhere() == set()


def a_hook(host: str, port: int) -> dict[str, str]:
    return {"url": f"http://{host}:{port}/hook", "secret": generate_secret()}


ALLOWED_NOWHERE: tuple[tuple[str, ...], ...] = (
    (), ("10.0.0.0/8",), ("127.0.0.1:1",), ("::1/128",), ("other.example:{port}",), ("hook.example:1",),
)  # fmt: skip


@pytest.mark.parametrize("allow", ALLOWED_NOWHERE, ids=str)
async def test_row_9_a_channel_to_a_private_host_is_refused_unless_it_is_allowed(
    allow: tuple[str, ...], started: Started, webhook: WebhookReceiver
) -> None:
    """Webhook and SMTP server; an allowance for anything else changes nothing."""
    started.names = started.resolve = Names(hook=[[HOST]])
    started.allow = tuple(entry.format(port=webhook.port) for entry in allow)
    hook = a_hook("hook.example", webhook.port)
    mail = {
        "host": "hook.example",
        "port": webhook.port,
        "security": "none",
        "from": "v@a.example",
        "to": ["d@a.example"],
    }
    async with started.visited() as vigie:
        for channel in (Channel(1, "hook", "webhook", hook), Channel(2, "mail", "email", mail)):
            with pytest.raises(DeliveryError, match=REFUSED):
                await vigie.engine.sender_for(channel).send(a_delivery(channel.kind, channel.settings))
        assert started.dialled_elsewhere() == set()


@pytest.mark.parametrize("allow", ["127.0.0.0/8", "127.0.0.1:{port}", "hook.example:{port}"])
async def test_row_9_what_the_user_allows_by_network_or_by_host_and_port_is_dialled(
    allow: str, started: Started, webhook: WebhookReceiver
) -> None:
    started.names = started.resolve = Names(hook=[[HOST]])
    started.allow = (allow.format(port=webhook.port),)
    hook = a_hook("hook.example", webhook.port)
    async with started.visited() as vigie:
        await vigie.engine.sender_for(Channel(1, "hook", "webhook", hook)).send(a_delivery("webhook", hook))
        assert len(webhook.calls) == 1
        assert started.dialled_elsewhere() == {(HOST, webhook.port)}


@pytest.mark.parametrize(
    "proxy", ["http://inside.example:9", "http://127.0.0.1:9", "http://[::1]:9", "http://0x7f.1:9"]
)
async def test_row_9_a_proxy_is_dialled_like_anything_else(proxy: str, started: Started) -> None:
    """The proxy's own address passes the guard, and so does what it is asked for: see test_credentials.py."""
    started.names = Names(inside=[["10.0.0.1"]])
    started.resolve = started.names if "inside" in proxy else system_resolve
    async with started.visited() as vigie:
        access = Access(site=started.site.url(), proxy=proxy)
        request = Request(started.site.url("/x"), callback=NO_CALLBACK, meta=access_meta(access))
        spider = vigie.engine.crawler._spider
        with pytest.raises((AddressRefusedError, CannotResolveHostError)) as refused:
            await spider.crawler.engine.download_async(request)
        assert REFUSED in str(refused.value)
        assert started.dialled_elsewhere() == set()
        assert started.site.asked["/x"] == 0
