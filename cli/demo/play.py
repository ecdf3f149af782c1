"""One demo from first to last: all is started, articles are published, what follows is shown, all is stopped."""

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from alerting.channels import generate_secret
from cli.demo.closing import closing
from cli.demo.observation import Observation, observe
from cli.demo.screen import Screen
from cli.demo.summary import Published, Received, Summary, summarise
from cli.demo.surroundings import SECRET_VARIABLE, SOURCE, Surroundings, surroundings
from cli.folder import DataFolder
from cli.place import Archive, Place, open_archive
from cli.serving import listen_for_stop, serving
from cli.wiring import Engine
from news.clock import Clock

_LOOK_SECONDS = 0.3
_PATIENCE_SECONDS = 60.0  # for the first visit, and after the last article


@dataclass(frozen=True, slots=True)
class Manner:
    """When the demo began, how many seconds it leaves between two articles, and whether it stays up at the end."""

    started_at: datetime
    pace: float = 2.0
    keep: bool = False


class Play:
    """Publishes, looks at the database and the receivers, and shows what it sees."""

    def __init__(self, folder: DataFolder, clock: Clock, screen: Screen, manner: Manner) -> None:
        self._folder = folder
        self._clock = clock
        self._screen = screen
        self._manner = manner
        self._stop = asyncio.Event()

    async def perform(self) -> Summary:
        """The demo; when its summary is printed, everything has been stopped."""
        secret = generate_secret()
        os.environ[SECRET_VARIABLE] = secret
        self._folder.hold()
        try:
            async with surroundings(self._clock, secret) as around:
                self._folder.settings_file.write_text(around.settings(), encoding="utf-8")
                place = Place(self._folder, self._folder.settings_file)  # the folder that we hold, not one like it
                async with open_archive(place, self._clock) as archive:
                    await archive.declare()
                    await self._serve(around, archive)
                    return await self._conclude(around, archive)
        finally:
            self._folder.let_go()

    async def _serve(self, around: Surroundings, archive: Archive) -> None:
        engine = Engine(archive)
        listen_for_stop(engine, self._stop.set)
        self._screen.opening(around, str(self._folder.path))
        with self._screen.footer():
            async with serving(archive, engine) as web:
                self._screen.serving(web.url)
                await self._publish(around, archive)
                if self._manner.keep and not self._stop.is_set():
                    self._screen.staying(around, web.url)
                while self._manner.keep and not self._stop.is_set():
                    await self._look(around, archive)
                    await self._pause()

    async def _publish(self, around: Surroundings, archive: Archive) -> None:
        """One article after the other once history is over, until everything has come out at the other end."""
        now = asyncio.get_running_loop().time
        next_at, give_up_at = now(), now() + _PATIENCE_SECONDS
        while not self._stop.is_set():
            seen = await self._look(around, archive)
            if seen.has_history and around.site.to_come and now() >= next_at:
                self._screen.published(around.site.publish_next())
                next_at, give_up_at = now() + self._manner.pace, now() + self._manner.pace + _PATIENCE_SECONDS
            elif _is_over(seen, around):
                return
            elif now() > give_up_at:
                self._screen.note(f"nothing came for {_PATIENCE_SECONDS:.0f} s: the demo ends here")
                return
            await self._pause()

    async def _look(self, around: Surroundings, archive: Archive) -> Observation:
        seen = await observe(archive.database, SOURCE)
        self._screen.show(seen, _received(around), around.site.to_come)
        return seen

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_SECONDS):
                await self._stop.wait()

    async def _conclude(self, around: Surroundings, archive: Archive) -> Summary:
        seen = await self._look(around, archive)
        times = (self._manner.started_at, self._clock.now())
        summary = summarise(_published(around), seen, _received(around), times, str(self._folder.path))
        closing(self._screen.layout, summary, seen)
        return summary


def _received(around: Surroundings) -> Received:
    return Received(around.mail.mails, around.hook.calls)


def _published(around: Surroundings) -> list[Published]:
    site = around.site
    history = {article.slug for article in site.history}
    return [
        Published(article, site.url_of(article), site.page(article), article.slug in history)
        for article in reversed(site.published)
    ]


def _is_over(seen: Observation, around: Surroundings) -> bool:
    """Whether all that the site has to say was found, and whoever was to hear of it has."""
    site = around.site
    urls = {site.url_of(article) for article in site.published}
    return seen.has_history and not site.to_come and urls <= seen.urls and seen.is_settled
