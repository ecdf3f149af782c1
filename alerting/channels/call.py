"""One request over HTTP, behind the guard: a connection of its own, no redirects, a deadline, and 64 KiB of answer."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from alerting.channels.answer import Answer
from alerting.channels.reasons import reason
from alerting.channels.secrets import scrubbed
from alerting.channels.tls import tls_context
from alerting.guard import GuardedDialler
from alerting.marks import one_line
from news.alert import Receipt
from news.errors import DeliveryError, VigieError
from news.text import clip
from news.url import origin

LARGEST_ANSWER = 65_536
_LONGEST_QUOTE = 300
_LONGEST_NUMBER = 100


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent: `headers` besides the user agent, and the `secrets` that an answer must not repeat to anybody."""

    url: str = field(repr=False)
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    method: str = "POST"

    @property
    def place(self) -> str:
        """The receiver as errors name it: the rest of the URL is often a secret in itself."""
        return origin(self.url)


class Caller:
    """Makes one request at a time over a connection of its own; `timeout` in seconds, all in all."""

    def __init__(self, guard: GuardedDialler, timeout: float, ca_file: str = "") -> None:
        self._guard = guard
        self._timeout = timeout
        self._ca_file = ca_file

    async def call(self, request: Request) -> Answer:
        """The answer, whatever it is. Raises DeliveryError, to be tried again, where there is none."""
        failure: DeliveryError
        try:
            return await self._answer(request)
        except DeliveryError:
            raise
        except VigieError as error:
            failure = DeliveryError(error.message, hint=error.hint)
        except TimeoutError:
            failure = DeliveryError(f"{request.place} did not answer within {self._timeout:g} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            why, hint = reason(error)
            said = clip(scrubbed(why, request.secrets), _LONGEST_QUOTE)
            failure = DeliveryError(f"{request.place} could not be reached: {said}", hint=hint)
        raise failure  # here and not above: the library's error may repeat the URL

    async def _answer(self, request: Request) -> Answer:
        """The answer to one request; its body is read as far as size and deadline allow."""
        deadline = asyncio.get_running_loop().time() + self._timeout
        tls = tls_context(self._ca_file) if self._ca_file else True
        async with self._guard.session(tls) as session, asyncio.timeout_at(deadline) as limit:
            response = await session.request(
                request.method, request.url, data=request.content, headers=request.headers, allow_redirects=False
            )
            limit.reschedule(None)
            content = await _beginning(response, deadline)
            response.close()
        quoted = one_line(scrubbed(content.decode("utf-8", "replace"), request.secrets))
        return Answer(
            status=response.status,
            reason=one_line(scrubbed(response.reason or "", request.secrets)),
            retry_after=response.headers.get("retry-after", ""),
            text=clip(quoted, _LONGEST_QUOTE),
            content=content,
        )


def as_json(values: Mapping[str, Any]) -> bytes:
    """The bytes of a JSON object: UTF-8, compact. A lone surrogate, which UTF-8 has not, becomes `?`."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def receipt(answer: Answer, request: Request, what: str, number: Any) -> Receipt:
    """What is told of an answer that took the message: by the `number` it gave it, where it gave one."""
    if isinstance(number, bool) or not isinstance(number, int | str):
        return Receipt(str(answer))
    told = clip(one_line(scrubbed(str(number), request.secrets)), _LONGEST_NUMBER)
    return Receipt(f"{answer.status} {answer.reason}: {what} {told}")


async def _beginning(response: aiohttp.ClientResponse, deadline: float) -> bytes:
    """The first 64 KiB of the body, or what came of it: once the status is known, nothing in the body changes it."""
    received = bytearray()
    try:
        async with asyncio.timeout_at(deadline):
            while len(received) < LARGEST_ANSWER:
                chunk = await response.content.read(LARGEST_ANSWER - len(received))
                if not chunk:
                    break
                received += chunk
    except (TimeoutError, aiohttp.ClientError, OSError):
        received += b" (cut short)"
    return bytes(received)
