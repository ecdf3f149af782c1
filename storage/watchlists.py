"""The repository of watchlists, as far as they have channels or rules of their own."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from news.rules import rules_from, rules_to
from news.watch import Watchlist
from storage import tables
from storage.named import Named


class Watchlists(Named[Watchlist]):
    """Watchlists by name; the one without a name says what holds for every watch."""

    table = tables.watchlist
    noun = "watchlist"

    def _value(self, row: Row[Any]) -> Watchlist:
        return Watchlist(
            id=row.id,
            name=row.name,
            channels=tuple(row.channels),
            rules=rules_from(row.rules),
            origin=row.origin,
        )

    async def _known(self) -> str:
        names = [one.name for one in await self.all() if one.name]
        return f"there are: {', '.join(names)}" if names else "none has channels or rules: vigie watchlist edit --help"

    async def put(self, watchlist: Watchlist, now: datetime) -> int:
        """Add a watchlist; its id. Raises ConflictError if the name is taken."""
        values = {
            "name": watchlist.name,
            "channels": list(watchlist.channels),
            "rules": rules_to(watchlist.rules),
            "origin": watchlist.origin,
            "added_at": now,
        }
        return await self.add(values)
