"""Notices: how a source fares, and that a channel was paused, told by the same channels as an alert."""

from collections.abc import Sequence
from datetime import datetime

from alerting.hours import outside_quiet
from alerting.routing import NO_WATCH
from news.alert import Alert, Channel, Told
from news.source import Source
from service.health import Notice
from service.outage import TOLD_OF_ALL
from service.situation import routing_of
from storage import Transaction


async def tell(tx: Transaction, source: Source, notice: Notice, now: datetime) -> None:
    """Write the notice down for every channel that is not paused, and that it was told; quiet hours hold it."""
    told = Told(0, notice.title, source.url, source.name, notice.text, found_at=now)
    alert = Alert(watch="", query="", decided_at=now, told=told, kind=notice.kind)
    await _announce(tx, alert, _recipients(await tx.channels.all()))
    told_of = "" if notice.kind == "back" else TOLD_OF_ALL if notice.is_for_all else notice.kind
    await tx.sources.change(source.id, told_of=told_of, told_at=now)


async def tell_of_channel(tx: Transaction, paused: Channel, because: str, now: datetime) -> None:
    """Write down, for every other channel that works, that Vigie paused this one."""
    others = [
        channel for channel in _recipients(await tx.channels.all())
        if channel.id != paused.id and not channel.paused_because
    ]  # fmt: skip
    text = (
        f"{because}. What it is to tell waits, and nothing is lost. When that is mended: "
        f"vigie channel resume {paused.name!r}"
    )
    told = Told(0, f"The channel {paused.name} is paused", "", paused.name, text, found_at=now)
    alert = Alert(watch="", query="", decided_at=now, told=told, kind="channel")
    await _announce(tx, alert, others)


async def _announce(tx: Transaction, alert: Alert, to: Sequence[Channel]) -> None:
    if not to:
        return
    awake = await _awake(tx, to, alert.decided_at)
    await tx.outbox.add(alert, None, awake, not_before=awake)


async def _awake(tx: Transaction, to: Sequence[Channel], now: datetime) -> dict[int, datetime]:
    """When each channel, by id, may be told at the soonest."""
    routes = await routing_of(tx)
    return {channel.id: outside_quiet(now, routes.rules(NO_WATCH, channel)) for channel in to}


async def tell_of_problem(tx: Transaction, alert: Alert, once: str, but: str = "") -> None:
    """Write a problem of Vigie's own down, or its end, for every channel that works, but for the one it is about.

    Quiet hours hold it. It is kept where there is no channel too: by that Vigie knows what it has told.
    """
    works = [channel for channel in _recipients(await tx.channels.all()) if not channel.paused_because]
    awake = await _awake(tx, [channel for channel in works if channel.name != but], alert.decided_at)
    await tx.outbox.add(alert, None, awake, once=once, not_before=awake)


def _recipients(channels: Sequence[Channel]) -> list[Channel]:
    """All but those that the user has paused: nobody chooses a channel for what is not to happen."""
    return [channel for channel in channels if not channel.paused]
