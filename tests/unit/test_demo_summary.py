"""What the demo makes of what it saw: its faults, its sums, and the lines that it prints."""

import json
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from alerting.marks import pieces
from cli.demo.lines import context, hit_words, mail, marked, payload, wanted
from cli.demo.observation import Observation
from cli.demo.summary import Published, Received, Summary, summarise
from news.article import Article, Span, StoredArticle
from news.source import Source
from news.watch import Match
from seeds.programme import programme
from seeds.receivers import ReceivedCall, ReceivedMail
from storage.matches import FoundMatch

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
OLD, NEW = programme().history[0], programme().to_come[0]
OLD_URL, NEW_URL = "http://127.0.0.1:1/old/", "http://127.0.0.1:1/new/"
PAGE = "<h1>t</h1><h4>You may also like</h4><h3>Leave a Comment</h3>"
PUBLISHED = [Published(OLD, OLD_URL, PAGE, is_history=True), Published(NEW, NEW_URL, PAGE, is_history=False)]


def stored(number: int, url: str, text: str = NEW.text, title: str = NEW.title) -> StoredArticle:
    article = Article(url, url, title, text, ("Sara",), START, "fr")
    return StoredArticle(number, 1, "Le Site", article, START, START)


def found(article: StoredArticle, *spans: Span, seen: bool = False) -> FoundMatch:
    return FoundMatch(Match(1, article.id, spans, START, seen), "Corée", "troupes OU titre:pacte", article)


def seen(*articles: StoredArticle, matches: tuple[FoundMatch, ...] = ()) -> Observation:
    return Observation(Source(1, "Le Site", "http://127.0.0.1:1/"), articles, matches, ())


def a_mail(url: str = NEW_URL, after: float = 7, subject: str = "Corée: Un pacte") -> ReceivedMail:
    message = EmailMessage()
    message["Subject"] = subject
    message.set_content(f"Un pacte\n{url}\n")
    return ReceivedMail(message.as_bytes(), START + timedelta(seconds=after))


def a_call(url: str = NEW_URL, after: float = 8, fault: str = "", number: str = "msg_1") -> ReceivedCall:
    body = json.dumps({"data": {"watch": "Corée", "article": {"title": "Un pacte", "url": url}}}).encode()
    return ReceivedCall(number, body, START + timedelta(seconds=after), fault)


BOTH = seen(stored(1, OLD_URL, OLD.text), stored(2, NEW_URL))


def summary_of(received: Received, observation: Observation = BOTH) -> Summary:
    return summarise(PUBLISHED, observation, received, (START, START + timedelta(seconds=30)), "/tmp/demo")


def test_a_mail_and_a_verified_webhook_are_all_that_is_asked() -> None:
    summary = summary_of(Received([a_mail()], [a_call()]))
    assert summary.faults == ()
    assert (summary.emails, summary.webhooks, summary.first_alert_after, summary.took) == (1, 1, 7.0, 30.0)
    assert [found.is_history for found in summary.articles] == [True, False]
    assert (summary.missing, summary.leftovers) == ((), ())


def test_no_mail_or_no_webhook_is_a_fault() -> None:
    assert summary_of(Received([], [a_call()])).faults == ("no e-mail was received",)
    assert summary_of(Received([a_mail()], [])).faults == ("no webhook with the right signature was received",)
    assert summary_of(Received([], [])).first_alert_after is None


def test_a_webhook_with_a_wrong_signature_does_not_count_and_is_a_fault() -> None:
    summary = summary_of(Received([a_mail()], [a_call(fault="No matching signature found", after=1)]))
    assert (summary.webhooks, summary.first_alert_after) == (0, 7.0)
    assert any("No matching signature found" in fault for fault in summary.faults)


def test_the_same_alert_twice_at_one_receiver_is_a_fault_whatever_its_id() -> None:
    twice = summary_of(Received([a_mail()], [a_call(), a_call(number="msg_2")]))
    assert twice.repeated == ("webhook Corée: Un pacte",)
    assert len(twice.faults) == 1
    assert summary_of(Received([a_mail(), a_mail()], [a_call()])).repeated == ("e-mail Corée: Un pacte",)


def test_an_alert_on_history_is_a_fault_by_either_road() -> None:
    for received in (Received([a_mail(OLD_URL)], [a_call()]), Received([a_mail()], [a_call(OLD_URL)])):
        summary = summary_of(received)
        assert summary.history_told == (OLD.title,)
        assert summary.faults == (f"an alert told of history: {OLD.title}",)


def test_what_was_published_and_not_found_is_named() -> None:
    assert summary_of(Received([], []), seen(stored(1, OLD_URL))).missing == (NEW.title,)


def test_a_line_that_no_author_wrote_is_left_over() -> None:
    dirty = seen(stored(1, OLD_URL, OLD.text), stored(2, NEW_URL, f"{NEW.text}\n\nLeave a Comment"))
    summary = summary_of(Received([], []), dirty)
    assert summary.leftovers == ("Leave a Comment",)
    assert summary.stripped is not None
    assert summary.stripped.left_out == ("You may also like",)


def test_what_was_stripped_is_shown_on_the_first_new_article() -> None:
    stripped = summary_of(Received([], [])).stripped
    assert stripped is not None
    assert (stripped.title, stripped.left_out) == (NEW.title, ("You may also like", "Leave a Comment"))
    assert (stripped.page_bytes, stripped.text_bytes) == (len(PAGE), len(NEW.text.encode()))


def test_an_article_tells_who_wants_it_for_which_words() -> None:
    article = stored(2, NEW_URL, "Des troupes, encore des Troupes.", "Le pacte")
    match = found(article, Span("title", 3, 8), Span("text", 4, 11), Span("text", 24, 31))
    summary = summary_of(Received([], []), seen(article, matches=(match,)))
    [reason] = summary.articles[0].wanted_by
    assert (reason.watch, reason.words, reason.told) == ("Corée", ("pacte", "troupes"), True)
    assert reason.context == "Des **troupes**, encore des **Troupes**."


def test_a_hit_in_the_title_alone_is_shown_there() -> None:
    match = found(stored(2, NEW_URL, "Rien.", "Le pacte"), Span("title", 3, 8))
    assert context(match, in_colour=False).plain == "the title: Le **pacte**"
    assert hit_words(match) == ("pacte",)


def test_hits_are_told_by_colour_where_there_is_one() -> None:
    told = pieces("un pacte", [Span("text", 3, 8)])
    assert marked(told, in_colour=True).plain == "un pacte"
    assert marked(told, in_colour=True).spans[-1].style == "bold yellow"
    assert marked(told, in_colour=False).plain == "un **pacte**"


def test_crawled_text_is_neither_markup_nor_a_command_to_the_terminal() -> None:
    evil = "[red]x[/red] \x1b[2Jy"
    article = stored(2, NEW_URL, evil, evil)
    match = found(article, Span("text", 0, len(evil)))
    mailed = a_mail(subject="[bold]Corée[/bold] \x1b[2J")
    for line in (context(match, in_colour=True), context(match, in_colour=False), wanted(match)):
        assert "[red]x[/red]" in line.plain
        assert "\x1b" not in line.plain
    subject = next(line.plain for line in mail(mailed) if line.plain.startswith("Subject"))
    assert "[bold]Corée[/bold]" in subject
    assert not any("\x1b" in line.plain for line in (*mail(mailed), *payload(a_call())))
