"""From what a page writes as a date to an instant: ISO 8601, and dates as people write them."""

import re
from datetime import UTC, date, datetime, time, tzinfo
from typing import NamedTuple

_EARLIEST_YEAR = 1990  # before it there was no page to publish on; zeros and epochs are what templates print
_LATEST_YEAR = 2200
_OFFSET = re.compile(r"\s*([+-]\d{2}):?(\d{2})$")
_FRACTION = re.compile(r"[.,]\d+(?=\D|$)")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}(?::\d{2}){1,2}.*)?", re.DOTALL)
_LONGEST = 64  # characters
_ALL_MONTHS = (
    "january janvier januar enero gennaio janeiro januari jan janv jän ene gen",
    "february février fevrier februar febrero febbraio fevereiro februari feb fév fev févr",
    "march mars märz marzo março marco maart mar mär mrz",
    "april avril abril aprile apr avr abr",
    "may mai mayo maggio maio mei mag",
    "june juin juni junio giugno junho jun giu",
    "july juillet juli julio luglio julho jul juil lug",
    "august août aout agosto augustus aug ago",
    "september septembre septiembre settembre setembro sep sept set",
    "october octobre oktober octubre ottobre outubro oct okt ott out",
    "november novembre noviembre novembro nov",
    "december décembre decembre dezember diciembre dicembre dezembro dec déc dez dic",
)
_MONTHS = {name: number for number, names in enumerate(_ALL_MONTHS, 1) for name in names.split()}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_WRITTEN = (
    re.compile(
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:er|st|nd|rd|th|\.)?\s+(?:de\s+)?{_MONTH},?\s+(?:de\s+)?(?P<year>(?:19|20)\d\d)\b",
        re.I,
    ),
    re.compile(rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d\d)\b", re.I),
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)[-/](?P<month>\d\d)[-/](?P<day>\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<day>\d{1,2})(?P<sign>[-/.])(?P<month>\d{1,2})(?P=sign)(?P<year>(?:19|20)\d\d)(?!\d)"),
)
_HOUR = re.compile(
    r"^[^\d]{0,14}?(?<![\d.])(?P<hour>[01]?\d|2[0-3])(?:\s?(?::|h|heures?|uhr)\s?(?P<minute>[0-5]\d)?)(?!\d)"
    r"(?::[0-5]\d)?\s?(?P<half>[ap]\.?m)?",
    re.I,
)


class Moment(NamedTuple):
    """An instant in UTC. `has_zone` and `has_time` say whether the page wrote them, too; a bare day is its midnight."""

    at: datetime
    has_zone: bool
    has_time: bool


def read_moment(text: str, zone: tzinfo = UTC) -> Moment | None:
    """What an ISO 8601 text names, in the given zone where it names none; None for others, and for absurd years.

    A bare day, and midnight without a zone, which is how templates print one, is midnight in UTC: the day is right.
    """
    text = _FRACTION.sub("", text.strip()[:_LONGEST])
    if _ISO.fullmatch(text):
        text = _OFFSET.sub(r"\1:\2", text.removesuffix(" UTC").removesuffix(" GMT"))
    try:
        written = datetime.fromisoformat(text)
        is_day = written.tzinfo is None and written.time() == time()
        at = written.replace(tzinfo=written.tzinfo or (UTC if is_day else zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return Moment(at, written.tzinfo is not None, not is_day) if _EARLIEST_YEAR <= at.year <= _LATEST_YEAR else None


def read_instant(text: str) -> datetime | None:
    """The instant that an ISO 8601 string names, in UTC (and taken for UTC where it names no zone); None for others."""
    moment = read_moment(text)
    return moment.at if moment else None


def written_moment(line: str, zone: tzinfo = UTC, *, month_first: bool = False) -> Moment | None:
    """The first date that a line of text holds, with its time of day if that follows; None where there is none.

    `12/11/2024` is read day first, unless told otherwise or impossible.
    """
    for pattern in _WRITTEN:
        for found in pattern.finditer(line):
            day = _day(found, month_first)
            if day is not None and _EARLIEST_YEAR <= day.year <= _LATEST_YEAR:
                return _at(day, line[found.end() :], zone)
    return None


def _day(found: re.Match[str], month_first: bool) -> date | None:
    name = found["month"].lower()
    month, day = _MONTHS.get(name) or int(name), int(found["day"])
    if "sign" in found.re.groupindex and ((month_first and found["sign"] == "/" and day <= 12) or month > 12):
        month, day = day, month
    try:
        return date(int(found["year"]), month, day)
    except ValueError:
        return None


def _at(day: date, rest: str, zone: tzinfo) -> Moment:
    hour = _HOUR.match(rest)
    if hour is None:
        return Moment(datetime.combine(day, time(), UTC), has_zone=False, has_time=False)
    number = int(hour["hour"])
    if hour["half"] and 1 <= number <= 12:
        number = number % 12 + 12 * hour["half"].lower().startswith("p")
    local = datetime.combine(day, time(number, int(hour["minute"] or 0)), zone)
    return Moment(local.astimezone(UTC), has_zone=False, has_time=True)
