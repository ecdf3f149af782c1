"""What the crawler wants to find again after a restart, as a protocol; storage is behind it."""

from collections.abc import Sequence
from typing import Protocol

from news.site import Host, RobotsFile


class SiteMemory(Protocol):
    """Hosts by name, robots.txt by origin. What is kept is committed when the call returns."""

    async def host(self, name: str) -> Host | None:
        """What is known of a host; None where it was never asked."""
        ...

    async def keep_hosts(self, hosts: Sequence[Host]) -> None:
        """Keep what is known of these hosts now."""
        ...

    async def robots(self, origin: str) -> RobotsFile | None:
        """The robots.txt of an origin as last fetched, be it out of date."""
        ...

    async def keep_robots(self, file: RobotsFile) -> None:
        """Keep it in place of the one before."""
        ...


class ShortMemory:
    """A memory that lasts as long as the process, for commands that look at a site and store nothing."""

    def __init__(self) -> None:
        self._hosts: dict[str, Host] = {}
        self._robots: dict[str, RobotsFile] = {}

    async def host(self, name: str) -> Host | None:
        """What is known of a host."""
        return self._hosts.get(name)

    async def keep_hosts(self, hosts: Sequence[Host]) -> None:
        """Until the process ends."""
        self._hosts |= {host.name: host for host in hosts}

    async def robots(self, origin: str) -> RobotsFile | None:
        """The robots.txt of an origin."""
        return self._robots.get(origin)

    async def keep_robots(self, file: RobotsFile) -> None:
        """Until the process ends."""
        self._robots[file.origin] = file
