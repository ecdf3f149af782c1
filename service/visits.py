"""Who visits what: leases on sources that are due, and the end of each visit."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from crawler.patterns import Patterns
from crawler.visit import Brief, VisitOutcome
from news.clock import Clock
from news.errors import DatabaseTroubleError
from news.rhythm import Rhythm
from news.source import Source
from news.tally import Tally
from service.health import SUSPICIOUS_PAGES, Notice, is_worth_exploring, notice_of, trouble_after
from service.notices import tell
from service.outage import SAME_TIME, TOLD_OF_ALL, may_be_ours, told_for_all, told_of_end
from service.silence import silent_since
from storage import Database, Transaction
from storage.sources import Standing
from storage.subscriptions import Pushed

log = structlog.get_logger()

NextDue = Callable[[Source, VisitOutcome, Rhythm, datetime, datetime | None, Pushed | None], datetime]

_CUT_SHORT = VisitOutcome(is_cut_short=True)


@dataclass(frozen=True, slots=True)
class _End:
    """A visit that is over; `written` is done when that is committed."""

    brief: Brief
    outcome: VisitOutcome
    written: asyncio.Future[None]

    def tell(self, error: Exception | None = None) -> None:
        """It is written, or cannot be; whoever waited for it may have been cancelled meanwhile."""
        if self.written.done():
            return
        if error is None:
            self.written.set_result(None)
        else:
            self.written.set_exception(error)


class Visits:
    """The leases of one process. `owner` names it; after a silence as long as `lease` others take over."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        owner: str,
        lease: timedelta,
        next_due: NextDue,
        tally: Tally | None = None,
    ) -> None:
        self._tally = tally or Tally()
        self._database = database
        self._clock = clock
        self._owner = owner
        self._lease = lease
        self._next_due = next_due
        self._ends: list[_End] = []
        self._writing: asyncio.Task[None] | None = None
        self._leasing = asyncio.Lock()
        self._is_winding_down = False

    @property
    def can_be_kept(self) -> bool:
        """Whether the database takes what a visit would bring, as far as is known."""
        return self._database.trouble is None

    async def lease_due(self, limit: int) -> list[Brief]:
        """At most `limit` sources whose time has come, leased to us."""
        now = self._clock.now()
        async with self._database.read() as tx:  # nearly always nothing is due, and readers never wait
            if not await tx.sources.any_due(now):
                return []
        return await self._leased(lambda tx: tx.sources.lease_due(now, limit, self._owner, now + self._lease))

    async def lease(self, numbers: Sequence[int]) -> list[Brief]:
        """Those of these sources that nobody is visiting, leased to us, due or not."""
        now = self._clock.now()
        return await self._leased(lambda tx: tx.sources.lease(numbers, now, self._owner, now + self._lease))

    async def _leased(self, lease: Callable[[Transaction], Awaitable[list[Source]]]) -> list[Brief]:
        """What is leased, and what its visits begin with; nothing any more while we wind down."""
        async with self._leasing, self._database.write() as tx:
            return [] if self._is_winding_down else await _briefs(tx, await lease(tx))

    async def renew(self, numbers: Sequence[int]) -> None:
        """We are still at it."""
        async with self._database.write() as tx:
            await tx.sources.renew(numbers, self._owner, self._clock.now() + self._lease)

    async def end(self, brief: Brief, outcome: VisitOutcome) -> None:
        """Record how a visit ended and when the next is due; one that was cut short leaves the source as it was.

        Visits that end while others are being written down are written down together: a commit costs as much for
        thirty as for one.
        """
        end = _End(brief, outcome, asyncio.get_running_loop().create_future())
        self._ends.append(end)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_ends(), name="ends of visits")
        await end.written

    async def _write_ends(self) -> None:
        while self._ends:
            ends, self._ends = self._ends, []
            try:
                await self._write(ends)
            except DatabaseTroubleError as error:
                for end in ends:
                    end.tell(error)
            except Exception:
                # One of them may be what cannot be written: each by itself, and the error to whom it belongs.
                for end in ends:
                    await self._write_alone(end)
            else:
                for end in ends:
                    self._ended(end)

    async def _write_alone(self, end: _End) -> None:
        try:
            await self._write([end])
        except Exception as error:
            end.tell(error)
        else:
            self._ended(end)

    def _ended(self, end: _End) -> None:
        outcome = end.outcome
        self._tally.add("visits", "cut short" if outcome.is_cut_short else trouble_after(outcome, 0) or "ok")
        self._tally.add("polls", by=outcome.polls)
        end.tell()

    async def _write(self, ends: Sequence[_End]) -> None:
        now = self._clock.now()
        async with self._database.write() as tx:
            changed = await tx.sources.changed([end.brief.source for end in ends])
            # What was seen where a source is no longer, or by other means, says nothing of it, and when it was to be
            # visited holds no more: it stays due, as the edit left it.
            ends = [replace(end, outcome=_CUT_SHORT) if end.brief.source.id in changed else end for end in ends]
            unchanged = [feed.id for end in ends for feed in end.outcome.unchanged]
            await tx.feeds.unchanged(unchanged, now)
            # Whatever a hub brought while the visit was open stays: what the lease saw is old by now.
            standing = await tx.sources.pushable([end.brief.source.id for end in ends])
            pushed = await tx.subscriptions.pushed_of(list(standing), now) if standing else {}
            visited = [end.brief.source.id for end in ends if end.outcome.pages or end.outcome.polls]
            next_fetches = await tx.links.next_fetches(visited)
            for end in ends:
                number = end.brief.source.id
                brief = _up_to_date(end.brief, next_fetches.get(number), standing.get(number))
                await self._write_one(tx, replace(end, brief=brief), pushed.get(number), now)

    async def _write_one(self, tx: Transaction, end: _End, pushed: Pushed | None, now: datetime) -> None:
        source, outcome = end.brief.source, end.outcome
        if outcome.is_cut_short:
            await tx.sources.end_visit(source.id, self._owner)
            log.info("visit cut short", source=source.name)
            return
        rhythm = _learned(end.brief, outcome, now)
        after = _after(await self._fresh(tx, end), outcome, now)
        # Links that wait are fetched at visits, and a spider's run fetches what it likes.
        pending = None if source.spider else end.brief.next_fetch
        due_at = self._next_due(source, outcome, rhythm, now, pending, pushed)
        values = _values(after) | {"due_at": due_at, "rhythm": rhythm.as_json()}
        if outcome.judged and not _is_doubtful(source, after, outcome):
            values["patterns"] = _patterns(end.brief, outcome, now)
        if is_worth_exploring(source, outcome, now):
            values["discovered_at"] = None
        await tx.caps.bit(source.id, outcome.bites, now)
        await tx.sources.end_visit(source.id, self._owner, **values)
        await self._tell(tx, after, outcome, rhythm, now)
        trouble = outcome.error or outcome.warning
        told = log.warning if trouble else log.info
        told("visit", source=source.name, pages=outcome.pages, error=trouble, due_at=due_at.isoformat())

    async def _fresh(self, tx: Transaction, end: _End) -> Source:
        """The source, with what its pages have said of it meanwhile."""
        return await tx.sources.by_id(end.brief.source.id) if end.outcome.pages else end.brief.source

    async def _tell(
        self, tx: Transaction, source: Source, outcome: VisitOutcome, rhythm: Rhythm, now: datetime
    ) -> None:
        silence = silent_since(rhythm, source.last_news_at, now) if source.last_news_at and not source.trouble else None
        notice = notice_of(source, now, silence)
        if notice is not None:
            notice = await _unless_all_fail(tx, source, outcome, notice)
        if notice is not None:
            await tell(tx, source, notice, now)
            log.warning("source", source=source.name, told=notice.kind, title=notice.title)

    async def put_off(self, briefs: Sequence[Brief], by: timedelta) -> None:
        """Give these back unvisited, to be due again a moment later."""
        if briefs:
            async with self._database.write() as tx:
                for brief in briefs:
                    await tx.sources.end_visit(brief.source.id, self._owner, due_at=self._clock.now() + by)

    def wind_down(self) -> None:
        """Lease nothing more, be it asked for already."""
        self._is_winding_down = True

    async def release_all(self) -> None:
        """Give back what we hold, for good: others need not wait for it, and nothing more is leased."""
        self.wind_down()
        # A lease that is being written down is seen by no other transaction, and would outlast this one.
        async with self._leasing, self._database.write() as tx:
            await tx.sources.release_all(self._owner)


