"""What belongs together: articles on one event, and among them the same text again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Placing:
    """Where an article belongs: to a known story or, without `story_id`, to one of its own.

    `copy_of` is the article whose text it has again, itself no copy; `containment` the share of the shorter text that
    stands in the longer, as far as samples tell, 0 to 1.
    """

    story_id: int | None = None
    copy_of: int | None = None
    containment: float | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """An article that has its place, as the next ones are compared with it.

    `sequence` rises with every article placed; `told_at` is when it was published, as far as that can be believed.
    `fingerprint` are the sampled hashes of its text, 8 bytes each, lowest byte first; None once it is too old.
    """

    sequence: int
    article_id: int
    story_id: int
    told_at: datetime
    copy_of: int | None = None
    fingerprint: bytes | None = None


@dataclass(frozen=True, slots=True)
class StoryState:
    """A story as the next articles are compared with it: when its first and its last were told, and its words."""

    id: int
    first_at: datetime
    last_at: datetime
    centroid: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Story:
    """A story as lists show it; `title` is that of the article told first."""

    id: int
    title: str
    articles: int
    copies: int
    sources: tuple[str, ...]
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class StoryArticle:
    """An article of a story, and when it was told: published, as far as that can be believed, and seen by us."""

    article_id: int
    title: str
    url: str
    source: str
    language: str | None
    told_at: datetime
    published_at: datetime | None
    first_seen_at: datetime
    copy_of: int | None = None
    containment: float | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """When an article was told: published, as far as that can be believed; and its story, None where it has none."""

    told_at: datetime
    story_id: int | None = None
