"""The dates that feeds and sitemaps write, and which of them can be believed."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# No news site is older than the web; machines that know no date write year 1 or 1970.
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
_CLOCKS_DIFFER = timedelta(days=1)
# The two notations that the standards of feeds prescribe, and nothing that one program reads and another does not.
_MAIL = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun), +)?\d\d? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) [12]\d{3}"
    r" \d\d:\d\d(?::\d\d)? (?:gmt|utc?|z|[ecmp][sd]t|[+-]\d{4})",
    re.IGNORECASE | re.ASCII,
)
_WEB = re.compile(r"[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_YEAR_OR_MONTH = re.compile(r"(\d{4})(?:-(\d{2}))?")


def believable(instant: datetime | None, now: datetime) -> datetime | None:
    """The instant in UTC, or None where it is unknown, before 1990 or more than a day ahead of `now`."""
    if instant is None:
        return None
    try:
        instant = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except OverflowError:  # year 1 or 9999, pushed over the edge by its zone
        return None
    return instant if _OLDEST <= instant <= now + _CLOCKS_DIFFER else None


def read_date(text: str, now: datetime) -> datetime | None:
    """The instant that W3C (`2026-11-20`, `2026-11-20T08:00Z`) or mail (`Fri, 20 Nov 2026 …`) notation names.

    UTC is assumed where there is no zone; None where it cannot be read or believed.
    """
    text = text.strip()
    rough = _YEAR_OR_MONTH.fullmatch(text)
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            if rough:
                return believable(datetime(int(rough[1]), int(rough[2] or 1), 1, tzinfo=UTC), now)
            return believable(read(text), now)
        except (ValueError, TypeError, IndexError, OverflowError):  # what malformed zones and endless years give
            continue
    return None


def read_standard_date(text: str) -> datetime | None:
    """The instant in UTC that RFC 822 or RFC 3339 notation names, to the letter; None for everything else."""
    read = parsedate_to_datetime if _MAIL.fullmatch(text) else datetime.fromisoformat if _WEB.fullmatch(text) else None
    try:
        return read(text).astimezone(UTC) if read is not None else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
