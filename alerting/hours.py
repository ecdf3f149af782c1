"""When something may be told: quiet hours and the hours of digests, by the clock on the wall. Pure.

Hours are of a time zone, instants are not. An hour that a day skips (clocks go forward) is the instant at which it is
skipped; of one that a day has twice (clocks go back) a digest takes the first, and quiet hours last through both.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from news.rules import Quiet, WholeRules

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_LONGEST_SHIFT = timedelta(hours=48)  # of a clock on the wall: more than any zone ever jumped


def local_day(now: datetime, rules: WholeRules) -> date:
    """The day on the wall's calendar."""
    return now.astimezone(rules.zone).date()


def quiet_until(now: datetime, rules: WholeRules) -> datetime | None:
    """The instant at which the quiet hours end that `now` lies in; None where it lies in none."""
    until = now
    # What ends within the next day's quiet hours goes on: only where the clock went back meanwhile.
    while (end := _end_of_quiet(until, rules.quiet, rules.zone)) is not None:
        until = end
    return until if until > now else None


def outside_quiet(instant: datetime, rules: WholeRules) -> datetime:
    """The instant itself, or the end of the quiet hours that it lies in."""
    return quiet_until(instant, rules) or instant


def next_digest(now: datetime, rules: WholeRules) -> datetime:
    """The next time, after `now`, at which a digest is told; one told at once counts as daily."""
    zone = rules.zone
    if rules.digest == "hourly":
        return _next_hour(now, zone)
    day = now.astimezone(zone).date() - _DAY
    for _ in range(17):
        at = _first(day, rules.at, zone)
        is_wanted = rules.digest != "weekly" or day.weekday() == rules.weekday
        if at > now and is_wanted and _exists(day, zone):
            return at
        day += _DAY
    return now + _DAY  # not reached by any zone that there is


def _next_hour(now: datetime, zone: ZoneInfo) -> datetime:
    """The next full hour on the wall, where zones may lie half an hour from UTC."""
    offset = now.astimezone(zone).utcoffset() or timedelta()
    past = (now + offset - datetime(2000, 1, 1, tzinfo=UTC)) % _HOUR
    return now - past + _HOUR


def _end_of_quiet(instant: datetime, quiet: Quiet, zone: ZoneInfo) -> datetime | None:
    if not quiet:
        return None
    today = instant.astimezone(zone).date()
    nights = timedelta() if quiet.start < quiet.end else _DAY
    for days in range(-2, 2):
        day = today + days * _DAY
        end = _last(day + nights, quiet.end, zone)
        if _first(day, quiet.start, zone) <= instant < end:
            return end
    return None


def _exists(day: date, zone: ZoneInfo) -> bool:
    """Whether the day was not left out altogether, as where a land has gone over the date line."""
    return _first(day, time(), zone) < _first(day + _DAY, time(), zone)


def _first(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """The first instant of the day at which the clock shows the hour, or jumps over it."""
    return _instant(day, hour, zone, fold=0)


def _last(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """The last such instant."""
    return _instant(day, hour, zone, fold=1)


def _instant(day: date, hour: time, zone: ZoneInfo, fold: int) -> datetime:
    local = datetime.combine(day, hour, tzinfo=zone).replace(fold=fold)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    return _jump(instant - _LONGEST_SHIFT, instant + _LONGEST_SHIFT, local.replace(tzinfo=None), zone)


def _jump(before: datetime, after: datetime, wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant between two at which the clock goes past what it never shows, to the second."""
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).replace(tzinfo=None) < wall:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
