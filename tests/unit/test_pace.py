"""How fast a host may be asked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pace import (
    LONGEST_CLOSING,
    LONGEST_DELAY,
    after_answer,
    after_refusal,
    after_trouble,
    is_worth_keeping,
)
from news.site import Host

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
NEW = Host("a")
_LATENCIES = st.floats(0, 10_000, allow_nan=False)
_WAITS = st.none() | st.timedeltas(timedelta(), timedelta(days=4_000))


def test_a_quick_host_needs_no_pause() -> None:
    assert after_answer(NEW, 0.2, NOON) == NEW


def test_a_slow_host_comes_to_get_twice_its_own_time() -> None:
    host = NEW
    for _ in range(30):
        host = after_answer(host, 3.0, NOON)
    assert host.delay == pytest.approx(6.0, abs=0.1)


def test_a_host_that_has_recovered_is_asked_as_fast_as_before() -> None:
    host = after_trouble(after_trouble(NEW))
    assert host.delay == 2.0
    for _ in range(20):
        host = after_answer(host, 0.1, NOON)
    assert host == NEW


@pytest.mark.parametrize(
    ("asked_for", "seconds"),
    [(None, 30), (timedelta(0), 30), (timedelta(seconds=90), 90), (timedelta(days=3_650), 86_400)],
)
def test_a_refusal_closes_the_host_for_what_it_asks_at_least_half_a_minute_and_at_most_a_day(
    asked_for: timedelta | None, seconds: int
) -> None:
    assert after_refusal(NEW, asked_for, NOON).closed_until == NOON + timedelta(seconds=seconds)


def test_each_further_refusal_closes_it_for_twice_as_long() -> None:
    host, waits = NEW, []
    for _ in range(5):
        host = after_refusal(host, None, NOON)
        assert host.closed_until is not None
        waits.append((host.closed_until - NOON).total_seconds())
    assert waits == [30, 60, 120, 240, 480]


def test_an_answer_after_the_closing_forgets_the_refusals() -> None:
    closed = after_refusal(NEW, None, NOON)
    assert after_answer(closed, 0.1, NOON).refusals == 1
    opened = after_answer(closed, 0.1, NOON + timedelta(minutes=1))
    assert (opened.refusals, opened.closed_until) == (0, None)


@given(st.lists(st.tuples(st.sampled_from(["answer", "trouble", "refusal"]), _LATENCIES, _WAITS), max_size=40))
def test_no_history_leads_out_of_bounds(history: list[tuple[str, float, timedelta | None]]) -> None:
    host = NEW
    for kind, latency, wait in history:
        if kind == "answer":
            host = after_answer(host, latency, NOON)
        else:
            host = after_trouble(host) if kind == "trouble" else after_refusal(host, wait, NOON)
        assert 0 <= host.delay <= LONGEST_DELAY
        assert host.closed_until is None or timedelta() < host.closed_until - NOON <= LONGEST_CLOSING


def test_only_what_differs_by_more_than_a_wobble_is_worth_keeping() -> None:
    assert not is_worth_keeping(NEW, None)
    assert is_worth_keeping(Host("a", delay=2), None)
    assert not is_worth_keeping(Host("a", delay=2.1), Host("a", delay=2))
    assert is_worth_keeping(Host("a", delay=3), Host("a", delay=2))
    assert is_worth_keeping(Host("a", crawl_delay=1), Host("a"))
