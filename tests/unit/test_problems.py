"""What the hourly self-check makes of what it sees: what is told once, when it is over, and what is nothing at all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from service.problems import (
    ENOUGH_DISK,
    FEWEST_IN_QUEUE,
    LITTLE_DISK,
    Known,
    Problem,
    Seen,
    is_growing,
    judged,
    problems,
)
from tests.samples import HOUR, MINUTE, NOON

WELL = Seen(NOON, late={"visits": 2.0}, stuck={"visits": 0}, queues={"pages": (0,)}, sources=40)
GROWN = tuple(FEWEST_IN_QUEUE * number for number in range(1, 8))
ILL = {
    "ticks": replace(WELL, late={"visits": 301.0, "hubs": 2.0}),
    "leases": replace(WELL, stuck={"visits": 2}),
    "queue": replace(WELL, queues={"pages": GROWN}),
    "deliveries": replace(WELL, oldest_delivery=NOON - HOUR),
    "sources": replace(WELL, overdue=3),
    "channel": replace(WELL, failing={"bureau": NOON - 6 * HOUR}),
    "disk": replace(WELL, free_bytes=LITTLE_DISK - 1),
    "heartbeat": replace(WELL, heartbeat="https://hc.example answered 404"),
}
NEARLY = {
    "ticks": replace(WELL, late={"visits": 299.0}),
    "queue": replace(WELL, queues={"pages": GROWN[1:]}),
    "deliveries": replace(WELL, oldest_delivery=NOON - HOUR + MINUTE),
    "channel": replace(WELL, failing={"bureau": NOON - 5 * HOUR}),
    "disk": replace(WELL, free_bytes=LITTLE_DISK),
}


@pytest.mark.parametrize("kind", ILL)
def test_each_trouble_is_one_problem_with_a_way_out(kind: str) -> None:
    [problem] = problems(ILL[kind], {})
    assert problem.kind == kind
    assert problem.title and problem.text.endswith((".", "?"))


@pytest.mark.parametrize("kind", NEARLY)
def test_what_is_nearly_one_is_none(kind: str) -> None:
    assert problems(NEARLY[kind], {}) == []


def test_where_all_is_well_there_is_none() -> None:
    assert problems(WELL, {}) == []


@pytest.mark.parametrize("kind", ILL)
def test_a_machine_that_has_just_woken_is_not_blamed_for_what_waits(kind: str) -> None:
    found = problems(replace(ILL[kind], is_rested=False), {})
    assert [one.kind for one in found] == ([] if kind in ("queue", "deliveries", "sources") else [kind])


@pytest.mark.parametrize(
    ("history", "grows"),
    [
        (GROWN, True), (GROWN[:6], False), ((*GROWN[:5], GROWN[4], GROWN[6]), False), ((*GROWN, 10), False),
        (tuple(range(990, 997)), False), (tuple(range(5_000, 5_007)), False), ((9_000, *GROWN), True), ((), False),
    ],
)  # fmt: skip
def test_a_queue_grows_that_is_longer_at_each_look_and_twice_as_long_in_the_end(
    history: tuple[int, ...], grows: bool
) -> None:
    assert is_growing(history) is grows


def test_a_disk_that_is_nearly_full_stays_so_until_there_is_enough_room() -> None:
    between = replace(WELL, free_bytes=ENOUGH_DISK - 1)
    assert problems(between, {}) == []
    assert [one.kind for one in problems(between, {"disk:": Known("full")})] == ["disk"]
    assert problems(replace(WELL, free_bytes=ENOUGH_DISK), {"disk:": Known("full")}) == []


FULL = Problem("disk", "The disk is nearly full", "Make room.")
DESK, OTHER = Problem("channel", "Nothing", "…", "desk"), Problem("channel", "Nothing", "…", "other")


def test_a_problem_is_told_once_for_as_long_as_it_lasts() -> None:
    first = judged([FULL], {})
    assert first.new == (FULL,)
    for _ in range(3):
        first = judged([FULL], first.known)
        assert (first.new, first.over) == ((), {})


def test_it_is_over_when_two_checks_in_a_row_have_not_found_it() -> None:
    known = judged([FULL], {}).known
    once = judged([], known)
    assert (once.new, once.over) == ((), {})
    twice = judged([], once.known)
    assert (list(twice.over), twice.known) == (["disk:"], {})
    assert twice.over["disk:"].title == FULL.title
    assert judged([FULL], twice.known).new == (FULL,)


def test_one_that_comes_and_goes_is_told_once() -> None:
    known = judged([FULL], {}).known
    for found in ([], [FULL], [], [FULL], []):
        verdict = judged(found, known)
        known = verdict.known
        assert (verdict.new, verdict.over) == ((), {})


def test_problems_of_one_kind_are_told_apart() -> None:
    known = judged([DESK], {}).known
    assert judged([DESK, OTHER], known).new == (OTHER,)


def test_what_was_not_looked_for_is_not_over() -> None:
    known = {"sources:": Known("late"), "disk:": Known("full")}
    for _ in range(3):
        verdict = judged([], known, is_rested=False)
        known = dict(verdict.known)
    assert list(known) == ["sources:"]
    assert judged([], known).known["sources:"].clean == 1


def test_titles_do_not_change_with_what_is_seen_later() -> None:
    known = judged([FULL], {}).known
    later = replace(FULL, title="The disk is full")
    assert judged([later], known).known["disk:"].title == FULL.title


def test_of_many_late_ticks_some_are_named() -> None:
    late = {name: timedelta(hours=1).total_seconds() for name in ("a", "b", "c", "d", "e")}
    [problem] = problems(replace(WELL, late=late), {})
    assert problem.text.startswith("a, b, c and 2 more should have been done 60 minutes ago.")
