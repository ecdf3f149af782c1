"""A schedule: when a source is visited by the clock on the wall, as a cron expression says.

The text is five fields, minute to weekday, and then a time zone if it has one: `0 7-19 * * 1-5 Europe/Paris`. Which
instants that means is worked out in scheduler/cron.py.
"""

from typing import TypedDict

FIELDS = 5
_FEWEST_WORDS = 3  # what has so many is no duration, and is told what a schedule lacks


class Timing(TypedDict):
    """What a source has of an interval: seconds (0 where it follows what is published), or a schedule."""

    interval: int
    schedule: str


def as_schedule(text: str) -> str | None:
    """The text with one space between its words, if it is meant as a schedule; else None."""
    words = text.split()
    return " ".join(words) if len(words) >= _FEWEST_WORDS else None


def timing(interval: int | str) -> Timing:
    """The `interval` of the settings, which is a number of seconds or a schedule, as a source has it."""
    if isinstance(interval, str):
        return Timing(interval=0, schedule=interval)
    return Timing(interval=interval, schedule="")
