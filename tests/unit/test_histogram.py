"""Histograms for the terminal."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.histogram import bars, rows

LAST = date(2026, 11, 21)


def before(days: int) -> date:
    """So many days before the last."""
    return LAST - timedelta(days=days)


def test_days_without_anything_have_a_row_too_up_to_the_last() -> None:
    assert rows({before(2): 3, before(4): 1}, LAST) == [
        ("2026-11-17", 1), ("2026-11-18", 0), ("2026-11-19", 3), ("2026-11-20", 0), ("2026-11-21", 0),
    ]  # fmt: skip


def test_what_spreads_over_months_is_counted_by_weeks_that_begin_on_monday() -> None:
    counted = rows({before(days): 1 for days in range(100)}, LAST)
    assert counted[-1] == ("week of 2026-11-16", 6)
    assert counted[-2] == ("week of 2026-11-09", 7)
    assert sum(number for _, number in counted) == 100


@pytest.mark.parametrize(("days", "label"), [(700, "2026-11"), (5_000, "2026")])
def test_longer_spans_are_counted_by_months_and_years(days: int, label: str) -> None:
    counted = rows({before(day): 1 for day in range(days)}, LAST)
    assert counted[-1][0] == label
    assert sum(number for _, number in counted) == days


def test_a_few_old_ones_do_not_make_it_a_histogram_of_years() -> None:
    counted = rows({date(1998, 5, 1): 1, before(60): 2, **{before(day): 5 for day in range(20)}}, LAST)
    assert counted[0] == ("earlier", 3)
    assert counted[1][0] == "2026-10-22"
    assert len(counted) == 32


def test_nothing_is_no_histogram() -> None:
    assert rows({}, LAST) == []
    assert rows({LAST: 0}, LAST) == []
    assert bars([], 80) == []


def test_the_longest_bar_fills_the_line_and_the_shortest_can_be_seen() -> None:
    assert bars([("a", 1_000), ("bb", 0), ("c", 500), ("d", 1)], 20) == [
        "a  ███████████ 1,000",
        "bb  0",
        "c  █████▌ 500",
        "d  ▏ 1",
    ]


@given(st.dictionaries(st.dates(), st.integers(0, 10_000), max_size=40), st.dates(), st.integers(40, 200))
def test_whatever_is_counted_nothing_is_lost_and_no_line_is_too_long(
    counts: dict[date, int], until: date, width: int
) -> None:
    counted = rows(counts, until)
    assert sum(number for _, number in counted) == sum(counts.values())
    assert len(counted) <= 32
    assert all(len(line) <= width for line in bars(counted, width))
