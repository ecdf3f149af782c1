"""The crawler's adapter to the one verdict on addresses: Twisted dials only what this resolver hands out.

Twisted asks it about every host of every connection, address literals of all spellings included, so the address that
was checked is the address that is dialled, and a name that changes its mind between check and dial gains nothing.
"""

import asyncio
import socket
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from zope.interface import implementer

from news.address import AllowList, vetted
from news.errors import AddressRefusedError

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
_REMEMBERED = 1_000
_LOOK_UP_SECONDS = 20.0


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """All addresses of a host as the system knows them. Raises OSError where it knows none."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@implementer(IHostResolution)
class _Resolution:
    """Twisted's handle on a look-up under way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.task: asyncio.Task[None] | None = None

    def cancel(self) -> None:
        """Give up the look-up."""
        if self.task is not None:
            self.task.cancel()


@implementer(IHostnameResolver)
class GuardedResolver:
    """Resolves a host, has all its addresses vetted, and hands out those or none."""

    def __init__(self, allow: AllowList, resolve: Resolve = system_resolve) -> None:
        self._allow = allow
        self._resolve = resolve
        self._refusals: OrderedDict[str, AddressRefusedError] = OrderedDict()

    def install(self) -> None:
        """Make it the reactor's resolver; there is no way past it for anything that Twisted connects."""
        from twisted.internet import reactor

        reactor.installNameResolver(self)

    def allow(self, allow: AllowList) -> None:
        """Exchange the allow-list, after the configuration was read again."""
        self._allow = allow

    def refusal(self, host: str) -> AddressRefusedError | None:
        """Why the host was refused last; Twisted itself only says that it has no address."""
        return self._refusals.get(host)

    def resolveHostName(  # noqa: N802 (Twisted's name)
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Any = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> _Resolution:
        """Twisted's question; answered through `resolutionReceiver`."""
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        look_up = self._answer(resolutionReceiver, hostName, portNumber)
        resolution.task = asyncio.get_running_loop().create_task(look_up)
        return resolution

    async def _answer(self, receiver: Any, host: str, port: int) -> None:
        try:
            for address in await self._vetted(host, port):
                family = IPv6Address if ":" in address else IPv4Address
                receiver.addressResolved(family("TCP", address, port))
        finally:
            receiver.resolutionComplete()

    async def _vetted(self, host: str, port: int) -> Sequence[str]:
        try:
            async with asyncio.timeout(_LOOK_UP_SECONDS):
                addresses = await self._resolve(host, port)
        except (OSError, UnicodeError, TimeoutError):
            return ()  # Twisted then reports that the host has no address, which is the truth
        try:
            return vetted(host, port, addresses, self._allow)
        except AddressRefusedError as refusal:
            self._refusals[host] = refusal
            while len(self._refusals) > _REMEMBERED:
                self._refusals.popitem(last=False)
            return ()
