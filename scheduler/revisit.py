"""When an article is visited again, and whether a source's `lastmod` dates are worth a visit. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from extraction.revision.compare import ChangeKind
from storage.links import ListedAgain

# Waits after the first sight of an article, by the number of visits since; after the last, never again.
WAITS = (timedelta(hours=1), timedelta(hours=4), timedelta(days=1), timedelta(days=3), timedelta(days=7))
MOST_VISITS = 12  # whatever changes and whatever a sitemap says
OLDEST = timedelta(days=30)  # after the first sight, nothing is visited again
SHORTEST_WAIT = timedelta(hours=1)

_REAL: frozenset[ChangeKind] = frozenset({"headline", "text"})
_AHEAD = timedelta(minutes=10)  # clocks differ
_JUST_NOW = timedelta(minutes=5)
_FEWEST = 5  # dates from which a list can be judged
_MOST_ALIKE = 0.8


def next_revisit(
    first_seen_at: datetime,
    visits_so_far: int,
    last_change: ChangeKind | None,
    now: datetime,
    *,
    visited_at: datetime | None = None,
    lastmod: datetime | None = None,
) -> datetime | None:
    """When to visit an article again, never before `now`; None for never.

    `visits_so_far` counts the visits after the first sight, `last_change` is what the last of them found (None before
    the first), `visited_at` its time (`first_seen_at` where None), `lastmod` the sitemap's date, of a source whose
    dates are trustworthy. Waits grow from 1 hour to 7 days; a real change (headline, text) takes the wait before; a
    `lastmod` after the last visit asks at once, but not within an hour of that visit. At most 12 visits, none more
    than 30 days after the first sight. All instants are aware.
    """
    last = first_seen_at if visited_at is None else max(visited_at, first_seen_at)
    if not 0 <= visits_so_far < MOST_VISITS or now - first_seen_at > OLDEST:
        return None
    due = _by_lastmod(last, lastmod, now) or _by_age(first_seen_at, last, visits_so_far, last_change)
    if due is None or due - first_seen_at > OLDEST:
        return None
    return max(due, now)


@dataclass(frozen=True, slots=True)
class Revisits:
    """The rules of an installation that looks at an article again `most` times at most."""

    most: int

    def next(
        self,
        first_seen_at: datetime,
        visits_so_far: int,
        last_change: ChangeKind | None,
        now: datetime,
        visited_at: datetime | None,
    ) -> datetime | None:
        """When to look at an article again after a look, or after the first sight; None for never."""
        if visits_so_far >= self.most:
            return None
        return next_revisit(first_seen_at, visits_so_far, last_change, now, visited_at=visited_at)

    def put_off(self, first_seen_at: datetime, until: datetime) -> datetime | None:
        """When to look again where a look got nowhere, and counts for nothing; None for never."""
        return until if until - first_seen_at <= OLDEST else None

    def hastened(
        self, listed: Sequence[ListedAgain], lastmods: Sequence[datetime], now: datetime
    ) -> dict[int, datetime]:
        """When to look at those articles that a poll says have changed, by the ids of their links; sooner than planned.

        `lastmods` are all that the poll says, `listed` what it lists of what is known. None of it is believed where it
        moves whatever is listed.
        """
        moved = [one for one in listed if one.was is not None]
        before = [one.was for one in moved if one.was is not None]
        # Of a link two roads may say two things; only what is later than both is a change.
        after = [max(one.says, was) for one, was in zip(moved, before, strict=True)]
        if not is_trustworthy(lastmods, now) or (after and not is_trustworthy(after, now, before)):
            return {}
        due = {one.id: self._on_change(one, now) for one in listed}
        return {number: at for number, at in due.items() if at is not None}

    def _on_change(self, one: ListedAgain, now: datetime) -> datetime | None:
        """When to look at an article for a change that no look can have seen, if that is sooner than planned."""
        last, first = one.looked_at, one.first_seen_at
        if first is None or last is None or one.revisits >= self.most or (one.was is not None and one.says <= one.was):
            return None
        if _by_lastmod(last, one.says, now) is None:
            return None
        due = next_revisit(first, one.revisits, None, now, visited_at=last, lastmod=one.says)
        return due if due is not None and (one.revisit_at is None or due < one.revisit_at) else None


def _by_age(first: datetime, last: datetime, visits: int, change: ChangeKind | None) -> datetime | None:
    """By the falling frequency alone. What changed after the last of the waits is looked at once more."""
    if change in _REAL:
        return last + WAITS[min(max(visits - 1, 0), len(WAITS) - 1)]
    if visits >= len(WAITS):
        return None
    return max(first + WAITS[visits], last + SHORTEST_WAIT)


def _by_lastmod(last: datetime, lastmod: datetime | None, now: datetime) -> datetime | None:
    """At once where the sitemap has changed the date since the last visit; one in the future says nothing."""
    if lastmod is None or lastmod <= last or lastmod > now + _AHEAD:
        return None
    return max(now, last + SHORTEST_WAIT)


def is_trustworthy(lastmods: Sequence[datetime], now: datetime, before: Sequence[datetime] = ()) -> bool:
    """Whether a sitemap's `lastmod` dates tell when pages changed.

    They do not where most of them are the same (a build's time), lie in the future, or are as of now; nor where most
    differ from those of the poll `before` (entry for entry, as long). Fewer than 5 dates are given the benefit of the
    doubt, unless they are in the future.
    """
    if not lastmods:
        return False
    ahead = sum(one > now + _AHEAD for one in lastmods)
    if ahead * 2 > len(lastmods):
        return False
    if len(lastmods) < _FEWEST:
        return True
    most = _MOST_ALIKE * len(lastmods)
    fresh = sum(abs(now - one) <= _JUST_NOW for one in lastmods)
    alike = max(map(list(lastmods).count, frozenset(lastmods))) if len(frozenset(lastmods)) < _FEWEST else 0
    moved = sum(one != other for one, other in zip(lastmods, before, strict=False)) if before else 0
    return max(fresh, alike, moved) < most
