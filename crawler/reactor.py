"""One asyncio loop for everything: Twisted's reactor rides on it, and we run the loop ourselves."""

import asyncio
import sys
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")

_ROUNDS = 3  # what is cancelled may begin something else to end in order


def ride_on(loop: asyncio.AbstractEventLoop) -> None:
    """Install Twisted's reactor on a loop and start it. Once per process; Scrapy needs it before anything is crawled.

    Raises RuntimeError where another reactor was installed before.
    """
    if "twisted.internet.reactor" in sys.modules:
        raise RuntimeError("a Twisted reactor is installed already; import it later, or ride on its loop")
    from twisted.internet import asyncioreactor

    asyncioreactor.install(loop)  # type: ignore[no-untyped-call]
    reactor = _reactor()
    # `run()` would take over the loop and the signals; started so, the reactor works while somebody else runs the loop.
    reactor.startRunning(installSignalHandlers=False)


def run(main: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run` with the reactor on board."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    ride_on(loop)
    try:
        return loop.run_until_complete(main)
    finally:
        _clear(loop)
        _get_off(loop)
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        loop.close()


def _clear(loop: asyncio.AbstractEventLoop) -> None:
    """End what is still under way: a download may take longer than we are given to stop."""
    for _ in range(_ROUNDS):
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))


def _get_off(loop: asyncio.AbstractEventLoop) -> None:
    """Fire the reactor's shutdown events, which end its thread pool: a live thread would keep the process alive."""
    _reactor().fireSystemEvent("shutdown")
    loop.run_forever()  # returns at once: the last of those events asks the loop to stop, which must not linger


def _reactor() -> Any:
    from twisted.internet import reactor  # only now: the import itself installs one where none is

    return reactor
