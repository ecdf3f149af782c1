"""What became of a match for each channel, and what a watch was told of a story so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

TellingState = Literal["told", "held", "muted", "never"]
Reason = Literal["", "quiet", "digest", "update", "budget", "resurfaced", "removed"]

Figures = Mapping[str, str]
"""The figures of a text, each as it is written, by what it counts."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One match for one channel, and what became of it; unique by match, channel and revision.

    `revision` is 0 for the article itself, else the number of a later text of it that changes what was told. One that
    is held waits until `due_at`, for a `reason`.
    """

    watch_id: int
    article_id: int
    channel_id: int
    state: TellingState
    reason: Reason = ""
    due_at: datetime | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a story so far, and can change: figures by language and by what they count."""

    figures: Mapping[str, Figures] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Thread:
    """What a watch was told of a story so far. `updates` counts those that followed the first alert.

    `last_told_at` is None while the first of it still waits.
    """

    id: int
    watch_id: int
    story_id: int
    opened_at: datetime
    last_told_at: datetime | None = None
    updates: int = 0
    facts: Facts = Facts()
    muted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Volume:
    """How many articles a watch wanted on one day of its calendar, and how many alerts went out at once."""

    day: date
    matches: int
    alerts: int = 0


@dataclass(frozen=True, slots=True)
class StoryPlace:
    """Where an article stands: its story (None for none), and whether it is a copy; `long_ago` if it resurfaced.

    `long_ago` is when an old article was published or first seen that comes as if it were new.
    """

    story_id: int | None = None
    is_copy: bool = False
    long_ago: datetime | None = None
