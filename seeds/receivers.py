"""Two receivers on loopback that keep what they get: a mail server, and a webhook endpoint that checks signatures."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from importlib import import_module
from typing import Any, Self, cast

from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from news.clock import Clock
from news.errors import ConfigError

HOST = "127.0.0.1"
_HOOK_PATH = "/hook"


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """A message that the mail server accepted."""

    content: bytes
    received_at: datetime

    @property
    def message(self) -> EmailMessage:
        """The message as a mail program reads it."""
        return message_from_bytes(self.content, policy=policy.default)

    @property
    def text(self) -> str:
        """Its plain text; empty where it has none."""
        part = self.message.get_body(("plain",))
        return str(part.get_content()) if part is not None else ""


class MailReceiver:
    """A real SMTP server (aiosmtpd), from `async with` until its end."""

    def __init__(self, clock: Clock) -> None:
        self.mails: list[ReceivedMail] = []
        self._clock = clock
        self._server: asyncio.Server | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        """Begin to listen. Raises ConfigError where aiosmtpd is not installed."""
        protocol = _smtp_protocol()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: protocol(self, hostname="localhost", loop=loop), HOST, 0)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()

    @property
    def address(self) -> str:
        """Host and port, as an allow-list takes them."""
        return f"{HOST}:{self._port}"

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._port

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        """Keep a message; aiosmtpd calls this when the last of it has come."""
        self.mails.append(ReceivedMail(envelope.content, self._clock.now()))
        return "250 OK, kept for the demo"


def _smtp_protocol() -> Callable[..., asyncio.BaseProtocol]:
    try:
        return cast(Callable[..., asyncio.BaseProtocol], import_module("aiosmtpd.smtp").SMTP)
    except ModuleNotFoundError as error:
        raise ConfigError(
            "the demo's mail server needs the package aiosmtpd, which is not installed",
            "install Vigie with its extra 'demo': pip install 'vigie[demo]'; `make demo` has it",
        ) from error


@dataclass(frozen=True, slots=True)
class ReceivedCall:
    """One request to the endpoint. `fault` is empty where the signature was right; `id` as its header gives it."""

    id: str
    body: bytes
    received_at: datetime
    fault: str = ""

    @property
    def is_verified(self) -> bool:
        """Whether it was signed with the secret that the two sides share."""
        return not self.fault

    @property
    def payload(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class WebhookReceiver:
    """A real HTTP endpoint, from `async with` until its end; it answers 401 to whatever is not signed as it should."""

    def __init__(self, clock: Clock, secret: str) -> None:
        self.calls: list[ReceivedCall] = []
        self._clock = clock
        self._verifier = Webhook(secret)
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_post(_HOOK_PATH, self._receive)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, 0).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def address(self) -> str:
        """Host and port, as an allow-list takes them."""
        return f"{HOST}:{self._port}"

    @property
    def url(self) -> str:
        """Where to post."""
        return f"http://{self.address}{_HOOK_PATH}"

    async def _receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        fault = self._fault(body, dict(request.headers))
        self.calls.append(ReceivedCall(request.headers.get("webhook-id", ""), body, self._clock.now(), fault))
        return web.Response(status=401 if fault else 204)

    def _fault(self, body: bytes, headers: dict[str, str]) -> str:
        """What the standardwebhooks library has against the call; empty for nothing."""
        try:
            self._verifier.verify(body, headers)
        except (WebhookVerificationError, ValueError) as error:
            return str(error) or type(error).__name__
        return ""
