"""What is watched: sources, the feeds that list their articles, and the links found there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

Origin = Literal["command", "file"]
Road = Literal["feed", "sitemap", "section", "spider"]
ROADS: tuple[Road, ...] = get_args(Road)
LinkState = Literal["pending", "fetched", "refused", "dead"]
Trouble = Literal["", "failing", "blocked", "suspect"]
SourceState = Literal["new", "ok", "late", "failing", "blocked", "suspect", "paused"]


@dataclass(frozen=True, slots=True)
class Source:
    """A publication watched. `interval` is in seconds, 0 where it follows what the source publishes or has a
    `schedule`, see news/schedule.py; `discovered_at` is None while its feeds are still to be found, `watched_since`
    until its first visit has ended.

    What the first visit finds is history: stored, marked seen, never alerted (unless `alert_history`). `history` is
    how many seconds back that visit looks beyond what is listed now. `access` holds headers, cookies and the like of
    a subscription, secrets named by reference only; `spider` names a class of the user's own; `rules` are
    selectors, as [source.extract] has them. `suspicions` counts the
    latest pages that stood in an article's place, `told_of` is what the user was last told of the source, at
    `told_at`; it fails since `failing_since`, None where it was read last time.
    """

    id: int
    name: str
    url: str
    origin: Origin = "command"
    interval: int = 0
    schedule: str = ""
    paused: bool = False
    alert_history: bool = False
    added_at: datetime | None = None
    discovered_at: datetime | None = None
    due_at: datetime | None = None
    watched_since: datetime | None = None
    last_visit_at: datetime | None = None
    last_success_at: datetime | None = None
    last_news_at: datetime | None = None
    failures: int = 0
    last_error: str = ""
    advice: str = ""
    trouble: Trouble = ""
    told_of: str = ""
    told_at: datetime | None = None
    suspicions: int = 0
    failing_since: datetime | None = None
    history: int = 0
    spider: str = ""
    browser: bool = False
    accept_any_certificate: bool = False
    access: Mapping[str, Any] = field(default_factory=dict)
    rules: Mapping[str, Any] = field(default_factory=dict)


_LATE = timedelta(minutes=10)


def state_of(source: Source, now: datetime) -> SourceState:
    """How a source fares, in one word: the worst that is true."""
    if source.paused:
        return "paused"
    if source.trouble:
        return source.trouble
    if source.due_at is not None and source.due_at + _LATE < now:
        return "late"
    return "ok" if source.last_visit_at else "new"


@dataclass(frozen=True, slots=True)
class Feed:
    """One URL of a source that lists its articles, with the validators of its last answer (empty where none).

    `hints` are what it says of its own rhythm; `hub` and `topic` its WebSub hub and the URL that the hub knows it by;
    before `not_before` its server does not want to be asked.
    """

    url: str
    road: Road
    id: int = 0
    etag: str = ""
    last_modified: str = ""
    last_polled_at: datetime | None = None
    last_success_at: datetime | None = None
    last_error: str = ""
    hints: Mapping[str, Any] = field(default_factory=dict)
    hub: str = ""
    topic: str = ""
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A link that a poll brought, in normal form, with what the feed or sitemap said of it."""

    url: str
    title: str = ""
    published_at: datetime | None = None
    modified_at: datetime | None = None


NO_ARTICLE = "no article: "
"""Before the verdict in the `last_error` of a link whose page is none; without it, the page could not be had."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link's row: `attempts` fetches so far; `is_history` where the first visit to its source found it.

    `road` found it first, `roads` are all that ever listed it. An article is looked at again at `revisit_at`, after
    `revisits` such looks.
    """

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
    roads: tuple[Road, ...] = ()
    modified_at: datetime | None = None
    revisits: int = 0
    revisit_at: datetime | None = None

    @property
    def is_known(self) -> bool:
        """Whether its article is in the archive already, so that a fetch of it looks for changes."""
        return self.state == "fetched" and self.article_id is not None

    @property
    def verdict(self) -> str:
        """Why its page is no article; empty where that has not been found."""
        return self.last_error.removeprefix(NO_ARTICLE) if self.last_error.startswith(NO_ARTICLE) else ""
