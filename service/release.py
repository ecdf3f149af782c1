"""Release: what was held is told when its time has come: updates, digests, and what waited for the end of quiet hours.

Each channel is one transaction, which nobody else works at meanwhile: what is told is told once, or still waits.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from alerting.compose import Composed, ToldSoFar, Waiting, compose
from alerting.decide import told
from alerting.hours import local_day, quiet_until
from alerting.resurfaced import long_ago
from alerting.routing import Routing
from news.clock import Clock
from news.watch import Watch
from service.situation import resurfaced_from, routing_of
from storage import Database, Transaction
from storage.faults import is_of_machine
from storage.tellings import Held

log = structlog.get_logger()

_MOST = 5_000  # tellings of a channel that are released at once
_MOST_ASKED = 200  # of whom the archive is asked whether they resurfaced
_MOST_TOLD = 200  # articles of a story that an update is compared with


class Releaser:
    """Makes alerts of what is due."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def release_due(self) -> int:
        """Tell what is due, channel by channel; the number of alerts that were made of it."""
        now = self._clock.now()
        async with self._database.read() as tx:
            if not await tx.tellings.any_due(now):
                return 0
        done: list[int] = []
        alerts = 0
        while (made := await self._release_one(now, done)) is not None:
            alerts += made
        return alerts

    async def _release_one(self, now: datetime, done: list[int]) -> int | None:
        """Tell what is due for one more channel; None where there is none. One that breaks does not hold up others."""
        async with self._database.write() as tx:
            channel_id = await tx.tellings.lease_channel(now, done)
            if channel_id is None:
                return None
            done.append(channel_id)
            try:
                async with tx.connection.begin_nested():
                    return await _release(tx, channel_id, now)
            except Exception as error:
                if is_of_machine(error):
                    raise
                log.exception("not released", channel=channel_id, hint="it waits, and is tried again")
                return 0


async def _release(tx: Transaction, channel_id: int, now: datetime) -> int:
    held = await _due(tx, channel_id, now)
    for one in held:
        if one.dropped is not None:
            await tx.tellings.settle([one.number], one.dropped)
    watches = {watch.id: watch for watch in await tx.watches.all()}
    routes = await routing_of(tx)
    kept = await _awake(tx, [one for one in held if one.dropped is None], watches, channel_id, routes, now)
    if not kept:
        return 0
    waiting = [
        Waiting(
            one.number, watches[one.watch_id], one.thread_id, one.reason, one.stored, one.spans, one.is_copy, one.before
        )
        for one in kept
    ]
    so_far = {thread_id: await _told_so_far(tx, channel_id, thread_id) for thread_id in _threads(kept)}
    composed = compose(waiting, so_far, now, await _long_ago(tx, kept))
    for made in composed:
        await _keep(tx, made, channel_id, routes, now)
    return len(composed)


async def _awake(
    tx: Transaction,
    held: Sequence[Held],
    watches: Mapping[int, Watch],
    channel_id: int,
    routes: Routing,
    now: datetime,
) -> list[Held]:
    """What may be told at this hour; the rest, which came due while Vigie was down, waits for the end of the quiet."""
    channel = next(one for one in routes.channels if one.id == channel_id)
    until = {number: quiet_until(now, routes.rules(watches[number], channel)) for number in _watch_ids(held)}
    for one in held:
        if (end := until[one.watch_id]) is not None:
            await tx.tellings.put_off(one.number, "quiet" if one.reason == "update" else one.reason, end)
    return [one for one in held if until[one.watch_id] is None]


def _watch_ids(held: Sequence[Held]) -> set[int]:
    return {one.watch_id for one in held}


async def _long_ago(tx: Transaction, held: Sequence[Held]) -> dict[int, datetime]:
    """When articles that resurfaced are from; of a great many, the archive is asked about the first only."""
    found = {one.stored.id: long_ago(one.stored, ()) for one in held}
    for one in held[:_MOST_ASKED]:
        found[one.stored.id] = await resurfaced_from(tx, one.stored)
    return {number: since for number, since in found.items() if since is not None}


async def _due(tx: Transaction, channel_id: int, now: datetime) -> list[Held]:
    """What is due, and what else waits on the stories of which an update is: it would only come after it."""
    due = await tx.tellings.due(channel_id, now, _MOST)
    updated = {one.thread_id for one in due if one.reason == "update" and one.thread_id is not None}
    more = await tx.tellings.held_of(channel_id, updated, _MOST) if updated else []
    numbers = {one.number for one in due}
    return [*due, *(replace(one, reason="update") for one in more if one.number not in numbers)]


def _threads(held: Sequence[Held]) -> list[int]:
    return sorted({one.thread_id for one in held if one.thread_id is not None})


async def _told_so_far(tx: Transaction, channel_id: int, thread_id: int) -> ToldSoFar:
    articles = await tx.tellings.told_articles(channel_id, thread_id, _MOST_TOLD)
    first = await tx.outbox.first_told(channel_id, thread_id)
    if first is None and articles:
        first = told(articles[0], ())  # a digest told of it
    return ToldSoFar(first, tuple(articles))


async def _keep(tx: Transaction, composed: Composed, channel_id: int, routes: Routing, now: datetime) -> None:
    alert = composed.alert
    watches = {one.watch.id: one.watch for one in composed.waiting}
    watch_id = next(iter(watches)) if len(watches) == 1 else None
    number = await tx.outbox.add(alert, watch_id, [channel_id], thread_id=composed.thread_id)
    await tx.tellings.settle([one.number for one in composed.waiting], "told", number)
    is_regular = all(one.reason == "digest" for one in composed.waiting)
    for thread_id in sorted({one.thread_id for one in composed.waiting if one.thread_id is not None}):
        await tx.threads.told(thread_id, now, is_update=composed.is_update, is_regular=is_regular)
    if alert.kind in ("match", "update"):
        for watch in watches.values():
            await tx.threads.count(watch.id, local_day(now, routes.rules(watch)), alerts=1)
    by_watch = Counter(one.watch.name for one in composed.waiting)
    log.info("released", kind=alert.kind, channel=channel_id, watches=dict(by_watch))
