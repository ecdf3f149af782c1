"""The nearest right word: what somebody who wrote a wrong one most likely meant."""

import difflib
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

from news.text import clip

_SHOWN = 60
_ABBREVIATION = re.compile(r"[A-Z]{3,5}")
_DAYS = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))  # of any year, one in either season


def suggestion(wrong: str, words: Sequence[str]) -> str:
    """`; did you mean 'that'?`, to stand behind what is wrong; empty where no word is near."""
    by_small = {word.lower(): word for word in words}
    close = difflib.get_close_matches(wrong.lower(), by_small, n=1, cutoff=0.6)
    return f"; did you mean {by_small[close[0]]!r}?" if close else ""


def _near_zone(name: str) -> str:
    """The zone that is written most like it; of a city alone, as most would name their zone, that city's."""
    known = sorted(available_timezones())
    if "/" in name:
        return suggestion(name, known)
    by_city = {zone.rpartition("/")[2]: zone for zone in known if "/" in zone}
    wanted = name.strip().replace(" ", "_").lower()
    found = next((zone for city, zone in by_city.items() if city.lower() == wanted), "")
    if found:
        return f"; did you mean {found!r}?"
    of_clocks = _abbreviated(name.strip().upper(), known)
    if of_clocks:
        return f"; clocks show it in {of_clocks!r}, for example: write such a name"
    return "" if _ABBREVIATION.fullmatch(name) else suggestion(name, known)  # CEST is written like EST, and far from it


def _abbreviated(wanted: str, known: Sequence[str]) -> str:
    """A zone whose clocks show this abbreviation in winter or in summer, of the continent that has most; else empty."""
    found = [
        zone for zone in known if "/" in zone and wanted in {day.astimezone(ZoneInfo(zone)).tzname() for day in _DAYS}
    ]
    continents = Counter(zone.partition("/")[0] for zone in found)
    return next((zone for zone in found if zone.partition("/")[0] == continents.most_common(1)[0][0]), "")


def zone_named(name: str) -> ZoneInfo:
    """The time zone. Raises ValueError naming the nearest that there is."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        near = _near_zone(name) or "; write one such as Europe/Paris"
        raise ValueError(f"{clip(name, _SHOWN)!r} is no time zone{near}") from None
