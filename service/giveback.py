"""Giving back: at a stop, the leases of the process, so that nobody has to wait until they have run out."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from news.errors import DatabaseTroubleError

_AGAIN = 0.5  # seconds


async def give_back(releases: Iterable[Callable[[], Awaitable[None]]], within: float) -> bool:
    """Call each until it has succeeded, all of them side by side, for so many seconds; whether all have.

    What the database refuses, be it for a lock that others hold, is tried again, and holds none of the others up.
    """
    try:
        async with asyncio.timeout(within):
            await asyncio.gather(*(_until_done(release) for release in releases))
    except TimeoutError:
        return False
    return True


async def _until_done(release: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            return await release()
        except DatabaseTroubleError:  # told by the database
            await asyncio.sleep(_AGAIN)
