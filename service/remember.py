"""Remember: what the crawler learns of other people's servers outlives a restart."""

from collections.abc import Sequence

from news.clock import Clock
from news.site import Host, RobotsFile
from storage import Database


class StoredMemory:
    """The crawler's memory of hosts and robots.txt files, in the database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def host(self, name: str) -> Host | None:
        """What is known of a host."""
        async with self._database.read() as tx:
            return await tx.sites.host(name)

    async def keep_hosts(self, hosts: Sequence[Host]) -> None:
        """Keep what is known of these hosts now."""
        async with self._database.write() as tx:
            await tx.sites.keep_hosts(hosts, self._clock.now())

    async def robots(self, origin: str) -> RobotsFile | None:
        """The robots.txt of an origin as last fetched."""
        async with self._database.read() as tx:
            return await tx.sites.robots(origin)

    async def keep_robots(self, file: RobotsFile) -> None:
        """Keep it in place of the one before."""
        async with self._database.write() as tx:
            await tx.sites.keep_robots(file)
