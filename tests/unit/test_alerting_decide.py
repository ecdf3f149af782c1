"""The decision whom to tell of an article, and what else is written down with it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from alerting.decide import Decision, decide, decide_changed
from alerting.routing import Routing, routing
from alerting.telling import StorySoFar
from news.alert import Channel
from news.article import Article, Span, StoredArticle
from news.rules import NEVER, Quiet, Rules
from news.telling import Facts, StoryPlace, Telling, Thread, Volume
from news.watch import Watch, Watchlist

NOW = datetime(2026, 11, 14, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
TEXT = "La Russie et Pyongyang signent. " + "Rien de neuf ailleurs. " * 30
ARTICLE = Article(
    "https://a.example/1?utm_source=x", "https://a.example/1", "Pyongyang signe", TEXT, ("Sara",), NOW, "fr"
)
STORED = StoredArticle(7, 1, "Alerte", ARTICLE, NOW, NOW)
WATCH = Watch(1, "Corée", "Pyongyang", added_at=NOW - 90 * DAY)
SPANS = (Span("text", 13, 22), Span("title", 0, 9))
MAIL = Channel(1, "mail", "email")
HOOK = Channel(2, "hook", "webhook")
THREAD = Thread(5, 1, 3, NOW - DAY, NOW - DAY)


def to(*channels: Channel, watchlists: Sequence[Watchlist] = ()) -> Routing:
    return routing(channels, watchlists, "UTC")


def decided(
    routes: Routing,
    watch: Watch = WATCH,
    so_far: StorySoFar = StorySoFar(StoryPlace(3)),  # noqa: B008 (frozen)
    stored: StoredArticle = STORED,
    *,
    is_history: bool = False,
    now: datetime = NOW,
) -> Decision:
    return decide([(watch, SPANS)], stored, {watch.id: so_far}, routes, is_history=is_history, now=now)


def told_at_once(decision: Decision) -> list[int]:
    return [channel for one in decision.announcements if one.alert.kind == "match" for channel, _ in one.channels]


def states(decision: Decision) -> dict[int, tuple[str, str]]:
    return {one.channel_id: (one.state, one.reason) for one in decision.tellings}


def test_a_watch_without_channels_tells_every_channel() -> None:
    assert told_at_once(decided(to(MAIL, HOOK))) == [1, 2]


def test_a_watch_tells_the_channels_it_names_once_each() -> None:
    watch = replace(WATCH, channels=("hook", "hook", "gone"))
    assert told_at_once(decided(to(MAIL, HOOK), watch)) == [2]


def test_the_watch_goes_before_its_watchlist_and_that_before_what_holds_for_all() -> None:
    desk = Channel(3, "desk", "webhook")
    group, everyone = Watchlist(1, "Asie", ("hook",)), Watchlist(2, "", ("desk",))
    routes = to(MAIL, HOOK, desk, watchlists=[group, everyone])
    grouped = replace(WATCH, watchlist="Asie")
    assert told_at_once(decided(routes, replace(grouped, channels=("mail",)))) == [1]
    assert told_at_once(decided(routes, grouped)) == [2]
    assert told_at_once(decided(routes)) == [3]
    assert told_at_once(decided(routes, replace(WATCH, watchlist="unknown"))) == [3]


def test_the_rules_of_the_watch_go_before_those_of_the_watchlist_the_channel_and_all() -> None:
    night = Quiet(time(9), time(10))
    sleepy = replace(HOOK, rules=Rules(quiet=night, budget=7))
    group = Watchlist(1, "Asie", rules=Rules(digest="hourly", budget=9))
    everyone = Watchlist(2, "", rules=Rules(digest="weekly", timezone="Asia/Seoul"))
    routes = to(MAIL, sleepy, watchlists=[group, everyone])
    grouped = replace(WATCH, watchlist="Asie", rules=Rules(updates=NEVER))
    found = routes.rules(grouped, sleepy)
    assert (found.updates, found.digest, found.budget, found.quiet, found.timezone) == (
        NEVER, "hourly", 9, night, "Asia/Seoul",
    )  # fmt: skip
    assert routes.rules(WATCH, sleepy).budget == 7
    assert routing([], [], "Europe/Paris").rules(WATCH).timezone == "Europe/Paris"


def test_each_channel_is_told_by_its_own_rules() -> None:
    daily = replace(MAIL, rules=Rules(digest="daily"))
    decision = decided(to(daily, HOOK))
    assert states(decision) == {1: ("held", "digest"), 2: ("told", "")}
    assert told_at_once(decision) == [2]


def test_a_channel_that_the_user_paused_is_told_nothing_even_if_named() -> None:
    paused = replace(HOOK, paused=True)
    assert told_at_once(decided(to(MAIL, paused))) == [1]
    assert decided(to(paused), replace(WATCH, channels=("hook",))).tellings == ()


def test_a_channel_that_vigie_paused_keeps_its_deliveries() -> None:
    broken = replace(HOOK, paused_because="410 Gone")
    assert told_at_once(decided(to(broken))) == [2]


def test_a_channel_that_both_paused_is_told_nothing() -> None:
    assert decided(to(replace(HOOK, paused=True, paused_because="410 Gone"))).tellings == ()


def test_with_nobody_to_tell_there_is_a_match_and_no_alert() -> None:
    decision = decided(to())
    assert [(match.watch_id, match.article_id, match.seen) for match in decision.matches] == [(1, 7, False)]
    assert (decision.announcements, decision.tellings, decision.threads) == ((), (), ())


def test_history_is_matched_marked_seen_and_never_told() -> None:
    decision = decided(to(MAIL), is_history=True)
    assert [match.seen for match in decision.matches] == [True]
    assert (decision.announcements, decision.tellings, decision.threads, decision.days) == ((), (), (), {})


def test_there_is_one_alert_for_each_watch_however_often_it_hits() -> None:
    other = Watch(2, "Russie", "Russie")
    hits = [(other, ()), (WATCH, SPANS), (WATCH, ())]
    decision = decide(hits, STORED, {}, to(MAIL, HOOK), is_history=False, now=NOW)
    assert [one.alert.watch for one in decision.announcements] == ["Corée", "Russie"]
    assert [(match.watch_id, match.spans) for match in decision.matches] == [(1, SPANS), (2, ())]


def test_the_alert_tells_the_article_as_it_is_with_the_hits_of_title_and_excerpt() -> None:
    [announced] = decided(to(MAIL)).announcements
    alert, told = announced.alert, announced.alert.told
    assert (alert.watch, alert.query, alert.decided_at, alert.is_test) == ("Corée", "Pyongyang", NOW, False)
    assert (told.title, told.url, told.source) == ("Pyongyang signe", "https://a.example/1", "Alerte")
    assert (told.authors, told.published_at, told.found_at, told.language) == (("Sara",), NOW, NOW, "fr")
    assert [told.title[span.start : span.end] for span in told.title_spans] == ["Pyongyang"]
    assert [told.excerpt[span.start : span.end] for span in told.excerpt_spans] == ["Pyongyang"]
    assert re.fullmatch(r"La Russie et Pyongyang .*…", told.excerpt)
    assert told.resurfaced_from is None


def test_the_first_article_opens_a_thread_and_later_ones_wait() -> None:
    [step] = decided(to(MAIL)).threads
    assert (step.watch_id, step.story_id, step.is_told) == (1, 3, True)
    decision = decided(to(MAIL), so_far=StorySoFar(StoryPlace(3), THREAD))
    assert states(decision) == {1: ("held", "update")}
    assert decision.announcements == ()
    assert decision.threads == ()


def test_an_article_without_a_story_is_told_for_itself() -> None:
    decision = decided(to(MAIL), so_far=StorySoFar())
    assert told_at_once(decision) == [1]
    assert decision.threads == ()


def test_a_changed_figure_is_told_sooner_and_remembered() -> None:
    counting = replace(STORED, article=replace(ARTICLE, text="Ils sont 3 000 soldats."))
    thread = replace(THREAD, last_told_at=NOW, facts=Facts({"fr": {"soldat": "1 500 soldats"}}))
    decision = decided(to(MAIL), so_far=StorySoFar(StoryPlace(3), thread), stored=counting)
    assert [one.due_at for one in decision.tellings] == [NOW + timedelta(minutes=10)]
    assert decision.threads[0].facts.figures == {"fr": {"soldat": "3 000 soldats"}}


def test_an_old_article_that_came_back_is_marked() -> None:
    [announced] = decided(to(MAIL), so_far=StorySoFar(StoryPlace(3, long_ago=NOW - 30 * DAY))).announcements
    assert announced.alert.told.resurfaced_from == NOW - 30 * DAY


def test_matches_and_alerts_are_counted_on_the_day_of_the_watch() -> None:
    assert decided(to(MAIL)).days == {1: Volume(NOW.date(), 1, 1)}
    assert decided(to()).days == {1: Volume(NOW.date(), 1, 0)}
    late = datetime(2026, 11, 14, 23, 30, tzinfo=UTC)
    seoul = replace(WATCH, rules=Rules(timezone="Asia/Seoul"))
    assert decided(to(MAIL), seoul, now=late).days[1].day == datetime(2026, 11, 15).date()


def many(matches: int, alerts: int = 0) -> StorySoFar:
    before = [Volume((NOW - back * DAY).date(), 3) for back in range(1, 15)]
    return StorySoFar(StoryPlace(3), None, (*before, Volume(NOW.date(), matches, alerts)))


def test_far_more_than_usual_is_told_once_a_day_by_a_spike_of_its_own() -> None:
    assert [one.alert.kind for one in decided(to(MAIL), so_far=many(5)).announcements] == ["match"]
    _, spike = decided(to(MAIL), so_far=many(19)).announcements
    assert (spike.alert.kind, spike.once, spike.channels) == ("spike", "spike:1:2026-11-14", ((1, NOW),))
    assert spike.alert.told.title == "Far more than usual: 20 articles today"
    assert "usually has 3 a day" in spike.alert.told.excerpt


def test_a_spike_is_told_to_those_who_want_it_when_they_are_awake() -> None:
    asleep = replace(HOOK, rules=Rules(quiet=Quiet(time(9), time(10))))
    deaf = replace(MAIL, rules=Rules(spikes=False))
    _, spike = decided(to(deaf, asleep, Channel(3, "desk", "email")), so_far=many(19)).announcements
    assert spike.channels == ((2, NOW + timedelta(minutes=30)), (3, NOW))


def test_beyond_the_budget_it_is_said_once_that_the_rest_comes_as_a_digest() -> None:
    watch = replace(WATCH, rules=Rules(budget=4))
    decision = decided(to(MAIL, replace(HOOK, rules=Rules(digest="daily"))), watch, many(4, 4))
    assert states(decision) == {1: ("held", "budget"), 2: ("held", "digest")}
    [warning] = decision.announcements
    assert (warning.alert.kind, warning.once, warning.channels) == ("spike", "budget:1:2026-11-14", ((1, NOW),))
    assert warning.alert.told.title == "4 alerts today: the rest comes as a digest"
    assert "08:00" in warning.alert.told.excerpt
    assert decided(to(MAIL), watch, many(3, 3)).announcements[0].alert.kind == "match"


def changed(told_to: Sequence[int], so_far: StorySoFar, *channels: Channel) -> tuple[Telling, ...]:
    return decide_changed([WATCH], STORED, 2, {1: so_far}, {1: told_to}, to(*channels), NOW).tellings


def test_a_later_text_is_told_to_those_who_were_told_of_the_article() -> None:
    [telling] = changed([1], StorySoFar(StoryPlace(3), THREAD), MAIL, HOOK)
    assert (telling.channel_id, telling.state, telling.reason, telling.revision) == (1, "held", "update", 2)
    assert telling.due_at == NOW + timedelta(minutes=10)


def test_a_later_text_of_what_nobody_was_told_of_is_told_to_nobody() -> None:
    assert changed([], StorySoFar(StoryPlace(3), THREAD), MAIL) == ()
    assert changed([1], StorySoFar(StoryPlace(3)), MAIL) == ()
    assert [one.state for one in changed([1], StorySoFar(StoryPlace(3), replace(THREAD, muted_at=NOW)), MAIL)] == [
        "muted"
    ]
