"""When and how a watch's alerts are told: at once or in digests, outside quiet hours, how often at most. Pure.

A watch, its watchlist, a channel and the settings may each say some of it; what is not said is None.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import time, timedelta
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from news.errors import ConfigError
from news.nearest import suggestion, zone_named

HowOften = Literal["at once", "hourly", "daily", "weekly"]
Resurfaced = Literal["mark", "digest", "never"]

HOW_OFTEN: tuple[HowOften, ...] = ("at once", "hourly", "daily", "weekly")
RESURFACED: tuple[Resurfaced, ...] = ("mark", "digest", "never")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NEVER = timedelta.max
LARGEST_BUDGET = 10_000

_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_SPAN = re.compile(r"(\d{1,6})\s*([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours of every day in which nothing is told, by the clock on the wall; they may cross midnight.

    An end equal to the start means none.
    """

    start: time
    end: time

    def __bool__(self) -> bool:
        return self.start != self.end

    def __contains__(self, hour: object) -> bool:
        if not isinstance(hour, time) or not self:
            return False
        if self.start < self.end:
            return self.start <= hour < self.end
        return hour >= self.start or hour < self.end


NO_QUIET = Quiet(time(), time())


@dataclass(frozen=True, slots=True)
class Rules:
    """What one of those who may has said. `weekday` counts from monday, 0; `updates` is NEVER for no updates."""

    digest: HowOften | None = None
    at: time | None = None
    weekday: int | None = None
    quiet: Quiet | None = None
    timezone: str | None = None
    budget: int | None = None
    updates: timedelta | None = None
    spikes: bool | None = None
    resurfaced: Resurfaced | None = None


NOTHING_SAID = Rules()
NAMES = tuple(field.name for field in fields(Rules))


@dataclass(frozen=True, slots=True)
class WholeRules:
    """Rules of which every one is settled."""

    digest: HowOften = "at once"
    at: time = time(8)
    weekday: int = 0
    quiet: Quiet = NO_QUIET
    timezone: str = "UTC"
    budget: int = 50
    updates: timedelta = timedelta(hours=1)
    spikes: bool = True
    resurfaced: Resurfaced = "mark"

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that the hours are of."""
        return ZoneInfo(self.timezone)


def settled(*said: Rules) -> WholeRules:
    """The rules that hold where these have a say, the first of them before all; what nobody says is as usual."""
    found = {
        name: next((value for rules in said if (value := getattr(rules, name)) is not None), None) for name in NAMES
    }
    return WholeRules(**{name: value for name, value in found.items() if value is not None})


def rules_from(said: Mapping[str, Any]) -> Rules:
    """Rules as they are written in settings, commands and rows. Raises ConfigError naming the first that is wrong."""
    for name in said:
        if name not in NAMES:
            raise ConfigError(f"there is no rule {name!r}", f"rules are {', '.join(NAMES)}")
    return Rules(**{name: read_rule(name, value) for name, value in said.items() if value not in (None, "")})


def rules_to(rules: Rules) -> dict[str, Any]:
    """The rules as they are written; what is not said is left out."""
    said = {name: getattr(rules, name) for name in NAMES}
    return {name: _WRITTEN.get(name, _as_it_is)(value) for name, value in said.items() if value is not None}


def read_rule(name: str, value: Any) -> Any:
    """The value of one rule. Raises ConfigError, saying what to write instead."""
    try:
        return _READ[name](value)
    except (ValueError, TypeError, OverflowError) as error:
        raise ConfigError(f"{name}: {error}") from None


def _as_it_is(value: Any) -> Any:
    return value


def _one_of(words: tuple[str, ...]) -> Callable[[Any], Any]:
    def read(value: Any) -> str:
        if value not in words:
            raise ValueError(f"write one of {', '.join(words)}{suggestion(str(value), words)}")
        return cast("str", value)

    return read


def _hour(value: Any) -> time:
    found = _CLOCK.fullmatch(str(value).strip())
    if found is None:
        raise ValueError(f"{value!r} is no hour; write it as 08:00")
    return time(int(found[1]), int(found[2]))


def _quiet(value: Any) -> Quiet:
    if value == "none":
        return NO_QUIET
    start, dash, end = str(value).partition("-")
    if not dash:
        raise ValueError(f"{value!r} are no hours; write them as 22:00-07:00, or none")
    quiet = Quiet(_hour(start), _hour(end))
    if not quiet:
        raise ValueError("they begin and end at the same hour; write none for no quiet hours")
    return quiet


def _zone(value: Any) -> str:
    name = str(value).strip()
    zone_named(name)
    return name


def _span(value: Any) -> timedelta:
    if value == "never":
        return NEVER
    found = _SPAN.fullmatch(str(value).strip())
    if found is None:
        raise ValueError(f"{value!r} is no duration; write it as 30m, 1h or 1d, or never")
    span = timedelta(**{_UNITS[found[2]]: int(found[1])})
    if not timedelta(minutes=1) <= span <= timedelta(days=30):
        raise ValueError("write between 1m and 30d, or never")
    return span


def _budget(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_BUDGET:
        raise ValueError(f"write a number from 0 (none) to {LARGEST_BUDGET}")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("write true or false")
    return value


def _span_in_words(span: timedelta) -> str:
    if span == NEVER:
        return "never"
    seconds = round(span.total_seconds())
    size, letter = next(pair for pair in ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")) if seconds % pair[0] == 0)
    return f"{seconds // size}{letter}"


def _quiet_in_words(quiet: Quiet) -> str:
    return f"{quiet.start:%H:%M}-{quiet.end:%H:%M}" if quiet else "none"


_READ: Mapping[str, Callable[[Any], Any]] = {
    "digest": _one_of(HOW_OFTEN),
    "at": _hour,
    "weekday": lambda value: WEEKDAYS.index(_one_of(WEEKDAYS)(value)),
    "quiet": _quiet,
    "timezone": _zone,
    "budget": _budget,
    "updates": _span,
    "spikes": _flag,
    "resurfaced": _one_of(RESURFACED),
}
_WRITTEN: Mapping[str, Callable[[Any], Any]] = {
    "at": lambda hour: f"{hour:%H:%M}",
    "weekday": lambda day: WEEKDAYS[day],
    "quiet": _quiet_in_words,
    "updates": _span_in_words,
}
