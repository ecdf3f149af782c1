"""The webhook channel: an alert as signed JSON, posted to a URL as the Standard Webhooks specification has it."""

import asyncio
from typing import Annotated

import aiohttp
from pydantic import AfterValidator, Field, SecretStr, model_validator

from alerting.channels.answer import Answer, refusal
from alerting.channels.secrets import read_secret, scrubbed
from alerting.channels.settings import ChannelSettings
from alerting.channels.signature import signed_headers, signing_key
from alerting.channels.tls import tls_context
from alerting.guard import GuardedDialler
from alerting.marks import one_line
from alerting.payload import body
from news.alert import Delivery, Receipt
from news.clock import Clock
from news.errors import BadUrlError, ConfigError, DeliveryError, RetryAdvice, VigieError
from news.text import clip
from news.url import checked, origin

USER_AGENT = "Vigie"
LARGEST_ANSWER = 65_536
_LONGEST_QUOTE = 300


def _url(value: str) -> str:
    try:
        return checked(value)
    except BadUrlError as error:
        raise ValueError(f"{error.message}; {error.hint}" if error.hint else error.message) from error


def _secret(value: SecretStr | None) -> SecretStr | None:
    if value is not None:
        try:
            signing_key(value.get_secret_value())
        except ConfigError as error:
            raise ValueError(f"{error.message}: {error.hint}") from error
    return value


class WebhookSettings(ChannelSettings):
    """Where alerts are posted, and the secret that signs them."""

    url: Annotated[str, AfterValidator(_url)] = Field(description="where alerts are posted, http or https")
    secret_env: str = Field(default="", description="the environment variable that holds the signing secret")
    secret_file: str = Field(default="", description="the file that holds the signing secret")
    secret: Annotated[SecretStr | None, AfterValidator(_secret)] = Field(
        default=None, description="the signing secret that Vigie made itself, whsec_…"
    )
    ca_file: str = Field(default="", description="PEM file of the CAs to trust instead of the system's")
    timeout: float = Field(default=20, gt=0, le=60, description="seconds for one attempt, all in all")

    @model_validator(mode="after")
    def _one_secret(self) -> "WebhookSettings":
        if len([one for one in (self.secret_env, self.secret_file, self.secret) if one]) != 1:
            raise ValueError(
                "a webhook is signed with one secret: name secret_env or secret_file, or let Vigie make it"
            )
        return self


class WebhookSender:
    """Posts each delivery over a connection of its own."""

    def __init__(self, settings: WebhookSettings, guard: GuardedDialler, clock: Clock) -> None:
        self._settings = settings
        self._guard = guard
        self._clock = clock
        # Errors name the receiver by this: the rest of a webhook's URL is often a secret in itself.
        self._place = origin(settings.url)

    async def send(self, delivery: Delivery) -> Receipt:
        """Post the alert. Raises DeliveryError, which says whether and when to try again."""
        secret = self._secret()
        content = body(delivery.alert)
        signed = signed_headers(_key(secret), delivery.key, self._clock.now(), content)
        failure: DeliveryError
        try:
            answer = await self._post(content, signed, secret)
            if answer.is_success:
                return Receipt(str(answer))
            failure = refusal(answer, self._place, self._clock.now())
        except DeliveryError:
            raise
        except VigieError as error:
            failure = DeliveryError(error.message, hint=error.hint)
        except TimeoutError:
            failure = DeliveryError(f"{self._place} did not answer within {self._settings.timeout:g} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            failure = DeliveryError(f"{self._place} could not be reached: {_reason(error)}")
        raise failure  # here and not above: the library's error may repeat the URL

    async def _post(self, content: bytes, signed: dict[str, str], secret: str) -> Answer:
        """The answer to one request; its body is read as far as size and deadline allow."""
        deadline = asyncio.get_running_loop().time() + self._settings.timeout
        headers = {"content-type": "application/json", "user-agent": USER_AGENT, **signed}
        async with self._session() as session, asyncio.timeout_at(deadline) as limit:
            response = await session.post(self._settings.url, data=content, headers=headers, allow_redirects=False)
            limit.reschedule(None)
            quoted = await _beginning(response, deadline)
            response.close()
        return Answer(
            status=response.status,
            reason=one_line(response.reason or ""),
            retry_after=response.headers.get("retry-after", ""),
            text=clip(one_line(scrubbed(quoted, [secret])), _LONGEST_QUOTE),
        )

    def _session(self) -> aiohttp.ClientSession:
        tls = tls_context(self._settings.ca_file) if self._settings.ca_file else True
        return aiohttp.ClientSession(
            connector=self._guard.connector(tls),
            timeout=aiohttp.ClientTimeout(total=None),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )

    def _secret(self) -> str:
        kept = self._settings.secret
        if kept is not None:
            return kept.get_secret_value()
        return read_secret(self._settings.secret_env, self._settings.secret_file)


async def _beginning(response: aiohttp.ClientResponse, deadline: float) -> str:
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
    return received.decode("utf-8", "replace")


def _reason(error: Exception) -> str:
    """Why, without the URL, which some of the library's errors repeat."""
    if isinstance(error, aiohttp.ClientResponseError):
        said = error.message
    elif isinstance(error, aiohttp.InvalidURL):
        said = error.description or "the URL cannot be used"
    else:
        said = str(error) or type(error).__name__
    return clip(one_line(said), _LONGEST_QUOTE)


def _key(secret: str) -> bytes:
    try:
        return signing_key(secret)
    except ConfigError as error:
        raise DeliveryError(error.message, RetryAdvice(pause_channel=True), hint=error.hint) from error
