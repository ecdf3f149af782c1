"""Copies of a database, whichever of the two it is: made while others work, examined, put in the place of another."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.engine import URL

from news.errors import StorageError
from storage import postgresql_copy, sqlite_copy
from storage.contents import Contents, EngineName, Progress, engine_of
from storage.database import parsed_url
from storage.migrate import RESTORE, tables_of


def engine_at(url: str) -> EngineName:
    """Which database a URL names. Raises StorageError where it names none of the two."""
    return engine_of(parsed_url(url))


async def copy_database(url: str, to: Path, tools: str, progress: Progress) -> Contents:
    """Copy the database at a URL into a new file, and examine the copy; what it holds.

    `tools` is the folder of PostgreSQL's programs; empty: they are looked for. Raises StorageError, and ConfigError
    where they are missing or too old.
    """
    parsed = parsed_url(url)
    if engine_of(parsed) == "postgresql":
        return _whole(await postgresql_copy.copy(parsed, to, tools, progress), "the database", RESTORE)
    file = Path(parsed.database or "")
    copied = await asyncio.to_thread(sqlite_copy.copy, file, to, lambda done, of: progress("copying", done, of))
    return _whole(copied, "the database", RESTORE)


async def examine_copy(file: Path, said: Contents, tools: str) -> Contents:
    """What a copy holds, once all of it was read and found in order; `said` is what it should hold.

    Raises StorageError where it is damaged, ConfigError where what could read it is not there.
    """
    if said.engine == "postgresql":
        return _whole(await postgresql_copy.examine(file, tools, said), "it")
    return _whole(await asyncio.to_thread(sqlite_copy.examine, file), "it")


def _whole(found: Contents, of: str, hint: str = "") -> Contents:
    """The contents. Raises StorageError where a table of its schema is not there; `of` is what lacks it."""
    missing = sorted(tables_of(found.schema) - set(found.counts))
    if missing:
        what = f"says that it has schema {found.schema}, but the table {missing[0]} is not there"
        raise StorageError(f"{of} {what}", hint)
    return found


async def is_taken(url: str) -> bool:
    """Whether there is a database already. Raises StorageError where it cannot be asked, or is in use."""
    parsed = parsed_url(url)
    if engine_of(parsed) == "postgresql":
        return await postgresql_copy.is_taken(parsed)
    return await asyncio.to_thread(
        lambda: os.path.lexists(parsed.database or "") or sqlite_copy.is_taken(_file_of(parsed))
    )


def name_of(url: str) -> str:
    """Which database it is, in words that hold no secret."""
    parsed = parsed_url(url)
    if engine_of(parsed) == "postgresql":
        return f"an archive in the PostgreSQL database {parsed.database!r}"
    return f"the database {parsed.database}"


def size_of(url: str) -> int:
    """How many bytes a copy may take at the most before it is packed; 0 where that is not known."""
    parsed = parsed_url(url)
    file = Path(parsed.database or "")
    return file.stat().st_size if engine_of(parsed) == "sqlite" and file.is_file() else 0


def folder_of(url: str) -> Path | None:
    """The folder in which the file of a database lies, wherever links lead; None for one that is no file of ours."""
    parsed = parsed_url(url)
    return _file_of(parsed).parent if engine_of(parsed) == "sqlite" else None


def _file_of(url: URL) -> Path:
    return Path(url.database or "").resolve()


@asynccontextmanager
async def placed(url: str, copy: Path, said: Contents, aside: str, tools: str) -> AsyncIterator[str]:
    """Have a copy take the place of the database at a URL, if the block ends well; if it raises, all is as it was.

    The block is given the URL under which the copy can be opened. What was in the place is kept under the name
    `aside`: a folder beside the SQLite file, a schema of the PostgreSQL database. A copy that is to take the place of
    a file has to lie on the same disk, as in `folder_of`.
    """
    parsed = parsed_url(url)
    if engine_of(parsed) == "postgresql":
        async with postgresql_copy.placed(parsed, copy, said, aside, tools):
            yield url
        return
    yield f"sqlite:///{copy}"
    place = _file_of(parsed)
    try:
        await asyncio.to_thread(sqlite_copy.replace, copy, place, place.parent / aside)
    except OSError as error:
        raise StorageError(
            f"{place} cannot be put in its place: {error.strerror}", "what was there is there still: check the disk"
        ) from error
