"""`vigie run` in a process of its own, followed by what it logs, so that no test has to sleep."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from tests.sites import LocalSite

PATIENCE = 60.0
Line = dict[str, Any]


def settings(site: LocalSite, extra: str = "") -> str:
    """One source, visited each second."""
    return f"""
[crawler]
delay = 0
interval = "1s"
[service]
stop_within = "2s"
[web]
port = 0
[extraction]
workers = 1
[network]
allow = ["{site.address}"]
[[source]]
name = "Le Site"
url = "{site.url()}"
{extra}
"""


class ServiceProcess:
    """A running service; `[log] format = "json"` is set for it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[Line] = []
        self.raw: list[str] = []
        self._news = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for raw in self.process.stderr:
            text = raw.decode("utf-8", "replace").rstrip()
            self.raw.append(text)
            with suppress(json.JSONDecodeError):
                self.lines.append(json.loads(text))
            async with self._news:
                self._news.notify_all()
        async with self._news:
            self._news.notify_all()

    async def until(self, condition: Callable[[list[Line]], bool], what: str) -> None:
        """Wait until the lines logged so far fulfil a condition; shows the log if the process ends or stays silent."""
        try:
            async with asyncio.timeout(PATIENCE), self._news:
                await self._news.wait_for(lambda: condition(self.lines) or self._reader.done())
        except TimeoutError:
            raise AssertionError(f"never {what}:\n" + "\n".join(self.raw[-40:])) from None
        assert condition(self.lines), f"ended before {what}:\n" + "\n".join(self.raw[-40:])

    async def logged(self, event: str, times: int = 1, **fields: Any) -> None:
        """Wait until an event was logged so many times with these fields."""

        def there(lines: list[Line]) -> bool:
            wanted = [
                line
                for line in lines
                if line.get("event") == event and all(line.get(name) == value for name, value in fields.items())
            ]
            return len(wanted) >= times

        await self.until(there, f"logged {event!r} {times} times with {fields}")

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    async def ended(self) -> int:
        """Wait for its end; the exit code."""
        async with asyncio.timeout(PATIENCE):
            code = await self.process.wait()
            await self._reader
        return code


@asynccontextmanager
async def service(folder: Path, *arguments: str, **environment: str) -> AsyncIterator[ServiceProcess]:
    """`vigie run` on a folder, killed at the end of the block if it still runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "cli", "run", "--data", str(folder), *arguments),
        env={**os.environ, "VIGIE_LOG__FORMAT": "json", **environment},
        stderr=asyncio.subprocess.PIPE,
        limit=2**20,
    )
    running = ServiceProcess(process)
    try:
        yield running
    finally:
        if process.returncode is None:
            process.kill()
        await running.ended()
