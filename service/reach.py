"""Reach: whether the guard will let a channel's messages out, known before one has to be sent."""

import asyncio

from alerting.channels import check
from alerting.channels.email import EmailSettings
from alerting.channels.webhook import WebhookSettings
from news.alert import Channel
from news.errors import AddressRefusedError
from news.guard import Guard
from news.url import endpoint

_LOOK_UP_SECONDS = 3.0
_MAIL_PORTS = {"starttls": 587, "tls": 465, "none": 25}


async def guard_refusal(channel: Channel, guard: Guard) -> AddressRefusedError | None:
    """Why the guard will not let the channel dial its host; None if it will, or if the host is unknown at the moment.

    Raises ConfigError where the channel's settings are none.
    """
    host, port = _endpoint(channel)
    try:
        async with asyncio.timeout(_LOOK_UP_SECONDS):
            await guard.addresses(host, port)
    except AddressRefusedError as refusal:
        return refusal
    except (OSError, TimeoutError):
        return None
    return None


def _endpoint(channel: Channel) -> tuple[str, int]:
    settings = check(channel)
    if isinstance(settings, EmailSettings):
        return settings.host, settings.port or _MAIL_PORTS[settings.security]
    if isinstance(settings, WebhookSettings):
        return endpoint(settings.url)
    raise TypeError(f"nobody said where a channel of kind {channel.kind} dials")
