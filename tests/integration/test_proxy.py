"""The browser's proxy alone, spoken to byte by byte: who may use it, where it goes, and when it has had enough."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from alerting.guard import GuardedDialler
from crawler.proxy import HOST, Passage, Proxy, ProxyLimits
from crawler.proxyhead import BadHeadError, answer_head, credential, head_of
from news.address import AllowList
from news.guard import Guard
from tests.dials import Names
from tests.sites import LocalSite, answering


@dataclass
class Way:
    """A proxy, one page's passage through it, and the site behind."""

    site: LocalSite
    proxy: Proxy
    passage: Passage

    async def say(self, request: str, password: str | None = None) -> bytes:
        """Everything that comes back for a request, until the proxy hangs up; the credential is added."""
        key = credential(self.passage.name, password or self.passage.password).decode()
        sent = request.replace("\n", "\r\n") + f"Proxy-Authorization: {key}\r\n\r\n"
        return await self.send(sent.encode())

    async def send(self, data: bytes) -> bytes:
        """Everything that comes back for these bytes."""
        reader, writer = await asyncio.open_connection(HOST, self.proxy.port)
        writer.write(data)
        try:
            return await reader.read()
        finally:
            writer.close()
            await writer.wait_closed()


@asynccontextmanager
async def way(**limits: float) -> AsyncIterator[Way]:
    async with LocalSite() as site:
        guard = Guard(AllowList.parse([site.address]), Names())
        proxy = Proxy(GuardedDialler(guard).connect, ProxyLimits(**limits))  # type: ignore[arg-type]
        await proxy.start()
        try:
            with proxy.passage() as passage:
                yield Way(site, proxy, passage)
        finally:
            await proxy.close()


async def test_a_plain_request_is_carried_in_origin_form_without_the_credential() -> None:
    async with way() as here:
        seen: dict[str, str] = {}

        async def note(request):  # type: ignore[no-untyped-def]
            seen.update(request.headers, path=request.path_qs)
            return await answering(200, "oui")(request)

        here.site.scripts["/a"] = note
        said = await here.say(
            f"GET {here.site.url('/a?b=c')} HTTP/1.1\nHost: {here.site.address}\nX-A: b\nConnection: X-A\n"
        )
        assert said.endswith(b"oui")
        assert said.lower().count(b"connection: close") == 1
        assert seen["path"] == "/a?b=c"
        assert "X-A" not in seen
        assert not any(name.lower().startswith("proxy-") for name in seen)


async def test_a_tunnel_carries_bytes_both_ways() -> None:
    async with way() as here:
        here.site.scripts["/a"] = answering(200, "oui")
        request = f"CONNECT {here.site.address} HTTP/1.1\n"
        key = credential(here.passage.name, here.passage.password).decode()
        inner = f"GET /a HTTP/1.1\r\nHost: {here.site.address}\r\nConnection: close\r\n\r\n"
        said = await here.send(
            f"{request}Proxy-Authorization: {key}\n\n".replace("\n", "\r\n").encode() + inner.encode()
        )
        assert said.startswith(b"HTTP/1.1 200 Connection established\r\n\r\n")
        assert said.endswith(b"oui")


async def test_nobody_without_the_credential_gets_through() -> None:
    async with way() as here:
        request = f"GET {here.site.url('/a')} HTTP/1.1\n"
        assert (await here.say(request, password="guessed")).startswith(b"HTTP/1.1 407 ")
        assert (await here.send(request.replace("\n", "\r\n").encode() + b"\r\n")).startswith(b"HTTP/1.1 407 ")
        assert not here.site.asked


async def test_a_credential_ends_with_its_page() -> None:
    async with way() as here:
        with here.proxy.passage() as other:
            pass
        here.passage = other
        assert (await here.say(f"GET {here.site.url('/a')} HTTP/1.1\n")).startswith(b"HTTP/1.1 407 ")


@pytest.mark.parametrize(
    "request_line",
    ["GET http://10.0.0.1/ HTTP/1.1", "CONNECT 169.254.169.254:80 HTTP/1.1", "CONNECT [::1]:80 HTTP/1.1"],
)
async def test_what_the_guard_refuses_is_answered_and_remembered(request_line: str) -> None:
    async with way() as here:
        assert (await here.say(f"{request_line}\n")).startswith(b"HTTP/1.1 403 ")
        assert len(here.passage.refused) == 1


