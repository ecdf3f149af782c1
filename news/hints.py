"""What a source's feeds say of their own rhythm. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Hints:
    """`ttl` (RSS) and `max_age` (Cache-Control) in seconds, 0 where not said; hours in UTC, Monday is day 0."""

    ttl: int = 0
    max_age: int = 0
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()

    @classmethod
    def of(cls, feeds: Iterable[Mapping[str, Any]]) -> "Hints":
        """Of several feeds: the most impatient counts, and only hours and days that all of them skip."""
        said = list(feeds)
        if not said:
            return cls()
        return cls(
            ttl=min(int(one.get("ttl") or 0) for one in said),
            max_age=min(int(one.get("max_age") or 0) for one in said),
            skip_hours=frozenset.intersection(*(frozenset(one.get("skip_hours") or ()) for one in said)),
            skip_days=frozenset.intersection(*(frozenset(one.get("skip_days") or ()) for one in said)),
        )
