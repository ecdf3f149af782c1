"""The decision whom to tell of an article."""

import re
from dataclasses import replace
from datetime import UTC, datetime

from alerting.decide import decide
from news.alert import Channel
from news.article import Article, Span, StoredArticle
from news.watch import Watch

NOW = datetime(2026, 11, 14, 9, 30, tzinfo=UTC)
TEXT = "La Russie et Pyongyang signent. " + "Rien de neuf ailleurs. " * 30
ARTICLE = Article(
    "https://a.example/1?utm_source=x", "https://a.example/1", "Pyongyang signe", TEXT, ("Sara",), NOW, "fr"
)
STORED = StoredArticle(7, 1, "Alerte", ARTICLE, NOW, NOW)
WATCH = Watch(1, "Corée", "Pyongyang")
SPANS = (Span("text", 13, 22), Span("title", 0, 9))
MAIL = Channel(1, "mail", "email")
HOOK = Channel(2, "hook", "webhook")


def test_a_watch_without_channels_tells_every_channel() -> None:
    ((_, channels),) = decide([(WATCH, SPANS)], STORED, [MAIL, HOOK], is_history=False, now=NOW).alerts
    assert channels == (MAIL, HOOK)


def test_a_watch_tells_the_channels_it_names_once_each() -> None:
    watch = replace(WATCH, channels=("hook", "hook", "gone"))
    ((_, channels),) = decide([(watch, SPANS)], STORED, [MAIL, HOOK], is_history=False, now=NOW).alerts
    assert channels == (HOOK,)


def test_a_channel_that_the_user_paused_is_told_nothing_even_if_named() -> None:
    paused = replace(HOOK, paused=True)
    everyone = decide([(WATCH, SPANS)], STORED, [MAIL, paused], is_history=False, now=NOW)
    named = decide([(replace(WATCH, channels=("hook",)), SPANS)], STORED, [paused], is_history=False, now=NOW)
    assert everyone.alerts[0][1] == (MAIL,)
    assert named.alerts == ()


def test_a_channel_that_vigie_paused_keeps_its_deliveries() -> None:
    broken = replace(HOOK, paused_because="410 Gone")
    ((_, channels),) = decide([(WATCH, SPANS)], STORED, [broken], is_history=False, now=NOW).alerts
    assert channels == (broken,)


def test_a_channel_that_both_paused_is_told_nothing() -> None:
    stopped = replace(HOOK, paused=True, paused_because="410 Gone")
    assert decide([(WATCH, SPANS)], STORED, [stopped], is_history=False, now=NOW).alerts == ()


def test_with_nobody_to_tell_there_is_a_match_and_no_alert() -> None:
    decision = decide([(WATCH, SPANS)], STORED, [], is_history=False, now=NOW)
    assert [(match.watch_id, match.article_id, match.seen) for match in decision.matches] == [(1, 7, False)]
    assert decision.alerts == ()


def test_history_is_matched_marked_seen_and_never_told() -> None:
    decision = decide([(WATCH, SPANS)], STORED, [MAIL], is_history=True, now=NOW)
    assert [match.seen for match in decision.matches] == [True]
    assert decision.alerts == ()


def test_there_is_one_alert_for_each_watch_however_often_it_hits() -> None:
    other = Watch(2, "Russie", "Russie")
    decision = decide([(WATCH, SPANS), (other, ()), (WATCH, ())], STORED, [MAIL], is_history=False, now=NOW)
    assert [alert.watch for alert, _ in decision.alerts] == ["Corée", "Russie"]
    assert [(match.watch_id, match.spans) for match in decision.matches] == [(1, SPANS), (2, ())]


def test_the_alert_tells_the_article_as_it_is_with_the_hits_of_title_and_excerpt() -> None:
    ((alert, _),) = decide([(WATCH, SPANS)], STORED, [MAIL], is_history=False, now=NOW).alerts
    told = alert.told
    assert (alert.watch, alert.query, alert.decided_at, alert.is_test) == ("Corée", "Pyongyang", NOW, False)
    assert (told.title, told.url, told.source) == ("Pyongyang signe", "https://a.example/1", "Alerte")
    assert (told.authors, told.published_at, told.found_at, told.language) == (("Sara",), NOW, NOW, "fr")
    assert [told.title[span.start : span.end] for span in told.title_spans] == ["Pyongyang"]
    assert [told.excerpt[span.start : span.end] for span in told.excerpt_spans] == ["Pyongyang"]
    assert re.fullmatch(r"La Russie et Pyongyang .*…", told.excerpt)
