"""The nearest right word: what somebody who wrote a wrong one most likely meant."""

import difflib
from collections.abc import Sequence
from zoneinfo import ZoneInfo, available_timezones

from news.text import clip

_SHOWN = 60


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
    return f"; did you mean {found!r}?" if found else suggestion(name, known)


def zone_named(name: str) -> ZoneInfo:
    """The time zone. Raises ValueError naming the nearest that there is."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        near = _near_zone(name) or "; write one such as Europe/Paris"
        raise ValueError(f"{clip(name, _SHOWN)!r} is no time zone{near}") from None
