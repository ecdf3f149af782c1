"""How long what the archive holds is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Retention:
    """How long articles without and with matches, and links that led to none, are kept; None: for good.

    `sources` says it by name in place of `articles`. What counts is when Vigie first saw it.
    """

    articles: timedelta | None = None
    matched: timedelta | None = None
    links: timedelta | None = None
    sources: Mapping[str, timedelta] = field(default_factory=dict)

    @property
    def is_on(self) -> bool:
        """Whether anything is ever to go."""
        return bool(self.sources) or any(age is not None for age in (self.articles, self.matched, self.links))
