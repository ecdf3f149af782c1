"""Change: sources, watches and channels are added, edited, paused and removed, each with the checks it needs.

What the settings file declares is changed there and nowhere else; every change here refuses it.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from alerting.channels import check as check_channel
from alerting.channels import generate_secret
from crawler.access import read_access
from news import url as urls
from news.alert import Channel, ChannelKind
from news.errors import ConfigError, ConflictError
from news.rules import rules_to
from news.schedule import timing
from news.source import Source
from news.watch import Watch, Watchlist
from service.check import check_channels_exist, check_query
from service.meaning import WatchQueries
from service.mistakes import mistake
from service.settings import ChannelEntry, SourceEntry, WatchEntry, WatchlistEntry
from service.uses import check_meaning, check_users, follow_rename, listed, refuse_used
from storage import Transaction
from storage.named import Named
from storage.sources import AS_NEW, READ_ANEW

Noun = Literal["source", "watch", "channel"]
T = TypeVar("T", Source, Watch, Watchlist, Channel)
E = TypeVar("E", bound=BaseModel)

# Settings of which one replaces the others: a secret is in one place.
_ALTERNATIVES = (
    frozenset({"secret", "secret_env", "secret_file"}),
    frozenset({"old_secret", "old_secret_env", "old_secret_file"}),
    frozenset({"password_env", "password_file"}),
    frozenset({"url_env", "url_file"}),
    frozenset({"token_env", "token_file"}),
    frozenset({"topic", "topic_env", "topic_file"}),
)


def things(tx: Transaction, noun: Noun) -> Named[Any]:
    """The repository of a kind of named thing."""
    repositories: dict[Noun, Named[Any]] = {"source": tx.sources, "watch": tx.watches, "channel": tx.channels}
    return repositories[noun]


async def changeable(repository: Named[T], name: str, file: Path | None) -> T:
    """The thing of this name. Raises NotFoundError, or ConflictError where only the file may change it."""
    thing = await repository.get(name)
    if thing.origin == "file":
        raise _belongs_to_the_file(repository.noun, name, file)
    return thing


def _belongs_to_the_file(noun: str, name: str, file: Path | None) -> ConflictError:
    return ConflictError(
        f"the {noun} {name!r} comes from {file or 'the settings file'}",
        "change it there, then kill -HUP the service or restart it",
    )


async def pause(tx: Transaction, noun: Noun, name: str, file: Path | None, now: datetime) -> Any:
    """Stop it until it is resumed; what it is then. Raises NotFoundError or ConflictError."""
    repository = things(tx, noun)
    known = await changeable(repository, name, file)
    await repository.pause(known.id, True, now)
    return await repository.get(name)


async def resume(tx: Transaction, noun: Noun, name: str, file: Path | None, now: datetime) -> Any:
    """Let it go on; what it is then. Raises NotFoundError or ConflictError.

    A channel that Vigie itself paused may be resumed wherever it comes from: the file has no say in that.
    """
    repository = things(tx, noun)
    known = await repository.get(name)
    if not (isinstance(known, Channel) and known.paused_because and not known.paused):
        known = await changeable(repository, name, file)
    await repository.pause(known.id, False, now)
    return await repository.get(name)


async def remove(tx: Transaction, noun: Noun, name: str, file: Path | None) -> Any:
    """Take it out of every list; what it was.

    Raises NotFoundError, or ConflictError, also for a channel that a watch names, whose alerts would go nowhere, and
    for a watch that others use.
    """
    repository = things(tx, noun)
    known = await changeable(repository, name, file)
    if noun == "watch":
        await refuse_used(tx, known.name)
    if noun == "channel":
        await _refuse_named(tx, known.name)
    await repository.remove(known.id)
    return known


async def _refuse_named(tx: Transaction, name: str) -> None:
    """Raises ConflictError where a watch or a watchlist names this channel."""
    naming = [watch.name for watch in await tx.watches.all() if name in watch.channels]
    if naming:
        raise ConflictError(
            f"the channel {name!r} is named by {listed(naming)}",
            f"give them another first: vigie watch edit {naming[0]!r} --channel OTHER",
        )
    groups = [watchlist.name for watchlist in await tx.watchlists.all() if name in watchlist.channels]
    if groups:
        where = f"the watchlist {groups[0]!r}" if groups[0] else "[alerts] in the settings file"
        raise ConflictError(
            f"the channel {name!r} is named by {where}",
            f"give it another first: vigie watchlist edit {groups[0] or 'NAME'!r} --channel OTHER",
        )


def _entry(model: type[E], values: Mapping[str, Any]) -> E:
    """The values under the rules of the file. Raises ConfigError naming the first that breaks one."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        said = mistake(first)
        raise ConfigError(f"{place}: {said}" if place else said) from error


def _needed(changes: Mapping[str, Any]) -> None:
    if not changes:
        raise ConfigError("there is nothing to change", "say what, with at least one option: --help lists them")


