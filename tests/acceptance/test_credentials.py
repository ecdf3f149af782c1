"""A subscription of the user's own: what goes along, to which host, and that it is shown nowhere."""

import json
import logging
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from crawler.middlewares import access as middleware
from extraction.pool import WorkerPool
from news.clock import ManualClock
from news.ports import Resolve
from tests.commands import Commands
from tests.hostile import HostileSite, answering, certificate, page
from tests.proxies import Proxy
from tests.running import Running, running
from tests.sites import Answer, LocalSite

CANARY = "s3cret-canary"
LOGIN = "Basic " + b64encode(f"vigie:{CANARY}".encode()).decode()
HEADERS = ("Authorization", "Cookie", "X-Api-Key", "X-Edition")
SUBSCRIPTION = """
user = "vigie"
password_env = "PHARE_PASSWORD"
cookies_env = "PHARE_COOKIES"
headers = { X-Edition = "abonnes" }
headers_env = { X-Api-Key = "PHARE_KEY" }
"""
ALL = {"Authorization": LOGIN, "Cookie": f"session={CANARY}", "X-Api-Key": CANARY, "X-Edition": "abonnes"}

Start = Callable[..., AbstractAsyncContextManager[Running]]


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment holds."""
    monkeypatch.setenv("PHARE_PASSWORD", CANARY)
    monkeypatch.setenv("PHARE_KEY", CANARY)
    monkeypatch.setenv("PHARE_COOKIES", f"session={CANARY}")


@pytest.fixture
def start(pool: WorkerPool, clock: ManualClock, tmp_path: Path) -> Start:
    """Vigie with one source under these addresses, `access` the table below it and `names` its resolver's."""

    folder = tmp_path / "data"
    folder.mkdir()

    def started(url: str, *allow: str, access: str = "", names: Resolve | None = None, **own: bool) -> object:
        settings = (
            f"[crawler]\ndelay = 0\ntimeout = 5\n[network]\nallow = {json.dumps(allow)}\n"
            f'[[source]]\nname = "Le Phare"\nurl = "{url}"\n'
            + "".join(f"{name} = {json.dumps(value)}\n" for name, value in own.items())
            + (f"[source.access]\n{access}" if access else "")
        )
        more = {"resolve": names} if names is not None else {}
        return running(folder, settings, pool, clock, **more)

    return started  # type: ignore[return-value]


def _everywhere(address: str) -> Resolve:
    """A resolver for which every name has this address."""

    async def resolve(host: str, port: int, /) -> Sequence[str]:
        return (host if host.startswith("127.") else address,)

    return resolve


class Noted:
    """What requests to a site carried, by path."""

    def __init__(self, site: LocalSite) -> None:
        self.sent: dict[str, dict[str, str]] = {}
        handle = site._usual

        def noting(request: web.Request) -> web.Response:
            self.sent[request.path] = {name: request.headers[name] for name in HEADERS if name in request.headers}
            return handle(request)

        site._usual = noting  # type: ignore[method-assign]

    def to(self, target: str) -> Answer:
        """A script that redirects there."""

        async def answer(request: web.Request) -> web.Response:
            self.sent[request.path] = {name: request.headers[name] for name in HEADERS if name in request.headers}
            return web.Response(status=302, headers={"Location": target})

        return answer


async def test_a_subscription_goes_to_its_own_site_and_not_to_robots_txt(site: LocalSite, start: Start) -> None:
    noted = Noted(site)
    site.publish("une", "Réservé aux abonnés")
    async with start(site.url(), site.address, access=SUBSCRIPTION) as vigie:
        await vigie.visit()
        assert [entry.article.title for entry in await vigie.articles()] == ["Réservé aux abonnés"]
    assert noted.sent.pop("/robots.txt") == {}
    assert noted.sent.keys() >= {"/", "/feed.xml", "/une"}
    assert all(sent == ALL for sent in noted.sent.values())


async def test_a_redirect_to_another_host_carries_nothing_and_one_back_home_everything(
    site: LocalSite, start: Start
) -> None:
    async with LocalSite() as other:
        noted, elsewhere = Noted(site), Noted(other)
        site.publish("une", "Réservé aux abonnés")
        site.publish("deux", "Ici")
        site.scripts["/une"] = noted.to(other.url("/login"))
        other.scripts["/login"] = elsewhere.to(site.url("/deux"))
        async with start(site.url(), site.address, other.address, access=SUBSCRIPTION) as vigie:
            await vigie.visit()
        assert noted.sent["/une"] == ALL
        assert elsewhere.sent == {"/robots.txt": {}, "/login": {}}
        assert site.asked["/deux"] == 2
        assert noted.sent["/deux"] == ALL


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "phare.example.net", "example"])
async def test_a_link_to_another_host_carries_nothing(site: LocalSite, start: Start, host: str) -> None:
    async with LocalSite() as other:
        elsewhere = Noted(other)
        target = f"http://{host}:{other.port}/une"
        site.scripts["/feed.xml"] = _feed(target)
        names = _everywhere("127.0.0.1")
        own = f"http://phare.example:{site.port}/"
        async with start(own, "127.0.0.0/8", access=SUBSCRIPTION, names=names) as vigie:
            await vigie.visit()
        assert elsewhere.sent == {"/robots.txt": {}, "/une": {}}