async def _unless_all_fail(tx: Transaction, source: Source, outcome: VisitOutcome, notice: Notice) -> Notice | None:
    """The notice, unless it is one of many about the same: then one for all of them, or none."""
    if notice.kind == "failing" and may_be_ours(outcome.failure) and source.failing_since is not None:
        return told_for_all(notice, await tx.sources.failing(source.failing_since, SAME_TIME, TOLD_OF_ALL))
    if notice.kind == "back" and source.told_of == TOLD_OF_ALL and source.told_at is not None:
        return told_of_end(source, await tx.sources.failing(source.told_at, SAME_TIME, TOLD_OF_ALL))
    return notice


async def _briefs(tx: Transaction, sources: Sequence[Source]) -> list[Brief]:
    """What visits to these sources begin with, in three questions however many they are."""
    numbers = [source.id for source in sources]
    if not numbers:
        return []
    feeds = await tx.feeds.of_all(numbers)
    fetches = await tx.links.next_fetches(numbers)
    for number, revisit in (await tx.links.next_revisits(numbers)).items():
        fetches[number] = min(revisit, fetches.get(number, revisit))
    learned = await tx.sources.learned(numbers)
    return [
        Brief(source, tuple(feeds.get(source.id, ())), fetches.get(source.id), patterns, rhythm)
        for source in sources
        for rhythm, patterns in [learned.get(source.id, (None, None))]
    ]


