"""Lines that hold no words of the article: the hours of a live report, buttons that are one sign."""

import re
from collections.abc import Sequence

from extraction.furniture import Known

_HOUR = re.compile(
    r"(?:(?:à|at|um)\s)?\d{1,2}\s?(?:h|:|\.|uhr)\s?(?:\d{2})?\s?(?:a\.?m\.?|p\.?m\.?|uhr|cet|gmt)?", re.IGNORECASE
)
_LONGEST_HOUR = 20  # characters
_WORD = re.compile(r"\w")
_FEWEST_HOURS = 2


def strays(paragraphs: Sequence[str], _known: Known) -> dict[int, str]:
    """The lines without a letter or digit and, where there are several, those that are only an hour."""
    gone = {at: "no words" for at, line in enumerate(paragraphs) if not _WORD.search(line)}
    hours = [at for at, line in enumerate(paragraphs) if len(line) <= _LONGEST_HOUR and _HOUR.fullmatch(line)]
    return gone | dict.fromkeys(hours if len(hours) >= _FEWEST_HOURS else (), "an hour of the day")
