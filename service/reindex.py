"""Reindex: articles that wait to be indexed are, a few at a time, while everything else goes on."""

import asyncio
from contextlib import AbstractAsyncContextManager

import structlog

from matching import analyzer, search_row
from news.errors import DatabaseTroubleError
from service.beside import beside
from service.reader import Reader
from storage import Database

log = structlog.get_logger()

_AT_ONCE = 20  # articles in one commit: others wait for it to finish, some hundredths of a second
_AGAIN = 60.0  # seconds, where the database was in trouble


class Reindexer:
    """Indexes what was stored before the index knew today's words; until then it is a candidate of every search."""

    def __init__(self, database: Database, reader: Reader) -> None:
        self._database = database
        self._reader = reader

    def running(self) -> AbstractAsyncContextManager[None]:
        """Index while the block goes on; what is left at its end waits for the next time."""
        return beside(self._run())

    async def _run(self) -> None:
        try:
            while True:
                if await self._is_done():
                    return
                await asyncio.sleep(_AGAIN)
        except Exception:
            log.exception(
                "articles not indexed", hint="they are found all the same, but slowly; restart Vigie to go on"
            )

    async def _is_done(self) -> bool:
        try:
            await self.catch_up()
        except DatabaseTroubleError:
            return False
        return True

    async def catch_up(self) -> int:
        """Index all that waits; how many articles that were."""
        async with self._database.read() as tx:
            is_current = await tx.search.is_by(analyzer())
        if not is_current:
            async with self._database.write() as tx:
                await tx.search.renew(analyzer())
        done = 0
        while some := await self._some():
            done += some
        if done:
            log.info("articles indexed anew", articles=done)
        return done

    async def _some(self) -> int:
        async with self._database.read() as tx:
            stored = await tx.articles.some(await tx.search.backlog(_AT_ONCE))
        for one in stored:
            await self._reader.ready(one.article.language)
        async with self._database.write() as tx:
            # Read again: it may have changed meanwhile, and then is indexed as it is now.
            for one in await tx.articles.some([one.id for one in stored]):
                await tx.search.put(one.id, search_row(await self._reader.read(one.article, one.source)), one.source_id)
        await asyncio.sleep(0)
        return len(stored)
