"""A command's way to the archive: open it, do one thing, close it.

What only some commands need is imported when it is needed, here and in the commands: `vigie --help` shall not wait for
a database driver and a crawler.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cli import logs

if TYPE_CHECKING:
    from cli.place import Archive
    from storage import Transaction

T = TypeVar("T")


def quiet_logs() -> None:
    """Commands speak through what they print; the log has warnings only."""
    from service.settings import LogSettings

    logs.configure(LogSettings(level="warning"))


def with_archive(data: Path, config: Path | None, work: Callable[["Archive"], Awaitable[T]]) -> T:
    """What `work` gives, once the archive is open."""
    return asyncio.run(_with_archive(data, config, work))


async def _with_archive(data: Path, config: Path | None, work: Callable[["Archive"], Awaitable[T]]) -> T:
    from cli.place import Place, open_archive

    quiet_logs()
    async with open_archive(Place.of(data, config)) as archive:
        return await work(archive)


def reading(data: Path, config: Path | None, work: Callable[["Transaction"], Awaitable[T]]) -> T:
    """What `work` finds in one reading transaction."""

    async def read(archive: "Archive") -> T:
        async with archive.database.read() as tx:
            return await work(tx)

    return with_archive(data, config, read)


def writing(data: Path, config: Path | None, work: Callable[["Transaction", "Archive"], Awaitable[T]]) -> T:
    """What `work` gives, once what it wrote is committed; nothing is written if it raises."""

    async def write(archive: "Archive") -> T:
        async with archive.database.write() as tx:
            return await work(tx, archive)

    return with_archive(data, config, write)
