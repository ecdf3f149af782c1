"""From what a page writes as a date to an instant: ISO 8601, the notation of mail, and dates as people write them."""

import re
from datetime import UTC, date, datetime, time, tzinfo
from email.utils import parsedate_to_datetime
from functools import cache
from typing import NamedTuple

from extraction.calendar import halves, months, plain_digits
from extraction.clocks import zone_behind

_EARLIEST_YEAR = 1990  # before it there was no page to publish on; zeros and epochs are what templates print
_LATEST_YEAR = 2200
_BUDDHIST = 543  # years that the calendar of Thailand is ahead
_FRACTION = re.compile(r"[.,]\d+(?=\D|$)")
_LONGEST = 64  # characters
_ISO = re.compile(r"(?P<local>\d{4}-\d{2}-\d{2}[T ]\d{2}(?::\d{2}){1,2})(?P<rest>.*)", re.DOTALL)
_MAIL = re.compile(r"(?:[a-z]{3,9}, ?)?\d\d?[ -][a-z]{3}[ -]\d{2,4} \d\d?:\d\d", re.I)
_UNIX = re.compile(
    r"(?:[a-z]{3},? )?([a-z]{3}) +(\d\d?) (\d\d:\d\d:\d\d)((?: (?:[a-z]{3,4}|[+-]\d{4}))?) (\d{4})", re.I
)
_YEAR = r"(?:พ\.ศ\.\s?)?(?P<year>(?:19|20|25)\d\d)"
_NO_DAY = re.compile(r"\d{4}(?:[-/.]\d{1,2})?|\d{1,2}[-/.]\d{4}")
_SOME_YEAR = re.compile(r"(?:19|20|25)\d\d")
_MONTH = r"(?P<month>[^\W\d_][^\s\d,/|()]{1,13}(?:\s(?:الأول|الاول|الثاني))?)"
_WRITTEN = (
    re.compile(
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:er|st|nd|rd|th|º|\.)?(?:\s+|-)(?:(?:de|of)\s+)?{_MONTH},?(?:\s+|-)(?:del?\s+)?"
        rf"{_YEAR}(?!\d)",
        re.I,
    ),
    re.compile(rf"(?<![^\W\d_]){_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}(?!\d)", re.I),
    re.compile(rf"(?<!\d){_YEAR}(?P<same>[-/.])\s?(?P<month>\d\d?)(?P=same)\s?(?P<day>\d\d?)(?!\d)"),
    re.compile(rf"(?<!\d){_YEAR}\s?[年년]\s?(?P<month>\d\d?)\s?[月월]\s?(?P<day>\d\d?)\s?[日일号號]"),
    re.compile(rf"(?<!\d)(?P<day>\d{{1,2}})(?P<sign>[-/.])(?P<month>\d{{1,2}})(?P=sign){_YEAR}(?!\d)"),
    re.compile(rf"(?<!\d){_YEAR}\.?\s{_MONTH}\s(?P<day>\d\d?)(?!\d)", re.I),
)


class Moment(NamedTuple):
    """An instant in UTC. `has_zone` and `has_time` say whether the page wrote them, too; a bare day is its midnight."""

    at: datetime
    has_zone: bool
    has_time: bool


def read_moment(text: str, zone: tzinfo = UTC) -> Moment | None:
    """What an ISO 8601 text names, in the given zone where it names none; None for others, and for absurd years.

    A bare day, and midnight without a zone, which is how templates print one, is midnight in UTC: the day is right.
    Behind the time may stand the name of a zone too: `2026-11-20T08:00:00 Europe/Paris`.
    """
    text = _FRACTION.sub("", text.strip()[:_LONGEST])
    try:
        return _moment(datetime.fromisoformat(text), zone)
    except (ValueError, OverflowError):
        pass
    iso = _ISO.fullmatch(text)
    try:
        local = datetime.fromisoformat(iso["local"]) if iso else None
        named = zone_behind(iso["rest"], local, zone, is_iso=True) if iso and local else None
        return _moment(local.replace(tzinfo=named), zone) if local and named else None
    except (ValueError, OverflowError):
        return None


def _moment(written: datetime, zone: tzinfo) -> Moment | None:
    """The instant; None for absurd years. Raises OverflowError at the ends of time."""
    is_day = written.tzinfo is None and written.time() == time()
    at = written.replace(tzinfo=written.tzinfo or (UTC if is_day else zone)).astimezone(UTC)
    return Moment(at, written.tzinfo is not None, not is_day) if _EARLIEST_YEAR <= at.year <= _LATEST_YEAR else None


def read_instant(text: str) -> datetime | None:
    """The instant that an ISO 8601 string names, in UTC (and taken for UTC where it names no zone); None for others."""
    moment = read_moment(text)
    return moment.at if moment else None


