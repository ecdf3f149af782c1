"""`vigie` as a user calls it: in this process for speed, or in one of its own where the reactor is needed."""

import asyncio
import json
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import structlog
from typer.testing import CliRunner

from cli.main import app
from storage import Database, Transaction

T = TypeVar("T")


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The standard output as JSON."""
        return json.loads(self.out)


class Commands:
    """Runs commands on one data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "data"

    def settings(self, text: str) -> None:
        """Write vigie.toml into the data folder."""
        self.folder.mkdir(exist_ok=True)
        (self.folder / "vigie.toml").write_text(text, encoding="utf-8")

    def __call__(self, *arguments: str, stdin: bytes = b"", **environment: str) -> Said:
        """Run a command in this process; only an error that is none of ours is raised."""
        named = arguments.index("--") if "--" in arguments else len(arguments)
        everything = [*arguments[:named], "--data", str(self.folder), *arguments[named:]]
        with logging_left_alone():
            result = CliRunner(env=environment).invoke(app, everything, input=stdin, prog_name="vigie")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    async def apart(self, *arguments: str, stdin: bytes = b"") -> Said:
        """Run a command in a process of its own."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "cli", *arguments, "--data", str(self.folder)),
            env={**os.environ, "COLUMNS": "200"},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate(stdin)
        return Said(process.returncode or 0, out.decode(), err.decode())

    def stored(self, work: Callable[[Transaction], Awaitable[T]], url: str = "") -> T:
        """Do something with the database, behind the commands' back; with another one if its URL is given."""
        return asyncio.run(self._stored(work, url or f"sqlite:///{self.folder / 'vigie.db'}"))

    async def _stored(self, work: Callable[[Transaction], Awaitable[T]], url: str) -> T:
        self.folder.mkdir(exist_ok=True)
        database = await Database.open(url)
        try:
            async with database.write() as tx:
                return await work(tx)
        finally:
            await database.close()


@contextmanager
def logging_left_alone() -> Iterator[None]:
    """Commands point the log at their own standard error, which is gone after the command."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
