"""The nearest right word: what somebody who wrote a wrong one most likely meant."""

import difflib
from collections.abc import Sequence
from zoneinfo import ZoneInfo, available_timezones


def suggestion(wrong: str, words: Sequence[str]) -> str:
    """`; did you mean 'that'?`, to stand behind what is wrong; empty where no word is near."""
    by_small = {word.lower(): word for word in words}
    close = difflib.get_close_matches(wrong.lower(), by_small, n=1, cutoff=0.6)
    return f"; did you mean {by_small[close[0]]!r}?" if close else ""


def zone_named(name: str) -> ZoneInfo:
    """The time zone. Raises ValueError naming the nearest that there is."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        near = suggestion(name, sorted(available_timezones())) or "; write one such as Europe/Paris"
        raise ValueError(f"{name!r} is no time zone{near}") from None
