"""Cron: the instants that a schedule names, by APScheduler's trigger.

The trigger counts weekdays from Monday and wants day and weekday both to fit. Here a schedule means what it means to
cron: 0 and 7 are Sunday, and where day and weekday are both restricted either is enough. By the clock on the wall a
time that is skipped comes an hour later, and what falls into the hour that comes twice is done in both.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from news.nearest import zone_named
from news.schedule import FIELDS
from news.text import clip
from service.zone import machine_zone

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger

_SHOWN = 60
LONGEST_WAIT = timedelta(days=62)
_FORM = "write minute, hour, day, month, weekday, and a time zone if you like, as in `0 7-19 * * 1-5 Europe/Paris`"
_NAMES = ("minute", "hour", "day", "month", "weekday")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FROM_SUNDAY = ("sun", *_DAYS)  # as cron counts them, 0 and 7 alike
_FIELD = re.compile(r"[0-9*/,-]+")  # what is no time zone
_SPAN = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")
# A year of weeks, and a leap day among them: a schedule that names a time soon after each names one all the time.
_PROBES = tuple(datetime(2027, 11, 1, tzinfo=UTC) + timedelta(weeks=week) for week in range(60))


def fault_of(schedule: str) -> str:
    """What is wrong with a schedule, in words that say what to do; empty where nothing is."""
    try:
        triggers = _triggers(schedule, "2027-2029")
    except ValueError as error:
        return str(error)
    for probe in _PROBES:
        found = _next(triggers, probe)
        if found is None:
            return f"`{schedule}` never comes: there is no such day"
        if found - probe > LONGEST_WAIT:
            return f"`{schedule}` comes too seldom: let no more than {LONGEST_WAIT.days} days pass between two visits"
    return ""


def next_time(schedule: str, after: datetime) -> datetime | None:
    """The first instant after another that the schedule names; None where it is none, or none is to come."""
    try:
        return _next(_triggers(schedule), after)
    except ValueError:
        return None


def _next(triggers: "tuple[CronTrigger, ...]", after: datetime) -> datetime | None:
    just_after = after.astimezone(UTC) + timedelta(microseconds=1)
    found = [trigger.get_next_fire_time(None, just_after.astimezone(trigger.timezone)) for trigger in triggers]
    instants = [instant.astimezone(UTC) for instant in found if instant is not None]
    return min(instants, default=None)


@lru_cache(maxsize=1_000)
def _triggers(schedule: str, years: str = "*") -> "tuple[CronTrigger, ...]":
    """One trigger, or two of which either is enough. Raises ValueError saying what is wrong."""
    from apscheduler.triggers.cron import CronTrigger  # few have a schedule, and all commands read the settings

    words = schedule.split()
    if not FIELDS <= len(words) <= FIELDS + 1:
        raise ValueError(f"`{clip(schedule, _SHOWN)}` has {len(words)} fields: {_FORM}; a shell wants it in quotes")
    if len(words) > FIELDS and _FIELD.fullmatch(words[FIELDS]):
        raise ValueError(f"`{clip(schedule, _SHOWN)}` has {len(words)} fields, and seconds are not counted: {_FORM}")
    zone = zone_named(words[FIELDS] if len(words) > FIELDS else machine_zone())
    said = dict(zip(_NAMES, words, strict=False))
    is_either = not (said["day"].startswith("*") or said["weekday"].startswith("*"))
    said["weekday"] = _weekdays(said["weekday"])
    for name, text in said.items():
        _check_field(CronTrigger, name, text)
    days, weekdays = said.pop("day"), said.pop("weekday")
    pairs = [(days, "*"), ("*", weekdays)] if is_either else [(days, weekdays)]
    return tuple(CronTrigger(year=years, day=day, day_of_week=weekday, timezone=zone, **said) for day, weekday in pairs)


def _check_field(trigger: Any, name: str, text: str) -> None:
    if not text.isascii():
        raise ValueError(f"the {name} `{text}` cannot be: write its digits as 0 to 9")
    key = "day_of_week" if name == "weekday" else name
    try:
        trigger(**{key: text}, timezone="UTC")
    except ValueError as error:
        why = str(error).removeprefix(f"Error validating expression {text!r}: ")
        raise ValueError(f"the {name} `{text}` cannot be: {why[:1].lower()}{why[1:]}") from error


def _weekdays(text: str) -> str:
    """The weekdays that cron means, as names; a step counts from Sunday. Raises ValueError."""
    if text == "*":
        return text
    chosen: set[str] = set()
    for part in text.lower().split(","):
        span = _SPAN.fullmatch(part)
        if span is None:
            raise ValueError(f"the weekday `{text}` cannot be: write 0 to 7, or sun to sat, as in 1-5 or mon,wed")
        first, last = _ends(span, text)
        step = int(span["step"] or 1)
        if step < 1 or last < first:
            raise ValueError(f"the weekday `{text}` cannot be: `{part}` names no day")
        chosen |= {_FROM_SUNDAY[day] for day in range(first, last + 1, step)}
    return "*" if len(chosen) == len(_DAYS) else ",".join(day for day in _DAYS if day in chosen)


def _ends(span: "re.Match[str]", text: str) -> tuple[int, int]:
    if span["first"] == "*":
        return 0, 6
    first = _weekday(span["first"], text)
    if span["last"]:
        last = _weekday(span["last"], text)
        return first, last + 7 if last == 0 < first else last  # sat-sun
    return first, 6 if span["step"] else first


def _weekday(word: str, text: str) -> int:
    if word in _DAYS:
        return _FROM_SUNDAY.index(word)
    if not word.isascii() or not word.isdigit() or int(word) > 7:
        raise ValueError(f"the weekday `{text}` cannot be: write 0 to 7, or sun to sat, as in 1-5 or mon,wed")
    return int(word)