def names_no_day(text: str) -> bool:
    """Whether the text is a year alone, or a month: `2026-11`."""
    return _NO_DAY.fullmatch(text.strip()) is not None


def mail_moment(text: str) -> Moment | None:
    """What a date in the notation of mail and HTTP (RFC 5322, 850) names; None for others, and where it has no zone."""
    if not _MAIL.match(text.strip()):
        return None
    try:
        written = parsedate_to_datetime(text)
        return _moment(written, UTC) if written.tzinfo is not None else None
    except (ValueError, TypeError, IndexError, OverflowError):  # what malformed zones and endless years give
        return None


def unix_order(text: str) -> str:
    """The text, its year before its time if it is as Unix and Java print dates: `Fri Nov 20 08:00:00 EST 2026`."""
    found = _UNIX.fullmatch(text.strip())
    return found.expand(r"\1 \2 \5 \3\4") if found else text


def written_moment(line: str, zone: tzinfo = UTC, *, month_first: bool = False) -> Moment | None:
    """The first date that a line of text holds, with its time of day if that follows; None where there is none.

    `12/11/2024` is read day first, unless told otherwise or impossible. The zone is that of the line, else the given.
    """
    line = plain_digits(line)
    if not _SOME_YEAR.search(line):
        return None
    for pattern in _WRITTEN:
        for found in pattern.finditer(line):
            day = _day(found, month_first)
            if day is not None and _EARLIEST_YEAR <= day.year <= _LATEST_YEAR:
                return _at(day, line[: found.start()], line[found.end() :], zone)
    return None


def _day(found: re.Match[str], month_first: bool) -> date | None:
    name = found["month"]
    month = int(name) if name.isdecimal() else months().get(name.casefold().rstrip("."), 0)
    year, day = int(found["year"]), int(found["day"])
    if "sign" in found.re.groupindex and ((month_first and found["sign"] == "/" and day <= 12) or month > 12):
        month, day = day, month
    try:
        return date(year - _BUDDHIST if year > _LATEST_YEAR else year, month, day)
    except ValueError:
        return None


@cache
def _hours() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a time of day looks like behind a date, and right before one."""
    half = "|".join(re.escape(word) for word in sorted(halves(), key=len, reverse=True))
    hour = r"(?<![\d.])(?P<hour>[01]?\d|2[0-3])"
    behind = re.compile(
        rf"[^\d]{{0,14}}?(?:(?<!\w)(?P<before>{half})\s?)?{hour}"
        rf"(?:\s?(?::|(?:h|heures?|uhr)(?![^\W\d_])|[時时시點点])\s?(?:(?P<minute>[0-5]\d?)(?!\d)[分분]?)?(?P<second>:[0-5]\d)?"
        rf"(?!\d)\s?(?P<half>(?:{half})(?!\w)\.?)?"
        rf"|\.(?P<dotted>[0-5]\d)\s?(?:น|uhr)(?![^\W\d_])"
        rf"|\s?(?P<alone>[ap]\.?m\b\.?))",
        re.I,
    )
    before = re.compile(
        rf"(?<![\d.:]){hour}:(?P<minute>[0-5]\d)(?::[0-5]\d)?(?:\s?(?P<half>(?:{half})(?!\w)\.?))?"
        r"(?P<zone>\s?\(?[A-Z]{2,4}\)?(?=,))?[,|•·]?\s{0,2}(?:[^\W\d_]{2,11}\.?,?\s)?$",
        re.I,
    )
    return behind, before


def _at(day: date, before: str, behind: str, zone: tzinfo) -> Moment:
    follows, precedes = _hours()
    found = follows.match(behind)
    rest = behind[found.end() :] if found else ""
    if found is None:
        found = precedes.search(before[-_LONGEST:])
        rest = (found["zone"] or "") if found else ""
    if found is None:
        return Moment(datetime.combine(day, time(), UTC), has_zone=False, has_time=False)
    named = found.groupdict()
    half = halves().get((named.get("before") or named["half"] or named.get("alone") or "").casefold().rstrip("."), "")
    number = int(named["hour"])
    if half and 1 <= number <= 12:
        number = number % 12 + 12 * (half == "pm")
    local = datetime.combine(day, time(number, int(named["minute"] or named.get("dotted") or 0)))
    written = zone_behind(rest, local, zone, is_exact=bool(half or named.get("second")))
    try:
        at = local.replace(tzinfo=written or zone).astimezone(UTC)
    except OverflowError:
        at, written = local.replace(tzinfo=UTC), None
    return Moment(at, has_zone=written is not None, has_time=True)
