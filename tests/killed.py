"""A program that stores an article's whole outcome in processes of its own, each killed one statement later.

Run as `python -m tests.killed URL`: prints a JSON line of row counts after each kill, and a last one after the process
that was left alone. A test reads them: whatever the statement, it is all or nothing.
"""

import asyncio
import json
import os
import signal
import sys
from typing import Any

from sqlalchemy import event, func, select

from news.article import Span
from news.watch import Match
from storage import Database, tables
from tests.samples import NOON, put_delivery

_STORED = (tables.article, tables.match, tables.alert, tables.delivery, tables.counter)


async def _store(url: str, statements: int) -> None:
    """Store it all in one transaction; the process dies of the statement after so many."""
    database = await Database.open(url)

    async with database.write() as transaction:
        left = statements

        def count_down(*_: Any) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

        for moment in ("after_cursor_execute", "commit"):
            event.listen(transaction.connection.sync_connection, moment, count_down)
        delivery = await put_delivery(transaction)
        article_id = delivery.alert.told.article_id
        watch = await transaction.watches.get("watch 1")
        await transaction.matches.add(Match(watch.id, article_id, (Span("title", 0, 2),), NOON))
    await database.close()


async def _counts(url: str) -> list[int]:
    database = await Database.open(url)
    async with database.read() as transaction:
        counts = [
            int(await transaction.connection.scalar(select(func.count()).select_from(table)) or 0) for table in _STORED
        ]
    await database.close()
    return counts


def main(url: str) -> None:
    """Kill and count until one process is through."""
    for statements in range(1_000):
        child = os.fork()
        if child == 0:
            asyncio.run(_store(url, statements))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(json.dumps([os.waitstatus_to_exitcode(status), asyncio.run(_counts(url))]), flush=True)
        if not os.WIFSIGNALED(status):
            return


if __name__ == "__main__":
    main(sys.argv[1])
