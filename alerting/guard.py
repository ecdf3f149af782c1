"""The guard of what alerting dials: no connection, by HTTP or SMTP, but to an address that the one verdict passed.

The address that was vetted is the address that is dialled, so a name that changes its mind in between gains nothing.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from news.address import AllowList, vetted

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
MakeSocket = Callable[[int, int, int], socket.socket]

_ONE_ADDRESS_SECONDS = 10.0


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """The host's addresses by the machine's own resolver, which takes every spelling of an IP address as well.

    Raises OSError if there is none.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(f"{host!r} cannot be a host name: {error}") from error
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard:
    """Resolves, vets and dials; what the user allowed in spite of the rule is in the allow-list."""

    def __init__(
        self, allow: AllowList, resolve: Resolve = system_resolve, make_socket: MakeSocket = socket.socket
    ) -> None:
        self._allow = allow
        self._resolve = resolve
        self._make_socket = make_socket

    async def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """All addresses of the host. Raises AddressRefusedError if any is refused, OSError if it cannot be resolved."""
        return vetted(host, port, await self._resolve(host, port), self._allow)

    async def connect(self, host: str, port: int) -> socket.socket:
        """A connected socket, for what takes one (SMTP): the addresses are tried in turn.

        Raises AddressRefusedError before anything is dialled, OSError or TimeoutError if none answers.
        """
        failure: OSError = OSError(f"{host} has no address")
        for address in await self.addresses(host, port):
            try:
                return await self._dialled(address, port)
            except OSError as error:
                failure = error
        raise failure

    def connector(self, tls: ssl.SSLContext | bool = True) -> aiohttp.TCPConnector:
        """A connector for one aiohttp session: whatever it dials was vetted, redirects and IP literals included."""
        passed: set[tuple[str, int]] = set()

        def open_vetted(info: tuple[Any, ...]) -> socket.socket:
            family, kind, protocol, _, place = info
            address, port = str(place[0]), int(place[1])
            if (address, port) not in passed:  # an IP literal: aiohttp does not ask its resolver about those
                vetted(address, port, (address,), self._allow)
            return self._make_socket(family, kind, protocol)

        return aiohttp.TCPConnector(
            resolver=_VettingResolver(self, passed),
            socket_factory=open_vetted,
            use_dns_cache=False,
            force_close=True,
            ssl=tls,
        )

    async def _dialled(self, address: str, port: int) -> socket.socket:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        opened = self._make_socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            opened.setblocking(False)
            async with asyncio.timeout(_ONE_ADDRESS_SECONDS):
                await asyncio.get_running_loop().sock_connect(opened, (address, port))
        except BaseException:
            opened.close()
            raise
        return opened


class _VettingResolver(AbstractResolver):
    """aiohttp's question for a name's addresses, answered by the guard; what passed is written down in `passed`."""

    def __init__(self, guard: Guard, passed: set[tuple[str, int]]) -> None:
        self._guard = guard
        self._passed = passed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The vetted addresses, of either family."""
        addresses = await self._guard.addresses(host, port)
        self._passed.update((address, port) for address in addresses)
        return [_answer(host, address, port) for address in addresses]

    async def close(self) -> None:
        """Nothing is held."""


def _answer(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)
