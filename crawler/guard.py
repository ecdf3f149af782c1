"""The crawler's adapter to the one guard: Twisted dials only what this resolver hands out.

Twisted asks it about every host of every connection, address literals of all spellings included, so the address that
was checked is the address that is dialled.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from zope.interface import implementer

from news.errors import AddressRefusedError
from news.guard import Guard

_REMEMBERED = 1_000


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
    """Hands out the addresses of a host that the guard has passed, or none."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._refusals: OrderedDict[tuple[str, int], AddressRefusedError] = OrderedDict()

    def install(self) -> None:
        """Make it the reactor's resolver; there is no way past it for anything that Twisted connects."""
        from twisted.internet import reactor

        reactor.installNameResolver(self)

    def refusal(self, host: str, port: int) -> AddressRefusedError | None:
        """Why the host was refused last on that port; Twisted itself only says that it has no address."""
        return self._refusals.get((host, port))

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """What the guard passes, for whoever has to know before Twisted asks. Raises what the guard raises."""
        return await self._guard.addresses(host, port)

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
            for address in await self._addresses(host, port):
                family = IPv6Address if ":" in address else IPv4Address
                receiver.addressResolved(family("TCP", address, port))
        finally:
            receiver.resolutionComplete()

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        self._refusals.pop((host, port), None)
        try:
            return await self._guard.addresses(host, port)
        except OSError:
            return ()  # Twisted then reports that the host has no address, which is the truth
        except AddressRefusedError as refusal:
            self._refusals[host, port] = refusal
            while len(self._refusals) > _REMEMBERED:
                self._refusals.popitem(last=False)
            return ()