async def test_a_host_below_the_source_s_own_is_its_site_too(site: LocalSite, start: Start) -> None:
    noted = Noted(site)
    site.scripts["/feed.xml"] = _feed(f"http://abo.phare.example:{site.port}/une")
    names = _everywhere("127.0.0.1")
    async with start(f"http://phare.example:{site.port}/", "127.0.0.0/8", access=SUBSCRIPTION, names=names) as vigie:
        await vigie.visit()
    assert noted.sent["/une"] == ALL


def _feed(link: str) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        items = f"<item><title>Un</title><link>{link}</link></item>"
        text = f'<?xml version="1.0"?><rss version="2.0"><channel><title>A</title>{items}</channel></rss>'
        return web.Response(text=text, content_type="application/rss+xml")

    return answer


async def test_a_secret_that_is_not_there_is_the_source_s_error_and_nothing_is_asked(
    site: LocalSite, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PHARE_KEY")
    async with start(site.url(), site.address, access=SUBSCRIPTION) as vigie:
        await vigie.visit()
        source = await vigie.source("Le Phare")
    assert "the environment variable PHARE_KEY holds no secret" in source.last_error
    assert "Put the secret" in source.advice
    assert set(site.asked) <= {"/robots.txt"}


async def test_a_secret_is_in_no_log_no_database_no_output_and_no_export(
    site: LocalSite,
    start: Start,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    site.publish("une", "Réservé aux abonnés")
    site.publish("deux", "Disparu")
    del site.articles["/deux"]
    caplog.set_level(logging.DEBUG)
    async with Proxy() as proxy:
        access = (
            SUBSCRIPTION + f'proxy = "http://{proxy.address}"\nproxy_user = "u"\nproxy_password_env = "PHARE_KEY"\n'
        )
        with capture_logs() as logged:
            async with start(site.url(), site.address, proxy.address, access=access) as vigie:
                await vigie.visit()
                assert len(await vigie.articles()) == 1
    command = Commands(tmp_path)
    verbs = (["show", "Le Phare"], ["show", "Le Phare", "--json"], ["list", "--json"], ["export"])
    said = [await command.apart("source", *verb) for verb in verbs]
    assert [one.code for one in said] == [0, 0, 0, 0]
    assert "login, cookies, headers, proxy" in said[0].out
    assert said[1].json["access"] == ["login", "cookies", "headers", "proxy"]
    told = f"{capsys.readouterr()}{said}"
    written = _all_bytes(tmp_path)
    everything = f"{logged}{caplog.text}{told}{written!r}"
    encoded = LOGIN.removeprefix("Basic ")
    assert CANARY not in everything
    assert encoded not in everything


async def test_a_look_at_a_source_that_is_there_has_its_access(site: LocalSite, start: Start, tmp_path: Path) -> None:
    noted = Noted(site)
    site.publish("une", "Réservé aux abonnés")
    async with start(site.url(), site.address, access=SUBSCRIPTION):
        pass
    said = await Commands(tmp_path).apart("source", "test", "Le Phare")
    assert said.code == 0, said.err
    assert CANARY not in said.out + said.err
    assert noted.sent.pop("/robots.txt") == {}
    assert noted.sent.keys() >= {"/", "/feed.xml"}
    assert all(sent == ALL for sent in noted.sent.values())


def _all_bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


async def test_everything_of_a_source_goes_through_its_proxy_which_alone_is_told_its_login(
    site: LocalSite, start: Start
) -> None:
    noted = Noted(site)
    site.publish("une", "Par le détour")
    async with Proxy("Basic " + b64encode(f"moi:{CANARY}".encode()).decode()) as proxy:
        access = (
            SUBSCRIPTION
            + f'proxy = "http://{proxy.address}"\nproxy_user = "moi"\nproxy_password_env = "PHARE_PASSWORD"\n'
        )
        async with start(site.url(), site.address, proxy.address, access=access) as vigie:
            await vigie.visit()
            assert [entry.article.title for entry in await vigie.articles()] == ["Par le détour"]
    assert {target for _, target in proxy.asked} >= {site.url(path) for path in ("/robots.txt", "/", "/feed.xml")}
    assert len(proxy.asked) == sum(site.asked.values())
    assert noted.sent.pop("/robots.txt") == {}
    assert all(sent == ALL for sent in noted.sent.values())


async def test_a_proxy_may_be_allowed_by_its_name(site: LocalSite, start: Start) -> None:
    site.publish("une", "Par le détour")
    async with Proxy() as proxy:
        named = f"proxy.example:{proxy.port}"
        access, names = f'proxy = "http://{named}"', _everywhere("127.0.0.1")
        async with start(site.url(), site.address, named, access=access, names=names) as vigie:
            await vigie.visit()
            assert len(await vigie.articles()) == 1
    assert len(proxy.asked) == sum(site.asked.values())


@pytest.mark.parametrize("host", ["127.0.0.1", "proxy.example"])
async def test_https_goes_through_a_tunnel(start: Start, tmp_path: Path, host: str) -> None:
    async with Proxy() as proxy, HostileSite(certificate(tmp_path)) as own:
        own.listed = ["/une"]
        own.answers["/une"] = answering(page("Dans le tunnel"))
        async with start(
            own.url("/feed.xml"),
            own.address,
            f"{host}:{proxy.port}",
            access=f'proxy = "http://{host}:{proxy.port}"',
            names=_everywhere("127.0.0.1"),
            accept_any_certificate=True,
        ) as vigie:
            await vigie.visit()
            assert [entry.article.title for entry in await vigie.articles()] == ["Dans le tunnel"]
    assert set(proxy.asked) == {("CONNECT", own.address)}


async def test_a_proxy_that_wants_a_login_is_the_source_s_error(start: Start, tmp_path: Path) -> None:
    async with Proxy("Basic eDp5") as proxy, HostileSite(certificate(tmp_path)) as own:
        access = f'proxy = "http://{proxy.address}"'
        async with start(own.url("/feed.xml"), own.address, proxy.address, access=access) as vigie:
            await vigie.visit()
            assert "the proxy refuses it" in (await vigie.source("Le Phare")).last_error
    assert not own.asked


async def test_a_private_proxy_must_be_allowed(site: LocalSite, start: Start) -> None:
    async with (
        Proxy() as proxy,
        start(site.url(), site.address, access=f'proxy = "http://{proxy.address}"') as vigie,
    ):
        await vigie.visit()
        assert "the proxy 127.0.0.1 leads to 127.0.0.1" in (await vigie.source("Le Phare")).last_error
    assert not proxy.asked
    assert not site.asked


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_what_a_proxy_is_asked_for_passes_the_guard_first(site: LocalSite, start: Start, scheme: str) -> None:
    names = _everywhere("10.0.0.7")
    async with Proxy() as proxy:
        access = f'proxy = "http://{proxy.address}"'
        async with start(f"{scheme}://intranet.example/", proxy.address, access=access, names=names) as vigie:
            await vigie.visit()
            assert "intranet.example leads to 10.0.0.7" in (await vigie.source("Le Phare")).last_error
    assert not proxy.asked


async def test_a_certificate_of_its_own_making_is_read_where_the_source_says_so_and_nowhere_else(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "_warned", set())
    async with HostileSite(certificate(tmp_path)) as own, HostileSite(certificate(tmp_path)) as other:
        own.listed = ["/une"]
        own.answers["/une"] = answering(page("Sous le manteau"))
        own.answers["/feed.xml"] = answering(
            own.feed().replace(b"</channel>", f"<item><link>{other.url('/une')}</link></item></channel>".encode()),
            "Content-Type: application/rss+xml",
        )
        with capture_logs() as logged:
            async with start(own.url("/feed.xml"), own.address, other.address, accept_any_certificate=True) as vigie:
                await vigie.visit()
                assert [entry.article.title for entry in await vigie.articles()] == ["Sous le manteau"]
                [link] = await vigie.links(other.url("/une"))
        assert "certificate that is self-signed" in link.last_error
        assert not other.asked
    warned = [entry for entry in logged if entry["event"] == "certificates are not checked"]
    assert [entry["source"] for entry in warned] == ["Le Phare"]


@asynccontextmanager
async def _keeping_connections(folder: Path) -> AsyncIterator[str]:
    """The address of a site with a certificate of its own making, which keeps connections open."""

    async def article(_: web.Request) -> web.Response:
        return web.Response(body=page("Sous le manteau"), content_type="text/html")

    async def feed(request: web.Request) -> web.Response:
        text = f"<rss version='2.0'><channel><item><link>https://{request.host}/une</link></item></channel></rss>"
        return web.Response(text=text, content_type="application/rss+xml")

    served = web.Application()
    served.router.add_get("/feed.xml", feed)
    served.router.add_get("/une", article)
    runner = web.AppRunner(served, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=certificate(folder)).start()
    yield f"127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_one_source_s_leniency_is_not_another_s(pool: WorkerPool, clock: ManualClock, tmp_path: Path) -> None:
    async with _keeping_connections(tmp_path) as address:
        settings = (
            f'[crawler]\ndelay = 0\n[network]\nallow = ["{address}"]\n'
            f'[[source]]\nname = "lax"\nurl = "https://{address}/feed.xml"\naccept_any_certificate = true\n'
            f'[[source]]\nname = "strict"\nurl = "https://{address}/feed.xml?"\n'
        )
        async with running(tmp_path, settings, pool, clock) as vigie:
            for _ in range(2):
                await vigie.visit()
                vigie.wait(days=2)
                assert (await vigie.source("lax")).last_error == ""
                assert "certificate that is self-signed" in (await vigie.source("strict")).last_error
