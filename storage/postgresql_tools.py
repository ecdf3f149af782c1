"""PostgreSQL's own programs, pg_dump and pg_restore: where they are, whether they are new enough, and how they are run.

No password stands in an argument, where every user of the machine could read it.
"""

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL

from news.errors import ConfigError, StorageError

_USUAL = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
_LINE = 1024 * 1024
_LONGEST_ERROR = 500


@dataclass(frozen=True, slots=True)
class Tool:
    """A program, and which version of PostgreSQL it is of: `17` of `pg_dump (PostgreSQL) 17.6`."""

    path: Path
    major: int
    version: str


async def find(name: str, least: int, folder: str) -> Tool:
    """The newest program of this name that is new enough, in a folder or where such programs usually are.

    Raises ConfigError, which says what to install.
    """
    found = [await _tool(path) for path in _places(name, folder)]
    fitting = [tool for tool in found if tool is not None and tool.major >= least]
    if fitting:
        return max(fitting, key=lambda tool: tool.major)
    old = max((tool for tool in found if tool is not None), key=lambda tool: tool.major, default=None)
    where = f"in {folder}" if folder else "on the PATH"
    what = f"{name} {where} is of PostgreSQL {old.major}, older than {least}" if old else f"there is no {name} {where}"
    raise ConfigError(
        what,
        f"install PostgreSQL's client programs of version {least} or newer (Debian: postgresql-client-{least}; Fedora:"
        " postgresql), or name their folder in [database] tools",
    )


def _places(name: str, folder: str) -> Iterator[Path]:
    if folder:
        yield Path(folder) / name
        return
    on_path = shutil.which(name)
    if on_path is not None:
        yield Path(on_path)
    for pattern in _USUAL:
        root, inner = Path(pattern).anchor, str(Path(pattern).relative_to("/"))
        yield from (programs / name for programs in Path(root).glob(inner))


async def _tool(path: Path) -> Tool | None:
    try:
        process = await asyncio.create_subprocess_exec(
            path, "--version", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
    except OSError:
        return None
    out, _ = await process.communicate()
    version = out.decode("utf-8", "replace").strip()
    major = major_of(version)
    return Tool(path, major, version) if major else None


def major_of(version: str) -> int:
    """The major version that a program tells; 0 where it tells none."""
    found = re.search(r"\(PostgreSQL\) (\d+)", version)
    return int(found[1]) if found else 0


def connection(url: URL) -> tuple[str, dict[str, str]]:
    """A URL as PostgreSQL's programs take it, and the environment that holds what nobody else may read."""
    query = dict(url.query)
    password = url.password or query.pop("password", "")
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    secret = {"PGPASSWORD": str(password)} if password else {}
    return plain.render_as_string(hide_password=False), {**os.environ, **secret}


async def run(tool: Tool, arguments: Sequence[str], environment: dict[str, str] | None = None) -> None:
    """Run a program to its end. Raises StorageError with what it said last."""
    async with running(tool, arguments, environment):
        pass


@asynccontextmanager
async def running(
    tool: Tool, arguments: Sequence[str], environment: dict[str, str] | None = None
) -> AsyncIterator[AsyncIterator[bytes]]:
    """A running program, as the lines that it writes; it is killed if the block is left early by an error.

    Raises StorageError at the end of the block if it failed.
    """
    process = await asyncio.create_subprocess_exec(
        tool.path,
        *arguments,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=_LINE,
    )
    assert process.stdout is not None and process.stderr is not None  # noqa: S101 (they are pipes)
    said = asyncio.create_task(process.stderr.read())
    try:
        yield _lines(process.stdout)
        async for _ in _lines(process.stdout):
            pass
        code = await process.wait()
        errors = (await said).decode("utf-8", "replace").strip()
    except BaseException:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await said
        raise
    if code:
        raise StorageError(
            f"{tool.path.name} failed: {errors[-_LONGEST_ERROR:] or f'exit code {code}'}",
            "see what it says; nothing was changed",
        )


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Pieces that end in a line's end, or are as long as the buffer: lines may be longer than memory likes."""
    kept = b""
    while piece := await stream.read(_LINE):
        head, end, tail = (kept + piece).rpartition(b"\n")
        if end:
            yield head + end
        kept = tail
    if kept:
        yield kept
