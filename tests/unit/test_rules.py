"""Rules: how they are written, what they mean, and whose counts."""

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.errors import ConfigError
from news.rules import NAMES, NEVER, NO_QUIET, NOTHING_SAID, Quiet, Rules, WholeRules, rules_from, rules_to, settled

WRITTEN = {
    "digest": "weekly",
    "at": "07:30",
    "weekday": "friday",
    "quiet": "22:00-07:00",
    "timezone": "Europe/Paris",
    "budget": 20,
    "updates": "2h",
    "spikes": False,
    "resurfaced": "digest",
}


def test_rules_are_read_as_they_are_written() -> None:
    assert rules_from(WRITTEN) == Rules(
        digest="weekly",
        at=time(7, 30),
        weekday=4,
        quiet=Quiet(time(22), time(7)),
        timezone="Europe/Paris",
        budget=20,
        updates=timedelta(hours=2),
        spikes=False,
        resurfaced="digest",
    )
    assert rules_to(rules_from(WRITTEN)) == WRITTEN
    assert set(WRITTEN) == set(NAMES)


def test_what_is_not_said_is_left_out() -> None:
    assert rules_from({"digest": None, "at": ""}) == NOTHING_SAID
    assert rules_to(NOTHING_SAID) == {}


def test_none_and_never_are_said_and_not_left_out() -> None:
    rules = rules_from({"quiet": "none", "updates": "never", "budget": 0, "spikes": False})
    assert (rules.quiet, rules.updates, rules.budget, rules.spikes) == (NO_QUIET, NEVER, 0, False)
    assert rules_to(rules) == {"quiet": "none", "budget": 0, "updates": "never", "spikes": False}


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("digest", "often", "at once, hourly, daily, weekly"),
        ("at", "25:00", "08:00"),
        ("at", "8", "08:00"),
        ("weekday", "lundi", "monday"),
        ("quiet", "22:00", "22:00-07:00"),
        ("quiet", "22:00-24:00", "24:00"),
        ("quiet", "07:00-07:00", "none"),
        ("timezone", "Paris", "Europe/Paris"),
        ("timezone", "CEST", "clocks show it in 'Europe/Amsterdam', for example"),
        ("timezone", "JST", "clocks show it in 'Asia/Tokyo', for example"),
        ("timezone", "CETT", "no time zone; write one such as Europe/Paris"),
        ("timezone", "../etc/passwd", "Europe/Paris"),
        ("budget", -1, "0"),
        ("budget", True, "0"),
        ("budget", "50", "0"),
        ("updates", "often", "1h"),
        ("updates", "1s", "1m"),
        ("updates", "99d", "30d"),
        ("spikes", "yes", "true or false"),
        ("resurfaced", "hide", "mark, digest, never"),
        ("digests", "daily", "there is no rule"),
    ],
)
def test_what_is_no_rule_is_refused_with_what_to_write_instead(name: str, value: object, says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        rules_from({name: value})
    assert says in str(refused.value.message) + str(refused.value.hint)
    assert name in refused.value.message


def test_who_comes_first_has_its_way_field_by_field() -> None:
    watch, watchlist = Rules(digest="daily"), Rules(digest="hourly", budget=3)
    channel, everyone = Rules(quiet=NO_QUIET, budget=9), Rules(quiet=Quiet(time(22), time(7)), timezone="Asia/Seoul")
    found = settled(watch, watchlist, channel, everyone)
    assert (found.digest, found.budget, found.quiet, found.timezone) == ("daily", 3, NO_QUIET, "Asia/Seoul")
    assert settled() == WholeRules()
    assert settled(Rules(spikes=False), Rules(spikes=True)).spikes is False


def test_quiet_hours_may_cross_midnight() -> None:
    night, noon = Quiet(time(22), time(7)), Quiet(time(12), time(13, 30))
    assert [hour for hour in range(24) if time(hour) in night] == [0, 1, 2, 3, 4, 5, 6, 22, 23]
    assert [hour for hour in range(24) if time(hour) in noon] == [12, 13]
    assert not any(time(hour) in NO_QUIET for hour in range(24))


@given(st.times(), st.times(), st.times())
def test_an_hour_is_quiet_by_night_exactly_if_it_is_not_by_day(start: time, end: time, hour: time) -> None:
    if start != end:
        assert (hour in Quiet(start, end)) != (hour in Quiet(end, start))
