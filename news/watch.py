"""What is looked for: watches, and the matches that explain themselves."""

from dataclasses import dataclass
from datetime import datetime

from news.article import Span
from news.rules import NOTHING_SAID, Rules
from news.source import Origin


@dataclass(frozen=True, slots=True)
class Watch:
    """A named query with its channels (names; none means those of its watchlist, else of the settings, else all).

    `watchlist` is the name of the group it belongs to, empty for none.
    """

    id: int
    name: str
    query: str
    channels: tuple[str, ...] = ()
    watchlist: str = ""
    origin: Origin = "command"
    paused: bool = False
    added_at: datetime | None = None
    rules: Rules = NOTHING_SAID


@dataclass(frozen=True, slots=True)
class Watchlist:
    """What a group of watches has in common: channels and rules. The one without a name is for all watches."""

    id: int
    name: str
    channels: tuple[str, ...] = ()
    rules: Rules = NOTHING_SAID
    origin: Origin = "command"


@dataclass(frozen=True, slots=True)
class Match:
    """That this watch wants this article, and the spans that explain it. Unique by watch and article.

    `seen`: the article is history, so nobody is told.
    """

    watch_id: int
    article_id: int
    spans: tuple[Span, ...]
    matched_at: datetime
    seen: bool = False
    id: int = 0
