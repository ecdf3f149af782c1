"""The webhook channel: an alert as signed JSON, posted to a URL as the Standard Webhooks specification has it."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, model_validator

from alerting.channels.answer import refusal
from alerting.channels.call import Caller, Request
from alerting.channels.secrets import read_secret, secrets_of_url
from alerting.channels.settings import ChannelSettings, Url
from alerting.channels.signature import signed_headers, signing_key
from alerting.guard import GuardedDialler
from alerting.payload import body
from news.alert import Delivery, Receipt
from news.clock import Clock
from news.errors import ConfigError, DeliveryError, RetryAdvice
from news.url import endpoint, origin


def _secret(value: SecretStr | None) -> SecretStr | None:
    if value is not None:
        try:
            signing_key(value.get_secret_value())
        except ConfigError as error:
            raise ValueError(f"{error.message}: {error.hint}") from error
    return value


class WebhookSettings(ChannelSettings):
    """Where alerts are posted, and the secret that signs them."""

    url: Url = Field(description="where alerts are posted, http or https")
    secret_env: str = Field(default="", description="the environment variable that holds the signing secret")
    secret_file: str = Field(default="", description="the file that holds the signing secret")
    secret: Annotated[SecretStr | None, AfterValidator(_secret)] = Field(
        default=None, description="the signing secret that Vigie made itself, whsec_…"
    )
    old_secret_env: str = Field(
        default="", description="while you change the secret: the environment variable that holds the old one"
    )
    old_secret_file: str = Field(default="", description="while you change the secret: the file that holds the old one")
    old_secret: Annotated[SecretStr | None, AfterValidator(_secret)] = Field(
        default=None, description="the old secret, where Vigie made that"
    )
    ca_file: str = Field(default="", description="PEM file of the CAs to trust instead of the system's")
    timeout: float = Field(default=20, gt=0, le=60, description="seconds for one attempt, all in all")

    @model_validator(mode="after")
    def _one_secret(self) -> "WebhookSettings":
        if len([one for one in (self.secret_env, self.secret_file, self.secret) if one]) != 1:
            raise ValueError(
                "a webhook is signed with one secret: name secret_env or secret_file, or let Vigie make it"
            )
        if len([one for one in (self.old_secret_env, self.old_secret_file, self.old_secret) if one]) > 1:
            raise ValueError("there is one old secret: name old_secret_env or old_secret_file")
        return self

    def endpoint(self) -> tuple[str, int]:
        """The host and port that are dialled."""
        return endpoint(self.url)

    def goes_to(self) -> str:
        """The receiver, without the path, which is often a secret in itself."""
        return origin(self.url)


class WebhookSender:
    """Posts each delivery over a connection of its own."""

    def __init__(self, settings: WebhookSettings, guard: GuardedDialler, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._caller = Caller(guard, settings.timeout, settings.ca_file)

    async def send(self, delivery: Delivery) -> Receipt:
        """Post the alert. Raises DeliveryError, which says whether and when to try again."""
        secrets = self._secrets()
        content = body(delivery.alert, delivery.thread_key)
        key, *old = map(_key, secrets)
        signed = signed_headers(key, delivery.key, self._clock.now(), content, *old)
        hidden = (*secrets, *(secret.removeprefix("whsec_") for secret in secrets), *secrets_of_url(self._settings.url))
        request = Request(self._settings.url, content, {"content-type": "application/json", **signed}, hidden)
        answer = await self._caller.call(request)
        if answer.is_success:
            return Receipt(str(answer))
        raise refusal(answer, request.place, self._clock.now())

    def _secrets(self) -> tuple[str, ...]:
        """The secret that signs and, while it is being changed, the old one after it."""
        settings = self._settings
        kept = settings.secret
        secret = kept.get_secret_value() if kept else read_secret(settings.secret_env, settings.secret_file)
        if settings.old_secret is not None:
            return secret, settings.old_secret.get_secret_value()
        if settings.old_secret_env or settings.old_secret_file:
            return secret, read_secret(settings.old_secret_env, settings.old_secret_file)
        return (secret,)


def _key(secret: str) -> bytes:
    try:
        return signing_key(secret)
    except ConfigError as error:
        raise DeliveryError(error.message, RetryAdvice(pause_channel=True), hint=error.hint) from error
