"""How long an answer says that it stays fresh: `Cache-Control: max-age` (RFC 9111), less its `Age`. Pure."""

import re
from collections.abc import Sequence

LONGEST = 7 * 24 * 3600  # seconds; what is longer counts as that
LONGEST_LINE = 1_000  # characters of all its lines together
# A quoted value may hold commas, and names of other directives.
_DIRECTIVE = re.compile(r'([^\s,;="]++)(?:\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"|([^\s,"]*+)))?+')
_SECONDS = re.compile(r"[0-9]{1,100}")
_UNKEPT = ("no-cache", "no-store")


def max_age_of(cache_control: Sequence[str], age: str = "") -> int | None:
    """Seconds for which the answer is still fresh, up to a week; None where its `Cache-Control` lines do not say.

    0 where it is stale already, or not to be kept (`no-cache`, `no-store`). `s-maxage` is for shared caches, which a
    monitor is not. Of several `max-age` the first counts; one that is no number of seconds says nothing, nor does such
    an `age`.
    """
    said: dict[str, str] = {}
    for name, quoted, bare in _DIRECTIVE.findall(", ".join(cache_control)[:LONGEST_LINE]):
        said.setdefault(name.lower(), quoted or bare)
    if any(name in said for name in _UNKEPT):
        return 0
    fresh = _seconds(said.get("max-age", ""))
    return None if fresh is None else min(max(fresh - (_seconds(age) or 0), 0), LONGEST)


def _seconds(text: str) -> int | None:
    return int(text) if _SECONDS.fullmatch(text) else None
