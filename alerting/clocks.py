"""The times of an alert by the clock of those who read it; the instants stay what they are. Pure."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from news.alert import Alert, Told


def by_the_clock_of(zone: ZoneInfo, alert: Alert) -> Alert:
    """The alert with all times in this zone."""
    return replace(
        alert,
        told=_told(alert.told, zone),
        items=tuple(replace(item, told=_told(item.told, zone)) for item in alert.items),
    )


def _told(told: Told, zone: ZoneInfo) -> Told:
    return replace(
        told,
        published_at=_moved(told.published_at, zone),
        found_at=_moved(told.found_at, zone),
        resurfaced_from=_moved(told.resurfaced_from, zone),
    )


def _moved(instant: datetime | None, zone: ZoneInfo) -> datetime | None:
    try:
        return instant.astimezone(zone) if instant is not None else None
    except OverflowError:  # the first day that there is, and the last
        return instant
