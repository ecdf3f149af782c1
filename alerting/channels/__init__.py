"""The kinds of channel: what settings each takes, and what sends for it. A new kind is a module and a line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from alerting.channels.email import EmailSender, EmailSettings
from alerting.channels.secrets import HIDDEN
from alerting.channels.settings import ChannelSettings, parsed
from alerting.channels.signature import generate_secret
from alerting.channels.webhook import WebhookSender, WebhookSettings
from alerting.guard import GuardedDialler
from news.alert import Channel
from news.clock import Clock
from news.errors import ConfigError
from news.ports import Sender

__all__ = ["KINDS", "Kind", "build", "check", "generate_secret", "shown"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of channel: the model of its settings, and how a sender is made of them."""

    settings: type[ChannelSettings]
    sender: Callable[[Any, GuardedDialler, Clock], Sender]


KINDS: Mapping[str, Kind] = {
    "email": Kind(EmailSettings, lambda settings, guard, clock: EmailSender(settings, guard)),
    "webhook": Kind(WebhookSettings, WebhookSender),
}


def check(channel: Channel) -> ChannelSettings:
    """The channel's settings, parsed. Raises ConfigError saying which is wrong; secrets are not looked for yet."""
    return parsed(_kind(channel).settings, channel.settings, channel.name)


def build(channel: Channel, guard: GuardedDialler, clock: Clock) -> Sender:
    """What sends for the channel; whatever it dials passes the guard. Raises ConfigError like `check`."""
    return _kind(channel).sender(check(channel), guard, clock)


def shown(channel: Channel) -> dict[str, Any]:
    """The channel's settings as they may be shown, exported or logged: a secret kept in them is hidden."""
    return {name: HIDDEN if name in ("secret", "password") else value for name, value in channel.settings.items()}


def _kind(channel: Channel) -> Kind:
    if channel.kind not in KINDS:
        raise ConfigError(
            f"channel {channel.name!r}: there is no kind {channel.kind!r}", f"kinds are {', '.join(KINDS)}"
        )
    return KINDS[channel.kind]
