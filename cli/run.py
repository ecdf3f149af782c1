"""`vigie run`: the service, until it is told to stop."""

import asyncio
import signal

import structlog

from cli import logs
from cli.options import DEFAULT_DATA, Config, Data
from cli.serving import listen_for_stop, serving
from cli.wiring import Archive, Engine, Place, open_archive
from crawler import reactor
from news.errors import VigieError

log = structlog.get_logger()


def run(data: Data = DEFAULT_DATA, config: Config = None) -> None:
    """Run the service: crawl, match and alert until it is stopped.

    It keeps everything in the data folder and logs one line for each outcome. SIGTERM or Ctrl-C stops it within
    25 seconds, a second Ctrl-C at once; SIGHUP makes it read its settings again.

    Examples:

        vigie run

        vigie run --data /var/lib/vigie --config /etc/vigie/vigie.toml

        curl http://127.0.0.1:8765/readyz
    """
    place = Place.of(data, config)
    logs.configure(place.settings().log)
    place.folder.hold()
    try:
        reactor.run(_serve(place))
    finally:
        place.folder.let_go()


async def _serve(place: Place) -> None:
    stop, reload = asyncio.Event(), asyncio.Event()
    async with open_archive(place) as archive:
        await archive.declare()
        engine = Engine(archive)
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
        for name in ("database", "crawler", "extraction", "web", "service")
        if getattr(settings, name) != getattr(archive.settings, name)
    ]
    log.info(
        "settings reloaded",
        added=changes.added,
        changed=changes.changed,
        removed=changes.removed,
        need_a_restart=fixed,
    )
