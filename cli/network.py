"""The way out: the one guard as the commands and the wiring have it, over the system's own resolver."""

import asyncio
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING

from news.address import AllowList
from news.guard import Guard

if TYPE_CHECKING:
    from news.ports import Resolve
    from service.settings import Settings


async def system_resolve(host: str, port: int, /) -> Sequence[str]:
    """The host's addresses by the machine's own resolver, which takes every spelling of an IP address as well.

    Raises OSError if there is none.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(f"{host!r} cannot be a host name: {error}") from error
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def guard_under(settings: "Settings", resolve: "Resolve" = system_resolve) -> Guard:
    """The guard with the allow-list of the settings; whatever connects is given this one."""
    return Guard(AllowList.parse(settings.network.allow), resolve)
