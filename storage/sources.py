"""The repository of sources, which is also the crawl schedule: what is due, who has it leased, how the visit ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Row, Select, delete, func, or_, select, update

from news.source import Road, Source
from storage import tables
from storage.named import Named
from storage.rows import insert

_source, _feed, _subscription = tables.source, tables.feed, tables.subscription
_article = tables.article


def _free(now: datetime) -> Any:
    return or_(_source.c.leased_until.is_(None), _source.c.leased_until <= now)


def _held(statement: Select[Any]) -> Select[Any]:
    """Let nobody else change these sources meanwhile; links may be added to them, which a plain lock would hold up."""
    return statement.order_by(_source.c.id).with_for_update(of=_source, key_share=True)


# What is forgotten of a source that is added again, or moves to another address.
AS_NEW: Mapping[str, Any] = {
    "discovered_at": None,
    "watched_since": None,
    "failures": 0,
    "last_error": "",
    "advice": "",
    "trouble": "",
    "told_of": "",
    "told_at": None,
    "failing_since": None,
    "suspicions": 0,
    "rhythm": None,
    "patterns": None,
    "last_news_at": None,
    "memory": None,
}

# And of one that is read by other means from now on: what those find first was there before.
READ_ANEW: Mapping[str, Any] = {"discovered_at": None, "watched_since": None}

# What decides when a source is visited, and how. Where that changes it is due at once, and what a visit that was under
# way saw says nothing of it any more.
VISITED_BY = ("url", "interval", "schedule", "spider", "browser", "accept_any_certificate", "access", "rules")


def _row(source: Source, now: datetime) -> dict[str, Any]:
    return {
        "name": source.name,
        "url": source.url,
        "origin": source.origin,
        "interval": source.interval,
        "schedule": source.schedule,
        "paused": source.paused,
        "alert_history": source.alert_history,
        "history": source.history,
        "spider": source.spider,
        "browser": source.browser,
        "accept_any_certificate": source.accept_any_certificate,
        "access": dict(source.access),
        "rules": dict(source.rules),
        "added_at": now,
        "due_at": source.due_at or now,
    }


@dataclass(frozen=True, slots=True)
class Standing:
    """What pushes change of a source while a visit is open: `rhythm` is JSON, or None where nothing is learned."""

    rhythm: Any
    last_news_at: datetime | None
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Failing:
    """Of `visited` sources so many are `failing`; `is_told` where that was told of all of them at once."""

    visited: int
    failing: int
    is_told: bool


class Sources(Named[Source]):
    """Sources by name, and the leases on them."""

    table = _source
    noun = "source"

    def _columns(self) -> Sequence[Column[Any]]:
        return tuple(column for column in _source.c if column.name != "memory")

    def _value(self, row: Row[Any]) -> Source:
        return Source(
            id=row.id,
            name=row.name,
            url=row.url,
            origin=row.origin,
            interval=row.interval,
            schedule=row.schedule,
            paused=row.paused,
            alert_history=row.alert_history,
            added_at=row.added_at,
            discovered_at=row.discovered_at,
            watched_since=row.watched_since,
            due_at=row.due_at,
            last_visit_at=row.last_visit_at,
            last_success_at=row.last_success_at,
            last_news_at=row.last_news_at,
            failures=row.failures,
            last_error=row.last_error,
            advice=row.advice,
            trouble=row.trouble,
            told_of=row.told_of,
            told_at=row.told_at,
            suspicions=row.suspicions,
            failing_since=row.failing_since,
            history=row.history,
            spider=row.spider,
            browser=row.browser,
            accept_any_certificate=row.accept_any_certificate,
            access=row.access,
            rules=row.rules,
        )

    async def put(self, source: Source, now: datetime) -> int:
        """Add a source, due at once; its id. Raises ConflictError if the name is taken."""
        return await self.add(_row(source, now) | {"due_at": now}, fresh=AS_NEW)

    async def put_many(self, sources: Sequence[Source], now: datetime) -> set[str]:
        """Add sources in one statement, each due at its `due_at`; the names of those that are there now.

        A removed source of the same name is revived; one whose name is taken is left out.
        """
        if not sources:
            return set()
        rows = {source.name: _row(source, now) for source in sources}
        statement = insert(self._connection, _source).on_conflict_do_nothing().returning(_source.c.name)
        added = set(await self._connection.scalars(statement, list(rows.values())))
        for name, row in rows.items():
            if name in added:
                continue
            revive = update(_source).where(_source.c.name == name, _source.c.removed).values(**row, **AS_NEW)
            if (await self._connection.execute(revive.values(removed=False))).rowcount:
                added.add(name)
        return added

    async def feeds(self) -> list[tuple[int, Road, str]]:
        """The feeds of all sources, in the order in which they were found: the source's id, the road, the URL."""
        statement = select(tables.feed.c.source_id, tables.feed.c.road, tables.feed.c.url).order_by(tables.feed.c.id)
        return [(row.source_id, row.road, row.url) for row in await self._connection.execute(statement)]

    async def suspect(self, number: int) -> None:
        """Another page in a row that stood in an article's place."""
        await self._connection.execute(
            update(_source).where(_source.c.id == number).values(suspicions=_source.c.suspicions + 1)
        )

    async def trust(self, number: int) -> None:
        """A page was an article; costs no write where nothing was suspected."""
        doubted = (_source.c.id == number) & (_source.c.suspicions > 0)
        await self._connection.execute(update(_source).where(doubted).values(suspicions=0))

    async def brought_article(self, number: int) -> datetime | None:
        """When the source last brought an article that was new to the archive."""
        mine = select(_article.c.first_seen_at).where(_article.c.source_id == number)
        latest: datetime | None = await self._connection.scalar(mine.order_by(_article.c.id.desc()).limit(1))
        return latest

    async def failing(self, since: datetime, within: timedelta, told_of: str) -> Failing:
        """How many sources fail since about then, of all that are visited; `told_of` is what marks that it was told."""
        fails = (_source.c.trouble == "failing") & _source.c.failing_since.between(since - within, since + within)
        counts = select(
            func.count(), func.count().filter(fails), func.count().filter(_source.c.told_of == told_of)
        ).where(~_source.c.paused, ~_source.c.removed, _source.c.last_visit_at.is_not(None))
        visited, failing, told = (await self._connection.execute(counts)).one()
        return Failing(visited, failing, told > 0)

    async def learned(self, numbers: Sequence[int]) -> dict[int, tuple[Any, Any]]:
        """What is learned of when each source publishes, and of the shapes of its URLs, as JSON or None.

        For who writes: nobody else learns more until the transaction ends.
        """
        statement = select(_source.c.id, _source.c.rhythm, _source.c.patterns).where(_source.c.id.in_(numbers))
        return {row.id: (row.rhythm, row.patterns) for row in await self._connection.execute(_held(statement))}

    async def memory(self, number: int) -> Any:
        """What its articles have taught of its pages, as JSON; None where nothing is learned, or it cannot be read."""
        return await self._connection.scalar(select(_source.c.memory).where(_source.c.id == number))

    async def remember(self, number: int, memory: Mapping[str, Any]) -> None:
        """Keep what its articles have taught; who writes last is believed."""
        await self._connection.execute(update(_source).where(_source.c.id == number).values(memory=memory))

    async def moved(self, places: Mapping[int, str]) -> set[int]:
        """Those of these sources that are not at that URL any more; the others stay there in this transaction."""
        statement = select(_source.c.id, _source.c.url).where(_source.c.id.in_(places))
        return {row.id for row in await self._connection.execute(_held(statement)) if row.url != places[row.id]}

    async def changed(self, sources: Sequence[Source]) -> set[int]:
        """Those of these sources that are to be visited otherwise by now; the others stay so in this transaction."""
        known = {source.id: source for source in sources}
        columns = (_source.c[name] for name in VISITED_BY)
        rows = await self._connection.execute(_held(select(_source.c.id, *columns).where(_source.c.id.in_(known))))
        return {
            row.id for row in rows if any(getattr(row, name) != getattr(known[row.id], name) for name in VISITED_BY)
        }

    async def pushable(self, numbers: Sequence[int]) -> dict[int, Standing]:
        """Those of these sources that some hub may push to, as they stand; nobody changes them in this transaction."""
        subscribed = select(_feed.c.id).join(_subscription).where(_feed.c.source_id == _source.c.id).exists()
        statement = select(_source.c.id, _source.c.rhythm, _source.c.last_news_at, _source.c.due_at)
        rows = await self._connection.execute(_held(statement.where(_source.c.id.in_(numbers), subscribed)))
        return {row.id: Standing(row.rhythm, row.last_news_at, row.due_at) for row in rows}

    async def remove(self, number: int) -> None:
        """Hide it; its articles stay; its feeds, the links not fetched yet and its refusals go.

        A visit under way loses its lease.
        """
        await self._connection.execute(delete(tables.feed).where(tables.feed.c.source_id == number))
        pending = (tables.link.c.source_id == number) & (tables.link.c.state == "pending")
        await self._connection.execute(delete(tables.link).where(pending))
        await self._connection.execute(delete(tables.refusal).where(tables.refusal.c.source_id == number))
        await self.change(number, removed=True, lease_owner=None, leased_until=None)

    async def pause(self, number: int, paused: bool, now: datetime) -> None:
        """Stop or resume its visits; one that is resumed is due at once, and what it did before the pause is over."""
        await self.change(number, paused=paused, **({} if paused else {"due_at": now, "failing_since": None}))

    async def hasten(self, numbers: Sequence[int], at: datetime) -> None:
        """Have these visited at that instant, where they would have been later; a pause is kept.

        Of a source that is being visited it is noted in any case, so that the end of the visit knows.
        """
        later = (_source.c.id.in_(numbers), (_source.c.due_at > at) | _source.c.lease_owner.is_not(None))
        await self._connection.execute(update(_source).where(*later).values(due_at=at))

    async def any_due(self, now: datetime) -> bool:
        """Whether some source that nobody visits has its time come."""
        due = select(_source.c.id).where(~_source.c.paused, ~_source.c.removed, _source.c.due_at <= now, _free(now))
        return (await self._connection.scalar(due.limit(1))) is not None

    async def lease_due(self, now: datetime, limit: int, owner: str, until: datetime) -> list[Source]:
        """Lease to `owner` at most `limit` sources whose time has come, the longest overdue first."""
        due = (
            select(_source.c.id)
            .where(~_source.c.paused, ~_source.c.removed, _source.c.due_at <= now, _free(now))
            .order_by(_source.c.due_at, _source.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        numbers = (await self._connection.scalars(due)).all()
        rank = {number: place for place, number in enumerate(numbers)}
        return sorted(await self._lease(numbers, owner, until), key=lambda source: rank[source.id])

    async def lease(self, numbers: Sequence[int], now: datetime, owner: str, until: datetime) -> list[Source]:
        """Lease those of these sources that nobody visits at the moment, due or not."""
        wanted = (_source.c.id.in_(numbers), ~_source.c.removed, _free(now))
        # Locked in one order by all, so that two that want the same sources wait instead of blocking each other.
        free = select(_source.c.id).where(*wanted).order_by(_source.c.id).with_for_update()
        return await self._lease((await self._connection.scalars(free)).all(), owner, until)

    async def _lease(self, numbers: Sequence[int], owner: str, until: datetime) -> list[Source]:
        if not numbers:
            return []
        taken = (
            update(_source)
            .where(_source.c.id.in_(numbers))
            .values(lease_owner=owner, leased_until=until)
            .returning(*self._columns())
        )
        return [self._value(row) for row in await self._connection.execute(taken)]

    async def renew(self, numbers: Sequence[int], owner: str, until: datetime) -> None:
        """Extend the leases of visits that still go on."""
        mine = _source.c.id.in_(numbers) & (_source.c.lease_owner == owner)
        await self._connection.execute(update(_source).where(mine).values(leased_until=until))

    async def release_all(self, owner: str) -> None:
        """Give back every lease of a process that stops."""
        mine = _source.c.lease_owner == owner
        await self._connection.execute(update(_source).where(mine).values(lease_owner=None, leased_until=None))

    async def end_visit(self, number: int, owner: str, **values: Any) -> None:
        """Record how a visit ended and give the lease back, if it is still the owner's."""
        mine = (_source.c.id == number) & (_source.c.lease_owner == owner)
        await self._connection.execute(
            update(_source).where(mine).values(lease_owner=None, leased_until=None, **values)
        )

    async def overdue(self, before: datetime) -> int:
        """How many sources should have been visited before that instant and were not."""
        late = (~_source.c.paused, ~_source.c.removed, _source.c.due_at < before)
        return int(await self._connection.scalar(select(func.count()).select_from(_source).where(*late)) or 0)
