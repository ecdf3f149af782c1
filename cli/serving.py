"""The service while it runs: the page and the daemon, begun and ended in order, and the signals that it hears."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from multiprocessing import resource_tracker

import structlog

from cli import logs
from cli.feeds import feeds
from cli.place import Archive, Place, open_archive
from cli.wiring import Engine
from news.clock import Clock
from news.errors import VigieError
from web.app import make_app
from web.metrics import metrics_router
from web.server import WebServer

log = structlog.get_logger()


Wire = Callable[[Archive], Engine]


async def serve(place: Place, wire: Wire = Engine, clock: Clock | None = None) -> None:
    """The whole life of the service on a place, until it is asked to stop."""
    stop, reload = asyncio.Event(), asyncio.Event()
    async with open_archive(place, clock) as archive:
        await archive.declare()  # opening leaves it to whoever holds the folder, and that is us
        engine = wire(archive)
        _listen_to_signals(stop, reload, engine)
        async with serving(archive, engine) as web:
            log.info("vigie runs", data=str(place.folder.path), web=web.url)
            await _until_stopped(stop, reload, archive, engine)
            log.info("vigie stops")
    log.info("vigie has stopped")


def _listen_to_signals(stop: asyncio.Event, reload: asyncio.Event, engine: Engine) -> None:
    def asked_to_stop() -> None:
        stop.set()
        reload.set()

    listen_for_stop(engine, asked_to_stop)
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reload.set)


async def _until_stopped(stop: asyncio.Event, reload: asyncio.Event, archive: Archive, engine: Engine) -> None:
    while True:
        await reload.wait()
        reload.clear()
        if stop.is_set():
            return
        await _reload(archive, engine)


async def _reload(archive: Archive, engine: Engine) -> None:
    """Take the settings as they stand now; what cannot be read leaves everything as it was."""
    try:
        settings = archive.place.settings()
        changes = await archive.declare(settings)
    except VigieError as error:
        log.error("settings not reloaded", error=error.message, hint=error.hint)
        return
    engine.allow(settings)
    logs.configure(settings.log)
    fixed = [
        name
        for name in ("database", "crawler", "extraction", "web", "service", "retention")
        if getattr(settings, name) != getattr(archive.settings, name)
    ]
    log.info(
        "settings reloaded",
        added=changes.added,
        changed=changes.changed,
        removed=changes.removed,
        broken=changes.broken,
        need_a_restart=fixed,
    )


@asynccontextmanager
async def serving(archive: Archive, engine: Engine) -> AsyncIterator[WebServer]:
    """Everything that `vigie run` runs, until the end of the block; the daemon then gets its time to finish."""
    hubs = engine if engine.subscriber.is_on else None
    settings = archive.settings.web
    metrics = metrics_router(engine.metrics.page, settings.metrics_from)
    ready, problems = engine.daemon.troubles, engine.self_check.kinds
    app = make_app(ready, hubs, await feeds(archive), engine.feedback_desk, metrics, problems)
    web = WebServer(app, settings.host, settings.port)
    await web.start()
    try:
        with _deaf_children():
            await engine.collector.warm()
            await engine.daemon.start()
        try:
            async with engine.reader.warming(archive.database), engine.reindexer.running():
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
