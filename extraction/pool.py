"""The worker processes: what parses foreign bytes runs here, under limits, and can be killed without harm."""

import asyncio
import ctypes
import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from typing import ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from news.errors import WorkerDiedError

P = ParamSpec("P")
T = TypeVar("T")

_MEMORY_BYTES = 2 * 1024**3
_TASKS = 2_000  # then a worker is replaced, so that what libraries leak is given back
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


class WorkerPool:
    """So many worker processes; `timeout` is in seconds of a task's own time, waiting for a worker not counted."""

    def __init__(self, workers: int, timeout: float = 10.0) -> None:
        self._workers = workers
        self._timeout = timeout
        self._pool = ProcessPool(
            max_workers=workers,
            max_tasks=_TASKS,
            initializer=_begin,
            initargs=(os.getpid(),),
            context=multiprocessing.get_context("spawn"),
        )

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result, from a worker.

        Raises what the function raised, TimeoutError past the limit (the worker is killed, its fellows go on), and
        WorkerDiedError if the process died.
        """
        future = self._pool.schedule(function, args=args, kwargs=kwargs, timeout=self._timeout)
        try:
            return await asyncio.wrap_future(future)
        except (ProcessExpired, BrokenProcessPool) as error:
            raise WorkerDiedError(f"the worker process died: {error}") from error

    async def warm(self) -> None:
        """Start every worker and have it import what it will need, so that the first page does not wait for that."""
        await asyncio.gather(*(self.run(_ready) for _ in range(self._workers)))

    async def close(self) -> None:
        """Let the tasks under way end, then the workers."""
        self._pool.close()
        await asyncio.to_thread(self._pool.join)

    def kill(self) -> None:
        """End every worker, whatever it does."""
        self._pool.stop()
        self._pool.join()


def _begin(parent: int) -> None:
    """A worker's first act: leave Ctrl-C to the service, die with it, and accept a bound on memory."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)  # the service died before the line above
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


def _ready() -> None:
    import feedparser  # noqa: F401
    import htmldate  # noqa: F401
    import trafilatura  # noqa: F401
