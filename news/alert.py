"""What is told, to whom, and what became of it: alerts, channels, deliveries and their attempts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from news.article import Span
from news.source import Origin

ChannelKind = Literal["email", "webhook"]
AlertKind = Literal["match", "silent", "failing", "blocked", "suspect", "back", "channel"]
DeliveryState = Literal["pending", "sent", "failed", "dead"]


@dataclass(frozen=True, slots=True)
class Channel:
    """A configured destination. `settings` are the kind's own, secrets named by reference only (see docs/settings.md).

    `paused_because` is empty unless Vigie itself paused the channel (refused login, 410 Gone, five days of failures).
    `at_once` is how many messages may be under way to it, `per_minute` how many may begin in a minute; None is what is
    usual for its kind. `failing_since` is the first of the failures since which nothing has gone well.
    """

    id: int
    name: str
    kind: ChannelKind
    settings: Mapping[str, Any] = field(default_factory=dict)
    origin: Origin = "command"
    paused: bool = False
    paused_because: str = ""
    at_once: int | None = None
    per_minute: int | None = None
    failing_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """The article as an alert tells it: frozen when the alert is decided, so that every attempt says the same."""

    article_id: int
    title: str
    url: str
    source: str
    excerpt: str
    title_spans: tuple[Span, ...] = ()
    excerpt_spans: tuple[Span, ...] = ()
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    found_at: datetime | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """The decision to tell someone of an article that a watch wants, or how a source fares.

    `sequence` rises with every alert decided. Of a source, or of a channel that Vigie paused (`kind` other than
    `match`), `told` says in `title` and `excerpt` what is the matter and what to do: there is neither watch nor query.
    """

    watch: str
    query: str
    decided_at: datetime
    told: Told
    sequence: int = 0
    is_test: bool = False
    kind: AlertKind = "match"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert to one channel. `key` is stable across attempts and restarts: receivers recognise repeats by it."""

    id: int
    key: str
    alert: Alert
    channel: Channel
    state: DeliveryState
    attempts: int
    created_at: datetime
    first_try_at: datetime | None = None
    next_try_at: datetime | None = None
    sent_at: datetime | None = None
    last_error: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a delivery: when, how long in milliseconds, and what the receiver answered."""

    at: datetime
    duration_ms: int
    succeeded: bool
    answer: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receiver's own words on accepting a message, for the attempt's row and for `channel test`."""

    answer: str
