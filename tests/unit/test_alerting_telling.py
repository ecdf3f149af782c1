"""When a match is told: at once, later and why, or never."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.hours import quiet_until
from alerting.telling import LONGEST_WAIT, SOON, StorySoFar, Verdict, news_of, verdict
from news.article import Article, StoredArticle
from news.rules import HOW_OFTEN, NEVER, NO_QUIET, RESURFACED, Quiet, WholeRules
from news.telling import Facts, StoryPlace, Thread, Volume

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NIGHT = Quiet(time(22), time(7))
OLD = StoryPlace(1, long_ago=NOW - 30 * DAY)


def thread(updates: int = 0, last_told_at: datetime | None = NOW, *, is_muted: bool = False) -> Thread:
    return Thread(1, 1, 1, NOW - DAY, last_told_at, updates, Facts(), NOW if is_muted else None)


def at(hour: int, day: int = 20) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def judged(
    so_far: StorySoFar = StorySoFar(),  # noqa: B008 (frozen)
    rules: WholeRules = WholeRules(),  # noqa: B008 (frozen)
    now: datetime = NOW,
    *,
    is_news: bool = False,
) -> Verdict:
    return verdict(so_far, rules, now.astimezone(rules.zone).date(), now, is_news=is_news)


def test_the_first_article_of_a_story_is_told_at_once() -> None:
    assert judged() == Verdict("told")


def test_in_quiet_hours_it_waits_for_their_end() -> None:
    assert judged(rules=WholeRules(quiet=NIGHT), now=at(23)) == Verdict("held", "quiet", at(7, 21))


def test_with_digests_it_waits_for_the_next() -> None:
    assert judged(rules=WholeRules(digest="daily")) == Verdict("held", "digest", at(8, 21))
    assert judged(rules=WholeRules(digest="hourly")) == Verdict("held", "digest", at(13))
    assert judged(StorySoFar(thread=thread()), WholeRules(digest="daily")) == Verdict("held", "digest", at(8, 21))


def test_a_digest_whose_hour_is_quiet_waits_for_the_end_of_the_quiet() -> None:
    assert judged(rules=WholeRules(digest="daily", at=time(6), quiet=NIGHT)) == Verdict("held", "digest", at(7, 21))


def test_a_later_article_waits_for_an_update() -> None:
    assert judged(StorySoFar(thread=thread())) == Verdict("held", "update", NOW + HOUR)


@pytest.mark.parametrize(("updates", "wait"), [(0, HOUR), (1, 2 * HOUR), (3, 8 * HOUR), (5, DAY), (60, DAY)])
def test_each_update_doubles_the_wait_up_to_a_day(updates: int, wait: timedelta) -> None:
    assert judged(StorySoFar(thread=thread(updates))) == Verdict("held", "update", NOW + wait)
    assert wait <= LONGEST_WAIT


def test_a_wait_that_the_user_wants_longer_than_a_day_is_as_long() -> None:
    rules = WholeRules(updates=2 * DAY)
    assert judged(StorySoFar(thread=thread(4)), rules) == Verdict("held", "update", NOW + 2 * DAY)


def test_a_changed_figure_is_told_soon_whatever_the_number_of_updates() -> None:
    assert judged(StorySoFar(thread=thread(5)), is_news=True) == Verdict("held", "update", NOW + SOON)


def test_long_after_the_last_update_the_next_comes_soon_but_not_at_once() -> None:
    assert judged(StorySoFar(thread=thread(0, NOW - 3 * DAY))) == Verdict("held", "update", NOW + SOON)


def test_what_was_told_while_the_clock_was_a_year_fast_does_not_silence_a_story() -> None:
    assert judged(StorySoFar(thread=thread(0, NOW + 365 * DAY))) == Verdict("held", "update", NOW + HOUR)


def test_an_update_that_falls_into_quiet_hours_waits_for_their_end() -> None:
    rules = WholeRules(quiet=NIGHT, updates=4 * HOUR)
    evening = StorySoFar(thread=thread(last_told_at=at(20)))
    assert judged(evening, rules, at(20)) == Verdict("held", "quiet", at(7, 21))


def test_without_updates_a_story_is_told_once() -> None:
    assert judged(StorySoFar(thread=thread()), WholeRules(updates=NEVER)) == Verdict("never", "update")
    assert judged(rules=WholeRules(updates=NEVER)) == Verdict("told")


def test_a_muted_story_is_told_to_nobody() -> None:
    assert judged(StorySoFar(thread=thread(is_muted=True)), WholeRules(digest="daily")) == Verdict("muted")


def test_beyond_the_budget_the_rest_of_the_day_waits_for_the_next_morning() -> None:
    spent = (Volume(NOW.date(), 9, 3), Volume((NOW - DAY).date(), 99, 99))
    assert judged(StorySoFar(volumes=spent), WholeRules(budget=3)) == Verdict("held", "budget", at(8, 21))
    assert judged(StorySoFar(volumes=spent, thread=thread()), WholeRules(budget=3)).reason == "budget"
    assert judged(StorySoFar(volumes=spent), WholeRules(budget=4)) == Verdict("told")
    assert judged(StorySoFar(volumes=spent), WholeRules(budget=0)) == Verdict("told")


def test_the_budget_is_of_the_walls_day() -> None:
    spent = (Volume(NOW.date(), 9, 3),)
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # the 21st in Paris
    assert judged(StorySoFar(volumes=spent), WholeRules(budget=3), late).reason == "budget"
    assert judged(StorySoFar(volumes=spent), WholeRules(budget=3, timezone="Europe/Paris"), late) == Verdict("told")


def test_an_article_that_resurfaced_is_told_as_the_rule_has_it() -> None:
    assert judged(StorySoFar(OLD)) == Verdict("told")
    assert judged(StorySoFar(OLD), WholeRules(resurfaced="digest")) == Verdict("held", "resurfaced", at(8, 21))
    assert judged(StorySoFar(OLD), WholeRules(resurfaced="never")) == Verdict("never", "resurfaced")


@given(
    now=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    digest=st.sampled_from(HOW_OFTEN),
    resurfaced=st.sampled_from(RESURFACED),
    quiet=st.sampled_from([NO_QUIET, NIGHT, Quiet(time(2, 15), time(2, 45))]),
    timezone=st.sampled_from(["UTC", "Europe/Paris", "America/Sao_Paulo", "Asia/Kathmandu"]),
    updates=st.sampled_from([HOUR, NEVER, 5 * DAY]),
    budget=st.integers(0, 3),
    told=st.none() | st.builds(thread, st.integers(0, 40), st.none() | st.just(NOW), is_muted=st.booleans()),
    place=st.sampled_from([StoryPlace(1), OLD]),
    alerts=st.integers(0, 4),
    is_news=st.booleans(),
)
def test_whatever_the_rules_it_is_told_now_or_waits_for_a_waking_hour_or_never(
    now: datetime,
    digest: str,
    resurfaced: str,
    quiet: Quiet,
    timezone: str,
    updates: timedelta,
    budget: int,
    told: Thread | None,
    place: StoryPlace,
    alerts: int,
    is_news: bool,
) -> None:
    rules = WholeRules(
        digest=digest,  # type: ignore[arg-type]
        resurfaced=resurfaced,  # type: ignore[arg-type]
        quiet=quiet,
        timezone=timezone,
        updates=updates,
        budget=budget,
    )
    so_far = StorySoFar(place, told, (Volume(now.astimezone(rules.zone).date(), 9, alerts),))
    found = judged(so_far, rules, now, is_news=is_news)
    if found.state == "told":
        assert told is None
        assert (found.reason, found.due_at, digest, quiet_until(now, rules)) == ("", None, "at once", None)
    if found.state == "held":
        assert found.due_at is not None
        assert found.reason
        assert found.due_at > now
        assert quiet_until(found.due_at, rules) is None
    else:
        assert found.due_at is None


def _stored(text: str, language: str | None = "fr") -> StoredArticle:
    article = Article("https://a.example/", "https://a.example/", "Titre", text, language=language)
    return StoredArticle(7, 1, "A", article, NOW, NOW)


def test_an_article_is_news_where_it_changes_a_figure_that_is_known() -> None:
    is_news, facts = news_of(_stored("1 500 soldats"), StoryPlace(1), Facts())
    assert (is_news, facts) == (False, Facts({"fr": {"soldat": "1 500 soldats"}}))
    is_news, facts = news_of(_stored("3 000 soldats et 20 navires"), StoryPlace(1), facts)
    assert is_news
    assert facts.figures["fr"] == {"soldat": "3 000 soldats", "navire": "20 navires"}
    assert news_of(_stored("3.000 soldats"), StoryPlace(1), facts) == (
        False,
        facts.__class__({"fr": {"soldat": "3.000 soldats", "navire": "20 navires"}}),
    )


def test_a_copy_and_an_article_without_figures_are_no_news() -> None:
    facts = Facts({"fr": {"soldat": "1 500 soldats"}})
    assert news_of(_stored("3 000 soldats"), StoryPlace(1, is_copy=True), facts) == (False, facts)
    assert news_of(_stored("Des soldats"), StoryPlace(1), facts) == (False, facts)
    assert news_of(_stored("3 000 soldats", "pt"), StoryPlace(1), facts)[0] is False
