"""The decision: which matches to record of a new article, and whom to tell what and when. Pure; storage writes it down.

One story is told once to each channel of a watch; what follows on it waits and becomes an update.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from alerting.excerpt import excerpt
from alerting.hours import local_day, outside_quiet
from alerting.routing import Routing
from alerting.telling import StorySoFar, Verdict, is_spent, news_of, verdict
from alerting.volume import spike
from alerting.words import over_budget, unusual
from news.alert import Alert, Channel, Told
from news.article import Span, StoredArticle
from news.rules import WholeRules
from news.telling import Facts, Telling, Volume
from news.watch import Match, Watch

Hit = tuple[Watch, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class Announcement:
    """An alert to be written down for these channels, each from an instant on; with `once` only if it never was.

    `tellings` are those that it tells.
    """

    watch_id: int
    alert: Alert
    channels: tuple[tuple[int, datetime], ...]
    tellings: tuple[Telling, ...] = ()
    once: str = ""


@dataclass(frozen=True, slots=True)
class ThreadStep:
    """That a watch's thread is there from now on, or that it knows other facts."""

    watch_id: int
    story_id: int
    facts: Facts
    is_told: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be written in one transaction. `days` counts, by watch, a day's matches and alerts."""

    matches: tuple[Match, ...] = ()
    tellings: tuple[Telling, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    threads: tuple[ThreadStep, ...] = ()
    days: Mapping[int, Volume] = field(default_factory=dict)

    def __add__(self, other: "Decision") -> "Decision":
        return Decision(
            self.matches + other.matches,
            self.tellings + other.tellings,
            self.announcements + other.announcements,
            self.threads + other.threads,
            {**self.days, **other.days},
        )


def decide(
    hits: Iterable[Hit],
    stored: StoredArticle,
    so_far: Mapping[int, StorySoFar],
    routing: Routing,
    *,
    is_history: bool,
    now: datetime,
) -> Decision:
    """One match for each watch that wants the article, and what each channel is told; `so_far` by watch.

    History (what a source had when it was added) is marked seen and told to nobody. A watch without a channel that
    may be told has a match and no alert.
    """
    decision = Decision()
    for watch, spans in _one_for_each_watch(hits):
        match = Match(watch.id, stored.id, spans, now, seen=is_history)
        decision += Decision((match,))
        if not is_history:
            decision += _for_watch(watch, spans, stored, so_far.get(watch.id, StorySoFar()), routing, now)
    return decision


def _for_watch(
    watch: Watch, spans: Sequence[Span], stored: StoredArticle, so_far: StorySoFar, routing: Routing, now: datetime
) -> Decision:
    day = local_day(now, routing.rules(watch))
    to = routing.recipients(watch)
    volumes = with_match(so_far.volumes, day)
    is_news, facts = news_of(stored, so_far.place, so_far.thread.facts if so_far.thread else Facts())
    tellings = tuple(
        _telling(
            watch,
            stored,
            one,
            verdict(so_far, routing.rules(watch, one), day, now, is_news=is_news, is_known=so_far.goes_on_for(one.id)),
        )
        for one in to
    )
    at_once = tuple(one for one in tellings if one.state == "told")
    told_now = told(stored, spans, so_far.place.long_ago)
    alert = Alert(watch.name, watch.query, now, told_now, watch_id=watch.id)
    announced = (Announcement(watch.id, alert, tuple((one.channel_id, now) for one in at_once), at_once),)
    known = so_far.thread.facts if so_far.thread is not None else None
    steps: tuple[ThreadStep, ...] = ()
    if so_far.place.story_id is not None and to and (at_once or facts != known):
        steps = (ThreadStep(watch.id, so_far.place.story_id, facts, bool(at_once), now),)
    return Decision(
        tellings=tellings,
        announcements=(announced if at_once else ()) + tuple(_warnings(watch, routing, volumes, now)),
        threads=steps,
        days={watch.id: Volume(day, 1, int(bool(at_once)))},
    )


def _telling(watch: Watch, stored: StoredArticle, channel: Channel, found: Verdict) -> Telling:
    return Telling(watch.id, stored.id, channel.id, found.state, found.reason, found.due_at)


def with_match(volumes: Sequence[Volume], day: date) -> tuple[Volume, ...]:
    """The days with one match more on this one."""
    today = next((one for one in volumes if one.day == day), Volume(day, 0))
    return (*(one for one in volumes if one.day != day), replace(today, matches=today.matches + 1))


def _warnings(watch: Watch, routing: Routing, volumes: tuple[Volume, ...], now: datetime) -> Iterator[Announcement]:
    """That a watch has far more than usual, and that its budget for the day is spent; each once a day."""
    usual = routing.rules(watch)
    day = local_day(now, usual)
    since = local_day(watch.added_at, usual) if watch.added_at is not None else day
    found = spike(day, volumes, since)
    if found is not None:
        wanting = _awake([pair for pair in _recipients(watch, routing) if pair[1].spikes], now)
        yield _warning(watch, unusual(watch, found), wanting, now, f"spike:{watch.id}:{day}")
    yield from of_budget(watch, routing, volumes, now)


def of_budget(watch: Watch, routing: Routing, volumes: Iterable[Volume], now: datetime) -> Iterator[Announcement]:
    """That the watch's budget for the day is spent, if it is, to those who would be told at once."""
    day, counted = local_day(now, routing.rules(watch)), tuple(volumes)
    to = _recipients(watch, routing)
    spending = [pair for pair in to if pair[1].digest == "at once" and is_spent(counted, pair[1], day)]
    if spending:
        said = over_budget(watch, spending[0][1])
        yield _warning(watch, said, _awake(spending, now), now, f"budget:{watch.id}:{day}")


def _recipients(watch: Watch, routing: Routing) -> list[tuple[Channel, WholeRules]]:
    return [(one, routing.rules(watch, one)) for one in routing.recipients(watch)]


def _warning(
    watch: Watch, said: tuple[str, str], to: tuple[tuple[int, datetime], ...], now: datetime, once: str
) -> Announcement:
    title, text = said
    alert = Alert(watch.name, watch.query, now, Told(0, title, "", "", text, found_at=now), kind="spike")
    return Announcement(watch.id, alert, to, once=once)


def _awake(to: Iterable[tuple[Channel, WholeRules]], now: datetime) -> tuple[tuple[int, datetime], ...]:
    return tuple((channel.id, outside_quiet(now, rules)) for channel, rules in to)


def decide_changed(
    watches: Iterable[Watch],
    stored: StoredArticle,
    revision: int,
    so_far: Mapping[int, StorySoFar],
    told_to: Mapping[int, Sequence[int]],
    routing: Routing,
    now: datetime,
) -> Decision:
    """What becomes of a later text of an article that changes what was told: it waits with other news of its story.

    `told_to` are the ids of the channels that were told of the article, by watch. The caller has seen that a headline
    or a figure changed.
    """
    tellings: list[Telling] = []
    for watch in watches:
        story = so_far.get(watch.id, StorySoFar())
        if story.thread is None:
            continue
        day = local_day(now, routing.rules(watch))
        for channel in routing.recipients(watch):
            if channel.id in told_to.get(watch.id, ()):
                found = verdict(story, routing.rules(watch, channel), day, now, is_news=True)
                tellings.append(replace(_telling(watch, stored, channel, found), revision=revision))
    return Decision(tellings=tuple(tellings))


def told(stored: StoredArticle, spans: Iterable[Span], long_ago: datetime | None = None) -> Told:
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
        resurfaced_from=long_ago,
    )


def _one_for_each_watch(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    first: dict[int, Hit] = {}
    for watch, spans in hits:
        first.setdefault(watch.id, (watch, spans))
    return tuple(first[number] for number in sorted(first))
