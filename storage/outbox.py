"""The outbox: alerts and their deliveries. A row is written with the match it tells of, and leased to be sent."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news.alert import Alert, Attempt, Delivery, DeliveryState
from news.errors import NotFoundError
from storage import tables
from storage.channels import channel_value
from storage.rows import insert_missing, insert_new
from storage.told import told_from_json, told_to_json

_alert, _delivery, _channel, _watch = tables.alert, tables.delivery, tables.channel, tables.watch

_DELIVERY = (
    select(
        _channel,
        _delivery.c.id.label("delivery_id"),
        _delivery.c.key,
        _delivery.c.state,
        _delivery.c.attempts,
        _delivery.c.created_at,
        _delivery.c.first_try_at,
        _delivery.c.next_try_at,
        _delivery.c.sent_at,
        _delivery.c.last_error,
        _alert.c.id.label("sequence"),
        _alert.c.kind.label("alert_kind"),
        _alert.c.told,
        _alert.c.query,
        _alert.c.decided_at,
        _watch.c.name.label("watch_name"),
    )
    .join(_alert, _alert.c.id == _delivery.c.alert_id)
    .outerjoin(_watch, _watch.c.id == _alert.c.watch_id)
    .join(_channel, _channel.c.id == _delivery.c.channel_id)
)


def _value(row: Row[Any]) -> Delivery:
    alert = Alert(
        watch=row.watch_name or "",
        query=row.query,
        decided_at=row.decided_at,
        told=told_from_json(row.told),
        sequence=row.sequence,
        kind=row.alert_kind,
    )
    return Delivery(
        id=row.delivery_id,
        key=row.key,
        alert=alert,
        channel=channel_value(row),
        state=row.state,
        attempts=row.attempts,
        created_at=row.created_at,
        first_try_at=row.first_try_at,
        next_try_at=row.next_try_at,
        sent_at=row.sent_at,
        last_error=row.last_error,
    )


def _due(now: datetime) -> Select[Any]:
    """Deliveries whose time has come and that nobody is sending; those of channels that stand still wait."""
    return (
        select(_delivery.c.id)
        .join(_channel, _channel.c.id == _delivery.c.channel_id)
        .where(
            _delivery.c.state == "pending",
            _delivery.c.next_try_at <= now,
            or_(_delivery.c.leased_until.is_(None), _delivery.c.leased_until <= now),
            ~_channel.c.paused,
            ~_channel.c.removed,
            _channel.c.paused_because == "",
        )
    )


class Outbox:
    """Alerts and deliveries."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, alert: Alert, watch_id: int | None, channel_ids: Iterable[int]) -> bool:
        """Keep an alert and a pending delivery for each channel; False where this watch told of this article before.

        An alert about a source has no watch.
        """
        number = await insert_new(
            self._connection,
            _alert,
            {
                "kind": alert.kind,
                "watch_id": watch_id,
                "article_id": alert.told.article_id if watch_id is not None else None,
                "told": told_to_json(alert.told),
                "query": alert.query,
                "decided_at": alert.decided_at,
            },
        )
        if number is None:
            return False
        rows = [
            {
                "key": f"msg_{uuid.uuid4().hex}",
                "alert_id": number,
                "channel_id": channel_id,
                "state": "pending",
                "created_at": alert.decided_at,
                "next_try_at": alert.decided_at,
            }
            for channel_id in channel_ids
        ]
        await insert_missing(self._connection, _delivery, rows)
        return True

    async def any_due(self, now: datetime) -> bool:
        """Whether some delivery's time has come."""
        return (await self._connection.scalar(_due(now).limit(1))) is not None

    async def lease_due(self, now: datetime, limit: int, owner: str, until: datetime) -> list[Delivery]:
        """Lease to `owner` at most `limit` deliveries whose time has come; those of paused channels wait."""
        due = _due(now).order_by(_delivery.c.next_try_at, _delivery.c.id).limit(limit)
        due = due.with_for_update(skip_locked=True, of=_delivery)
        numbers = (await self._connection.scalars(due)).all()
        if not numbers:
            return []
        await self._connection.execute(
            update(_delivery).where(_delivery.c.id.in_(numbers)).values(lease_owner=owner, leased_until=until)
        )
        return await self._all(_DELIVERY.where(_delivery.c.id.in_(numbers)).order_by(_delivery.c.id))

    async def record(
        self,
        number: int,
        owner: str,
        attempt: Attempt,
        state: DeliveryState,
        next_try_at: datetime | None,
    ) -> None:
        """Keep what became of an attempt, and give the lease back."""
        await self._connection.execute(
            tables.attempt.insert().values(
                delivery_id=number,
                at=attempt.at,
                duration_ms=attempt.duration_ms,
                succeeded=attempt.succeeded,
                answer=attempt.answer,
            )
        )
        ended = attempt.at if state != "pending" else None
        await self._connection.execute(
            update(_delivery)
            .where(_delivery.c.id == number, _delivery.c.lease_owner == owner)
            .values(
                state=state,
                attempts=_delivery.c.attempts + 1,
                first_try_at=func.coalesce(_delivery.c.first_try_at, attempt.at),
                next_try_at=next_try_at,
                sent_at=attempt.at if state == "sent" else None,
                settled_at=ended,
                last_error="" if attempt.succeeded else attempt.answer,
                lease_owner=None,
                leased_until=None,
            )
        )

    async def renew(self, numbers: Sequence[int], owner: str, until: datetime) -> None:
        """Extend the leases of deliveries that are still being sent."""
        mine = _delivery.c.id.in_(numbers) & (_delivery.c.lease_owner == owner)
        await self._connection.execute(update(_delivery).where(mine).values(leased_until=until))

    async def release_all(self, owner: str) -> None:
        """Give back every lease of a process that stops."""
        await self._connection.execute(
            update(_delivery).where(_delivery.c.lease_owner == owner).values(lease_owner=None, leased_until=None)
        )

    async def replay(self, numbers: Sequence[int], now: datetime) -> int:
        """Make these deliveries pending again, due at once, their keys kept; how many that were."""
        again = (
            update(_delivery)
            .where(_delivery.c.id.in_(numbers))
            .values(
                state="pending",
                attempts=0,
                first_try_at=None,
                next_try_at=now,
                sent_at=None,
                settled_at=None,
                lease_owner=None,
                leased_until=None,
            )
            .returning(_delivery.c.id)
        )
        return len((await self._connection.execute(again)).all())

    async def latest(self, limit: int, state: str = "", channel: str = "") -> list[Delivery]:
        """The newest deliveries, of one state or channel if named."""
        statement = _DELIVERY.order_by(_delivery.c.id.desc()).limit(limit)
        if state:
            statement = statement.where(_delivery.c.state == state)
        if channel:
            statement = statement.where(_channel.c.name == channel)
        return await self._all(statement)

    async def get(self, number: int) -> Delivery:
        """The delivery with this id. Raises NotFoundError."""
        found = await self._all(_DELIVERY.where(_delivery.c.id == number))
        if not found:
            raise NotFoundError(f"there is no delivery with id {number}", "vigie deliveries list shows the latest")
        return found[0]

    async def of_article(self, article_id: int, watch_id: int) -> list[Delivery]:
        """What became of this article for this watch."""
        mine = (_alert.c.article_id == article_id) & (_alert.c.watch_id == watch_id)
        return await self._all(_DELIVERY.where(mine).order_by(_delivery.c.id))

    async def _all(self, statement: Select[Any]) -> list[Delivery]:
        return [_value(row) for row in await self._connection.execute(statement)]

    async def attempts(self, number: int) -> list[Attempt]:
        """Every attempt at a delivery, the first first."""
        table = tables.attempt
        rows = await self._connection.execute(select(table).where(table.c.delivery_id == number).order_by(table.c.id))
        return [
            Attempt(at=row.at, duration_ms=row.duration_ms, succeeded=row.succeeded, answer=row.answer) for row in rows
        ]

    async def counts(self) -> dict[str, int]:
        """How many deliveries are in each state."""
        rows = await self._connection.execute(select(_delivery.c.state, func.count()).group_by(_delivery.c.state))
        return {row[0]: row[1] for row in rows}
