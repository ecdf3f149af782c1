"""The repository of other people's servers: hosts and robots.txt files."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from news.site import Host, RobotsFile
from storage import tables
from storage.rows import insert

_host, _robots = tables.host, tables.robots


class Sites:
    """Hosts by name, robots.txt by origin."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def host(self, name: str) -> Host | None:
        """What is known of a host; None where it was never asked."""
        row = (await self._connection.execute(select(_host).where(_host.c.name == name))).one_or_none()
        if row is None:
            return None
        return Host(row.name, row.delay, row.crawl_delay, row.refusals, row.closed_until)

    async def keep_hosts(self, hosts: Sequence[Host], now: datetime) -> None:
        """Keep what is known of these hosts, in place of what was; in one order, so that writers do not deadlock."""
        for host in sorted(hosts, key=lambda known: known.name):
            values = {
                "delay": host.delay,
                "crawl_delay": host.crawl_delay,
                "refusals": host.refusals,
                "closed_until": host.closed_until,
                "updated_at": now,
            }
            statement = insert(self._connection, _host).values(name=host.name, **values)
            await self._connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))

    async def robots(self, origin: str) -> RobotsFile | None:
        """The robots.txt of an origin as last fetched."""
        row = (await self._connection.execute(select(_robots).where(_robots.c.origin == origin))).one_or_none()
        if row is None:
            return None
        return RobotsFile(row.origin, row.rules, row.is_unreachable, row.trouble, row.keep_until)

    async def keep_robots(self, file: RobotsFile) -> None:
        """Keep a robots.txt in place of the one before."""
        values = {
            "rules": file.rules,
            "is_unreachable": file.is_unreachable,
            "trouble": file.trouble,
            "keep_until": file.keep_until,
        }
        statement = insert(self._connection, _robots).values(origin=file.origin, **values)
        await self._connection.execute(statement.on_conflict_do_update(index_elements=["origin"], set_=values))
