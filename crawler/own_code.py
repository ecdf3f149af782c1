"""The user's code at work in our process: it cannot end the process, nor hold up all other visits for long.

Vigie has one thread for all visits. A spider's code is run piece by piece, from one `await` or `yield` to the next; a
piece that does not end is broken into by the clock's signal.
"""

import asyncio
import ctypes
import inspect
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Protocol, TypeVar

from news.errors import VigieError

T = TypeVar("T")

_AGAIN = 1.0  # seconds until a piece that takes no notice is broken into once more


class SpiderCodeError(VigieError):
    """What the user's code must not do: go on without end, or end the process. The message names the line."""


class Worker(Protocol):
    """Whoever the code works for; once it `is_over` nothing more is asked of the code."""

    is_over: bool

    @property
    def longest_piece(self) -> float:
        """Seconds that a piece may take."""
        ...


class _Stuck(BaseException):
    """Raised in the midst of the user's code, whose `except Exception` is not to catch it."""


_working = threading.local()


def _ring(_: int, frame: FrameType | None) -> None:
    """The handler of the clock's signal. What is over already is not broken into."""
    if getattr(_working, "is_on", False):
        raise _Stuck(f" (line {frame.f_lineno} of {frame.f_code.co_filename.rpartition('/')[2]})" if frame else "")


@contextmanager
def at_work(worker: Worker) -> Iterator[None]:
    """A piece of the user's code. Raises SpiderCodeError where it takes too long, or wants to end the process."""
    has_clock = threading.current_thread() is threading.main_thread()
    try:
        if has_clock:
            signal.signal(signal.SIGALRM, _ring)
            _working.is_on = True
            signal.setitimer(signal.ITIMER_REAL, worker.longest_piece, _AGAIN)
        yield
    except _Stuck as stuck:
        worker.is_over = True
        raise SpiderCodeError(f"goes on for more than {worker.longest_piece:g} s without an await{stuck}") from None
    except SystemExit as error:
        worker.is_over = True
        raise SpiderCodeError(f"wants to end the whole process: SystemExit {error.code}") from error
    finally:
        if has_clock:
            _working.is_on = False
            signal.setitimer(signal.ITIMER_REAL, 0)


class _InPieces:
    """An awaitable of the user's, each of whose pieces is bounded."""

    def __init__(self, inner: Awaitable[Any], worker: Worker) -> None:
        self._inner = inner
        self._worker = worker

    def __await__(self) -> Generator[Any, Any, Any]:
        pieces = self._inner.__await__()
        go_on: Callable[[Any], Any] = pieces.send
        sent: Any = None
        while True:
            try:
                with at_work(self._worker):
                    waits_for = go_on(sent)
            except StopIteration as end:
                return end.value
            try:
                sent = yield waits_for
                go_on = pieces.send
            except GeneratorExit:
                with at_work(self._worker):
                    pieces.close()
                raise
            except BaseException as error:
                sent, go_on = error, pieces.throw


async def in_pieces(yielded: AsyncIterator[T], worker: Worker) -> AsyncIterator[T]:
    """What the user's code yields, each piece on the way bounded."""
    while True:
        try:
            one = await _InPieces(anext(yielded), worker)
        except StopAsyncIteration:
            return
        yield one


def called(worker: Worker, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """What a function of the user's gives; a coroutine is bounded in its turn."""
    with at_work(worker):
        given = function(*arguments, **named)
    return _awaited(given, worker) if inspect.iscoroutine(given) else given


async def _awaited(given: Awaitable[T], worker: Worker) -> T:
    result: T = await _InPieces(given, worker)
    return result


def held(worker: Worker, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as it is called here."""

    def bounded(*arguments: Any, **named: Any) -> Any:
        return called(worker, function, *arguments, **named)

    return bounded


async def in_a_thread(function: Callable[[], T], seconds: float) -> T:
    """What a function of the user's gives that need not be in our thread. Raises SpiderCodeError after its time."""
    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()

    def tell(outcome: T | None, error: BaseException | None) -> None:
        if result.done():
            return
        if error is not None:
            result.set_exception(error)
        else:
            result.set_result(outcome)  # type: ignore[arg-type]

    def work() -> None:
        try:
            outcome, error = function(), None
        except _Stuck:
            return  # nobody waits any more
        except Exception as caught:
            outcome, error = None, caught
        loop.call_soon_threadsafe(tell, outcome, error)

    thread = threading.Thread(target=work, name="code of a spider", daemon=True)
    thread.start()
    try:
        async with asyncio.timeout(seconds):
            return await result
    except TimeoutError:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(_Stuck))
        raise SpiderCodeError(f"takes more than {seconds:g} s") from None
