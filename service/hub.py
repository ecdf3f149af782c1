"""Hub: one form posted to a WebSub hub, through the guard, and what it answered."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import aiohttp

from alerting.guard import GuardedDialler
from alerting.marks import one_line
from news.errors import VigieError
from news.text import clip
from news.url import checked, origin

LARGEST_ANSWER = 65_536
_LONGEST_QUOTE = 300
_HIDDEN = "…"


@dataclass(frozen=True, slots=True)
class HubAnswer:
    """`error` is empty where the hub took the request, and will call back.

    A hub that `is_down` would not have taken another request either: nothing came back, or 429, or 500 and above.
    """

    error: str = ""
    is_down: bool = False


class Hub(Protocol):
    """Asks hubs."""

    async def ask(self, url: str, form: Mapping[str, str], secrets: tuple[str, ...] = ()) -> HubAnswer:
        """Post the form once; what went wrong is told without the secrets. Never raises for a bad hub."""
        ...


class GuardedHub:
    """Asks over a connection of its own each time; `timeout` is in seconds, all in all."""

    def __init__(self, dialler: GuardedDialler, timeout: float = 20.0) -> None:
        self._dialler = dialler
        self._timeout = timeout

    async def ask(self, url: str, form: Mapping[str, str], secrets: tuple[str, ...] = ()) -> HubAnswer:
        """Post the form. A redirect is an answer like any other, and is not followed."""
        try:
            answer = await self._post(checked(url), form)
        except VigieError as refusal:
            answer = HubAnswer(refusal.message, is_down=True)
        except TimeoutError:
            answer = HubAnswer(f"{origin(url)} did not answer within {self._timeout:g} s", is_down=True)
        except (aiohttp.ClientError, OSError, ValueError) as failure:
            reason = str(failure) or type(failure).__name__
            answer = HubAnswer(f"{origin(url)} could not be reached: {reason}", is_down=True)
        error = answer.error
        for secret in secrets:
            error = error.replace(secret, _HIDDEN)
        return replace(answer, error=clip(one_line(error), _LONGEST_QUOTE))

    async def _post(self, url: str, form: Mapping[str, str]) -> HubAnswer:
        async with (
            asyncio.timeout(self._timeout),
            self._dialler.session() as session,
            session.post(url, data=dict(form), allow_redirects=False) as response,
        ):
            if 200 <= response.status < 300:
                return HubAnswer()
            if 300 <= response.status < 400:
                return HubAnswer(f"{origin(url)} answered {response.status}: redirects are not followed")
            said = (await response.content.read(LARGEST_ANSWER)).decode("utf-8", "replace")
            error = f"{origin(url)} answered {response.status} {response.reason or ''}: {said}".rstrip(": ")
            return HubAnswer(error, is_down=response.status == 429 or response.status >= 500)
