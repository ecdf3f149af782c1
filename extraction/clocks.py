"""The zone that is written behind a time of day: an offset, a short name, or a place of the time zone database."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from extraction.calendar import zones

_OFFSET = re.compile(
    r"\s?(?:(?P<from>(?:GMT|UTC)\s?)?(?P<sign>[+-])(?P<hours>\d\d?)(?P<colon>:?)(?P<minutes>[0-5]\d)?)(?![\d:])", re.I
)
_PLACE = re.compile(r"\s?[(\[]?(?P<place>[A-Z][A-Za-z_]{2,20}(?:/[A-Z][A-Za-z_+-]{2,30}){1,2})[)\]]?")
_NAME = re.compile(r"\s?\(?(?P<name>[^\W\d_]{1,5})\b(?P<is_last>\)?\s*(?:$|[|•·,;()–—-]))?")
_SPELLED = re.compile(r"\s?\(?(?P<name>Eastern|Central|Mountain|Pacific)\s(?:(?:Standard|Daylight)\s)?Time\b", re.I)
_FURTHEST = timedelta(hours=14)


def zone_behind(
    text: str, local: datetime, zone: tzinfo, *, is_iso: bool = False, is_exact: bool = False
) -> tzinfo | None:
    """The zone that the text begins with; None where it begins with none.

    `local` is the time that it stands behind, `zone` that of the page: IST is Ireland's, Israel's or India's. Only ISO
    8601 writes an offset as short as `-05`, elsewhere it is a line or a span; `08:00-09:30` is a span, too, unless
    the time `is_exact`: has seconds, or a half of the day.
    """
    offset = _OFFSET.match(text)
    if offset is not None:
        is_all = is_exact and offset["minutes"] is not None and not text[offset.end() :].strip()
        return _offset(offset, is_sure=is_iso or is_all)
    spelled = _SPELLED.match(text)
    if spelled is not None:
        return _named(f"{spelled['name'][0].upper()}T", local, zone)
    place = _PLACE.match(text)
    if place is not None and (known := _place(place["place"])) is not None:
        return known
    found = _NAME.match(text)
    return _named(found["name"], local, zone) if found is not None and _is_zone(found) else None


def _offset(found: re.Match[str], *, is_sure: bool) -> tzinfo | None:
    is_sure = bool(is_sure or found["from"] or (found["minutes"] and (not found["colon"] or found["sign"] == "+")))
    span = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
    if not is_sure or span > _FURTHEST:
        return None
    return timezone(-span if found["sign"] == "-" else span)


@lru_cache(maxsize=256)
def _place(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # no such place, or a folder of places
        return None


def _is_zone(found: re.Match[str]) -> bool:
    """Whether it is no word. Two letters are one in many a language, so nothing may follow them."""
    name = found["name"]
    if name.upper() in ("GMT", "UTC"):
        return True
    return (len(name) != 2 or found["is_last"] is not None) and (name != "Z" or found[0][0] == "Z")


def _named(name: str, local: datetime, zone: tzinfo) -> tzinfo | None:
    """The zone of a short name."""
    if name.upper() in ("GMT", "UTC"):
        return UTC
    if name == zone.tzname(local):
        return zone
    known = zones().get(name)
    if isinstance(known, str):
        return _place(known)
    return None if known is None else timezone(timedelta(hours=known))
