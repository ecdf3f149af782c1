"""What is watched: sources, the feeds that list their articles, and the links found there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Origin = Literal["command", "file"]
Road = Literal["feed", "sitemap", "section"]
LinkState = Literal["pending", "fetched", "refused", "dead"]


@dataclass(frozen=True, slots=True)
class Source:
    """A publication watched. `interval` is in seconds; `discovered_at` is None while its feeds are still to be found,
    `watched_since` until its first visit has ended.

    What the first visit finds is history: stored, marked seen, never alerted (unless `alert_history`).
    """

    id: int
    name: str
    url: str
    origin: Origin = "command"
    interval: int = 900
    paused: bool = False
    alert_history: bool = False
    added_at: datetime | None = None
    discovered_at: datetime | None = None
    due_at: datetime | None = None
    watched_since: datetime | None = None
    last_visit_at: datetime | None = None
    last_success_at: datetime | None = None
    failures: int = 0
    last_error: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """One URL of a source that lists its articles, with the validators of its last answer (empty where none)."""

    url: str
    road: Road
    id: int = 0
    etag: str = ""
    last_modified: str = ""
    last_polled_at: datetime | None = None
    last_success_at: datetime | None = None
    last_error: str = ""


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A link that a poll brought, in normal form, with what the feed said of it."""

    url: str
    title: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A link's row: `attempts` fetches so far; `is_history` where the first visit to its source found it."""

    id: int
    source_id: int
    url: str
    road: Road
    state: LinkState = "pending"
    attempts: int = 0
    is_history: bool = False
    next_try_at: datetime | None = None
    published_at: datetime | None = None
    last_error: str = ""
    article_id: int | None = None
