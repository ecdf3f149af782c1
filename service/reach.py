"""Reach: whether the guard will let a channel's messages out, known before one has to be sent."""

import asyncio

from alerting.channels import check
from news.alert import Channel
from news.errors import AddressRefusedError, DeliveryError
from news.guard import Guard

_LOOK_UP_SECONDS = 3.0


async def guard_refusal(channel: Channel, guard: Guard) -> AddressRefusedError | None:
    """Why the guard will not let the channel dial its host; None if it will, or if the host is unknown here.

    Raises ConfigError where the channel's settings are none.
    """
    try:
        host, port = check(channel).endpoint()
    except DeliveryError:  # a secret that is to be had only where the service runs
        return None
    try:
        async with asyncio.timeout(_LOOK_UP_SECONDS):
            await guard.addresses(host, port)
    except AddressRefusedError as refusal:
        return refusal
    except (OSError, TimeoutError):
        return None
    return None
