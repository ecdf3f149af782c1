"""A program that takes an article in, then releases what was held, in processes that are each killed a statement later.

Run as `python -m tests.killed URL EVERY ACT...` on a database without rows; EVERY is 1 for a kill at each statement.
First comes a line with the books as they stand, then one after each kill, then one after the process that was left
alone, and after another that finds nothing left to do; so for each act, `take-in` or `release`. A test reads them:
whatever the statement, it is all or nothing.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import Engine, event, func, select, text

from matching import DictionaryLexicon
from news.article import Article
from news.clock import ManualClock
from news.rules import rules_from
from news.source import FoundLink
from scheduler.revisit import Revisits
from service.board import WatchBoard
from service.collect import Collector
from service.reader import Reader
from service.release import Releaser
from service.revise import Reviser
from storage import Database, tables
from storage.database import Transaction
from tests.made_news import prose
from tests.samples import HOUR, NOON, a_channel, a_source, a_watch

FIRST, SECOND = "https://phare.example/1", "https://phare.example/2"
_COUNTED = (
    *(tables.article, tables.placing, tables.match, tables.telling, tables.thread),
    *(tables.alert, tables.delivery, tables.volume),
)
_LEDGER = """
SELECT watch.name, article.canonical_url, channel.name, telling.state, telling.reason,
  (SELECT count(*) FROM delivery WHERE delivery.alert_id = telling.alert_id AND delivery.channel_id = channel.id)
FROM telling JOIN match ON match.id = telling.match_id JOIN watch ON watch.id = match.watch_id
JOIN article ON article.id = match.article_id JOIN channel ON channel.id = telling.channel_id
ORDER BY article.id, watch.id, channel.id
"""
Act = Callable[[Database], Awaitable[None]]
_reader = Reader(DictionaryLexicon())  # all processes inherit the languages that it knows


async def _furnish(database: Database) -> None:
    """Two watches, a channel that is told at once and one each hour, and an article that one watch was told of."""
    async with database.write() as tx:
        source_id = await tx.sources.put(a_source(), NOON)
        await tx.sources.change(source_id, watched_since=NOON)
        await tx.watches.put(replace(a_watch("Corée", "Corée"), rules=rules_from({"timezone": "UTC"})), NOON)
        await tx.watches.put(replace(a_watch("Séoul", "Séoul"), rules=rules_from({"timezone": "UTC"})), NOON)
        await tx.channels.put(a_channel("at once"), NOON)
        await tx.channels.put(replace(a_channel("hourly"), rules=rules_from({"digest": "hourly"})), NOON)
        await _list(tx, source_id, FIRST)
    await _take_in(database)
    async with database.write() as tx:
        await _list(tx, source_id, SECOND)


async def _list(tx: Transaction, source_id: int, url: str) -> None:
    await tx.links.add_unknown(source_id, "feed", [FoundLink(url)], is_history=False, now=NOON)


async def _take_in(database: Database) -> None:
    """What the service does with the links that are due."""
    clock, board = ManualClock(NOON), WatchBoard()
    nobody = cast(Any, None)
    reviser = Reviser(database, nobody, board, clock, Revisits(most=3), _reader)
    collector = Collector(database, nobody, board, reviser, clock, _reader)
    async with database.read() as tx:
        [source] = await tx.sources.all()
    for link in await collector.due_links(source, 9):
        title = "La Corée rappelle ses soldats" if link.url == FIRST else "La Corée rappelle ses soldats, dit Séoul"
        body = f"{prose(1)}\n\nIls sont 10 000."
        await collector.arrived(source, link, Article(link.url, link.url, title, body, language="fr"))


async def _release(database: Database) -> None:
    await Releaser(database, ManualClock(NOON + 2 * HOUR)).release_due()


async def _books(database: Database) -> dict[str, Any]:
    async with database.read() as tx:
        counts = {
            table.name: int(await tx.connection.scalar(select(func.count()).select_from(table)) or 0)
            for table in _COUNTED
        }
        ledger = [list(row) for row in await tx.connection.execute(text(_LEDGER))]
    return {"rows": counts, "ledger": ledger}


async def _on(url: str, act: Act, statements: int | None = None) -> None:
    """Do it; the process dies of the statement after so many, the commit being one."""
    database = await Database.open(url)
    left = statements or 0

    def count_down(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    if statements is not None:
        for moment in ("after_cursor_execute", "commit"):
            event.listen(Engine, moment, count_down)
    await act(database)
    await database.close()


def _in_a_process_of_its_own(url: str, act: Act, statements: int | None = None) -> int:
    child = os.fork()
    if child == 0:
        asyncio.run(_on(url, act, statements))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


async def _tell(url: str, act: str, status: int) -> None:
    database = await Database.open(url)
    print(json.dumps({"act": act, "status": status, **await _books(database)}), flush=True)
    await database.close()


ACTS: dict[str, Act] = {"take-in": _take_in, "release": _release}


def main(url: str, every: int, names: Sequence[str]) -> None:
    """Kill and tell until one process is through."""
    asyncio.run(_on(url, _furnish))
    for name in names:
        act = ACTS[name]
        asyncio.run(_tell(url, name, 0))
        for statements in range(0, 1_000, every):
            status = _in_a_process_of_its_own(url, act, statements)
            asyncio.run(_tell(url, name, status))
            if status == 0:
                break
        asyncio.run(_tell(url, name, _in_a_process_of_its_own(url, act)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
