"""The kinds of channel that go by HTTP, as their contract has them: set up with a secret, and sending to a receiver."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from alerting.channels import build, generate_secret
from alerting.guard import GuardedDialler
from cli.network import system_resolve
from news.address import AllowList
from news.alert import Alert, ChannelKind, Delivery, Receipt
from news.clock import Clock, SystemClock
from news.errors import DeliveryError
from news.guard import Guard
from tests.receivers import ALERT, HOST, ReceivedCall, Reply, WebhookReceiver, a_delivery

LOOPBACK = AllowList.parse(["127.0.0.0/8"])
CANARY = "canary-0123456789-abcdefghij"
SIGNED = generate_secret()
BOT = f"123456:{CANARY}"

Settings = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """How a kind is set up with its secret in a file, and what an answer of its service means."""

    name: ChannelKind
    secret: str  # what is in the file; `{port}` is the receiver's
    settings: Callable[[str, str], Settings]  # of the receiver's base URL and the file
    hidden: tuple[str, ...] = (CANARY,)
    rests: tuple[int, ...] = (401, 403, 404)  # the channel stands still, the message waits
    lost: tuple[int, ...] = (400,)  # this message is given up, the channel goes on
    gone: tuple[int, ...] = (410,)  # the message is given up, and the channel stands still


KINDS_BY_HTTP: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("webhook", SIGNED, lambda base, file: {"url": f"{base}/hook", "secret_file": file}, (SIGNED,), (), ()),
        Kind("slack", f"http://{HOST}:{{port}}/services/T0/B0/{CANARY}", lambda base, file: {"url_file": file}),
        Kind("discord", f"http://{HOST}:{{port}}/api/webhooks/1/{CANARY}", lambda base, file: {"url_file": file}),
        Kind(
            "telegram", BOT, lambda base, file: {"api": base, "chat": "-100123", "token_file": file},
            rests=(400, 401, 404), lost=(), gone=(403, 410),
        ),
        Kind("matrix", CANARY, lambda base, file: {"homeserver": base, "room": "!r:example.org", "token_file": file},
             lost=(400, 413)),
        Kind("ntfy", CANARY, lambda base, file: {"server": base, "topic": "desk", "token_file": file}, lost=(400, 413)),
    )
}  # fmt: skip


@dataclass
class Channel:
    """A channel of a kind that sends to the receiver."""

    kind: Kind
    receiver: WebhookReceiver
    folder: Path

    def delivery(self, alert: Alert = ALERT, **settings: Any) -> Delivery:
        file = self.folder / "secret"
        file.write_text(self.kind.secret.replace("{port}", str(self.receiver.port)) + "\n")
        own = self.kind.settings(f"http://{HOST}:{self.receiver.port}", str(file))
        return a_delivery(self.kind.name, {"timeout": 10, **own, **settings}, alert)

    async def send(self, *replies: Reply, clock: Clock | None = None, **settings: Any) -> Receipt:
        self.receiver.replies.extend(replies)
        return await sent(self.delivery(**settings), clock)

    async def failure(self, *replies: Reply, clock: Clock | None = None, **settings: Any) -> DeliveryError:
        with pytest.raises(DeliveryError) as raised:
            await self.send(*replies, clock=clock, **settings)
        error: DeliveryError = raised.value
        said = f"{error!r} {error} {error.hint} {error.answer} {error.__cause__!r} {error.__context__!r}"
        assert not any(secret in said for secret in self.kind.hidden)
        return error

    @property
    def calls(self) -> list[ReceivedCall]:
        return self.receiver.calls


async def sent(delivery: Delivery, clock: Clock | None = None, allow: AllowList = LOOPBACK) -> Receipt:
    guard = GuardedDialler(Guard(allow, system_resolve))
    return await build(delivery.channel, guard, clock or SystemClock()).send(delivery)


def advice(error: DeliveryError) -> tuple[str, bool, timedelta | None]:
    """Whether to try again, whether the channel stands still, and for how long to wait."""
    known = error.advice
    return "give up" if known.permanent else "retry", known.pause_channel, known.retry_after
