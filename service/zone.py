"""The time zone of the machine, by its IANA name; UTC where it has none that is known."""

import os
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

_LINK = Path("/etc/localtime")
_FOLDER = "zoneinfo/"


@cache
def machine_zone() -> str:
    """`TZ` in the environment, else what the system says, else UTC."""
    target = str(_LINK.resolve()) if _LINK.exists() else ""
    named = (os.environ.get("TZ", "").lstrip(":"), target.partition(_FOLDER)[2])
    return next((name for name in named if name and _is_zone(name)), "UTC")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
