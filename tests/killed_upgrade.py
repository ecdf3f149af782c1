"""A program that brings a stored database to today's schema, in processes that are each killed a statement later.

Run as `python -m tests.killed_upgrade URL REVISION EVERY` on a blank database; EVERY is 1 for a kill at each statement.
A line is written before the first kill, after each, and after the process that was left alone: how it ended, the
schema that the database says it has, and a checksum of its tables. A test reads them: the old, or the new.
"""

import asyncio
import json
import os
import signal
import sys
from typing import Any

from sqlalchemy import Engine, create_engine, event, func, make_url, select, text

from storage import Database
from tests.schemas.stored import build, fill, reflected, shape, stored


async def _upgrade(url: str) -> None:
    await (await Database.open(url)).close()


def _killed_after(url: str, statements: int) -> int:
    """How a process ends that dies of the statement after so many, the commit being one."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    left = statements

    def count_down(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    for moment in ("after_cursor_execute", "commit"):
        event.listen(Engine, moment, count_down)
    try:
        asyncio.run(_upgrade(url))
    except BaseException as error:
        print(error, file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


def _at(url: str) -> Engine:
    parsed = make_url(url)
    return create_engine(parsed if parsed.drivername == "sqlite" else parsed.set(drivername="postgresql+psycopg"))


def _tell(url: str, status: int) -> None:
    engine = _at(url)
    with engine.begin() as connection:
        told = {
            "status": status,
            "schema": connection.scalar(text("SELECT version_num FROM alembic_version")),
            "shape": shape(connection),
            "rows": {
                name: connection.scalar(select(func.count()).select_from(table))
                for name, table in reflected(connection).items()
            },
        }
        if connection.dialect.name == "sqlite":
            told["whole"] = connection.scalar(text("PRAGMA integrity_check"))
    engine.dispose()
    print(json.dumps(told), flush=True)


def main(url: str, revision: str, every: int) -> None:
    """Kill and tell until one process is through."""
    engine = _at(url)
    with engine.begin() as connection:
        build(connection, revision)
        fill(connection, stored(revision)["rows"])
    engine.dispose()
    _tell(url, 0)
    for statements in range(0, 2_000, every):
        status = _killed_after(url, statements)
        _tell(url, status)
        if status != -signal.SIGKILL:
            return


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
