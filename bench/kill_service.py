"""The real service in a process of its own, which may kill itself at a named point between claim, send and mark.

What `vigie run` imports is imported once, by a server that does nothing else but fork: a start then costs no more than
the service's own work. `answered:3` ends it with SIGKILL when a delivery is answered for the third time. Nothing else
differs from `vigie run`.
"""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

from news.delivering import Passing, Point

_forking = multiprocessing.get_context("forkserver")
_IMPORTED = ["cli.serving", "cli.logs", "cli.place", "cli.wiring", "crawler.reactor", __name__]
_RUNS = '"event": "vigie runs"'


def killing_later(_: str) -> None:
    """Nothing is armed beforehand: the points are those that deliveries pass."""


class Service:
    """The service, and what it has logged; `runs` is set once it has said so, or ended."""

    def __init__(self, process: multiprocessing.process.BaseProcess, log: asyncio.StreamReader) -> None:
        self.pid = int(process.pid or 0)
        self.runs = asyncio.Event()
        self.lines: list[str] = []
        self._process = process
        self._over = asyncio.Event()
        asyncio.get_running_loop().add_reader(process.sentinel, self._ends)
        self._reader = asyncio.create_task(self._read(log))

    @classmethod
    async def started(
        cls,
        folder: Path,
        environment: Mapping[str, str],
        kill_at: str = "",
        be: Callable[..., None] | None = None,
        more: Sequence[object] = (),
    ) -> Self:
        """Start it on a folder. `be` is what runs in the process if it is not the service as it is, `more` what that
        takes besides: of the service as it is, what is called with `kill_at` to arm points that are named nowhere here.
        """
        _forking.set_forkserver_preload(_IMPORTED)
        log, ours = asyncio.StreamReader(limit=2**22), os.pipe()
        with Connection(ours[1], readable=False) as theirs:
            process = _forking.Process(target=be or _serve, args=(folder, dict(environment), kill_at, theirs, *more))
            process.start()  # the first waits for what is imported; nothing else goes on here by then
        pipe = os.fdopen(ours[0], "rb", buffering=0)
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(log), pipe)
        return cls(process, log)

    @staticmethod
    def pair() -> tuple[Connection, Connection]:
        """Two ends of a pipe, the second for the process to be started."""
        return _forking.Pipe()

    async def _read(self, log: asyncio.StreamReader) -> None:
        async for raw in log:
            self.lines.append(raw.decode("utf-8", "replace").rstrip())
            if _RUNS in self.lines[-1]:
                self.runs.set()
        self.runs.set()

    def _ends(self) -> None:
        asyncio.get_running_loop().remove_reader(self._process.sentinel)
        self._over.set()

    async def ended(self, within: float) -> bool:
        """Whether it ends of its own accord within so many seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), within)
        return self._over.is_set()

    async def end(self, number: signal.Signals) -> int:
        """End it by a signal, if it still runs; its exit code."""
        if not self._over.is_set():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)
        await self._over.wait()
        self._process.join()
        await self._reader
        return int(self._process.exitcode or 0)


def killing(at: str) -> Passing:
    """What ends this process at `point:times`; nothing where `at` is empty."""
    name, _, times = at.partition(":")
    left = int(times or 0)

    def passing(point: Point) -> None:
        nonlocal left
        if point == name:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return passing


def _serve(
    folder: Path,
    environment: Mapping[str, str],
    kill_at: str,
    log: Connection,
    arm: Callable[[str], None] = killing_later,
) -> None:
    """Be the service, until a signal ends it."""
    from cli import logs
    from cli.place import Place
    from cli.serving import serve
    from cli.wiring import Engine
    from crawler import reactor

    os.dup2(log.fileno(), 2)
    log.close()
    os.environ.update(environment)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    place = Place.of(folder, None)
    logs.configure(place.settings().log)
    place.folder.hold()
    arm(kill_at)
    try:
        reactor.run(serve(place, lambda archive: Engine(archive, passing=killing(kill_at))))
    finally:
        place.folder.let_go()
