"""Tally: what happened how often since the process was started, by name and labels; for /metrics."""

from collections import Counter
from collections.abc import Mapping

Labels = tuple[str, ...]


class Tally:
    """Counts. One is handed to whoever has something to count, and read by whoever tells of it."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[Labels]] = {}

    def add(self, name: str, *labels: str, by: int = 1) -> None:
        """Something happened; `labels` are few and known beforehand, never what a page or an error says."""
        self._counts.setdefault(name, Counter())[labels] += by

    def of(self, name: str) -> Mapping[Labels, int]:
        """How often each, by labels."""
        return dict(self._counts.get(name, {}))
