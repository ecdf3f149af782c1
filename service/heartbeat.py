"""Heartbeat: a URL of the user's is called while all is well, so that somebody else notices when it is not.

The URL is a secret: whoever knows it can speak for this Vigie. What is told of it is its host.
"""

import asyncio
import time
from collections.abc import Callable

import aiohttp
import structlog

from alerting.channels.secrets import scrubbed, secrets_of_url
from alerting.guard import GuardedDialler
from alerting.marks import one_line
from news.errors import VigieError
from news.tally import Tally
from news.text import clip
from news.url import checked, origin

log = structlog.get_logger()

PINGED_EACH = 60.0  # seconds
_LONGEST_QUOTE = 300


class Heartbeat:
    """Calls the URL, if there is one. A call that fails is told once, counted, and in nobody's way.

    `timeout` is in seconds, all in all. `trouble` says what was wrong with the last call; empty where it went well.
    """

    def __init__(
        self,
        url: str,
        dialler: GuardedDialler,
        tally: Tally,
        timeout: float = 10.0,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._dialler = dialler
        self._tally = tally
        self._timeout = timeout
        self._seconds = seconds
        self._pinged_at: float | None = None
        self.trouble = ""

    @property
    def is_due(self) -> bool:
        """Whether there is a URL to call, and it was not called within the last minute."""
        if not self._url:
            return False
        return self._pinged_at is None or self._seconds() - self._pinged_at >= PINGED_EACH

    async def ping(self) -> None:
        """Call the URL once."""
        self._pinged_at = self._seconds()
        trouble = await self._call()
        self._tally.add("heartbeats", "failed" if trouble else "ok")
        if trouble and not self.trouble:
            log.warning("heartbeat failed", error=trouble, hint="it is tried again each minute")
        elif self.trouble and not trouble:
            log.info("heartbeat heard again")
        self.trouble = trouble

    async def _call(self) -> str:
        """What went wrong; a redirect is an answer like any other, and is not followed."""
        try:
            status = await self._get(checked(self._url))
        except VigieError as refusal:
            return self._told(refusal.message)
        except TimeoutError:
            return f"{origin(self._url)} did not answer within {self._timeout:g} s"
        except (aiohttp.ClientError, OSError, ValueError) as failure:
            return self._told(f"{origin(self._url)} could not be reached: {failure or type(failure).__name__}")
        return "" if 200 <= status < 300 else f"{origin(self._url)} answered {status}"

    def _told(self, error: str) -> str:
        return clip(one_line(scrubbed(error, secrets_of_url(self._url))), _LONGEST_QUOTE)

    async def _get(self, url: str) -> int:
        async with (
            asyncio.timeout(self._timeout),
            self._dialler.session() as session,
            session.get(url, allow_redirects=False) as response,
        ):
            return response.status
