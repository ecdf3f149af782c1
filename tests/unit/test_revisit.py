"""When an article is visited again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.revision.compare import ChangeKind
from scheduler.revisit import MOST_VISITS, OLDEST, SHORTEST_WAIT, WAITS, is_trustworthy, next_revisit

FIRST = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
KINDS = st.sampled_from(["none", "typo", "template", "headline", "text"])
SPANS = st.timedeltas(timedelta(0), timedelta(days=40))


def visits(change: ChangeKind, *, lastmod_moves: bool = False) -> list[datetime]:
    """When an article is visited that changes so at every visit, until it is left alone."""
    found: list[datetime] = []
    due: datetime | None = FIRST
    for count in range(100):
        visited = found[-1] if found else FIRST
        lastmod = visited + timedelta(minutes=1) if lastmod_moves else None
        now = visited + timedelta(minutes=2)
        last = change if count else None
        due = next_revisit(FIRST, count, last, now, visited_at=visited, lastmod=lastmod)
        if due is None:
            return found
        found.append(due)
    raise AssertionError("it never ends")


def test_an_article_that_stays_is_visited_after_growing_waits_and_then_never() -> None:
    assert visits("none") == [FIRST + wait for wait in WAITS]


@pytest.mark.parametrize("change", ["headline", "text"])
def test_a_real_change_pulls_the_next_visit_nearer(change: ChangeKind) -> None:
    at = FIRST + WAITS[1]
    quiet = next_revisit(FIRST, 2, "none", at, visited_at=at)
    changed = next_revisit(FIRST, 2, change, at, visited_at=at)
    assert quiet is not None
    assert changed == at + WAITS[1] < quiet


@pytest.mark.parametrize("change", ["typo", "template", "none", None])
def test_what_is_no_real_change_pulls_nothing(change: ChangeKind | None) -> None:
    assert next_revisit(FIRST, 2, change, FIRST + 4 * HOUR, visited_at=FIRST + 4 * HOUR) == FIRST + WAITS[2]


def test_a_changed_lastmod_asks_at_once_but_not_within_an_hour_of_the_last_visit() -> None:
    now = FIRST + 10 * HOUR
    assert next_revisit(FIRST, 2, None, now, visited_at=FIRST + 4 * HOUR, lastmod=now - HOUR) == now
    visited = now - timedelta(minutes=20)
    found = next_revisit(FIRST, 2, None, now, visited_at=visited, lastmod=now - timedelta(minutes=10))
    assert found == visited + HOUR


def test_a_lastmod_known_at_the_last_visit_or_in_the_future_asks_nothing() -> None:
    now, visited = FIRST + 5 * HOUR, FIRST + 4 * HOUR
    regular = next_revisit(FIRST, 2, None, now, visited_at=visited)
    assert next_revisit(FIRST, 2, None, now, visited_at=visited, lastmod=visited) == regular
    assert next_revisit(FIRST, 2, None, now, visited_at=visited, lastmod=now + HOUR) == regular


@pytest.mark.parametrize("change", ["none", "typo", "template", "headline", "text"])
@pytest.mark.parametrize("lastmod_moves", [False, True])
def test_visits_are_finite_apart_and_in_time(change: ChangeKind, lastmod_moves: bool) -> None:
    found = visits(change, lastmod_moves=lastmod_moves)
    assert len(found) <= MOST_VISITS
    assert found[-1] <= FIRST + OLDEST
    pairs = zip([FIRST, *found], found, strict=False)
    assert all(after - before >= SHORTEST_WAIT for before, after in pairs)


@given(SPANS, SPANS, st.integers(0, 20), KINDS, st.none() | SPANS)
def test_a_visit_is_never_in_the_past_nor_too_late(
    age: timedelta, visited: timedelta, count: int, change: ChangeKind, modified: timedelta | None
) -> None:
    now = FIRST + age
    lastmod = None if modified is None else FIRST + modified
    due = next_revisit(FIRST, count, change, now, visited_at=FIRST + min(visited, age), lastmod=lastmod)
    assert due is None or now <= due <= max(now, FIRST + OLDEST)
    assert due is None or count < MOST_VISITS


@given(SPANS, SPANS, st.integers(0, 6))
def test_the_later_it_is_the_later_the_visit(one: timedelta, other: timedelta, count: int) -> None:
    early, late = (next_revisit(FIRST, count, None, FIRST + age) for age in sorted((one, other)))
    assert late is None or (early is not None and early <= late)


def dates(*minutes: int) -> list[datetime]:
    """Instants so many minutes before the first."""
    return [FIRST - timedelta(minutes=one) for one in minutes]


def test_dates_that_differ_are_trusted() -> None:
    assert is_trustworthy(dates(3, 60, 300, 4_000, 90_000, 90_001), FIRST)


@pytest.mark.parametrize("absurd", [
    dates(0, 0, 0, 0, 0, 0), dates(1, 2, 1, 0, 3, 2), dates(*[500] * 20), dates(-60, -90, -500, 30, -70), dates(-60),
    [],
], ids=["now", "about now", "all alike", "future", "one in the future", "none"])  # fmt: skip
def test_dates_that_mean_nothing_are_recognised(absurd: list[datetime]) -> None:
    assert not is_trustworthy(absurd, FIRST)


def test_dates_that_are_all_new_at_every_poll_are_recognised() -> None:
    before, after = dates(100, 110, 120, 130, 140, 150), dates(40, 50, 60, 70, 80, 90)
    assert is_trustworthy(after, FIRST)
    assert not is_trustworthy(after, FIRST, before)
    assert is_trustworthy([after[0], *before[1:]], FIRST, before)


def test_few_dates_have_the_benefit_of_the_doubt() -> None:
    assert is_trustworthy(dates(0, 0), FIRST)
