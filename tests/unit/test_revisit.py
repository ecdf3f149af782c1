"""When an article is visited again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.revision.compare import ChangeKind
from scheduler.revisit import MOST_VISITS, OLDEST, SHORTEST_WAIT, WAITS, Revisits, is_trustworthy, next_revisit
from storage.links import ListedAgain

FIRST = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
KINDS = st.sampled_from(["none", "typo", "template", "headline", "text"])
SPANS = st.timedeltas(timedelta(0), timedelta(days=40))


def test_a_look_that_got_nowhere_is_made_up_for_while_the_article_is_not_too_old() -> None:
    rules = Revisits(3)
    assert rules.put_off(FIRST, FIRST + HOUR) == FIRST + HOUR
    assert rules.put_off(FIRST, FIRST + OLDEST + HOUR) is None


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


NOW = FIRST + 10 * HOUR
CHANGED = ListedAgain(1, NOW - HOUR, FIRST, 2, FIRST + 24 * HOUR, FIRST + 4 * HOUR, FIRST)


def hastened(*listed: ListedAgain, most: int = 3) -> dict[int, datetime]:
    """What is looked at again, and when, where a poll says nothing else."""
    return Revisits(most).hastened(listed, [one.says for one in listed], NOW)


def test_an_article_that_has_changed_is_looked_at_now() -> None:
    assert hastened(CHANGED) == {1: NOW}
    assert hastened(replace(CHANGED, was=None)) == {1: NOW}
    assert hastened(replace(CHANGED, revisit_at=None)) == {1: NOW}


def test_it_is_not_looked_at_within_an_hour_of_the_last_time() -> None:
    soon = replace(CHANGED, looked_at=NOW - HOUR / 2, says=NOW - HOUR / 4)
    assert hastened(soon) == {1: NOW + HOUR / 2}
    assert hastened(replace(soon, revisit_at=NOW + HOUR / 2)) == {}, "it is planned already"


@pytest.mark.parametrize(
    "changed",
    [
        replace(CHANGED, says=FIRST),
        replace(CHANGED, was=NOW - HOUR),
        replace(CHANGED, says=FIRST + 3 * HOUR),
        replace(CHANGED, says=NOW + HOUR),
        replace(CHANGED, first_seen_at=None),
        replace(CHANGED, looked_at=None),
        replace(CHANGED, first_seen_at=NOW - OLDEST - HOUR),
        replace(CHANGED, revisits=3),
        replace(CHANGED, revisit_at=NOW - HOUR),
    ],
    ids=["unmoved", "known", "seen", "ahead", "no article", "unfetched", "old", "enough", "due"],
)
def test_what_has_not_changed_or_is_looked_at_no_more_is_left_as_planned(changed: ListedAgain) -> None:
    assert hastened(changed) == {}


def test_who_moves_all_dates_at_each_poll_is_not_believed_and_who_moves_one_is() -> None:
    unmoved = [
        replace(CHANGED, id=number, says=FIRST - number * HOUR, was=FIRST - number * HOUR) for number in range(2, 9)
    ]
    moved = [replace(one, says=one.says + 9 * HOUR) for one in unmoved]
    assert all(one.looked_at is not None and moved[0].says > one.looked_at for one in moved)
    assert hastened(CHANGED, *unmoved) == {1: NOW}
    assert hastened(CHANGED, *moved) == {}


def test_who_says_that_all_was_changed_just_now_is_not_believed() -> None:
    assert Revisits(3).hastened([CHANGED], dates(*[-600 + second for second in range(5)]), NOW) == {}


def test_of_what_two_roads_say_the_later_counts_as_known() -> None:
    earlier = [replace(CHANGED, id=n, says=FIRST - n * HOUR - HOUR / n, was=FIRST - n * HOUR) for n in range(2, 9)]
    assert hastened(CHANGED, *earlier) == {1: NOW}


@given(st.lists(st.tuples(SPANS, st.none() | SPANS, SPANS, SPANS, st.integers(0, 13)), max_size=9), SPANS)
def test_a_change_never_puts_a_look_off_nor_brings_more_than_are_wanted(
    known: list[tuple[timedelta, timedelta | None, timedelta, timedelta, int]], age: timedelta
) -> None:
    now = FIRST + age
    listed = [
        ListedAgain(number, FIRST + says, None if was is None else FIRST + was, count, FIRST + at, FIRST + seen, FIRST)
        for number, (says, was, at, seen, count) in enumerate(known)
    ]
    for number, due in Revisits(3).hastened(listed, [one.says for one in listed], now).items():
        one = listed[number]
        assert one.revisit_at is not None and one.looked_at is not None
        assert one.revisits < 3 and now <= due < one.revisit_at
        assert due >= one.looked_at + SHORTEST_WAIT
