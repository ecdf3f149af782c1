"""A source's rhythm: how much it publishes at which hour and on which day, learned as it goes. Pure.

The rate at an instant is the level times a factor for the hour times one for the weekday, both in UTC. Counts and the
time in which they were counted fade together, so that what was long ago weighs little. Between two publications the
rhythm counts what it would have expected meanwhile; how long such waits have been before is what silence is judged by.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from math import isfinite
from typing import Any

_HOUR = timedelta(hours=1)
_HALF_LIFE = 21 * 24.0  # hours; of the profile
_RECENT_HALF_LIFE = 36.0  # hours; of what tells that the level has changed
_HEAT = 0.5  # hours in which a burst cools down
_LONGEST_LOOK = timedelta(days=28)  # further back nothing is learned
_UNWATCHED = timedelta(days=8)  # longer than any interval: in such a time nobody looked
_SET_BACK = timedelta(days=1)  # what was learned so far in the future was learned by a clock that was wrong
_SMOOTH_HOUR, _SMOOTH_DAY, _SMOOTH_RECENT = 2.0, 2.0, 2.0  # articles that speak for 'as usual'
_FIRST_WAIT, _WAIT_STEP, _WAITS = 0.5, 1.5, 16
_WAIT_HALF_LIFE = 400.0  # waits
_SHORT_WAIT, _SHARE_OF_SHORT = 0.1, 0.095  # of independent publications, so many come after so short a wait
_MOST_BURSTY = 0.7
_JSON_VERSION = 2


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is known at the instant `until`; nothing at all where that is None.

    `hours` and `days` are faded counts of articles, `hour_spans` and `day_spans` the faded hours in which they were
    counted. `level_then` is what was to be expected when the `last` article came, `waited` how many would have been
    usual since, at that level. `waits` counts how many waits were at least that long, by steps, and `wait_sums` adds
    them up.
    """

    until: datetime | None = None
    last: datetime | None = None
    hours: tuple[float, ...] = (0.0,) * 24
    hour_spans: tuple[float, ...] = (0.0,) * 24
    days: tuple[float, ...] = (0.0,) * 7
    day_spans: tuple[float, ...] = (0.0,) * 7
    recent: float = 0.0
    recent_usual: float = 0.0
    heat: float = 0.0
    waited: float = 0.0
    waits: tuple[float, ...] = (0.0,) * _WAITS
    wait_sums: tuple[float, ...] = (0.0,) * _WAITS
    short_waits: float = 0.0
    all_waits: float = 0.0
    observed: float = 0.0
    level_then: float = 0.0

    @property
    def level(self) -> float:
        """Articles an hour, over the weeks that are remembered; 0 where nothing is known."""
        span = sum(self.hour_spans)
        return sum(self.hours) / span if span > 0 else 0.0

    @property
    def burstiness(self) -> float:
        """The share of articles that come in the wake of another, from 0 to 0.7."""
        if self.all_waits < 10:
            return 0.0
        share = self.short_waits / self.all_waits
        return min(max((share - _SHARE_OF_SHORT) / (1 - _SHARE_OF_SHORT), 0.0), _MOST_BURSTY)

    def usual(self, at: datetime, level: float | None = None) -> float:
        """Articles an hour that are usual at that hour and day (UTC); whoever asks often hands in the `level`."""
        level = self.level if level is None else level
        hour, day = at.hour, at.weekday()
        by_hour = (self.hours[hour] + _SMOOTH_HOUR) / (level * self.hour_spans[hour] + _SMOOTH_HOUR)
        by_day = (self.days[day] + _SMOOTH_DAY) / (level * self.day_spans[day] + _SMOOTH_DAY)
        return level * by_hour * by_day

    @property
    def mood(self) -> float:
        """How the last days compare with what is usual: 1 as usual, 0 silent, 2 twice as much."""
        return _mood(self.recent, self.recent_usual)

    def resumed(self, now: datetime) -> "Rhythm":
        """The rhythm as it goes on now, where nobody looked for more than eight days, or the clock was set back.

        That time teaches nothing: neither was it silent, nor did all that is listed now come at once. Itself otherwise.
        """
        if self.until is None or -_SET_BACK <= now - self.until <= _UNWATCHED:
            return self
        last = min(self.last, now) if self.last is not None else None
        return replace(self, until=now, last=last, waited=0.0, heat=0.0)

    def after(self, published: Sequence[datetime], until: datetime) -> "Rhythm":
        """The rhythm once it is known what was published up to `until`; also that nothing was.

        What lies before the time already learned counts as published at its end: a feed that dates back has brought
        news all the same. Instants after `until` count as `until`. Of what a first visit finds, only the last four
        weeks count.
        """
        until = until.astimezone(UTC)
        if self.until is not None and until <= self.until:  # the clock was set back
            until = self.until
        oldest = until - _LONGEST_LOOK
        came = sorted(min(instant.astimezone(UTC), until) for instant in published)
        came = came if self.until is not None else [instant for instant in came if instant >= oldest]
        start = max(self.until or min(came, default=until if not published else oldest), oldest)
        once = _learned(self, came, start, until, usual=self)
        # What was usual in a past that is seen at once shows only once it has all been seen.
        return once if self.until is not None else _learned(self, came, start, until, usual=once)

    def as_json(self) -> Any:
        """Numbers in a list, under 2 kB; None where nothing is known."""
        if self.until is None:
            return None
        lists = (self.hours, self.hour_spans, self.days, self.day_spans, self.waits, self.wait_sums)
        counted = (self.short_waits, self.all_waits, self.observed, self.level_then)
        singles = (self.recent, self.recent_usual, self.heat, self.waited, *counted)
        last = round(self.last.timestamp()) if self.last else None
        short = [[float(f"{number:.4g}") for number in each] for each in (*lists, singles)]
        return [_JSON_VERSION, round(self.until.timestamp()), last, *short]

    @classmethod
    def from_json(cls, value: Any) -> "Rhythm":
        """The rhythm again; an empty one from anything that is none, for it is soon learned anew."""
        try:
            version, until, last, hours, hour_spans, days, day_spans, waits, wait_sums, singles = value
            if version != _JSON_VERSION or [len(hours), len(days), len(waits), len(singles)] != [24, 7, _WAITS, 8]:
                return cls()
            lists = [tuple(map(float, each)) for each in (hours, hour_spans, days, day_spans, waits, wait_sums)]
            recent, recent_usual, heat, waited, short_waits, all_waits, observed, level_then = map(float, singles)
            numbers = [*chain.from_iterable(lists), *singles]
            if min(numbers) < 0 or not isfinite(sum(numbers)):
                return cls()
            return cls(
                until=datetime.fromtimestamp(until, UTC),
                last=datetime.fromtimestamp(last, UTC) if last is not None else None,
                hours=lists[0],
                hour_spans=lists[1],
                days=lists[2],
                day_spans=lists[3],
                recent=recent,
                recent_usual=recent_usual,
                heat=heat,
                waited=waited,
                waits=lists[4],
                wait_sums=lists[5],
                short_waits=short_waits,
                all_waits=all_waits,
                observed=observed,
                level_then=level_then,
            )
        except (TypeError, ValueError, OverflowError, OSError):  # the last two from instants that are none
            return cls()


