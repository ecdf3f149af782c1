"""The repository of tellings: the ledger of what became of each match for each channel, and what still waits."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import Span, StoredArticle
from news.telling import Reason, Telling, TellingState
from storage import tables
from storage.articles import STORED, stored_value
from storage.rows import insert_new

_telling, _match, _channel, _watch = tables.telling, tables.match, tables.channel, tables.watch
_placing, _thread, _article, _revision = tables.placing, tables.thread, tables.article, tables.revision
_alert, _delivery = tables.alert, tables.delivery
_pinned = _revision.alias()
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Held:
    """A telling that waits, with its article as it is by now, or as it last matched, where it does so no more.

    `before` are title and text as they were before `revision`, if that is what is to be told. `dropped` is what becomes
    of it where its watch was removed, or its story muted, in the meantime.
    """

    number: int
    watch_id: int
    thread_id: int | None
    reason: Reason
    revision: int
    stored: StoredArticle
    spans: tuple[Span, ...]
    is_copy: bool
    dropped: TellingState | None = None
    before: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class PutOff:
    """A telling that waits for an instant to come, without its article."""

    number: int
    channel_id: int
    watch_id: int
    thread_id: int | None
    reason: Reason
    due_at: datetime


_HELD = (
    STORED.join(_match, _match.c.article_id == _article.c.id)
    .join(_telling, _telling.c.match_id == _match.c.id)
    .join(_watch, _watch.c.id == _match.c.watch_id)
    .outerjoin(_placing, _placing.c.article_id == _article.c.id)
    .outerjoin(_thread, (_thread.c.watch_id == _match.c.watch_id) & (_thread.c.story_id == _placing.c.story_id))
    .outerjoin(_revision, (_revision.c.article_id == _article.c.id) & (_revision.c.number == _telling.c.revision - 1))
    .outerjoin(_pinned, (_pinned.c.article_id == _article.c.id) & (_pinned.c.number == _match.c.revision))
    .add_columns(
        _telling.c.id.label("telling_id"),
        _telling.c.reason,
        _telling.c.revision.label("telling_revision"),
        _match.c.watch_id,
        _match.c.spans,
        _placing.c.copy_of,
        _thread.c.id.label("thread_id"),
        _thread.c.muted_at,
        _watch.c.removed.label("watch_removed"),
        _revision.c.title.label("before_title"),
        _revision.c.text.label("before_text"),
        _pinned.c.title.label("matched_title"),
        _pinned.c.text.label("matched_text"),
    )
)


class Tellings:
    """Tellings by match, channel and revision."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, tellings: Sequence[Telling]) -> dict[Telling, int]:
        """Keep what was decided; the ids of those that are new. Who was told before of the same is not told again."""
        added: dict[Telling, int] = {}
        match_ids: dict[tuple[int, int], int] = {}
        for one in tellings:
            key = one.watch_id, one.article_id
            if key not in match_ids:
                same = (_match.c.watch_id == one.watch_id) & (_match.c.article_id == one.article_id)
                match_ids[key] = (await self._connection.execute(select(_match.c.id).where(same))).scalar_one()
            values = {
                "match_id": match_ids[key],
                "channel_id": one.channel_id,
                "revision": one.revision,
                "state": one.state,
                "reason": one.reason,
                "due_at": one.due_at,
            }
            number = await insert_new(self._connection, _telling, values)
            if number is not None:
                added[one] = number
        return added

    async def told_by(self, alert_id: int, numbers: Sequence[int]) -> None:
        """This alert is what told them."""
        await self._connection.execute(update(_telling).where(_telling.c.id.in_(numbers)).values(alert_id=alert_id))

    async def any_due(self, now: datetime) -> bool:
        """Whether the time of something that waits has come."""
        return (await self._connection.scalar(_due_channels(now))) is not None

    async def lease_channel(self, now: datetime, but: Collection[int]) -> int | None:
        """A channel for which something is due, and which is nobody else's until the commit; None if there is none."""
        statement = _due_channels(now).where(_channel.c.id.not_in(list(but)))
        statement = statement.with_for_update(skip_locked=True, key_share=True, of=_channel)
        found: int | None = await self._connection.scalar(statement)
        return found

    async def due(self, channel_id: int, now: datetime, limit: int) -> list[Held]:
        """What is due for a channel, the oldest first."""
        mine = (_telling.c.channel_id == channel_id) & (_telling.c.state == "held") & (_telling.c.due_at <= now)
        return await self._held(mine, limit)

    async def held_of(self, channel_id: int, thread_ids: Iterable[int], limit: int) -> list[Held]:
        """All that waits for a channel on these threads, due or not."""
        mine = (_telling.c.channel_id == channel_id) & (_telling.c.state == "held")
        return await self._held(mine & _thread.c.id.in_(list(thread_ids)), limit)

    async def _held(self, which: ColumnElement[bool], limit: int) -> list[Held]:
        statement = _HELD.where(which).order_by(_telling.c.id).limit(limit)
        return [_held_value(row) for row in await self._connection.execute(statement)]

    async def settle(
        self, numbers: Sequence[int], state: TellingState, alert_id: int | None = None, reason: Reason | None = None
    ) -> None:
        """What waited is over: told by this alert, or never to be told, and why if it did not wait for that reason."""
        values = {"state": state, "alert_id": alert_id, "due_at": None, **({"reason": reason} if reason else {})}
        for start in range(0, len(numbers), _AT_ONCE):
            mine = _telling.c.id.in_(numbers[start : start + _AT_ONCE])
            await self._connection.execute(update(_telling).where(mine).values(**values))

    async def put_off(self, number: int, reason: Reason, until: datetime) -> None:
        """It waits on, for this reason."""
        statement = update(_telling).where(_telling.c.id == number).values(reason=reason, due_at=until)
        await self._connection.execute(statement)

    async def put_off_beyond(self, now: datetime) -> list[PutOff]:
        """What waits for an instant after this one, for channels and watches that are there."""
        statement = (
            select(
                _telling.c.id,
                _telling.c.channel_id,
                _match.c.watch_id,
                _telling.c.reason,
                _telling.c.due_at,
                _thread.c.id.label("thread_id"),
            )
            .join(_match, _match.c.id == _telling.c.match_id)
            .join(_watch, _watch.c.id == _match.c.watch_id)
            .join(_channel, _channel.c.id == _telling.c.channel_id)
            .outerjoin(_placing, _placing.c.article_id == _match.c.article_id)
            .outerjoin(_thread, (_thread.c.watch_id == _match.c.watch_id) & (_thread.c.story_id == _placing.c.story_id))
            .where(_telling.c.state == "held", _telling.c.due_at > now, ~_watch.c.removed, ~_channel.c.removed)
        )
        rows = await self._connection.execute(statement)
        return [PutOff(row.id, row.channel_id, row.watch_id, row.thread_id, row.reason, row.due_at) for row in rows]

    async def hasten(self, numbers: Sequence[int], due_at: datetime) -> None:
        """What still waits of these is due by this instant."""
        for start in range(0, len(numbers), _AT_ONCE):
            mine = _telling.c.id.in_(numbers[start : start + _AT_ONCE]) & (_telling.c.state == "held")
            later = mine & (_telling.c.due_at > due_at)
            await self._connection.execute(update(_telling).where(later).values(due_at=due_at))

    async def told_articles(self, channel_id: int, thread_id: int, limit: int) -> list[StoredArticle]:
        """The articles of a thread that the channel was told of, the first first."""
        mine = (_telling.c.channel_id == channel_id) & (_telling.c.state == "told") & (_telling.c.revision == 0)
        statement = (
            STORED.join(_match, _match.c.article_id == _article.c.id)
            .join(_telling, _telling.c.match_id == _match.c.id)
            .join(_placing, _placing.c.article_id == _article.c.id)
            .join(_thread, (_thread.c.watch_id == _match.c.watch_id) & (_thread.c.story_id == _placing.c.story_id))
            .where(mine, _thread.c.id == thread_id)
            .order_by(_telling.c.id)
            .limit(limit)
        )
        return [stored_value(row) for row in await self._connection.execute(statement)]

    async def known_to(self, story_id: int, watch_ids: Sequence[int]) -> dict[int, frozenset[int]]:
        """The channels that were told of a story, or for which it waits as a new one, by watch; ids all."""
        if not watch_ids:
            return {}
        counts = (_telling.c.state == "told") | ((_telling.c.state == "held") & (_telling.c.reason != "resurfaced"))
        statement = (
            select(_match.c.watch_id, _telling.c.channel_id)
            .join(_match, _match.c.id == _telling.c.match_id)
            .join(_placing, _placing.c.article_id == _match.c.article_id)
            .where(_placing.c.story_id == story_id, _match.c.watch_id.in_(watch_ids), counts)
            .distinct()
        )
        known: dict[int, set[int]] = defaultdict(set)
        for watch_id, channel_id in await self._connection.execute(statement):
            known[watch_id].add(channel_id)
        return {watch_id: frozenset(channels) for watch_id, channels in known.items()}

    async def channels_told(self, watch_id: int, article_id: int) -> list[int]:
        """The channels that were told of an article, by id."""
        mine = (_match.c.watch_id == watch_id) & (_match.c.article_id == article_id)
        statement = (
            select(_telling.c.channel_id)
            .join(_match, _match.c.id == _telling.c.match_id)
            .where(mine, _telling.c.state == "told", _telling.c.revision == 0)
            .order_by(_telling.c.channel_id)
        )
        return list((await self._connection.scalars(statement)).all())

    async def of(self, watch_id: int, article_id: int) -> list[Telling]:
        """What became of a match for each channel."""
        mine = (_match.c.watch_id == watch_id) & (_match.c.article_id == article_id)
        statement = select(_telling).join(_match, _match.c.id == _telling.c.match_id).where(mine)
        rows = await self._connection.execute(statement.order_by(_telling.c.id))
        return [
            Telling(watch_id, article_id, row.channel_id, row.state, row.reason, row.due_at, row.revision)
            for row in rows
        ]


def _due_channels(now: datetime) -> Select[Any]:
    """A channel that stands still because the user wants it so keeps what waits for it."""
    return (
        select(_channel.c.id)
        .where(
            ~_channel.c.paused,
            ~_channel.c.removed,
            select(_telling.c.id)
            .where(_telling.c.channel_id == _channel.c.id, _telling.c.state == "held", _telling.c.due_at <= now)
            .exists(),
        )
        .order_by(_channel.c.id)
        .limit(1)
    )


def _held_value(row: Row[Any]) -> Held:
    stored = stored_value(row)
    if row.matched_title is not None:
        stored = replace(stored, article=replace(stored.article, title=row.matched_title, text=row.matched_text))
    dropped: TellingState | None = "never" if row.watch_removed else "muted" if row.muted_at is not None else None
    return Held(
        number=row.telling_id,
        watch_id=row.watch_id,
        thread_id=row.thread_id,
        reason=row.reason,
        revision=row.telling_revision,
        stored=stored,
        spans=tuple(Span(*span) for span in row.spans),
        is_copy=row.copy_of is not None,
        dropped=dropped,
        before=None if row.before_title is None else (row.before_title, row.before_text),
    )
