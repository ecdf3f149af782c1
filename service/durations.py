"""Durations as the settings have them: a number of seconds, `90s` to `1d`, and for visits a schedule."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from news.schedule import as_schedule

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def seconds(value: Any) -> Any:
    """A duration in seconds from a number or from `90s`, `15m`, `2h`, `1d`; other things are left to the type check."""
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([smhd])\s*", value)
    if found is None:
        raise ValueError("write a duration as 90s, 15m, 2h or 1d")
    try:
        return timedelta(seconds=float(found[1]) * _UNITS[found[2]]).total_seconds()
    except OverflowError:
        raise ValueError("this is longer than any time that can be counted") from None


def _said_seconds(value: Any) -> Any:
    """The same of a setting, which may be a number in quotes: a variable of the environment knows no other."""
    is_number = isinstance(value, str) and re.fullmatch(r"\s*[0-9]+(?:\.[0-9]+)?\s*", value)
    return seconds(f"{value.strip()}s" if is_number else value)


def _whole_seconds(value: Any) -> Any:
    duration = _said_seconds(value)
    return int(duration) if isinstance(duration, float) and duration.is_integer() else duration


def _interval(value: Any, whole: ValidatorFunctionWrapHandler) -> Any:
    """Seconds, 0 for `auto`; a schedule stays the text it is, for `check_declared` and the commands to look at."""
    schedule = as_schedule(value) if isinstance(value, str) else None
    if schedule is not None:
        return schedule
    try:
        return whole(0 if value == "auto" else _whole_seconds(value))
    except ValueError as error:
        if isinstance(error, ValidationError):
            raise
        raise ValueError(f"{error}, or a schedule as in `0 7-19 * * 1-5 Europe/Paris`") from None


Seconds = Annotated[float, BeforeValidator(_said_seconds)]
WholeSeconds = Annotated[int, BeforeValidator(_whole_seconds)]
if TYPE_CHECKING:
    Interval = int | str
else:  # in words that pydantic takes: a schedule passes the bounds by
    Interval = Annotated[int, Field(ge=0, le=86_400 * 7), WrapValidator(_interval)]
