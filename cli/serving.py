"""The service while it runs: the page and the daemon, begun and ended in order, and the signals that end them."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from multiprocessing import resource_tracker

from cli.wiring import Archive, Engine
from web.app import make_app
from web.server import WebServer


@asynccontextmanager
async def serving(archive: Archive, engine: Engine) -> AsyncIterator[WebServer]:
    """Everything that `vigie run` runs, until the end of the block; the daemon then gets its time to finish."""
    web = WebServer(make_app(engine.daemon.troubles), archive.settings.web.host, archive.settings.web.port)
    await web.start()
    try:
        with _deaf_children():
            await engine.daemon.start()
        try:
            yield web
        finally:
            await engine.daemon.stop()
    finally:
        await web.stop()


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Processes started meanwhile do not hear Ctrl-C, which a terminal sends to them too; this one does, at the end."""
    resource_tracker.ensure_running()  # the first process would start it, and it unblocks what is blocked here
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def listen_for_stop(engine: Engine, asked: Callable[[], None]) -> None:
    """Call `asked` at the first SIGTERM or Ctrl-C; a second one ends the process at once."""
    loop = asyncio.get_running_loop()
    was_asked = False

    def heard() -> None:
        nonlocal was_asked
        if was_asked:
            engine.pool.kill()
            os._exit(130)  # asked twice: now means now; leases and outbox see to the rest
        was_asked = True
        asked()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, heard)
