"""What waits, by the rules as they are now: how long at most, and whether it may be told when it is due."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.hours import quiet_until
from alerting.telling import LONGEST_WAIT, SOON, StorySoFar, Verdict, verdict
from alerting.waiting import IN_DIGEST, longest, when_due
from news.rules import HOW_OFTEN, NEVER, NO_QUIET, RESURFACED, Quiet, WholeRules
from news.telling import Reason, StoryPlace, Thread

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NIGHT = Quiet(time(22), time(7))
UPDATED = Thread(1, 1, 1, NOW - DAY, NOW)
OPENED = Thread(1, 1, 1, NOW - DAY)


def at(hour: int, day: int = 20) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reason", "thread", "rules", "until"),
    [
        ("digest", None, WholeRules(), NOW),
        ("digest", None, WholeRules(digest="hourly"), at(13)),
        ("digest", None, WholeRules(digest="weekly"), at(8, 23)),
        ("budget", None, WholeRules(), at(8, 21)),
        ("resurfaced", None, WholeRules(at=time(6), quiet=NIGHT), at(7, 21)),
        ("quiet", OPENED, WholeRules(), NOW),
        ("quiet", OPENED, WholeRules(quiet=Quiet(time(11), time(18))), at(18)),
        ("quiet", UPDATED, WholeRules(updates=3 * HOUR), at(15)),
        ("update", UPDATED, WholeRules(), at(13)),
        ("update", UPDATED, WholeRules(updates=NEVER), NOW + SOON),
        ("update", None, WholeRules(), NOW + SOON),
    ],
)
def test_what_waits_waits_no_longer_than_the_rules_of_now_would_have_it(
    reason: Reason, thread: Thread | None, rules: WholeRules, until: datetime
) -> None:
    assert longest(reason, thread, rules, NOW) == until


@pytest.mark.parametrize(
    ("reason", "rules", "now", "found"),
    [
        ("update", WholeRules(), NOW, None),
        ("quiet", WholeRules(updates=NEVER), NOW, None),
        ("update", WholeRules(updates=NEVER), NOW, Verdict("never", "update")),
        ("update", WholeRules(quiet=NIGHT), at(23), Verdict("held", "quiet", at(7, 21))),
        ("digest", WholeRules(quiet=NIGHT), at(23), Verdict("held", "digest", at(7, 21))),
        ("quiet", WholeRules(digest="daily"), NOW, Verdict("held", "digest", at(8, 21))),
        ("digest", WholeRules(digest="daily"), at(8), None),
        ("budget", WholeRules(), at(8), None),
    ],
)
def test_what_is_due_is_told_unless_the_rules_of_now_say_otherwise(
    reason: Reason, rules: WholeRules, now: datetime, found: Verdict | None
) -> None:
    assert when_due(reason, rules, now, is_spent=False) == found


def test_an_update_beyond_the_budget_waits_for_the_digest_and_nothing_else_does() -> None:
    assert when_due("update", WholeRules(), NOW, is_spent=True) == Verdict("held", "budget", at(8, 21))
    assert when_due("digest", WholeRules(), NOW, is_spent=True) is None


@given(
    held_at=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    later=st.integers(0, 40 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    digest=st.sampled_from(HOW_OFTEN),
    resurfaced=st.sampled_from(RESURFACED),
    quiet=st.sampled_from([NO_QUIET, NIGHT, Quiet(time(2, 15), time(2, 45)), Quiet(time(7), time(6))]),
    timezone=st.sampled_from(["UTC", "Europe/Paris", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"]),
    updates=st.sampled_from([HOUR, 5 * DAY]),
    count=st.integers(0, 8),
    is_known=st.booleans(),
    long_ago=st.booleans(),
    is_news=st.booleans(),
)
def test_as_long_as_no_rule_changes_nothing_is_told_sooner_than_it_was_decided(
    held_at: datetime,
    later: timedelta,
    digest: str,
    resurfaced: str,
    quiet: Quiet,
    timezone: str,
    updates: timedelta,
    count: int,
    is_known: bool,
    long_ago: bool,
    is_news: bool,
) -> None:
    rules = WholeRules(
        digest=digest,  # type: ignore[arg-type]
        resurfaced=resurfaced,  # type: ignore[arg-type]
        quiet=quiet,
        timezone=timezone,
        updates=updates,
    )
    thread = Thread(1, 1, 1, held_at - DAY, held_at - HOUR, count) if is_known else None
    place = StoryPlace(1, long_ago=held_at - 30 * DAY if long_ago else None)
    found = verdict(StorySoFar(place, thread), rules, held_at.date(), held_at, is_news=is_news)
    if found.due_at is None or held_at + later >= found.due_at:
        return
    now = held_at + later
    until = longest(found.reason, thread, rules, now)
    if not is_news:
        assert until >= found.due_at
    assert now <= until <= now + max(LONGEST_WAIT, updates, 15 * DAY) + 4 * DAY
    assert quiet_until(until, rules) is None
    if found.reason not in IN_DIGEST and digest == "at once":
        assert when_due(found.reason, rules, found.due_at, is_spent=False) is None
