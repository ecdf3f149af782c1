"""Reconsider: what waits is told sooner where the rules have changed, or where the clock was fast when it was held."""

from collections import defaultdict
from datetime import datetime
from typing import Any

import structlog

from alerting.waiting import longest
from news.clock import Clock
from news.rules import rules_to
from service.situation import routing_of
from storage import Database, Transaction
from storage.tellings import PutOff

log = structlog.get_logger()


class Reconsiderer:
    """Looks at what waits, at the start and whenever somebody has changed a rule or the clock was set back."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._rules: Any = None
        self._last: datetime | None = None

    async def tick(self) -> int:
        """Have what waits longer than it would under the rules of now wait as long as that; how many that were."""
        now = self._clock.now()
        async with self._database.read() as tx:
            rules = await _all_rules(tx)
            if rules == self._rules and self._last is not None and now >= self._last:
                self._last = now
                return 0
            sooner = await _sooner(tx, now)
        held = sum(map(len, sooner.values()))
        if held:
            async with self._database.write() as tx:
                await tx.stories.lock()  # as who decides on articles and who releases take it
                for due_at, numbers in sorted(sooner.items()):
                    await tx.tellings.hasten(sorted(numbers), due_at)
            log.info("told sooner", tellings=held, because="the rules have changed, or the clock was fast")
        self._rules, self._last = rules, now
        return held


async def _all_rules(tx: Transaction) -> Any:
    """Something that is another after every change of a rule, in whichever process."""
    channels = [(one.id, rules_to(one.rules)) for one in await tx.channels.all()]
    watchlists = [(one.name, rules_to(one.rules)) for one in await tx.watchlists.all()]
    return await tx.watches.version(), channels, watchlists


async def _sooner(tx: Transaction, now: datetime) -> dict[datetime, list[int]]:
    """The ids of what waits too long, by the instant at which it is due instead."""
    waiting = await tx.tellings.put_off_beyond(now)
    if not waiting:
        return {}
    watches = {watch.id: watch for watch in await tx.watches.all()}
    routes = await routing_of(tx)
    channels = {channel.id: channel for channel in routes.channels}
    threads = await tx.threads.some({one.thread_id for one in waiting if one.thread_id is not None})
    known: dict[Any, datetime] = {}
    found: dict[datetime, list[int]] = defaultdict(list)
    for one in waiting:
        key = _alike(one)
        if key not in known:
            rules = routes.rules(watches[one.watch_id], channels[one.channel_id])
            thread = threads.get(one.thread_id) if one.thread_id is not None else None
            known[key] = longest(one.reason, thread, rules, now)
        if known[key] < one.due_at:
            found[known[key]].append(one.number)
    return found


def _alike(one: PutOff) -> Any:
    return one.channel_id, one.watch_id, one.reason, one.thread_id if one.reason in ("update", "quiet") else None
