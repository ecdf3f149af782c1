"""Declare: what vigie.toml says of sources, watches, watchlists and channels is brought into the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from news.alert import Channel
from news.errors import ConflictError
from news.rules import Rules, rules_to
from news.schedule import timing
from news.source import Source
from news.watch import Watch, Watchlist
from service.meaning import WatchQueries
from service.settings import ChannelEntry, Settings, SourceEntry, WatchEntry
from storage import Transaction
from storage.sources import AS_NEW, READ_ANEW, VISITED_BY

T = TypeVar("T", Source, Watch, Watchlist, Channel)


@dataclass(slots=True)
class Plan(Generic[T]):
    """What would make the file-born things of one kind equal to the file; of a change, what is and what will be.

    `decides` are the names of what the file has a say in.
    """

    decides: tuple[str, ...]
    added: list[T] = field(default_factory=list)
    changed: list[tuple[T, T]] = field(default_factory=list)
    removed: list[T] = field(default_factory=list)
    unchanged: list[T] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


@dataclass(slots=True)
class Changes:
    """What the file changed: names of things added, changed and removed, as `source Le Phare`.

    `broken` are the watches that now use others which cannot be had; nothing is looked into where no watch changed.
    """

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


async def declare(tx: Transaction, settings: Settings, now: datetime) -> Changes:
    """Make the database's file-born things equal to the file; what commands made is left alone.

    Raises ConflictError where a name is in the file and was also made by a command.
    """
    changes = Changes()
    await _bring(tx.channels, await plan_channels(tx, settings), changes, now)
    await _bring(tx.watchlists, await plan_watchlists(tx, settings), changes, now)
    await _bring(tx.sources, await plan_sources(tx, settings), changes, now)
    watches = await plan_watches(tx, settings)
    await _bring(tx.watches, watches, changes, now)
    if watches:
        changes.broken += WatchQueries.of(await tx.watches.all()).broken()
    return changes


async def declare_without_file(tx: Transaction, settings: Settings, now: datetime) -> Changes:
    """What the environment says of [alerts], where no file was named; all else that is there stays as it is.

    That it says nothing takes away what it once said, but nothing where other things show that there is a file.
    """
    plan = await plan_watchlists(tx, settings)
    repositories: list[Any] = [tx.sources, tx.watches, tx.channels, tx.watchlists]
    there = [one for each in repositories for one in await each.all()]
    is_there_a_file = any(one.origin == "file" and one.name for one in there)
    plan.removed = [] if is_there_a_file else [one for one in plan.removed if not one.name]
    changes = Changes()
    await _bring(tx.watchlists, plan, changes, now)
    return changes


# What the file decides about each kind; everything else belongs to the service.
_SOURCE = (
    "url",
    "interval",
    "schedule",
    "alert_history",
    "history",
    "paused",
    "access",
    "rules",
    "accept_any_certificate",
    "spider",
    "browser",
)
_WATCH = ("query", "channels", "watchlist", "paused", "rules")
_WATCHLIST = ("channels", "rules")
_CHANNEL = ("kind", "settings", "paused", "rules", "at_once", "per_minute")


def _source(entry: SourceEntry, usual_interval: int | str) -> Source:
    return Source(
        id=0,
        name=entry.name,
        url=entry.url,
        origin="file",
        **timing(usual_interval if entry.interval is None else entry.interval),
        alert_history=entry.alert_history,
        history=entry.history,
        paused=entry.paused,
        access=entry.access.kept if entry.access else {},
        rules=entry.extract.kept if entry.extract else {},
        accept_any_certificate=entry.accept_any_certificate,
        spider=entry.spider,
        browser=entry.browser,
    )


def _watch(entry: WatchEntry) -> Watch:
    return Watch(
        id=0,
        name=entry.name,
        query=entry.query,
        channels=entry.channels,
        watchlist=entry.watchlist,
        origin="file",
        paused=entry.paused,
        rules=entry.rules,
    )


def _watchlists(settings: Settings) -> list[Watchlist]:
    """Those of the file, and the one without a name for [alerts], if that says anything."""
    alerts = settings.alerts
    for_all = Watchlist(0, "", alerts.channels, alerts.rules, "file")
    named = [Watchlist(0, entry.name, entry.channels, entry.rules, "file") for entry in settings.watchlist]
    return [*([for_all] if for_all.channels or rules_to(for_all.rules) else []), *named]


def _channel(entry: ChannelEntry) -> Channel:
    return Channel(
        id=0,
        name=entry.name,
        kind=entry.kind,
        settings=entry.own,
        origin="file",
        paused=entry.paused,
        rules=entry.rules,
        at_once=entry.at_once,
        per_minute=entry.per_minute,
    )


async def plan_channels(tx: Transaction, settings: Settings) -> Plan[Channel]:
    """What `declare` does with the channels. Raises ConflictError."""
    return await _plan(tx.channels, [_channel(entry) for entry in settings.channel], _CHANNEL)


async def plan_sources(tx: Transaction, settings: Settings) -> Plan[Source]:
    """What `declare` does with the sources. Raises ConflictError."""
    return await _plan(tx.sources, [_source(entry, settings.crawler.interval) for entry in settings.source], _SOURCE)


async def plan_watches(tx: Transaction, settings: Settings) -> Plan[Watch]:
    """What `declare` does with the watches. Raises ConflictError."""
    return await _plan(tx.watches, [_watch(entry) for entry in settings.watch], _WATCH)


async def plan_watchlists(tx: Transaction, settings: Settings) -> Plan[Watchlist]:
    """What `declare` does with the watchlists. Raises ConflictError."""
    return await _plan(tx.watchlists, _watchlists(settings), _WATCHLIST)


async def carry_out(repository: Any, plan: Plan[T], now: datetime) -> None:
    """Do with the things of one kind what was planned."""
    for thing in plan.added:
        await repository.put(thing, now)
    for known, thing in plan.changed:
        different = _different(known, thing, plan.decides)
        if isinstance(known, Source) and _is_visited_anew(different):
            different["due_at"] = _due(known, different, now)
        await repository.change(known.id, **different)
    for known in plan.removed:
        await repository.remove(known.id)


async def _bring(repository: Any, plan: Plan[T], changes: Changes, now: datetime) -> None:
    await carry_out(repository, plan, now)
    noun = repository.noun
    changes.added += [_named(noun, thing) for thing in plan.added]
    changes.changed += [_named(noun, thing) for _, thing in plan.changed]
    changes.removed += [_named(noun, thing) for thing in plan.removed]


def _named(noun: str, thing: Any) -> str:
    return f"{noun} {thing.name}" if thing.name else "[alerts]"


async def _plan(repository: Any, declared: Sequence[T], decides: tuple[str, ...]) -> Plan[T]:
    noun = repository.noun
    present: dict[str, T] = {thing.name: thing for thing in await repository.all()}
    plan: Plan[T] = Plan(decides)
    for thing in declared:
        known = present.pop(thing.name, None)
        if known is None:
            plan.added.append(thing)
        elif known.origin != "file":
            raise ConflictError(
                f"the {noun} {thing.name!r} is in the file, and a command has made one of that name too",
                f"rename it in the file, or remove the other: vigie {noun} remove {thing.name!r}",
            )
        elif _different(known, thing, decides):
            plan.changed.append((known, thing))
        else:
            plan.unchanged.append(known)
    plan.removed += [known for known in present.values() if known.origin == "file"]
    return plan


def _different(known: Any, declared: Any, decides: tuple[str, ...]) -> dict[str, Any]:
    pairs = {name: getattr(declared, name) for name in decides if _plain(known, name) != _plain(declared, name)}
    if "url" in pairs:
        pairs |= AS_NEW  # another site
    if pairs.get("paused") is False and isinstance(known, Source):
        pairs["failing_since"] = None  # what it did before the pause is over
    if "spider" in pairs:
        pairs |= READ_ANEW
    return {name: _kept(value) for name, value in pairs.items()}


def _is_visited_anew(different: Mapping[str, Any]) -> bool:
    """Whether a source is visited otherwise from now on, or again, so that when it was to be visited holds no more."""
    return different.get("paused") is False or any(name in different for name in VISITED_BY)


def _due(source: Source, different: Mapping[str, Any], now: datetime) -> datetime:
    """At once; but where nothing more than an interval is new, when that is over.

    One line of the settings may change the interval of thousands, which are not to be asked in one moment.
    """
    interval = different.get("interval")
    if different.keys() != {"interval"} or not interval or source.last_visit_at is None:
        return now
    over = max(source.last_visit_at + timedelta(seconds=interval), now)
    return min(source.due_at or over, over)


def _kept(value: Any) -> Any:
    """The value as its column keeps it."""
    if isinstance(value, Rules):
        return rules_to(value)
    return list(value) if isinstance(value, tuple) else value


def _plain(thing: Any, name: str) -> Any:
    value = getattr(thing, name)
    return list(value) if isinstance(value, tuple) else value
