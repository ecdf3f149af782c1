"""The decision: which matches to record of a new article, and whom to tell. Pure; storage writes it down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerting.excerpt import excerpt
from news.alert import Alert, Channel, Told
from news.article import Span, StoredArticle
from news.watch import Match, Watch

Hit = tuple[Watch, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be written in one transaction: the matches, and each alert with the channels that carry it."""

    matches: tuple[Match, ...] = ()
    alerts: tuple[tuple[Alert, tuple[Channel, ...]], ...] = ()


def decide(
    hits: Iterable[Hit], stored: StoredArticle, channels: Sequence[Channel], *, is_history: bool, now: datetime
) -> Decision:
    """One match and at most one alert for each watch that wants the article.

    History (what a source had when it was added) is marked seen and told to nobody. A watch without a channel that
    may be told has a match and no alert.
    """
    wanted = _one_for_each_watch(hits)
    matches = tuple(Match(watch.id, stored.id, spans, now, seen=is_history) for watch, spans in wanted)
    if is_history:
        return Decision(matches)
    alerts = (
        (Alert(watch.name, watch.query, now, told(stored, spans), watch_id=watch.id), recipients(watch, channels))
        for watch, spans in wanted
    )
    return Decision(matches, tuple((alert, to) for alert, to in alerts if to))


def recipients(watch: Watch, channels: Iterable[Channel]) -> tuple[Channel, ...]:
    """The channels that carry the watch's alerts: those it names, or all, without those that the user has paused.

    A channel that only Vigie paused (`paused_because`) still gets its deliveries, which wait until it is mended:
    nothing is dropped.
    """
    return tuple(
        channel for channel in channels if not channel.paused and (not watch.channels or channel.name in watch.channels)
    )


def told(stored: StoredArticle, spans: Iterable[Span]) -> Told:
    """The article as its alert will tell it, with the passage around the first hits."""
    article = stored.article
    ordered = tuple(sorted(spans))
    passage = excerpt(article.text, ordered)
    return Told(
        article_id=stored.id,
        title=article.title,
        url=article.canonical_url or article.url,
        source=stored.source,
        excerpt=passage.text,
        title_spans=tuple(span for span in ordered if span.field == "title"),
        excerpt_spans=passage.spans,
        authors=article.authors,
        published_at=article.published_at,
        found_at=stored.first_seen_at,
        language=article.language,
    )


def _one_for_each_watch(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    first: dict[int, Hit] = {}
    for watch, spans in hits:
        first.setdefault(watch.id, (watch, spans))
    return tuple(first.values())
