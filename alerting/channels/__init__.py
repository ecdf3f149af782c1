"""The kinds of channel: what settings each takes, and what sends for it. A new kind is a module and a line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from alerting.channels import discord, matrix, ntfy, slack, telegram
from alerting.channels.chat_sender import ChatSettings
from alerting.channels.discord import DiscordSender, DiscordSettings
from alerting.channels.email import EmailSender, EmailSettings
from alerting.channels.matrix import MatrixSender, MatrixSettings
from alerting.channels.ntfy import NtfySender, NtfySettings
from alerting.channels.secrets import HIDDEN
from alerting.channels.settings import ChannelSettings, parsed
from alerting.channels.signature import generate_secret
from alerting.channels.slack import SlackSender, SlackSettings
from alerting.channels.telegram import TelegramSender, TelegramSettings
from alerting.channels.webhook import WebhookSender, WebhookSettings
from alerting.guard import GuardedDialler
from alerting.own import Words
from news.alert import Channel
from news.clock import Clock
from news.errors import BadUrlError, ConfigError
from news.ports import Sender
from news.url import origin

__all__ = ["KINDS", "Kind", "build", "check", "generate_secret", "goes_to", "shown"]

_KEPT_SECRETS = ("secret", "old_secret", "password")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of channel: the model of its settings, how a sender is made of them, and a chat's way with text."""

    settings: type[ChannelSettings]
    sender: Callable[[Any, GuardedDialler, Clock], Sender]
    words: Words | None = None


def _chat(settings: type[ChatSettings], sender: Callable[..., Sender], words: Words) -> Kind:
    return Kind(settings, partial(sender, words=words), words)


KINDS: Mapping[str, Kind] = {
    "email": Kind(EmailSettings, lambda settings, guard, clock: EmailSender(settings, guard)),
    "webhook": Kind(WebhookSettings, WebhookSender),
    "slack": _chat(SlackSettings, SlackSender, slack.WORDS),
    "discord": _chat(DiscordSettings, DiscordSender, discord.WORDS),
    "telegram": _chat(TelegramSettings, TelegramSender, telegram.WORDS),
    "matrix": _chat(MatrixSettings, MatrixSender, matrix.WORDS),
    "ntfy": _chat(NtfySettings, NtfySender, ntfy.WORDS),
}


def check(channel: Channel) -> ChannelSettings:
    """The channel's settings, parsed. Raises ConfigError saying which is wrong; secrets are not looked for yet."""
    return parsed(_kind(channel).settings, channel.settings, channel.name)


def build(channel: Channel, guard: GuardedDialler, clock: Clock) -> Sender:
    """What sends for the channel; whatever it dials passes the guard.

    Raises ConfigError like `check`, but for its templates: one that breaks is no reason not to send.
    """
    kind = _kind(channel)
    settings = parsed(kind.settings, channel.settings, channel.name, tries_templates=False)
    return kind.sender(settings, guard, clock)


def shown(channel: Channel) -> dict[str, Any]:
    """The channel's settings as they may be shown, exported or logged: a secret kept in them is hidden.

    Of a URL only the origin is no secret: what follows is by which many receivers know who may post.
    """
    return {name: _fit_to_show(name, value) for name, value in channel.settings.items()}


def _fit_to_show(name: str, value: Any) -> Any:
    if name in _KEPT_SECRETS:
        return HIDDEN
    if name != "url" or not isinstance(value, str):
        return value
    try:
        place = origin(value)
    except BadUrlError:
        return HIDDEN
    return value if value.rstrip("/") == place else f"{place}/{HIDDEN}"


def goes_to(channel: Channel) -> str:
    """Where its alerts end up, in a few words that give no secret away; empty where its settings are none."""
    try:
        return parsed(_kind(channel).settings, channel.settings, channel.name, tries_templates=False).goes_to()
    except ConfigError:
        return ""


def _kind(channel: Channel) -> Kind:
    if channel.kind not in KINDS:
        raise ConfigError(
            f"channel {channel.name!r}: there is no kind {channel.kind!r}", f"kinds are {', '.join(KINDS)}"
        )
    return KINDS[channel.kind]
