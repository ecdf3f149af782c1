"""Due: which of a channel's holds may be told at this instant. The rest waits on, or is never told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerting.decide import of_budget
from alerting.hours import local_day
from alerting.routing import Routing
from alerting.volume import alerts_on
from alerting.waiting import when_due
from news.alert import Channel
from news.watch import Watch
from service.record import announce
from storage import Transaction
from storage.tellings import Held

_MOST = 5_000  # tellings of a channel that are released at once


@dataclass(frozen=True, slots=True)
class Due:
    """What may be told, and the ids of the watches of which more may not, for their budget is spent."""

    held: Sequence[Held]
    spent: Collection[int] = ()


async def due(
    tx: Transaction, channel: Channel, watches: Mapping[int, Watch], routes: Routing, now: datetime, passed: datetime
) -> Due:
    """What may be told over a channel; what may not is put off, or dropped, by the rules as they are now.

    `passed` is the latest instant that the clock has shown.
    """
    held = await _whose_time_has_come(tx, channel.id, now)
    for one in held:
        if one.dropped is not None:
            await tx.tellings.settle([one.number], one.dropped, reason="removed" if one.dropped == "never" else None)
    held = [one for one in held if one.dropped is None]
    rules = {number: routes.rules(watches[number], channel) for number in {one.watch_id for one in held}}
    beyond = await _beyond_budget(
        tx, held, {number: rule.budget for number, rule in rules.items()}, watches, routes, now
    )
    kept: list[Held] = []
    for one in held:
        is_spent = one.thread_id in beyond
        found = when_due(one.reason, rules[one.watch_id], now, is_spent=is_spent, passed=passed)
        if found is None:
            kept.append(one)
        elif found.due_at is not None:
            await tx.tellings.put_off(one.number, found.reason, found.due_at)
        else:
            await tx.tellings.settle([one.number], found.state, reason=found.reason)
    return Due(kept, {one.watch_id for one in held if one.thread_id in beyond})


async def _whose_time_has_come(tx: Transaction, channel_id: int, now: datetime) -> list[Held]:
    """What is due, and what else waits on the stories of which an update is: it would only come after it."""
    found = await tx.tellings.due(channel_id, now, _MOST)
    updated = {one.thread_id for one in found if one.reason == "update" and one.thread_id is not None}
    more = await tx.tellings.held_of(channel_id, updated, _MOST) if updated else []
    numbers = {one.number for one in found}
    return [*found, *(replace(one, reason="update") for one in more if one.number not in numbers)]


async def _beyond_budget(
    tx: Transaction,
    held: Sequence[Held],
    budgets: Mapping[int, int],
    watches: Mapping[int, Watch],
    routes: Routing,
    now: datetime,
) -> set[int]:
    """The threads of which an update would be one alert more than the watch may have today."""
    limited = [one for one in held if one.reason == "update" and one.thread_id is not None and budgets[one.watch_id]]
    if not limited:
        return set()
    days = {one.watch_id: local_day(now, routes.rules(watches[one.watch_id])) for one in limited}
    volumes = await tx.threads.volumes(days, min(days.values()))
    left = {number: budgets[number] - alerts_on(day, volumes.get(number, ())) for number, day in days.items()}
    threads = await tx.threads.some({one.thread_id for one in limited if one.thread_id is not None})
    beyond: set[int] = set()
    for thread in sorted(threads.values(), key=lambda thread: thread.id):
        if thread.last_told_at == now:
            continue  # another channel was told of it just now: it is one alert
        left[thread.watch_id] -= 1
        if left[thread.watch_id] < 0:
            beyond.add(thread.id)
    return beyond


async def warn_of_budget(
    tx: Transaction, numbers: Collection[int], watches: Mapping[int, Watch], routes: Routing, now: datetime
) -> None:
    """Tell, once a day, that the budget of these watches is spent."""
    for number in sorted(numbers):
        day = local_day(now, routes.rules(watches[number]))
        volumes = (await tx.threads.volumes([number], day)).get(number, [])
        for announced in of_budget(watches[number], routes, volumes, now):
            await announce(tx, announced, {})