async def test_a_server_out_of_reach_is_answered_and_remembered() -> None:
    async with way() as here:
        await here.site.close()
        assert (await here.say(f"GET {here.site.url('/')} HTTP/1.1\n")).startswith(b"HTTP/1.1 502 ")
        assert list(here.passage.unreached) == [("127.0.0.1", here.site.port)]


async def test_a_page_moves_no_more_bytes_than_it_may() -> None:
    async with way(page_bytes=200_000) as here:
        here.site.scripts["/a"] = answering(200, "x" * 1_000_000)
        said = await here.say(f"GET {here.site.url('/a')} HTTP/1.1\nHost: x\n")
        assert len(said) < 300_000
        assert here.passage.is_used_up
        assert (await here.say(f"GET {here.site.url('/a')} HTTP/1.1\n")).startswith(b"HTTP/1.1 503 ")


async def test_a_page_has_no_more_connections_than_it_may() -> None:
    async with way(connections=0) as here:
        assert (await here.say(f"GET {here.site.url('/a')} HTTP/1.1\n")).startswith(b"HTTP/1.1 503 ")


@pytest.mark.parametrize("limits", [{"idle": 0.05}, {"idle": 60.0, "timeout": 0.05}])
async def test_a_silent_connection_is_ended(limits: dict[str, float]) -> None:
    async with way(**limits) as here:
        said = await here.say(f"CONNECT {here.site.address} HTTP/1.1\n")
        assert said == b"HTTP/1.1 200 Connection established\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"hello\r\n\r\n", 400),
        (b"GET http://a.example/ HTTP/1.1\r\nNo colon\r\n\r\n", 400),
        (b"GET http://a.example/ HTTP/1.1\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", 431),
    ],
)
async def test_what_is_no_request_is_answered_and_nothing_breaks(sent: bytes, status: int) -> None:
    async with way() as here:
        assert (await here.send(sent)).startswith(f"HTTP/1.1 {status} ".encode())


async def test_a_second_request_on_a_connection_goes_nowhere() -> None:
    async with way() as here:
        first = f"GET {here.site.url('/a')} HTTP/1.1\nHost: x\n"
        key = credential(here.passage.name, here.passage.password).decode()
        one = f"{first}Proxy-Authorization: {key}\n\n".replace("\n", "\r\n").encode()
        await here.send(one + one.replace(b"/a", b"/b"))
        assert not here.site.asked["/b"]


async def test_closing_ends_what_is_open() -> None:
    async with way() as here:
        key = credential(here.passage.name, here.passage.password).decode()
        reader, writer = await asyncio.open_connection(HOST, here.proxy.port)
        writer.write(f"CONNECT {here.site.address} HTTP/1.1\r\nProxy-Authorization: {key}\r\n\r\n".encode())
        assert await reader.readline()
        await here.proxy.close()
        await reader.read()
        writer.close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((HOST, here.proxy.port))


@pytest.mark.parametrize(
    "line",
    [
        "GET https://a.example/ HTTP/1.1",
        "GET ftp://a.example/ HTTP/1.1",
        "GET http://me:secret@a.example/ HTTP/1.1",
        "GET http://a.example:0/ HTTP/1.1",
        "GET http://a.example:99999/ HTTP/1.1",
        "GET http:///x HTTP/1.1",
        "GET http://a.example\\@b.example/ HTTP/1.1",
        "CONNECT a.example HTTP/1.1",
        "CONNECT a.example:99999 HTTP/1.1",
        "CONNECT a.example:443/x HTTP/1.1",
        "GET http://a.example/ HTTP/2",
    ],
)
def test_addresses_that_no_browser_asks_for_are_no_requests(line: str) -> None:
    with pytest.raises(BadHeadError):
        head_of(f"{line}\r\n\r\n".encode())


@pytest.mark.parametrize(
    "fields", [b"Transfer-Encoding: chunked", b"Content-Length: 1\r\nContent-Length: 2", b"Content-Length: -1"]
)
def test_a_body_whose_length_is_in_doubt_is_refused(fields: bytes) -> None:
    with pytest.raises(BadHeadError):
        _ = head_of(b"POST http://a.example/ HTTP/1.1\r\n" + fields + b"\r\n\r\n").body_length


def test_an_answer_is_told_to_end_its_connection() -> None:
    status, head = answer_head(
        b"HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop\r\nX-Hop: a\r\nContent-Length: 3\r\n\r\n"
    )
    assert status == 200
    assert head == b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\n"