def _mood(recent: float, usual: float) -> float:
    return (recent + _SMOOTH_RECENT) / (usual + _SMOOTH_RECENT)


def pieces(start: datetime, end: datetime) -> Iterator[tuple[datetime, float]]:
    """The span cut at the full hours: where each piece begins, and its length in hours."""
    while start < end:
        border = min(start.replace(minute=0, second=0, microsecond=0) + _HOUR, end)
        yield start, (border - start) / _HOUR
        start = border


def expected(rhythm: Rhythm, start: datetime, end: datetime) -> float:
    """How many articles are usual between two instants."""
    level = rhythm.level
    span = pieces(start.astimezone(UTC), end.astimezone(UTC))
    return sum(rhythm.usual(at, level) * length for at, length in span)


def _learned(rhythm: Rhythm, came: Sequence[datetime], start: datetime, until: datetime, usual: Rhythm) -> Rhythm:
    learning = _Learning(rhythm, start, usual)
    for instant in came:
        learning.reach(max(instant, start))
        learning.publish(max(instant, start))
    learning.reach(until)
    return learning.result()


class _Learning:
    """A rhythm while time passes over it; `usual` tells what is usual meanwhile."""

    def __init__(self, rhythm: Rhythm, start: datetime, usual: Rhythm) -> None:
        self._was = rhythm
        self._usual = usual
        self._now = start
        self._last = rhythm.last
        self._hours, self._hour_spans = list(rhythm.hours), list(rhythm.hour_spans)
        self._days, self._day_spans = list(rhythm.days), list(rhythm.day_spans)
        self._waits, self._wait_sums = list(rhythm.waits), list(rhythm.wait_sums)
        self._short_waits, self._all_waits = rhythm.short_waits, rhythm.all_waits
        self._recent, self._recent_usual = rhythm.recent, rhythm.recent_usual
        self._heat, self._waited = rhythm.heat, rhythm.waited
        self._level_then = rhythm.level_then
        self._began = start
        self._level = usual.level

    def reach(self, instant: datetime) -> None:
        """Let time pass in which nothing was published."""
        wait_share = self._level_then / self._level if self._level else 0.0
        for at, length in pieces(self._now, instant):
            usual = self._usual.usual(at, self._level) * length
            self._waited += usual * wait_share
            faded = 0.5 ** (length / _RECENT_HALF_LIFE)
            self._recent = self._recent * faded
            self._recent_usual = self._recent_usual * faded + usual
            self._hour_spans[at.hour] += length
            self._day_spans[at.weekday()] += length
        if instant > self._now:
            self._heat *= 0.5 ** ((instant - self._now) / _HOUR / _HEAT)
            self._now = instant

    def publish(self, instant: datetime) -> None:
        """Something was published."""
        self._hours[instant.hour] += 1
        self._days[instant.weekday()] += 1
        self._recent += 1
        self._heat += 1
        if self._last is not None and self._level_then:
            self._remember_wait()
        self._last, self._waited = instant, 0.0
        # Whoever has slowed down of late is not silent; whoever is in a burst must not be expected to go on so.
        self._level_then = self._level * min(_mood(self._recent, self._recent_usual), 1.0)

    def _remember_wait(self) -> None:
        faded = 0.5 ** (1 / _WAIT_HALF_LIFE)
        bound = _FIRST_WAIT
        for step in range(_WAITS):
            is_longer = self._waited >= bound
            self._waits[step] = self._waits[step] * faded + is_longer
            self._wait_sums[step] = self._wait_sums[step] * faded + (self._waited if is_longer else 0.0)
            bound *= _WAIT_STEP
        self._short_waits = self._short_waits * faded + (self._waited < _SHORT_WAIT)
        self._all_waits = self._all_waits * faded + 1

    def result(self) -> Rhythm:
        """What is known now; everything that fades has faded by the time that passed."""
        length = (self._now - self._began) / _HOUR
        faded = 0.5 ** (length / _HALF_LIFE)
        return replace(
            self._was,
            until=self._now,
            last=self._last,
            hours=tuple(count * faded for count in self._hours),
            hour_spans=tuple(span * faded for span in self._hour_spans),
            days=tuple(count * faded for count in self._days),
            day_spans=tuple(span * faded for span in self._day_spans),
            recent=self._recent,
            recent_usual=self._recent_usual,
            heat=self._heat,
            waited=self._waited,
            waits=tuple(self._waits),
            wait_sums=tuple(self._wait_sums),
            short_waits=self._short_waits,
            all_waits=self._all_waits,
            observed=self._was.observed + length,
            level_then=self._level_then,
        )


def wait_steps() -> tuple[float, ...]:
    """The lengths from which waits are counted, in articles that would have been usual."""
    return tuple(_FIRST_WAIT * _WAIT_STEP**step for step in range(_WAITS))
