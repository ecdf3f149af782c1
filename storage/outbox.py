"""The outbox: alerts and their deliveries. A row is written with the match it tells of; `storage.sending` sends it."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, case, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news.alert import Alert, Attempt, Delivery, Told
from news.delivering import Selection
from news.errors import NotFoundError
from storage import tables
from storage.channels import channel_value
from storage.rows import insert_missing, insert_new
from storage.told import items_from_json, items_to_json, told_from_json, told_to_json
from storage.types import JsonText

_alert, _delivery, _channel, _watch = tables.alert, tables.delivery, tables.channel, tables.watch
_telling, _match = tables.telling, tables.match


def _first_of_thread() -> ScalarSelect[Any]:
    """The key of the first delivery of the same thread to the same channel."""
    earlier, its_alert = _delivery.alias(), _alert.alias()
    return (
        select(earlier.c.key)
        .join(its_alert, its_alert.c.id == earlier.c.alert_id)
        .where(its_alert.c.thread_id == _alert.c.thread_id, earlier.c.channel_id == _delivery.c.channel_id)
        .order_by(earlier.c.id)
        .limit(1)
        .correlate(_alert, _delivery)
        .scalar_subquery()
    )


EVERYTHING = Selection()
_AT_ONCE = 500  # ids in one statement
_AFRESH = {
    "attempts": 0,
    "first_try_at": None,
    "sent_at": None,
    "settled_at": None,
    "lease_owner": None,
    "leased_until": None,
}

_ONLY_THE_REST = case((_delivery.c.state == "sent", literal([], JsonText)), else_=_delivery.c.reached)

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
        _delivery.c.reached,
        _alert.c.id.label("sequence"),
        _alert.c.kind.label("alert_kind"),
        _alert.c.watch_id,
        _alert.c.told,
        _alert.c.query,
        _alert.c.decided_at,
        _alert.c["items"].label("alert_items"),
        _first_of_thread().label("thread_key"),
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
        watch_id=row.watch_id or 0,
        items=items_from_json(row.alert_items),
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
        reached=tuple(row.reached),
        thread_key=row.thread_key if row.thread_key not in (None, row.key) else "",
    )


async def deliveries(connection: AsyncConnection, mine: ColumnElement[bool]) -> list[Delivery]:
    """The deliveries that a condition names, the first written first."""
    rows = await connection.execute(_DELIVERY.where(mine).order_by(_delivery.c.id))
    return [_value(row) for row in rows]


def _within(statement: Select[Any], selection: Selection) -> Select[Any]:
    if selection.states:
        statement = statement.where(_delivery.c.state.in_(selection.states))
    if selection.channel:
        statement = statement.where(_channel.c.name == selection.channel)
    if selection.since is not None:
        statement = statement.where(_delivery.c.created_at >= selection.since)
    if selection.until is not None:
        statement = statement.where(_delivery.c.created_at < selection.until)
    return statement


def _alert_values(alert: Alert, watch_id: int | None) -> dict[str, Any]:
    return {
        "kind": alert.kind,
        "watch_id": watch_id,
        "article_id": (alert.told.article_id or None) if watch_id is not None else None,
        "told": told_to_json(alert.told),
        "query": alert.query,
        "decided_at": alert.decided_at,
        "items": items_to_json(alert.items),
    }


class Outbox:
    """Alerts and deliveries. `has_news` once something was written that is to be sent."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.has_news = False

    async def add(
        self,
        alert: Alert,
        watch_id: int | None,
        channel_ids: Iterable[int],
        *,
        thread_id: int | None = None,
        once: str = "",
        not_before: Mapping[int, datetime] | None = None,
    ) -> int | None:
        """Keep an alert and a pending delivery for each channel; the alert's number.

        An alert about a source has no watch. None, and nothing is kept, where an alert with the same `once` was kept
        before. `not_before` says of channels when they may be told at the soonest.
        """
        values = {**_alert_values(alert, watch_id), "thread_id": thread_id, "once": once or None}
        number = await insert_new(self._connection, _alert, values)
        if number is None:
            return None
        rows = [
            {
                "key": f"msg_{uuid.uuid4().hex}",
                "alert_id": number,
                "channel_id": channel_id,
                "state": "pending",
                "created_at": alert.decided_at,
                "next_try_at": max(alert.decided_at, (not_before or {}).get(channel_id, alert.decided_at)),
            }
            for channel_id in channel_ids
        ]
        await insert_missing(self._connection, _delivery, rows)
        self.has_news = self.has_news or bool(rows)
        return number

    async def replay(self, numbers: Sequence[int], now: datetime) -> list[int]:
        """Make these deliveries pending again, due at once, their keys kept; the ids of those that were.

        What went over a channel that was removed stays as it is. Of several recipients, only those are sent it who
        did not get it; if all did, all are.
        """
        there = select(_channel.c.id).where(~_channel.c.removed)
        replayed: list[int] = []
        for start in range(0, len(numbers), _AT_ONCE):
            again = (
                update(_delivery)
                .where(_delivery.c.id.in_(numbers[start : start + _AT_ONCE]), _delivery.c.channel_id.in_(there))
                .values(**_AFRESH, state="pending", next_try_at=now, reached=_ONLY_THE_REST)
                .returning(_delivery.c.id)
            )
            replayed += (await self._connection.scalars(again)).all()
        self.has_news = self.has_news or bool(replayed)
        return sorted(replayed)

    async def selected(self, selection: Selection) -> list[int]:
        """The ids of the deliveries that a selection names."""
        chosen = select(_delivery.c.id).join(_channel, _channel.c.id == _delivery.c.channel_id)
        return list((await self._connection.scalars(_within(chosen, selection).order_by(_delivery.c.id))).all())

    async def latest(self, limit: int, selection: Selection = EVERYTHING) -> list[Delivery]:
        """The newest of the deliveries that a selection names."""
        statement = _within(_DELIVERY, selection).order_by(_delivery.c.id.desc()).limit(limit)
        return await self._all(statement)

    async def those(self, numbers: Sequence[int]) -> list[Delivery]:
        """The deliveries with these ids, as far as they are there."""
        found: list[Delivery] = []
        for start in range(0, len(numbers), _AT_ONCE):
            found += await deliveries(self._connection, _delivery.c.id.in_(numbers[start : start + _AT_ONCE]))
        return found

    async def standing_still(self, numbers: Sequence[int]) -> set[str]:
        """The names of those channels of these deliveries that are paused, by whomever."""
        stands = _channel.c.paused | (_channel.c.paused_because != "")
        names: set[str] = set()
        for start in range(0, len(numbers), _AT_ONCE):
            mine = _delivery.c.id.in_(numbers[start : start + _AT_ONCE])
            found = select(_channel.c.name).join(_delivery, _delivery.c.channel_id == _channel.c.id).where(mine, stands)
            names.update((await self._connection.scalars(found.distinct())).all())
        return names

    async def get(self, number: int) -> Delivery:
        """The delivery with this id. Raises NotFoundError."""
        found = await self._all(_DELIVERY.where(_delivery.c.id == number))
        if not found:
            raise NotFoundError(f"there is no delivery with id {number}", "vigie deliveries list shows the latest")
        return found[0]

    async def of_article(self, article_id: int, watch_id: int) -> list[Delivery]:
        """What became of this article for this watch, also where an update or a digest told of it."""
        told_of = (
            select(_telling.c.alert_id)
            .join(_match, _match.c.id == _telling.c.match_id)
            .where(
                _match.c.article_id == article_id,
                _match.c.watch_id == watch_id,
                _telling.c.channel_id == _delivery.c.channel_id,
            )
            .correlate(_delivery)
        )
        mine = (_alert.c.article_id == article_id) & (_alert.c.watch_id == watch_id)
        return await self._all(_DELIVERY.where(or_(mine, _alert.c.id.in_(told_of))).order_by(_delivery.c.id))

    async def first_told(self, channel_id: int, thread_id: int) -> Told | None:
        """What the first alert of a thread told the channel; None where there was none."""
        statement = (
            select(_alert.c.told)
            .join(_delivery, _delivery.c.alert_id == _alert.c.id)
            .where(_alert.c.thread_id == thread_id, _delivery.c.channel_id == channel_id)
            .order_by(_delivery.c.id)
            .limit(1)
        )
        kept = await self._connection.scalar(statement)
        return None if kept is None else told_from_json(kept)

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
