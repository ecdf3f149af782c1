"""Rotate: a new signing secret for a webhook, while its receiver still has the old one."""

from pathlib import Path

from alerting.channels import generate_secret
from news.alert import Channel
from news.errors import ConfigError, ConflictError
from service.change import changeable
from storage import Transaction


async def begin(tx: Transaction, name: str, file: Path | None) -> Channel:
    """Make a new secret; messages are signed with both until `finish`. The channel's settings hold the new one.

    Raises NotFoundError, ConfigError for a channel whose secret is not Vigie's, ConflictError for one under way.
    """
    channel = await _with_own_secret(tx, name, file)
    settings = dict(channel.settings)
    if "old_secret" in settings:
        raise ConflictError(
            f"the secret of the channel {name!r} is being changed already",
            "once the receiver has the new one: vigie channel rotate --finish",
        )
    settings |= {"old_secret": settings["secret"], "secret": generate_secret()}
    await tx.channels.change(channel.id, settings=settings)
    return await tx.channels.by_id(channel.id)


async def finish(tx: Transaction, name: str, file: Path | None) -> Channel:
    """Forget the old secret. Raises like `begin`, and ConflictError where there is none."""
    channel = await _with_own_secret(tx, name, file)
    settings = dict(channel.settings)
    if settings.pop("old_secret", None) is None:
        raise ConflictError(f"the channel {name!r} has no old secret", "a change begins with: vigie channel rotate")
    await tx.channels.change(channel.id, settings=settings)
    return await tx.channels.by_id(channel.id)


async def _with_own_secret(tx: Transaction, name: str, file: Path | None) -> Channel:
    channel = await changeable(tx.channels, name, file)
    if channel.kind != "webhook" or "secret" not in channel.settings:
        raise ConfigError(
            f"the channel {name!r} has no secret that Vigie made",
            "change one of yours where it is kept; for a webhook name the old one by old_secret_env or old_secret_file",
        )
    return channel
