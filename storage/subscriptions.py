"""The repository of WebSub subscriptions: which hub is asked to push which feed, since when, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row, Select, case, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news.text import storable
from storage import tables
from storage.rows import insert_new

_subscription, _feed, _source = tables.subscription, tables.feed, tables.source

SubscriptionState = Literal["new", "asked", "verified", "denied", "ending"]
STILL_PUSHED = timedelta(days=7)

# What the hub knows the feed by: the address that the feed calls its own, else the one where it was found.
_topic = case((_feed.c.topic != "", _feed.c.topic), else_=_feed.c.url)
# A source that a spider reads has no feeds that are read, whatever was found before.
_is_wanted = (_feed.c.hub != "") & ~_source.c.paused & ~_source.c.removed & (_source.c.spider == "")


@dataclass(frozen=True, slots=True)
class Subscription:
    """What Vigie has of a hub: `new` until it was asked, `verified` once it has called back, until `ends_at`.

    `token` is the last part of the callback's address, `secret` what signs pushes; neither is ever shown. `failures`
    counts the times that the hub was asked since it last called back.
    """

    id: int
    source_id: int
    source: str
    feed_id: int
    feed_url: str
    hub: str
    topic: str
    state: SubscriptionState
    next_try_at: datetime
    failures: int = 0
    verified_at: datetime | None = None
    ends_at: datetime | None = None
    last_push_at: datetime | None = None
    last_error: str = ""
    token: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)

    def is_live(self, now: datetime) -> bool:
        """Whether the hub has promised to push, and the promise still holds."""
        return self.state == "verified" and self.ends_at is not None and self.ends_at > now


@dataclass(frozen=True, slots=True)
class Pushed:
    """A source to which hubs bring all that its visits would look for each time.

    They brought something `last_at`, and unless they are heard of again, they count as silent from `until`.
    """

    last_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class WantedPush:
    """A feed that names a hub and has no subscription yet."""

    feed_id: int
    hub: str
    topic: str


def _value(row: Row[Any]) -> Subscription:
    return Subscription(
        id=row.id,
        source_id=row.source_id,
        source=row.source_name,
        feed_id=row.feed_id,
        feed_url=row.feed_url,
        hub=row.hub,
        topic=row.topic,
        state=row.state,
        next_try_at=row.next_try_at,
        failures=row.failures,
        verified_at=row.verified_at,
        ends_at=row.ends_at,
        last_push_at=row.last_push_at,
        last_error=row.last_error,
        token=row.token,
        secret=row.secret,
    )


def _rows() -> Select[Any]:
    named = (_feed.c.source_id, _feed.c.url.label("feed_url"), _source.c.name.label("source_name"))
    return select(_subscription, *named).select_from(_subscription.join(_feed).join(_source))


class Subscriptions:
    """Subscriptions, at most one to a feed; they go with their feed."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def _found(self, statement: Select[Any]) -> list[Subscription]:
        return [_value(row) for row in await self._connection.execute(statement)]

    async def of(self, source_id: int) -> dict[int, Subscription]:
        """The subscriptions of a source, by the ids of its feeds."""
        return {one.feed_id: one for one in await self._found(_rows().where(_feed.c.source_id == source_id))}

    async def by_token(self, token: str) -> Subscription | None:
        """The one whose callback has this token."""
        if storable(token) != token:  # anybody may ask for anything, and PostgreSQL refuses NUL
            return None
        found = await self._found(_rows().where(_subscription.c.token == token))
        return found[0] if found else None

    async def missing(self, limit: int) -> list[WantedPush]:
        """Feeds of sources that are visited, which name a hub and have no subscription."""
        statement = (
            select(_feed.c.id, _feed.c.hub, _topic.label("topic"))
            .select_from(_feed.join(_source).outerjoin(_subscription, _subscription.c.feed_id == _feed.c.id))
            .where(_is_wanted, _subscription.c.id.is_(None))
            .order_by(_feed.c.id)
            .limit(limit)
        )
        return [WantedPush(row.id, row.hub, row.topic) for row in await self._connection.execute(statement)]

    async def unwanted(self) -> list[Subscription]:
        """Those not yet ending whose feed names another hub or none, or whose source is not visited any more."""
        differs = or_(~_is_wanted, _feed.c.hub != _subscription.c.hub, _topic != _subscription.c.topic)
        return await self._found(_rows().where(_subscription.c.state != "ending", differs))

    async def elsewhere(self, mark: str) -> list[Subscription]:
        """Those whose token does not end in this mark (letters and digits): their callback was at another address."""
        return await self._found(_rows().where(_subscription.c.token.not_like(f"%{mark}")))

    async def add(self, wanted: WantedPush, token: str, secret: str, now: datetime) -> None:
        """Keep a subscription that is to be asked for at once, unless the feed has one."""
        row = {"feed_id": wanted.feed_id, "hub": wanted.hub, "topic": wanted.topic, "token": token, "secret": secret}
        await insert_new(self._connection, _subscription, {**row, "state": "new", "next_try_at": now})

    async def due(self, now: datetime, limit: int) -> list[Subscription]:
        """Those whose hub is to be asked now, the longest overdue first."""
        late = _subscription.c.next_try_at <= now
        return await self._found(_rows().where(late).order_by(_subscription.c.next_try_at).limit(limit))

    async def ask(self, one: Subscription, now: datetime, again_at: datetime) -> bool:
        """Note that its hub is asked now and, if it never calls back, at `again_at`; whether nobody else does.

        It is noted before the hub is asked, because some hubs call back before they answer.
        """
        state = "asked" if one.state in ("new", "denied") else one.state
        noted = (
            update(_subscription)
            .where(_subscription.c.id == one.id, _subscription.c.next_try_at <= now)
            .values(state=state, next_try_at=again_at, failures=_subscription.c.failures + 1)
        )
        return bool((await self._connection.execute(noted)).rowcount)

    async def _set(self, number: int, **values: Any) -> None:
        await self._connection.execute(update(_subscription).where(_subscription.c.id == number).values(**values))

    async def verified(self, number: int, now: datetime, ends_at: datetime, renew_at: datetime) -> None:
        """The hub has called back, and pushes until `ends_at`."""
        known = {"verified_at": now, "ends_at": ends_at, "next_try_at": renew_at}
        await self._set(number, state="verified", failures=0, last_error="", **known)

    async def denied(self, number: int, error: str, again_at: datetime) -> None:
        """The hub will not push, or not any more."""
        await self._set(number, state="denied", last_error=error, next_try_at=again_at, ends_at=None)

    async def failed(self, number: int, error: str) -> None:
        """Keep what went wrong; when to ask again was noted as the hub was asked."""
        await self._set(number, last_error=error)

    async def put_off(self, numbers: Sequence[int], now: datetime, again_at: datetime, error: str) -> None:
        """Let these wait as if their hub had been asked in vain, except those that somebody else sees to."""
        statement = update(_subscription).where(_subscription.c.id.in_(numbers), _subscription.c.next_try_at <= now)
        counted = {"failures": _subscription.c.failures + 1, "next_try_at": again_at, "last_error": error}
        await self._connection.execute(statement.values(**counted))

    async def pushed(self, number: int, now: datetime) -> None:
        """The hub has pushed something that bears our signature."""
        await self._set(number, last_push_at=now)

    async def end(self, numbers: Sequence[int], now: datetime) -> None:
        """These hubs are to be told, at once, that nothing more is wanted."""
        ending = {"state": "ending", "next_try_at": now, "failures": 0}
        await self._connection.execute(update(_subscription).where(_subscription.c.id.in_(numbers)).values(**ending))

    async def gone(self, numbers: Sequence[int]) -> None:
        """Forget these."""
        await self._connection.execute(delete(_subscription).where(_subscription.c.id.in_(numbers)))

    async def forget_all(self) -> int:
        """Forget all of them; how many there were."""
        count = int(await self._connection.scalar(select(func.count()).select_from(_subscription)) or 0)
        if count:
            await self._connection.execute(delete(_subscription))
        return count

    async def is_pushed(self, source_id: int, now: datetime) -> bool:
        """Whether hubs bring all that this source's visits would look for each time, and did so lately."""
        return source_id in await self.pushed_of([source_id], now)

    async def pushed_of(self, source_ids: Sequence[int], now: datetime) -> dict[int, Pushed]:
        """Those of these sources whose feeds and news sitemaps all have a hub that pushes, and did in the last week."""
        statement = (
            select(_feed.c.source_id, _feed.c.road, _feed.c.hints, _subscription)
            .select_from(_feed.outerjoin(_subscription, _subscription.c.feed_id == _feed.c.id))
            .where(_feed.c.source_id.in_(source_ids))
        )
        polled: dict[int, list[Pushed | None]] = {}
        for row in await self._connection.execute(statement):
            if row.road == "feed" or row.hints.get("is_news"):
                polled.setdefault(row.source_id, []).append(_pushed(row, now))
        together = {number: _together(each) for number, each in polled.items()}
        return {number: pushed for number, pushed in together.items() if pushed is not None}


def _pushed(row: Row[Any], now: datetime) -> Pushed | None:
    """The pushes of one feed, None where there are none any more."""
    if row.state != "verified" or row.ends_at is None or row.last_push_at is None or row.last_push_at > now:
        return None
    until = min(row.ends_at, row.last_push_at + STILL_PUSHED)
    return Pushed(row.last_push_at, until) if until > now else None


def _together(feeds: Sequence[Pushed | None]) -> Pushed | None:
    """The pushes of a source, None where one of its feeds has none."""
    pushed = [feed for feed in feeds if feed is not None]
    if len(pushed) < len(feeds):
        return None
    return Pushed(max(feed.last_at for feed in pushed), min(feed.until for feed in pushed))
