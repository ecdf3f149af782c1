"""What is told, to whom, and what became of it: alerts, channels, deliveries and their attempts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from news.article import Span
from news.feedback import Feedback, Links
from news.rules import NOTHING_SAID, Rules
from news.source import Origin

ChannelKind = Literal["email", "webhook", "slack", "discord", "telegram", "matrix", "ntfy"]
AlertKind = Literal[
    "match", "update", "digest", "spike", "silent", "failing", "blocked", "suspect", "back", "channel", "problem",
    "solved",
]  # fmt: skip
OF_WATCHES: tuple[AlertKind, ...] = ("match", "update", "digest", "spike")
ChangeKind = Literal["outlets", "copies", "figure", "headline"]
DeliveryState = Literal["pending", "sent", "failed", "dead"]


@dataclass(frozen=True, slots=True)
class Channel:
    """A configured destination. `settings` are the kind's own, secrets named by reference only (see docs/settings.md).

    `paused_because` is empty unless Vigie itself paused the channel (refused login, 410 Gone, five days of failures).
    `at_once` is how many messages may be under way to it, `per_minute` how many may begin in a minute; None is what is
    usual for its kind. `failing_since` is the first of the failures since which nothing has gone well. `trouble` says
    which of its own templates broke when it was last used.
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
    trouble: str = ""
    rules: Rules = NOTHING_SAID


@dataclass(frozen=True, slots=True)
class Told:
    """The article as an alert tells it: frozen when the alert is decided, so that every attempt says the same.

    `resurfaced_from` is when an old article was published or first seen that now comes as if it were new.
    """

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
    resurfaced_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outlet:
    """Another article on the story: who tells it, under which title, where; `is_copy` if it has a text told before."""

    source: str
    title: str
    url: str
    is_copy: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What has changed in a story since it was told: `says` it in a few words, as in `+6 outlets`.

    A figure or a headline that changed has what it was before, and what it is now.
    """

    kind: ChangeKind
    says: str
    before: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One story of an update or a digest: the article that stands for it, the others, and what has changed.

    `watch_id` is 0 of those that were decided before it was kept.
    """

    watch: str
    told: Told
    others: tuple[Outlet, ...] = ()
    changes: tuple[Change, ...] = ()
    watch_id: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Alert:
    """The decision to tell someone of an article that a watch wants, of what became of a story, or how a source fares.

    `sequence` rises with every alert decided. `told` is the article of a match, and the one that stands for the story
    of an update. Where there is none (a digest, a spike, a source, a channel, a problem of Vigie's own) it says in
    `title` and `excerpt` what is the matter. `items` are the stories of a digest, sorted by watch; a match and an
    update have one, or none where nothing is to be said beyond `told`. `watch` and `query` are empty, and `watch_id`
    is 0, where several watches are told of, or none.
    """

    watch: str
    query: str
    decided_at: datetime
    told: Told
    sequence: int = 0
    is_test: bool = False
    kind: AlertKind = "match"
    items: tuple[Item, ...] = ()
    watch_id: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert to one channel. `key` is stable across attempts and restarts: receivers recognise repeats by it.

    `thread_key` is the key of the first delivery to this channel on the same story and for the same watch; empty for
    that one itself, and where there is no story. `feedback` makes the links by which readers answer, None where they
    have nowhere to lead. `reached` are those of several recipients who got it in an attempt before.
    """

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
    thread_key: str = ""
    reached: tuple[str, ...] = ()
    feedback: Feedback | None = field(default=None, repr=False, compare=False)

    @property
    def links(self) -> Links | None:
        """The links of an alert about an article, the one that an update brings; of a digest those of its stories."""
        feedback, alert = self.feedback, self.alert
        if feedback is None:
            return None
        at = alert.decided_at
        if alert.kind == "digest":
            stories = (feedback.links(item.watch_id, item.told.article_id, at) for item in alert.items)
            return Links("", "", tuple(stories))
        told = alert.items[0].told if alert.kind == "update" and alert.items else alert.told
        return feedback.links(alert.watch_id, told.article_id, at)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a delivery: when, how long in milliseconds, and what the receiver answered."""

    at: datetime
    duration_ms: int
    succeeded: bool
    answer: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receiver's own words on accepting a message, for the attempt's row and for `channel test`.

    `trouble` says which of the channel's own templates broke, so that the built-in one told the alert.
    """

    answer: str
    trouble: str = ""
