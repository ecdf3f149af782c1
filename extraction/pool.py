"""The worker processes: what parses foreign bytes runs there, under limits, and can be killed without harm."""

import asyncio
import multiprocessing
import os
import pickle
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from typing import Any, ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from extraction.worker import call, prepare, ready, rehearse
from news.errors import WorkerDiedError

P = ParamSpec("P")
T = TypeVar("T")

_TASKS = 1_000  # then a worker is replaced, so that what libraries leak is given back
_CPU_SHARE = 2.0  # of the time limit: the kernel's own limit, for a worker that nobody watches any more
_GRACE = 60.0  # seconds beyond the limit that a worker may take to start or to be replaced
_GLANCE = 1.0  # seconds between two looks at whether the pool is still alive


class WorkerPool:
    """So many worker processes. `timeout` is in seconds of a call's own time, waiting for a worker not counted.

    Workers start with the first call, in the thread of the event loop, and die with it. Each runs the `rehearsal` (an
    extraction, by default) before its first call. A call may run twice, where a worker died and it is not known whose
    it was: functions should change nothing outside.
    """

    def __init__(self, workers: int, timeout: float = 10.0, *, rehearsal: Callable[[], object] = rehearse) -> None:
        self._workers = workers
        self._timeout = timeout
        self._rehearsal = rehearsal
        self._free = asyncio.Semaphore(workers)
        self._pool: ProcessPool | None = None
        self._under_way: set[Future[bytes]] = set()
        self._is_closed = False

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result, from a worker.

        Raises what the function raised, TimeoutError past the limit (the worker is killed, its fellows go on), and
        WorkerDiedError if the process died. Raises RuntimeError once the pool is closed: the call was not made.
        """
        request = pickle.dumps((function, args, kwargs))
        async with self._free:
            try:
                outcome = await self._called(request)
            except BrokenProcessPool:
                outcome = await self._called_again(request)
        error, value = pickle.loads(outcome)  # noqa: S301 - our own bytes
        if error is not None:
            raise error
        return value  # type: ignore[no-any-return]

    async def warm(self) -> None:
        """Start every worker and wait until each has rehearsed, so that the first page need not."""
        seen: set[int] = set()
        while len(seen) < self._workers:
            seen.update(await asyncio.gather(*(self.run(ready) for _ in range(self._workers))))

    async def close(self) -> None:
        """Let the calls under way end, then the workers; no more calls are taken."""
        self._is_closed = True
        under_way = [asyncio.wrap_future(future) for future in tuple(self._under_way)]
        if under_way:
            await asyncio.wait(under_way, timeout=self._timeout + _GRACE)
        if self._pool is not None:
            await self._replaced(self._pool)

    def kill(self) -> None:
        """End every worker at once, whatever it does; no more calls are taken, and those under way fail."""
        self._is_closed = True
        if self._pool is not None:
            pool, self._pool = self._pool, None
            _end(pool)

    async def _called(self, request: bytes) -> bytes:
        """One attempt. Raises BrokenProcessPool where the whole pool broke, and has been replaced."""
        pool = self._opened()
        try:
            return await self._answer(pool, self._scheduled(pool, request))
        except ProcessExpired as error:
            raise WorkerDiedError(f"the worker process died (exit code {error.exitcode})") from error
        except BrokenProcessPool:
            await self._replaced(pool)
            raise

    async def _answer(self, pool: ProcessPool, future: "Future[bytes]") -> bytes:
        """Wait for a call's outcome. Raises BrokenProcessPool where there will be none, which pebble may not say."""
        waiting = asyncio.wrap_future(future)
        clock = asyncio.get_running_loop().time
        patience = clock() + self._timeout + _GRACE
        try:
            while not waiting.done():
                await asyncio.wait([waiting], timeout=_GLANCE)
                if not waiting.done() and not (pool.active and clock() < patience):
                    raise BrokenProcessPool("the pool broke, or hangs")
            return waiting.result()
        finally:
            waiting.cancel()  # where nobody waits any more, the worker is to stop

    async def _called_again(self, request: bytes) -> bytes:
        """The second attempt: it may have been another call that broke the first."""
        try:
            return await self._called(request)
        except BrokenProcessPool as error:
            raise WorkerDiedError("the worker process died, and another after it") from error

    def _opened(self) -> ProcessPool:
        if self._is_closed:
            raise RuntimeError("the workers have been dismissed")
        if self._pool is None:
            self._pool = ProcessPool(
                max_workers=self._workers,
                max_tasks=_TASKS,
                initializer=prepare,
                initargs=(os.getpid(), self._rehearsal),
                context=multiprocessing.get_context("spawn"),
            )
        return self._pool

    def _scheduled(self, pool: ProcessPool, request: bytes) -> "Future[bytes]":
        """Hand the call to a worker. Raises BrokenProcessPool."""
        arguments = (request, self._timeout * _CPU_SHARE)
        try:
            future: Future[bytes] = pool.schedule(call, args=arguments, timeout=self._timeout)
        except RuntimeError as error:  # pebble's word for a pool that broke while it was idle
            raise BrokenProcessPool(str(error)) from error
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return future

    async def _replaced(self, pool: ProcessPool) -> None:
        """End a pool, unless another call has seen to it; a new one opens with the next call."""
        if self._pool is pool:
            self._pool = None
            await asyncio.to_thread(_end, pool)


def _end(pool: Any) -> None:
    """Stop the workers; pebble leaves those who wait for one of them waiting, and `_answer` notices."""
    pool.stop()
    pool.join()
