"""Giving back: at a stop, the leases of the process, so that nobody has to wait until they have run out."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import structlog

from news.errors import DatabaseTroubleError

log = structlog.get_logger()

_AGAIN = 0.5  # seconds


async def give_back(releases: Iterable[Callable[[], Awaitable[None]]], within: float) -> bool:
    """Call each until it has succeeded, all of them side by side, for so many seconds; whether all have.

    What the database refuses, be it for a lock that others hold, is tried again, and holds none of the others up.
    """
    try:
        async with asyncio.timeout(within):
            return all(await asyncio.gather(*(_until_done(release) for release in releases)))
    except TimeoutError:
        return False


async def _until_done(release: Callable[[], Awaitable[None]]) -> bool:
    while True:
        try:
            await release()
        except DatabaseTroubleError:  # told by the database
            await asyncio.sleep(_AGAIN)
        except Exception:  # a fault of ours must not keep the others, nor the stop, from going on
            log.exception("leases not given back")
            return False
        else:
            return True