async def add_source(tx: Transaction, values: Mapping[str, Any], usual_interval: int | str, now: datetime) -> Source:
    """Add a source, due at once. `values` as in [[source]]; the name defaults to the host, the interval to the usual.

    Raises ConfigError, or ConflictError where the name or the URL is taken.
    """
    url = str(values["url"])
    name = values.get("name") or urls.host(url if "://" in url else f"https://{url}") or url
    entry = _entry(SourceEntry, {**values, "name": name})
    await _refuse_known_url(tx, entry.url)
    source = Source(
        id=0,
        name=entry.name,
        url=entry.url,
        **timing(usual_interval if entry.interval is None else entry.interval),
        alert_history=entry.alert_history,
        history=entry.history,
        access=entry.access.kept if entry.access else {},
        rules=entry.extract.kept if entry.extract else {},
        spider=entry.spider,
        browser=entry.browser,
    )
    return await tx.sources.by_id(await tx.sources.put(source, now))


async def edit_source(
    tx: Transaction, name: str, changes: Mapping[str, Any], file: Path | None, now: datetime
) -> Source:
    """Change some of what [[source]] holds; the source is then visited at once, by its new URL if it has one.

    Of `access` too only what is named changes; what is empty there is taken away.

    Raises NotFoundError, ConfigError or ConflictError.
    """
    known = await changeable(tx.sources, name, file)
    _needed(changes)
    entry = _entry(SourceEntry, {**_as_it_is(known), **changes, "access": _access(known, changes)})
    values = {key: getattr(entry, key) for key in changes if key != "extract"}
    if entry.extract is not None:
        values["rules"] = {name: kept for name, kept in {**known.rules, **_rules(changes["extract"])}.items() if kept}
    if "interval" in values:
        values |= timing(values["interval"] or 0)
    if "access" in values:
        values["access"] = entry.access.kept if entry.access else {}
    if "spider" in values and entry.spider != known.spider:
        values |= READ_ANEW
    if entry.url != known.url:
        await _refuse_known_url(tx, entry.url, but=known.id)
        values |= AS_NEW
    await tx.sources.change(known.id, **values, due_at=now)
    return await tx.sources.by_id(known.id)