def _up_to_date(brief: Brief, next_fetch: datetime | None, standing: Standing | None) -> Brief:
    """The brief as it would be now; a push that came meanwhile may be of what the visit did not see, and is due."""
    if standing is None:
        return replace(brief, next_fetch=next_fetch)
    hastened = standing.due_at if standing.due_at != brief.source.due_at else None
    return replace(
        brief,
        source=replace(brief.source, last_news_at=standing.last_news_at),
        next_fetch=min(filter(None, (next_fetch, hastened)), default=None),
        rhythm=standing.rhythm,
    )


def _learned(brief: Brief, outcome: VisitOutcome, now: datetime) -> Rhythm:
    """What the visit taught of when the source publishes; one that failed has seen nothing, not even silence."""
    rhythm = Rhythm.from_json(brief.rhythm)
    if outcome.error:
        return rhythm
    resumed = rhythm.resumed(now)
    return resumed if resumed is not rhythm else rhythm.after(outcome.published, now)


def _is_doubtful(before: Source, after: Source, outcome: VisitOutcome) -> bool:
    """Whether the visit's pages may not be what the site usually shows: a page on maintenance teaches nothing."""
    finds = [is_article for _, is_article in outcome.judged]
    has_only_others = len(finds) >= SUSPICIOUS_PAGES and not any(finds)
    return has_only_others or "suspect" in (before.trouble, after.trouble)


def _patterns(brief: Brief, outcome: VisitOutcome, now: datetime) -> Any:
    patterns = Patterns.from_json(brief.patterns, now)
    for url, is_article in outcome.judged:
        patterns.learn(url, is_article)
    return patterns.as_json(now)


def _after(source: Source, outcome: VisitOutcome, now: datetime) -> Source:
    """The source as the visit leaves it."""
    is_well = not outcome.error
    past = [instant for instant in outcome.published if instant <= now]
    return replace(
        source,
        last_visit_at=now,
        last_success_at=now if is_well else source.last_success_at,
        last_news_at=max([*past, *filter(None, [source.last_news_at])], default=None),
        failures=0 if is_well else source.failures + 1,
        failing_since=None if is_well else source.failing_since or now,
        last_error=outcome.error or outcome.warning,
        advice=outcome.advice,
        trouble=trouble_after(outcome, source.suspicions),
    )


def _values(source: Source) -> dict[str, Any]:
    return {name: getattr(source, name) for name in _WRITTEN}


_WRITTEN = (
    "last_visit_at",
    "last_success_at",
    "last_news_at",
    "failures",
    "failing_since",
    "last_error",
    "advice",
    "trouble",
)
