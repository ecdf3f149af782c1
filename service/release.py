"""Release: what was held is told when its time has come: updates, digests, and what waited for the end of quiet hours.

Each channel is one transaction, which nobody else works at meanwhile: what is told is told once, or still waits.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from alerting.compose import Composed, ToldSoFar, Waiting, compose
from alerting.decide import told
from alerting.hours import local_day
from alerting.resurfaced import long_ago
from alerting.routing import Routing
from news.clock import Clock
from service.due import due, warn_of_budget
from service.reconsider import Reconsiderer
from service.situation import resurfaced_from, routing_of
from storage import Database, Transaction
from storage.faults import is_of_machine
from storage.tellings import Held

log = structlog.get_logger()

_MOST_ASKED = 200  # of whom the archive is asked whether they resurfaced
_SET_BACK = timedelta(hours=25)  # a clock that was further ahead was wrong about the days too
_MOST_TOLD = 200  # articles of a story that an update is compared with


class Releaser:
    """Makes alerts of what is due."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._reconsiderer = Reconsiderer(database, clock)
        self._passed: datetime | None = None

    async def release_due(self) -> int:
        """Tell what is due, channel by channel; the number of alerts that were made of it."""
        await self._reconsiderer.tick()
        now = self._clock.now()
        if self._passed is None or not now <= self._passed <= now + _SET_BACK:
            self._passed = now
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
                    return await _release(tx, channel_id, now, self._passed or now)
            except Exception as error:
                if is_of_machine(error):
                    raise
                log.exception("not released", channel=channel_id, hint="it waits, and is tried again")
                return 0


async def _release(tx: Transaction, channel_id: int, now: datetime, passed: datetime) -> int:
    await tx.stories.lock()  # who decides on an article meanwhile would change the same threads in another order
    watches = {watch.id: watch for watch in await tx.watches.all()}
    routes = await routing_of(tx)
    channel = next(one for one in routes.channels if one.id == channel_id)
    found = await due(tx, channel, watches, routes, now, passed)
    waiting = [
        Waiting(
            one.number, watches[one.watch_id], one.thread_id, one.reason, one.stored, one.spans, one.is_copy, one.before
        )
        for one in found.held
    ]
    so_far = {thread_id: await _told_so_far(tx, channel_id, thread_id) for thread_id in _threads(found.held)}
    composed = compose(waiting, so_far, now, await _long_ago(tx, found.held)) if waiting else []
    for made in composed:
        await _keep(tx, made, channel_id, routes, now)
    await warn_of_budget(tx, found.spent, watches, routes, now)
    return len(composed)


async def _long_ago(tx: Transaction, held: Sequence[Held]) -> dict[int, datetime]:
    """When articles that resurfaced are from; of a great many, the archive is asked about the first only."""
    found = {one.stored.id: long_ago(one.stored, ()) for one in held}
    for one in held[:_MOST_ASKED]:
        found[one.stored.id] = await resurfaced_from(tx, one.stored)
    return {number: since for number, since in found.items() if since is not None}


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
    threads = await tx.threads.some({one.thread_id for one in composed.waiting if one.thread_id is not None})
    for thread_id in sorted(threads):
        await tx.threads.told(thread_id, now, is_update=composed.is_update, is_regular=is_regular)
    # What goes to several channels at one instant is one alert.
    if alert.kind in ("match", "update") and all(thread.last_told_at != now for thread in threads.values()):
        for watch in watches.values():
            await tx.threads.count(watch.id, local_day(now, routes.rules(watch)), alerts=1)
    by_watch = Counter(one.watch.name for one in composed.waiting)
    log.info("released", kind=alert.kind, channel=channel_id, watches=dict(by_watch))
