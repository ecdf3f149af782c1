"""Histograms for the terminal: how many of something there were in each day, week, month or year. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

_ROWS = 31
_RECENT = 0.9  # of all that is counted stands in rows of its own; what is older is one row
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_NARROWEST = 8

Row = tuple[str, int]


def rows(counts: Mapping[date, int], until: date) -> list[Row]:
    """Label and number of each unit up to a day, empty ones too; the smallest unit by which nearly all of it fits.

    What is older than some thirty units is one row, `earlier`. Nothing where there is nothing.
    """
    counted = {day: number for day, number in counts.items() if number}
    if not counted:
        return []
    until = max(until, *counted)
    for unit in _UNITS:
        found = dict.fromkeys(_latest(unit, min(counted), until), 0)
        recent = {day: number for day, number in counted.items() if day >= min(found)}
        if sum(recent.values()) >= _RECENT * sum(counted.values()) or unit is _UNITS[-1]:
            break
    for day, number in recent.items():
        found[unit.begin(day)] += number
    earlier = sum(counted.values()) - sum(recent.values())
    return [*([("earlier", earlier)] if earlier else []), *((unit.written(day), found[day]) for day in sorted(found))]


def _latest(unit: "_Unit", first: date, until: date) -> Iterator[date]:
    """The units from the last back to the first, or as many as there are rows for."""
    day = unit.begin(until)
    for _ in range(_ROWS):
        yield day
        if day <= first or day == date.min:
            return
        day = unit.begin(day - timedelta(days=1))


def bars(counted: Sequence[Row], width: int) -> list[str]:
    """Each row as a line of at most so many columns: label, bar, number."""
    if not counted:
        return []
    label = max(len(name) for name, _ in counted)
    figures = max(len(f"{number:,}") for _, number in counted)
    room = max(width - label - figures - 2, _NARROWEST)
    most = max(number for _, number in counted) or 1
    return [f"{name:<{label}} {_bar(number, most, room)} {number:,}" for name, number in counted]


def _bar(number: int, most: int, room: int) -> str:
    """A bar in eighths of a column; what is not nothing can be seen."""
    eighths = max(round(number / most * room * 8), 1 if number else 0)
    return "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")


def _day(day: date) -> date:
    return day


def _week(day: date) -> date:
    return day - timedelta(days=min(day.weekday(), (day - date.min).days))


def _month(day: date) -> date:
    return day.replace(day=1)


def _year(day: date) -> date:
    return day.replace(month=1, day=1)


class _Unit(NamedTuple):
    """A unit of time: on which day the one of a day begins, and how it is written."""

    begin: Callable[[date], date]
    written: Callable[[date], str]


_UNITS = (
    _Unit(_day, date.isoformat),
    _Unit(_week, lambda day: f"week of {day}"),
    _Unit(_month, lambda day: f"{day:%Y-%m}"),
    _Unit(_year, lambda day: f"{day:%Y}"),
)
