"""Check: what can be known to be wrong with sources, watches and channels before they are kept."""

import re
from collections.abc import Callable, Collection
from pathlib import Path

from alerting.channels import check as check_channel
from matching import parse
from news.alert import Channel
from news.errors import ConfigError, NotFoundError, QueryError
from service.configuration import place_of
from service.environment import variable_of
from service.settings import Settings

FaultOf = Callable[[str], str]
"""What is wrong with a schedule; empty where nothing is."""

_WRONG = re.compile(r"'(?P<key>[\w.]+)' ")
_ON_SCHEDULES = "docs/settings.md tells of schedules"


def _unknown(schedule: str) -> str:
    return f"a schedule such as `{schedule}` cannot be read here"


def check_query(text: str) -> None:
    """Raises QueryError where the text is no query."""
    parse(text)


def check_channels_exist(names: Collection[str], known: Collection[str]) -> None:
    """Raises NotFoundError for the first name that no channel has."""
    for name in names:
        if name not in known:
            there_are = f"there are: {', '.join(sorted(known))}" if known else "there is none yet: vigie channel add"
            raise NotFoundError(f"there is no channel named {name!r}", there_are)


def check_declared(settings: Settings, file: Path | None, fault_of: FaultOf = _unknown) -> None:
    """Raises ConfigError, with its place, for the first schedule, query or channel in the file that cannot be.

    `fault_of` says what is wrong with a schedule; who hands none down takes none.
    """
    check_schedules(settings, file, fault_of)
    for number, watch in enumerate(settings.watch):
        try:
            check_query(watch.query)
        except QueryError as error:
            raise ConfigError(
                f"the query of watch {watch.name!r} does not parse: {error.message}, at character {error.position + 1}",
                error.hint,
                **place_of(file, "watch", number, "query"),
            ) from error
    check_channels(settings, file)


def check_channels(settings: Settings, file: Path | None) -> None:
    """Raises ConfigError, with its place, for the first channel in the file whose settings cannot be."""
    for number, entry in enumerate(settings.channel):
        try:
            check_channel(Channel(0, entry.name, entry.kind, entry.own))
        except ConfigError as error:
            wrong = _WRONG.match(error.message.removeprefix(f"channel {entry.name!r}: "))
            where = wrong["key"].split(".") if wrong else ["name"]
            place = place_of(file, "channel", number, *where) if not variable_of(("channel", number)) else {}
            raise ConfigError(error.message, error.hint, **place) from error


def check_schedule(interval: int | str | None, fault_of: FaultOf) -> None:
    """Raises ConfigError where an `interval` is a schedule that cannot be kept."""
    fault = fault_of(interval) if isinstance(interval, str) else ""
    if fault:
        raise ConfigError(f"interval: {fault}", _ON_SCHEDULES)


def check_schedules(settings: Settings, file: Path | None, fault_of: FaultOf) -> None:
    """Raises ConfigError, with its place, for the first schedule in the settings that cannot be kept."""
    found: list[tuple[int | str | None, tuple[str | int, ...]]] = [
        (settings.crawler.interval, ("crawler", "interval")),
        *((entry.interval, ("source", number, "interval")) for number, entry in enumerate(settings.source)),
    ]
    for interval, where in found:
        fault = fault_of(interval) if isinstance(interval, str) else ""
        if fault:
            by = variable_of(where)
            place = {} if by else place_of(file, *where)
            raise ConfigError(f"{by or f'{where[0]}.interval'}: {fault}", _ON_SCHEDULES, **place)
