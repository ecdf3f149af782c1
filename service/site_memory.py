"""Site memory: what each source's articles have taught of its pages, at hand while it is visited."""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog

from extraction.memory import is_worth_keeping, learned
from news.article import Article
from news.guidance import readable
from news.source import Source
from storage import Database, Transaction

log = structlog.get_logger()

_MOST = 256  # sources, of some 100 kB each


class SiteMemory:
    """The memories of the sources that were visited last, ahead of what the database keeps of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._current: OrderedDict[int, Mapping[str, Any]] = OrderedDict()
        self._kept: dict[int, Mapping[str, Any]] = {}

    async def refresh(self, tx: Transaction, source: Source) -> None:
        """Take up what another process has written, or somebody made it forget; ours is lost then."""
        kept = readable(await tx.sources.memory(source.id))
        if source.id not in self._current or kept != self._kept[source.id]:
            self._hold(source, kept, kept)

    async def of(self, source: Source) -> Mapping[str, Any]:
        """The memory of a source; empty where nothing is learned yet."""
        if source.id not in self._current:
            async with self._database.read() as tx:
                await self.refresh(tx, source)
        return self._current[source.id]

    async def learn(self, tx: Transaction, source: Source, article: Article, now: datetime) -> None:
        """Learn of an article; written down where that makes a difference."""
        if not article.imprint:
            return
        if source.id not in self._current:
            await self.refresh(tx, source)
        before, kept = self._current[source.id], self._kept[source.id]
        after = learned(before, article.imprint, now)
        if is_worth_keeping(kept, after):
            await tx.sources.remember(source.id, after)
            kept = after
        self._hold(source, after, kept)
        if after["changed_at"] != before.get("changed_at"):
            log.info("site redesigned", source=source.name, url=article.url)

    def _hold(self, source: Source, memory: Mapping[str, Any], kept: Mapping[str, Any]) -> None:
        self._current[source.id] = memory
        self._current.move_to_end(source.id)
        self._kept[source.id] = kept
        while len(self._current) > _MOST:
            forgotten, _ = self._current.popitem(last=False)
            del self._kept[forgotten]
