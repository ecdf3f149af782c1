"""Volume: what is unusual for a watch, by its own last two weeks."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from alerting.volume import alerts_on, spike
from news.telling import Volume

TODAY = date(2026, 11, 20)  # a Friday
LONG_AGO = date(2026, 1, 1)


def days(counts: Sequence[int], today: int) -> list[Volume]:
    """Yesterday first."""
    return [Volume(TODAY - timedelta(days=back), count) for back, count in enumerate(counts, 1)] + [
        Volume(TODAY, today)
    ]


def test_far_more_than_usual_is_a_spike() -> None:
    found = spike(TODAY, days([5] * 14, 20), LONG_AGO)
    assert found is not None
    assert (found.matches, found.usual) == (20, 5)


@pytest.mark.parametrize(("usual", "today"), [(5, 14), (0, 9), (100, 299), (20, 59)])
def test_what_is_not_far_more_is_none(usual: int, today: int) -> None:
    assert spike(TODAY, days([usual] * 14, today), LONG_AGO) is None
    assert spike(TODAY, days([usual] * 14, today + 1), LONG_AGO) is not None


def test_a_watch_that_has_much_every_friday_has_no_spike_on_friday() -> None:
    fridays = [30 if back % 7 == 0 else 2 for back in range(1, 15)]
    assert spike(TODAY, days(fridays, 40), LONG_AGO) is None
    mondays = [30 if back % 7 == 4 else 2 for back in range(1, 15)]
    assert spike(TODAY, days(mondays, 40), LONG_AGO) is not None


def test_one_wild_day_does_not_make_the_next_usual() -> None:
    assert spike(TODAY, days([400, *[2] * 13], 30), LONG_AGO) is not None


def test_a_new_watch_has_no_usual_day() -> None:
    assert spike(TODAY, days([], 100), TODAY - timedelta(days=6)) is None
    assert spike(TODAY, days([], 100), TODAY - timedelta(days=7)) is not None


def test_days_without_anything_count_as_none() -> None:
    few = [Volume(TODAY - timedelta(days=3), 5), Volume(TODAY, 12)]
    found = spike(TODAY, few, LONG_AGO)
    assert found is not None
    assert found.usual == 0


def test_the_alerts_of_a_day_are_its_own() -> None:
    volumes = [Volume(TODAY, 9, 3), Volume(TODAY - timedelta(days=1), 9, 7)]
    assert alerts_on(TODAY, volumes) == 3
    assert alerts_on(TODAY - timedelta(days=2), volumes) == 0
