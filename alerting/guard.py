"""Alerting's adapter to the one guard: no connection, by HTTP or SMTP, but to an address that the guard handed out."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from news.guard import Guard

MakeSocket = Callable[[int, int, int], socket.socket]

_USER_AGENT = "Vigie"
_ONE_ADDRESS_SECONDS = 10.0


class GuardedDialler:
    """Dials what the guard has passed, and nothing else."""

    def __init__(self, guard: Guard, make_socket: MakeSocket = socket.socket) -> None:
        self._guard = guard
        self._make_socket = make_socket

    async def connect(self, host: str, port: int) -> socket.socket:
        """A connected socket, for what takes one (SMTP): the addresses are tried in turn.

        Raises AddressRefusedError before anything is dialled, OSError or TimeoutError if none answers.
        """
        failure: OSError = OSError(f"{host} has no address")
        for address in await self._guard.addresses(host, port):
            try:
                return await self._dialled(address, port)
            except OSError as error:
                failure = error
        raise failure

    def connector(self, tls: ssl.SSLContext | bool = True) -> aiohttp.TCPConnector:
        """A connector for one aiohttp session: whatever it dials was passed, redirects and IP literals included."""
        passed: set[tuple[str, int]] = set()

        def open_passed(info: tuple[Any, ...]) -> socket.socket:
            family, kind, protocol, _, place = info
            address, port = str(place[0]), int(place[1])
            if (address, port) not in passed:  # an IP literal: aiohttp does not ask its resolver about those
                self._guard.judge(address, port)
            return self._make_socket(family, kind, protocol)

        return aiohttp.TCPConnector(
            resolver=_GuardedResolver(self._guard, passed),
            socket_factory=open_passed,
            use_dns_cache=False,
            force_close=True,
            ssl=tls,
        )

    def session(self, tls: ssl.SSLContext | bool = True) -> aiohttp.ClientSession:
        """A session for calls that dials what was passed, under Vigie's name.

        It has no deadline of its own, keeps no cookies, reads bodies as they come and asks the environment nothing.
        """
        return aiohttp.ClientSession(
            connector=self.connector(tls),
            timeout=aiohttp.ClientTimeout(total=None),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"user-agent": _USER_AGENT},
            auto_decompress=False,
            trust_env=False,
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


class _GuardedResolver(AbstractResolver):
    """aiohttp's question for a name's addresses, answered by the guard; what passed is written down in `passed`."""

    def __init__(self, guard: Guard, passed: set[tuple[str, int]]) -> None:
        self._guard = guard
        self._passed = passed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses that the guard has passed, of either family."""
        addresses = await self._guard.addresses(host, port)
        self._passed.update((address, port) for address in addresses)
        return [_answer(host, address, port) for address in addresses]

    async def close(self) -> None:
        """Nothing is held."""


def _answer(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)
