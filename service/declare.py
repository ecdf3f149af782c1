"""Declare: sources, watches and channels written in vigie.toml are brought into the database as they stand there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from news.alert import Channel
from news.errors import ConflictError
from news.source import Source
from news.watch import Watch
from service.settings import ChannelEntry, Settings, SourceEntry, WatchEntry
from storage import Transaction
from storage.sources import AS_NEW, READ_ANEW


@dataclass(slots=True)
class Changes:
    """What the file changed: names of things added, changed and removed, as `source Le Phare`."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


async def declare(tx: Transaction, settings: Settings, now: datetime) -> Changes:
    """Make the database's file-born things equal to the file; what commands made is left alone.

    Raises ConflictError where a name is in the file and was also made by a command.
    """
    changes = Changes()
    await _bring(tx.channels, {entry.name: _channel(entry) for entry in settings.channel}, _CHANNEL, changes, now)
    sources = {entry.name: _source(entry, settings.crawler.interval) for entry in settings.source}
    await _bring(tx.sources, sources, _SOURCE, changes, now)
    await _bring(tx.watches, {entry.name: _watch(entry) for entry in settings.watch}, _WATCH, changes, now)
    return changes


# What the file decides about each kind; everything else belongs to the service.
_SOURCE = (
    "url",
    "interval",
    "alert_history",
    "history",
    "paused",
    "access",
    "rules",
    "accept_any_certificate",
    "spider",
    "browser",
)
_WATCH = ("query", "channels", "watchlist", "paused")
_CHANNEL = ("kind", "settings", "paused")


def _source(entry: SourceEntry, usual_interval: int) -> Source:
    return Source(
        id=0,
        name=entry.name,
        url=entry.url,
        origin="file",
        interval=usual_interval if entry.interval is None else entry.interval,
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
    )


def _channel(entry: ChannelEntry) -> Channel:
    return Channel(id=0, name=entry.name, kind=entry.kind, settings=entry.own, origin="file", paused=entry.paused)


async def _bring(
    repository: Any, declared: Mapping[str, Any], decides: tuple[str, ...], changes: Changes, now: datetime
) -> None:
    noun = repository.noun
    present = {thing.name: thing for thing in await repository.all()}
    for name, thing in declared.items():
        known = present.get(name)
        if known is None:
            await repository.put(thing, now)
            changes.added.append(f"{noun} {name}")
        elif known.origin != "file":
            raise ConflictError(
                f"the {noun} {name!r} is in the file, and a command has made one of that name too",
                f"rename it in the file, or remove the other: vigie {noun} remove {name!r}",
            )
        elif different := _different(known, thing, decides):
            await repository.change(known.id, **different)
            changes.changed.append(f"{noun} {name}")
    for name, known in present.items():
        if known.origin == "file" and name not in declared:
            await repository.remove(known.id)
            changes.removed.append(f"{noun} {name}")


def _different(known: Any, declared: Any, decides: tuple[str, ...]) -> dict[str, Any]:
    pairs = {name: getattr(declared, name) for name in decides if _plain(known, name) != _plain(declared, name)}
    if "url" in pairs:
        pairs |= AS_NEW  # another site
    if pairs.get("paused") is False and isinstance(known, Source):
        pairs["failing_since"] = None  # what it did before the pause is over
    if "spider" in pairs:
        pairs |= READ_ANEW
    return {name: list(value) if isinstance(value, tuple) else value for name, value in pairs.items()}


def _plain(thing: Any, name: str) -> Any:
    value = getattr(thing, name)
    return list(value) if isinstance(value, tuple) else value
