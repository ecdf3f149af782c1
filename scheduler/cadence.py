"""When a source is visited next. Pure.

Without an interval of its own, a source is asked the more often the more it publishes. Among those with less than an
article an hour by a root of the rate, so that the small ones do not starve (the square root would bring the least mean
delay); among the busy ones almost by the rate itself, for it is their articles that the median is made of. Within a
source by the rate of the hour and the day, and more while a burst lasts. bench/cadence.py measures what that is worth.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crawler.visit import VisitOutcome
from news.hints import Hints
from news.rhythm import Rhythm
from news.source import Source
from scheduler.cron import next_time
from service.visits import NextDue
from storage.subscriptions import Pushed

_LONGEST_BACK_OFF = timedelta(days=1)
_MOST_DOUBLINGS = 10
_HOUR = timedelta(hours=1)
_UNKNOWN = timedelta(minutes=30)  # until something is known of a source
_PACE = 3.0  # visits an hour to a source that publishes once an hour
_AMONG_SLOW = 0.65  # the exponent of the rate, below an article an hour
_AMONG_BUSY = 0.9
_STEP = timedelta(minutes=6)  # while a burst cools down
_HEAT = 0.5  # hours in which a burst loses half of its force
_LN_2 = 0.693
_FAINTEST = 0.02  # of the mean rate; the quietest hours are looked at too
_LATEST_PUSH = timedelta(minutes=1)  # how far hubs may lag behind what a visit has seen
_LONGEST_TTL = timedelta(hours=1)  # many feeds say a day, and mean nothing by it


@dataclass(frozen=True, slots=True)
class Bounds:
    """No visit sooner than `shortest` after the last one, none later than `longest`."""

    shortest: timedelta = timedelta(minutes=3)
    longest: timedelta = timedelta(hours=6)


def cadence_within(bounds: Bounds) -> NextDue:
    """The cadence of an installation, `next_due` within its bounds."""

    def rule(
        source: Source,
        outcome: VisitOutcome,
        rhythm: Rhythm,
        now: datetime,
        pending: datetime | None,
        pushed: Pushed | None,
    ) -> datetime:
        return next_due(source, outcome, rhythm, now, pending, bounds, pushed)

    return rule


def next_due(
    source: Source,
    outcome: VisitOutcome,
    rhythm: Rhythm,
    now: datetime,
    pending: datetime | None,
    bounds: Bounds,
    pushed: Pushed | None = None,
) -> datetime:
    """After a visit that ended so; `pending` is when the earliest of the source's waiting links may be tried.

    `pushed` is for a source that hubs keep informed: see `relief`. An interval of its own is kept all the same.

    A source that fails is asked at doubling intervals, up to a day (or its own interval if that is longer); it is
    never given up. What a server asks for (Retry-After) is kept in any case. One that has a schedule is visited when
    that says, and at no other time: what waits and what fails is put off until then.
    """
    scheduled = by_schedule(source, outcome, bounds, now)
    if scheduled is not None:
        return scheduled
    if outcome.error:
        interval = timedelta(seconds=source.interval) if source.interval else max(bounds.shortest, _UNKNOWN / 2)
        due = now + max(interval, _backed_off(interval, source.failures))
    else:
        pinned = now + timedelta(seconds=source.interval) if source.interval else None
        regular = pinned or due_at(rhythm, Hints.of(outcome.hints), bounds, now, pushed)
        due = min(regular, max(pending, now)) if pending is not None else regular
    return max(due, outcome.not_before) if outcome.not_before else due


def by_schedule(source: Source, outcome: VisitOutcome, bounds: Bounds, now: datetime) -> datetime | None:
    """The next time of the source's schedule that is not too soon; None where it has none that can be kept."""
    if not source.schedule:
        return None
    soonest = now
    if outcome.error:
        pause = max(bounds.shortest, _UNKNOWN / 2)
        soonest += _backed_off(pause, source.failures) - pause  # the first failure costs no time of the schedule
    return next_time(source.schedule, max(soonest, outcome.not_before or now))


def _backed_off(interval: timedelta, failures: int) -> timedelta:
    """The interval, doubled by each failure, but no more than a day."""
    return min(interval * (1 << min(failures, _MOST_DOUBLINGS)), _LONGEST_BACK_OFF)


def due_at(rhythm: Rhythm, hints: Hints, bounds: Bounds, now: datetime, pushed: Pushed | None = None) -> datetime:
    """When to look again, from what is known of the source's rhythm, what its feeds ask for, and what is pushed."""
    now = now.astimezone(UTC)
    wait = _by_rhythm(rhythm, now, bounds.longest) if rhythm.level > 0 else _without_news(rhythm)
    due = now + min(max(wait, bounds.shortest), bounds.longest)
    patience = min(timedelta(seconds=max(hints.ttl, hints.max_age)), _LONGEST_TTL, bounds.longest)
    return _not_skipped(max(due, now + patience, relief(rhythm, pushed, bounds, now)), hints)


def relief(rhythm: Rhythm, pushed: Pushed | None, bounds: Bounds, now: datetime) -> datetime:
    """Until when hubs make it needless to look: for the longest interval, while their promise holds; else `now`.

    A hub that loses things is not relied on: once a visit has found what was not pushed, the source is looked at by
    its rhythm until the next push.
    """
    if pushed is None or (rhythm.last is not None and rhythm.last > pushed.last_at + _LATEST_PUSH):
        return now
    return max(now, min(now + bounds.longest, pushed.until))


def _without_news(rhythm: Rhythm) -> timedelta:
    """Until a first article was seen: as if one were to come in as long a time again as was already waited for it."""
    return max(_UNKNOWN, _HOUR / _pace(1 / max(rhythm.observed, 1.0)))


def _pace(rate: float) -> float:
    """Visits an hour that so many articles an hour are worth."""
    return float(_PACE * rate ** (_AMONG_SLOW if rate < 1 else _AMONG_BUSY))


def _by_rhythm(rhythm: Rhythm, now: datetime, longest: timedelta) -> timedelta:
    """The time in which the visits that the rhythm is worth add up to one; what is longer than `longest` is that."""
    level, own = rhythm.level, 1 - rhythm.burstiness
    mean = level * rhythm.mood
    per_article = _pace(mean) / mean
    at, visits = now, 0.0
    while visits < 1 and at - now < longest:
        step = _STEP if at - now < _HOUR else _HOUR - timedelta(minutes=at.minute, seconds=at.second)
        rate = rhythm.usual(at, level) * rhythm.mood * own + _of_burst(rhythm, at, now)
        worth = per_article * max(rate, _FAINTEST * mean) * (step / _HOUR)
        if visits + worth >= 1:
            return at - now + step * ((1 - visits) / worth)
        visits += worth
        at += step
    return longest


def _of_burst(rhythm: Rhythm, at: datetime, now: datetime) -> float:
    """Articles an hour that come in the wake of the latest ones."""
    cooled: float = 0.5 ** ((at - now) / _HOUR / _HEAT)
    return rhythm.burstiness * rhythm.heat * (_LN_2 / _HEAT) * cooled


def _not_skipped(due: datetime, hints: Hints) -> datetime:
    """The first full hour from then on that the feeds do not ask to be left alone in; at most a day later.

    A feed that skips every hour, or every day, cannot mean it.
    """
    if len(hints.skip_hours) >= 24 or len(hints.skip_days) >= 7:
        return due
    later = due
    for _ in range(24):
        if later.hour not in hints.skip_hours and later.weekday() not in hints.skip_days:
            return later
        later = later.replace(minute=0, second=0, microsecond=0) + _HOUR
    return later
