"""Sending: deliveries are claimed for as much room as their channels have, and marked when they were tried.

No statement here walks the rows of a channel that has no room: each channel is asked by an index of its own rows, in
the order in which they fall due, and only for as many as are wanted.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news.alert import Channel, Delivery
from news.delivering import Outcome
from storage import tables
from storage.channels import channel_value
from storage.outbox import deliveries
from storage.types import Instant, JsonText

_delivery, _channel = tables.delivery, tables.channel

_WORKS = ~_channel.c.paused & ~_channel.c.removed & (_channel.c.paused_because == "")

_MARK = (
    update(_delivery)
    .where(_delivery.c.id == bindparam("number"), _delivery.c.lease_owner == bindparam("owner"))
    .values(
        state=bindparam("new_state"),
        attempts=_delivery.c.attempts + 1,
        first_try_at=func.coalesce(_delivery.c.first_try_at, bindparam("tried_at", type_=Instant)),
        next_try_at=bindparam("again_at"),
        sent_at=bindparam("accepted_at"),
        settled_at=bindparam("ended_at"),
        last_error=bindparam("error"),
        reached=bindparam("reached_by_now", type_=JsonText),
        lease_owner=None,
        leased_until=None,
    )
)


def _is_due(now: datetime) -> ColumnElement[bool]:
    """A delivery whose time has come and that nobody is sending."""
    is_free = or_(_delivery.c.leased_until.is_(None), _delivery.c.leased_until <= now)
    return and_(_delivery.c.state == "pending", _delivery.c.next_try_at <= now, is_free)


class Sending:
    """Deliveries on their way."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def ready(self, now: datetime) -> list[Channel]:
        """The channels that work and for which something is due."""
        # A row and not EXISTS: PostgreSQL makes of that a join, which reads all that waits for a dead channel.
        first = select(_delivery.c.id).where(_delivery.c.channel_id == _channel.c.id, _is_due(now))
        some = first.order_by(_delivery.c.next_try_at).limit(1).correlate(_channel).scalar_subquery()
        rows = await self._connection.execute(select(_channel).where(_WORKS, some.is_not(None)).order_by(_channel.c.id))
        return [channel_value(row) for row in rows]

    async def claim(self, now: datetime, room: Mapping[int, int], owner: str, until: datetime) -> list[Delivery]:
        """Lease to `owner` what has been due longest, for each channel (by its id) as many as there is room for."""
        if not room:
            return []
        working = await self._connection.scalars(select(_channel.c.id).where(_WORKS, _channel.c.id.in_(list(room))))
        numbers: list[int] = []
        for channel_id in working.all():
            due = select(_delivery.c.id).where(_delivery.c.channel_id == channel_id, _is_due(now))
            due = due.order_by(_delivery.c.next_try_at).limit(room[channel_id]).with_for_update(skip_locked=True)
            numbers += (await self._connection.scalars(due)).all()
        if not numbers:
            return []
        claimed = _delivery.c.id.in_(numbers)
        await self._connection.execute(update(_delivery).where(claimed).values(lease_owner=owner, leased_until=until))
        return await deliveries(self._connection, claimed)

    async def record(self, owner: str, outcomes: Sequence[Outcome]) -> None:
        """Keep these attempts, and mark and give back what `owner` still holds; another's row stays as it is."""
        if not outcomes:
            return
        await self._connection.execute(tables.attempt.insert(), [_attempt_row(one) for one in outcomes])
        await self._connection.execute(_MARK, [{"owner": owner, **_mark_row(one)} for one in outcomes])
        await self._note_health(outcomes)

    async def _note_health(self, outcomes: Sequence[Outcome]) -> None:
        """Since when all attempts over a channel have failed; nothing is written where that stays as it was."""
        well, failing = _health(outcomes)
        known = _channel.c.failing_since
        if well:
            recovered = _channel.c.id.in_(sorted(well)) & known.is_not(None)
            await self._connection.execute(update(_channel).where(recovered).values(failing_since=None))
        for channel_id, since in sorted(failing.items()):
            first = (_channel.c.id == channel_id) & known.is_(None)
            await self._connection.execute(update(_channel).where(first).values(failing_since=since))

    async def failing_for(self, span: timedelta, channel_ids: Iterable[int], now: datetime) -> list[Channel]:
        """Those of the channels that work, and over which all has failed for that long."""
        mine = _WORKS & _channel.c.id.in_(sorted(set(channel_ids))) & (_channel.c.failing_since <= now - span)
        rows = await self._connection.execute(select(_channel).where(mine).order_by(_channel.c.id))
        return [channel_value(row) for row in rows]

    async def renew(self, numbers: Sequence[int], owner: str, until: datetime) -> None:
        """Extend the leases of deliveries that are still being sent."""
        mine = _delivery.c.id.in_(numbers) & (_delivery.c.lease_owner == owner)
        await self._connection.execute(update(_delivery).where(mine).values(leased_until=until))

    async def release_all(self, owner: str) -> None:
        """Give back every lease of a process that stops."""
        await self._connection.execute(
            update(_delivery).where(_delivery.c.lease_owner == owner).values(lease_owner=None, leased_until=None)
        )


def _attempt_row(outcome: Outcome) -> dict[str, Any]:
    attempt = outcome.attempt
    return {
        "delivery_id": outcome.delivery.id,
        "at": attempt.at,
        "duration_ms": attempt.duration_ms,
        "succeeded": attempt.succeeded,
        "answer": attempt.answer,
    }


def _mark_row(outcome: Outcome) -> dict[str, Any]:
    at = outcome.attempt.at
    return {
        "number": outcome.delivery.id,
        "new_state": outcome.state,
        "tried_at": at,
        "again_at": outcome.next_try_at,
        "accepted_at": at if outcome.state == "sent" else None,
        "ended_at": at if outcome.state != "pending" else None,
        "error": "" if outcome.attempt.succeeded else outcome.attempt.answer,
        "reached_by_now": [*outcome.delivery.reached, *outcome.reached],
    }


def _health(outcomes: Sequence[Outcome]) -> tuple[set[int], dict[int, datetime]]:
    """Channels over which something went well, and of those that fail since, or throughout, from when on."""
    well: set[int] = set()
    failing: dict[int, datetime] = {}
    for outcome in outcomes:
        channel_id = outcome.delivery.channel.id
        if outcome.attempt.succeeded or outcome.reached:
            well.add(channel_id)
            failing.pop(channel_id, None)
        else:
            failing.setdefault(channel_id, outcome.attempt.at)
    return well, failing