def _rules(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The rules that change; an empty one is taken away."""
    return {name: list(value) if name == "drop" else value for name, value in changes.items()}


def _as_it_is(known: Source) -> dict[str, Any]:
    """What a change has to agree with."""
    names = ("name", "url", "browser", "accept_any_certificate")
    return {name: getattr(known, name) for name in names}


def _access(known: Source, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The access after a change. One that cannot be read, hand-edited, stands in the way of no other change."""
    if "access" in changes:
        return merged(known.access if isinstance(known.access, Mapping) else {}, changes["access"])
    try:
        read_access(known.access)
    except ConfigError:
        return {}
    return dict(known.access)


async def _refuse_known_url(tx: Transaction, url: str, but: int = 0) -> None:
    for source in await tx.sources.all():
        if source.id != but and urls.key(source.url) == urls.key(url):
            raise ConflictError(f"the source {source.name!r} has this URL already: {source.url}")


async def add_watch(tx: Transaction, values: Mapping[str, Any], now: datetime) -> Watch:
    """Add a watch. `values` as in [[watch]].

    Raises ConfigError, QueryError, NotFoundError for a channel that is not there, or ConflictError for a taken name.
    """
    entry = _entry(WatchEntry, values)
    await _check_watch(tx, entry)
    watch = Watch(0, entry.name, entry.query, entry.channels, entry.watchlist, rules=entry.rules)
    number = await tx.watches.put(watch, now)
    await check_meaning(tx, entry.name)
    return await tx.watches.by_id(number)


async def edit_watch(
    tx: Transaction, name: str, changes: Mapping[str, Any], file: Path | None, rules: Mapping[str, Any] | None = None
) -> Watch:
    """Change some of `name`, `query`, `channels`, `watchlist` and rules; watches that use it follow a new name.

    An empty rule is taken away. Raises what `add_watch` raises, and ConflictError where others that use it would come
    to nothing.
    """
    known = await changeable(tx.watches, name, file)
    _needed({**changes, **(rules or {})})
    ruled = _ruled(rules_to(known.rules), rules or {})
    entry = _entry(WatchEntry, {"name": known.name, "query": known.query, **changes, **ruled})
    await _check_watch(tx, entry)
    values = {key: getattr(entry, key) for key in changes}
    if rules:
        values["rules"] = rules_to(entry.rules)
    if "channels" in values:
        values["channels"] = list(entry.channels)
    before = WatchQueries.of(await tx.watches.all())
    if entry.name != known.name:
        await follow_rename(tx, known.name, entry.name, file)
    await tx.watches.change(known.id, **values)
    if "query" in values:
        await check_meaning(tx, entry.name)
        await check_users(tx, entry.name, before)
    return await tx.watches.by_id(known.id)


def _ruled(known: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Rules after a change, as they are written; an empty one is taken away."""
    return {name: value for name, value in {**known, **changes}.items() if value != ""}


async def edit_watchlist(
    tx: Transaction,
    name: str,
    changes: Mapping[str, Any],
    rules: Mapping[str, Any],
    file: Path | None,
    now: datetime,
) -> Watchlist:
    """Change `channels` and rules of a group of watches, which is kept from now on if it was not; an empty rule goes.

    Raises ConfigError, NotFoundError for a channel that is not there, or ConflictError where only the file may.
    """
    _needed({**changes, **rules})
    found = [one for one in await tx.watchlists.all() if one.name == name]
    known = await changeable(tx.watchlists, name, file) if found else Watchlist(0, name)
    ruled = _ruled(rules_to(known.rules), rules)
    entry = _entry(WatchlistEntry, {"name": name, "channels": known.channels, **changes, **ruled})
    check_channels_exist(entry.channels, {channel.name for channel in await tx.channels.all()})
    if not found:
        number = await tx.watchlists.put(Watchlist(0, name, entry.channels, entry.rules), now)
        return await tx.watchlists.by_id(number)
    await tx.watchlists.change(known.id, channels=list(entry.channels), rules=rules_to(entry.rules))
    return await tx.watchlists.by_id(known.id)


async def _check_watch(tx: Transaction, entry: WatchEntry) -> None:
    check_query(entry.query)
    check_channels_exist(entry.channels, {channel.name for channel in await tx.channels.all()})


async def add_channel(
    tx: Transaction,
    name: str,
    kind: ChannelKind,
    settings: Mapping[str, Any],
    now: datetime,
    manner: Mapping[str, Any] | None = None,
) -> Channel:
    """Add a channel; a webhook for which no secret is named gets one of its own.

    `manner` are its rules, `at_once` and `per_minute`. Raises ConfigError, or ConflictError for a taken name.
    """
    own = dict(settings)
    if kind == "webhook" and not own.keys() & {"secret_env", "secret_file"}:
        own["secret"] = generate_secret()
    entry = _entry(ChannelEntry, {"name": name, "kind": kind, **_ruled({}, manner or {})})
    channel = Channel(0, entry.name, kind, own, rules=entry.rules, at_once=entry.at_once, per_minute=entry.per_minute)
    check_channel(channel)
    return await tx.channels.by_id(await tx.channels.put(channel, now))


async def edit_channel(
    tx: Transaction,
    name: str,
    changes: Mapping[str, Any],
    file: Path | None,
    *,
    rename: str = "",
    manner: Mapping[str, Any] | None = None,
) -> Channel:
    """Change settings, rules (`manner`, as in `add_channel`) and the name, which whoever names the channel follows.

    What is empty is taken away. Raises NotFoundError, ConfigError or ConflictError.
    """
    known = await changeable(tx.channels, name, file)
    _needed({**changes, **(manner or {}), **({"name": rename} if rename else {})})
    kept = {**rules_to(known.rules), "at_once": known.at_once, "per_minute": known.per_minute}
    entry = _entry(ChannelEntry, {"name": rename or known.name, "kind": known.kind, **_ruled(kept, manner or {})})
    channel = Channel(known.id, entry.name, known.kind, merged(known.settings, changes))
    check_channel(channel)
    values: dict[str, Any] = {"rules": rules_to(entry.rules), "at_once": entry.at_once, "per_minute": entry.per_minute}
    if "template" in changes:
        values["trouble"] = ""
    await tx.channels.change(known.id, name=channel.name, settings=dict(channel.settings), **values)
    if channel.name != known.name:
        await _rename_in_watches(tx, known.name, channel.name, file)
    return await tx.channels.by_id(known.id)


def merged(known: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The settings after a change: what is empty is taken away, and of `template` only the parts that are named."""
    after = dict(known)
    for key, value in changes.items():
        for other in next((group for group in _ALTERNATIVES if key in group), frozenset[str]()):
            after.pop(other, None)
        after[key] = merged(known.get(key) or {}, value) if key == "template" else value
    return {key: value for key, value in after.items() if value not in ("", {})}


async def _rename_in_watches(tx: Transaction, old: str, new: str, file: Path | None) -> None:
    for watch in await tx.watches.all():
        if old not in watch.channels:
            continue
        if watch.origin == "file":
            raise ConflictError(
                f"the watch {watch.name!r} names the channel {old!r}, and comes from {file or 'the settings file'}",
                "keep the channel's name, or change the watch there first",
            )
        channels = [new if channel == old else channel for channel in watch.channels]
        await tx.watches.change(watch.id, channels=channels)
    for watchlist in await tx.watchlists.all():
        if old not in watchlist.channels:
            continue
        if watchlist.origin == "file":
            where = f"the watchlist {watchlist.name!r}" if watchlist.name else "[alerts]"
            raise ConflictError(
                f"{where} names the channel {old!r}, and comes from {file or 'the settings file'}",
                "keep the channel's name, or change it there first",
            )
        channels = [new if channel == old else channel for channel in watchlist.channels]
        await tx.watchlists.change(watchlist.id, channels=channels)
