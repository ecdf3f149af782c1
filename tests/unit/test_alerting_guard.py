"""The guard of what alerting dials: what is refused is never dialled."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence

import aiohttp
import pytest

from alerting.guard import GuardedDialler, MakeSocket
from cli.network import system_resolve
from news.address import AllowList
from news.errors import AddressRefusedError
from news.guard import Guard
from news.ports import Resolve

# Every spelling of 127.0.0.1 and of other addresses that are not on the open internet; nothing may be dialled.
LITERALS = (
    "127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.1", "127.0.1", "0", "0.0.0.0",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]",
    "①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.0.0.1", "127.0.0.1.", "localhost", "LOCALHOST.",
    "10.0.0.1", "169.254.169.254", "100.64.0.1",
)  # fmt: skip


class Sockets:
    """Makes sockets, and remembers whom they were to dial."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, family: int, kind: int, protocol: int) -> socket.socket:
        self.made += 1
        return socket.socket(family, kind, protocol)


class Names:
    """A resolver of names that answers what it was told to, one list after the other."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int, /) -> Sequence[str]:
        self.asked.append((host, port))
        return self.answers.pop(0)


@pytest.fixture
async def listener() -> AsyncIterator[tuple[int, list[str]]]:
    """The port of a loopback server, and a list that grows with every connection to it."""
    connected: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.append("connected")
        await reader.readline()
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], connected


def a_dialler(
    allow: Sequence[str] = (), resolve: Resolve = system_resolve, make_socket: MakeSocket = socket.socket
) -> GuardedDialler:
    return GuardedDialler(Guard(AllowList.parse(allow), resolve), make_socket)


async def fetch(guard: GuardedDialler, url: str) -> int:
    async with aiohttp.ClientSession(connector=guard.connector()) as session, session.get(url) as response:
        return response.status


@pytest.mark.parametrize("host", LITERALS)
async def test_no_spelling_of_a_private_address_is_dialled_by_http(host: str, listener: tuple[int, list[str]]) -> None:
    sockets = Sockets()
    with pytest.raises((AddressRefusedError, aiohttp.InvalidURL, aiohttp.ClientConnectorDNSError)):
        await fetch(a_dialler(make_socket=sockets), f"http://{host}:{listener[0]}/")
    assert (sockets.made, listener[1]) == (0, [])


@pytest.mark.parametrize("host", LITERALS)
async def test_no_spelling_of_a_private_address_is_dialled_by_smtp(host: str, listener: tuple[int, list[str]]) -> None:
    sockets = Sockets()
    with pytest.raises((AddressRefusedError, OSError)):
        await a_dialler(make_socket=sockets).connect(host.strip("[]"), listener[0])
    assert (sockets.made, listener[1]) == (0, [])


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["93.184.215.14", "192.168.1.1"], ["2606:2800::1", "::1"], []])
async def test_a_name_with_any_private_address_is_not_dialled_at_all(addresses: list[str]) -> None:
    sockets = Sockets()
    with pytest.raises(AddressRefusedError):
        await fetch(a_dialler((), Names(addresses), sockets), "http://name.example/")
    with pytest.raises(AddressRefusedError):
        await a_dialler((), Names(addresses), sockets).connect("name.example", 25)
    assert sockets.made == 0


async def test_the_address_that_was_vetted_is_the_one_dialled(listener: tuple[int, list[str]]) -> None:
    port, connected = listener
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    guard = a_dialler([f"allowed.example:{port}"], names)
    assert await fetch(guard, f"http://allowed.example:{port}/") == 204
    assert names.asked == [("allowed.example", port)]
    assert len(connected) == 1


async def test_every_connection_asks_again_so_that_a_changed_name_is_caught(listener: tuple[int, list[str]]) -> None:
    port, connected = listener
    guard = a_dialler([f"127.0.0.1:{port}"], Names(["127.0.0.1"], ["10.0.0.1"]))
    assert await fetch(guard, f"http://name.example:{port}/") == 204
    with pytest.raises(AddressRefusedError):
        await fetch(guard, f"http://name.example:{port}/")
    assert len(connected) == 1


async def test_a_redirect_to_a_private_literal_is_refused_too() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2:1/\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(AddressRefusedError):
            await fetch(a_dialler([f"127.0.0.1:{port}"]), f"http://127.0.0.1:{port}/")


async def test_what_is_allowed_is_allowed_on_that_port_only(listener: tuple[int, list[str]]) -> None:
    port, _ = listener
    guard = a_dialler([f"127.0.0.1:{port}"])
    (await guard.connect("127.0.0.1", port)).close()
    assert await fetch(guard, f"http://127.0.0.1:{port}/") == 204
    with pytest.raises(AddressRefusedError):
        await guard.connect("127.0.0.1", port + 1)


async def test_the_next_address_is_tried_when_one_does_not_answer(listener: tuple[int, list[str]]) -> None:
    port, _ = listener
    guard = a_dialler(["127.0.0.0/8", "::1/128"], Names(["::1", "127.0.0.1"]))
    opened = await guard.connect("name.example", port)
    assert opened.getpeername() == ("127.0.0.1", port)
    opened.close()


async def test_a_host_that_cannot_be_a_name_is_an_os_error_like_one_that_is_unknown() -> None:
    with pytest.raises(OSError, match="cannot be a host name"):
        await system_resolve("a" * 70 + ".example", 25)
