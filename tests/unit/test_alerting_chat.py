"""Alerts as the chats tell them: what a reader sees is what was found, and nothing that was crawled acts."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerting.channels import discord, matrix, ntfy, slack, telegram
from alerting.channels.call import as_json
from alerting.chat import Entry, Markup, Post, fitted, in_lines, post, utf16
from alerting.marks import Piece, one_line, printable, safe_link, shortened
from news.alert import Alert, Change, Item, Outlet, Told
from news.article import Span
from tests.chats import Seen, seen
from tests.receivers import ALERT, FOUND_AT, TOLD

CHATS = ("slack", "discord", "telegram", "matrix", "ntfy")
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script><!-- -->",
    "@everyone @here @channel",
    "<!channel> <!here> <!everyone> <!subteam^S1>",
    "<@U012AB3CD> <@&42> <#7> <:smile:1> <t:1>",
    "[click here](https://evil.example/) <https://evil.example|bank>",
    "**bold** __under__ _it_ ~~gone~~ `code` ||spoiler||",
    "# head\n- list\n1. one\n> quote\n-# small\n+ more",
    "&lt;b&gt;&amp;lt;",
    "</b></a></blockquote></p>",
    '" onmouseover="alert(1)',
    "\\*\\*not bold\\*\\*",
    "https://evil.example/ http://a",
    "{{ 7 * 7 }} {% for %} ${x}",
    "a\u202eb\x00c\x1b[31m\u2028d",
)
of_every_chat = pytest.mark.parametrize("kind", CHATS)


def payload(kind: str, alert: Alert) -> dict[str, Any]:
    if kind == "telegram":
        return {"text": telegram.text(alert), "parse_mode": "HTML"}
    makers = {"slack": slack.message, "discord": discord.message, "matrix": matrix.message, "ntfy": ntfy.message}
    return makers[kind](alert)


def read(kind: str, alert: Alert) -> Seen:
    return seen(kind, payload(kind, alert))


def told(**changes: Any) -> Alert:
    return replace(ALERT, told=replace(TOLD, **{"title_spans": (), "excerpt_spans": (), **changes}))


def squeezed(text: str) -> str:
    return " ".join(text.split())


@of_every_chat
def test_an_alert_says_what_was_found_where_and_for_which_watch(kind: str) -> None:
    found = read(kind, ALERT)
    text = squeezed(found.text).replace("**", "")
    for words in ("Corée", TOLD.title, "Alerte Monde · Sara · 2026-11-14 08:00 UTC", squeezed(TOLD.excerpt)):
        assert words in text
    assert set(found.links) == {TOLD.url}


@of_every_chat
def test_hits_are_marked_and_nothing_else_but_the_head(kind: str) -> None:
    marked = [words for words in read(kind, ALERT).marked if words != "Corée"]
    assert marked == ["Pyongyang", "Pyongyang", "troupes"]


@of_every_chat
@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("field", ["title", "excerpt", "source", "watch"])
def test_nothing_that_was_crawled_acts(kind: str, hostile: str, field: str) -> None:
    """Row 50: HTML, mentions and markup in a title are seen as they were written, in every chat."""
    alert = replace(ALERT, watch=hostile) if field == "watch" else told(**{field: hostile})
    found = read(kind, alert)
    assert squeezed(printable(hostile)) in squeezed(found.text)
    assert found.called == []
    assert set(found.links) == {TOLD.url}


@of_every_chat
@settings(max_examples=30)
@given(
    text=st.lists(st.sampled_from([*HOSTILE, "é", " ", "\n", "*", "_", "<", "&", "@", "1. ", "a" * 40])).map("".join)
)
def test_whatever_the_text_it_is_seen_as_it_is(kind: str, text: str) -> None:
    """Row 50."""
    found = read(kind, told(excerpt=text))
    assert squeezed(printable(text)) in squeezed(found.text)
    assert found.called == []


@of_every_chat
@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "https://user:secret@example.com/", "x"])
def test_an_address_that_a_reader_must_not_follow_is_no_link(kind: str, url: str) -> None:
    """Row 50: links only where they are safe."""
    assert read(kind, told(url=url)).links == []


@of_every_chat
def test_quotes_in_an_address_stay_in_it(kind: str) -> None:
    url = "https://example.com/?a=\"><b>&b='1'"
    assert set(read(kind, told(url=url)).links) == {safe_link(url)}


@of_every_chat
def test_a_test_says_that_it_is_one(kind: str) -> None:
    assert "This is a test: nothing was found" in read(kind, replace(ALERT, is_test=True)).text


@of_every_chat
def test_how_a_source_fares_is_told_without_a_watch(kind: str) -> None:
    notice = Told(0, "Le Phare has gone quiet", "https://phare.example/", "Le Phare", "No article since Tuesday.")
    found = read(kind, Alert(watch="", query="", decided_at=FOUND_AT, told=notice, kind="silent"))
    assert squeezed(found.text).startswith("Vigie Le Phare has gone quiet")
    assert "No article since Tuesday." in found.text
    assert found.links in (["https://phare.example/"], ["https://phare.example/"] * 2)


@of_every_chat
def test_the_longest_texts_fit_and_leave_no_mark_open(kind: str) -> None:
    title, excerpt = "*<&_é😀 " * 200, "*<&_é😀\n" * 3_000
    spans = tuple(Span("text", start, start + 4) for start in range(0, 20_000, 8))
    alert = told(title=title, excerpt=excerpt, excerpt_spans=spans, source="*" * 5_000, authors=("<" * 5_000,) * 50)
    found = read(kind, replace(alert, watch="@" * 5_000))
    assert "*<&_é😀" in found.text


def outlets(count: int, title: str = "La route", source: str = "Le Courrier") -> tuple[Outlet, ...]:
    return tuple(Outlet(source, title, f"https://courrier.example/{n}(x)", is_copy=n == 1) for n in range(count))


CHANGES = (
    Change("outlets", "+6 outlets"),
    Change("figure", "changed figure: 10 000 → 12 000 soldats", "10 000", "12 000"),
)
LATER = replace(TOLD, article_id=12, title="Ils seraient 12 000", title_spans=(), url="https://courrier.example/12")
UPDATE = replace(ALERT, kind="update", items=(Item("Corée", LATER, outlets(7), CHANGES),))
DIGEST = replace(
    ALERT,
    watch="",
    query="",
    kind="digest",
    told=Told(0, "3 stories: Corée, Énergie", "", "", ""),
    items=(Item("Corée", TOLD), Item("Corée", LATER, outlets(2)), Item("Énergie", LATER, (), CHANGES)),
)


@of_every_chat
def test_an_update_says_what_is_new_and_on_which_story(kind: str) -> None:
    found = read(kind, UPDATE)
    text = squeezed(found.text)
    assert "+6 outlets · changed figure: 10 000 → 12 000 soldats" in text
    assert f"Told first: {TOLD.title}" in text
    assert "• Le Courrier: La route" in text
    assert "• Le Courrier (copy): La route" in text
    assert text.count("•") == 5
    assert "… and 2 more" in text
    assert {link.replace("%28", "(").replace("%29", ")") for link in found.links} == {
        LATER.url,
        *(f"https://courrier.example/{n}(x)" for n in range(5)),
    }


@of_every_chat
def test_a_digest_is_told_by_watch_with_all_its_stories(kind: str) -> None:
    text = squeezed(read(kind, DIGEST).text)
    assert "Digest" in text
    assert "3 stories: Corée, Énergie" in text
    places = [text.index(words, text.index("Énergie") + 7) for words in ("Corée", TOLD.title.split()[0], "Énergie")]
    assert places == sorted(places)
    assert text.count(LATER.title) == 2
    assert text.count("Le Courrier") == 2


@of_every_chat
def test_a_digest_of_one_watch_names_it_once(kind: str) -> None:
    text = read(kind, replace(DIGEST, watch="Corée", told=Told(0, "3 stories", "", "", ""))).text
    assert text.count("Corée") == 1


@of_every_chat
def test_a_spike_and_a_stopped_channel_are_told_in_words(kind: str) -> None:
    notice = Told(0, "Far more than usual", "", "", "48 articles since midnight.")
    spike = replace(ALERT, kind="spike", told=notice)
    assert squeezed(read(kind, spike).text).startswith("Corée Far more than usual")
    assert squeezed(read(kind, replace(spike, watch="", kind="channel")).text).startswith("Vigie Far more than usual")
    assert read(kind, spike).links == []


@of_every_chat
def test_an_old_article_that_comes_again_is_told_for_one(kind: str) -> None:
    assert "an old article, from 2026-11-14" in read(kind, told(resurfaced_from=FOUND_AT)).text


@of_every_chat
@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_acts_in_what_is_new_or_in_other_articles(kind: str, hostile: str) -> None:
    """Row 50, in updates and digests."""
    item = Item(hostile, replace(LATER, title=hostile), outlets(2, hostile, hostile), (Change("headline", hostile),))
    first = replace(TOLD, title=hostile, title_spans=())
    for alert in (replace(UPDATE, told=first, items=(item,)), replace(DIGEST, items=(item, replace(item, watch="x")))):
        found = read(kind, alert)
        assert squeezed(printable(hostile)) in squeezed(found.text)
        assert found.called == []
        assert all(link.startswith("https://courrier.example/") for link in found.links)


@of_every_chat
def test_the_largest_digest_fits_and_counts_what_it_left_out(kind: str) -> None:
    stories = tuple(Item(f"watch {n}", LATER, outlets(50), CHANGES) for n in range(100))
    found = read(kind, replace(DIGEST, items=stories))
    shown = found.text.count(LATER.title)
    assert shown >= 5
    assert f"… and {100 - shown} more" in found.text


@of_every_chat
def test_watches_with_the_longest_names_head_their_sections(kind: str) -> None:
    items = tuple(Item("😀" * 500 + name, LATER) for name in "ab")
    assert read(kind, replace(DIGEST, items=items)).text.count("😀" * 100) >= 2


def several(count: int, length: int = 300) -> Post:
    entry = Entry((Piece("title "), Piece("hit", hit=True)), "https://example.com/", "source", (Piece("x" * length),))
    return Post("Corée", (entry,) * count)


PLAIN = Markup(plain=str, hit=lambda text: f"*{text}*", strong=str, link=lambda text, url: f"{text} {url}")


def test_what_does_not_fit_loses_its_excerpts_first_and_its_last_entries_then() -> None:
    def in_room(size: int) -> str:
        return fitted(several(4), lambda said: in_lines(said, PLAIN), lambda text: len(text) <= size)

    assert in_room(5_000).count("x" * 300) == 4
    assert in_room(1_000).count("x" * 100) == 4
    assert in_room(1_000).count("x" * 160) == 0 or "…" in in_room(1_000)
    assert "x" * 3 not in in_room(200)
    assert in_room(200).count("title") == 4
    assert in_room(100).count("title") == 1
    assert in_room(100).endswith("… and 3 more")
    assert in_room(1).count("title") == 1, "the last resort"


def test_other_articles_without_room_are_counted() -> None:
    whole = post(UPDATE)

    def in_room(size: int) -> str:
        return fitted(whole, lambda said: in_lines(said, PLAIN), lambda text: len(text) <= size)

    assert in_room(5_000).count("•") == 5
    assert "… and 7 more" in in_room(300)
    assert "•" not in in_room(300)


def test_more_entries_than_a_message_takes_are_counted() -> None:
    text = fitted(several(12, 1), lambda said: in_lines(said, PLAIN), lambda text: True, most=10)
    assert text.count("title") == 10
    assert text.endswith("… and 2 more")


def test_pieces_are_cut_in_the_middle_of_one_and_keep_their_marks() -> None:
    whole = (Piece("abc"), Piece("def", hit=True), Piece("ghi"))
    assert shortened(whole, 9) == whole
    assert shortened(whole, 6) == (Piece("abc"), Piece("de", hit=True), Piece("…"))
    assert shortened(whole, 0) == ()


def test_length_is_counted_as_the_services_count_it() -> None:
    assert [utf16(text) for text in ("a", "é", "😀", "\ud800")] == [1, 1, 2, 1]


def test_a_post_of_several_articles_has_an_entry_for_each() -> None:
    entries = post(ALERT).entries
    assert [one_line("".join(piece.text for piece in entry.title)) for entry in entries] == [TOLD.title]


def test_discord_gets_ten_embeds_at_most_and_six_thousand_characters() -> None:
    written = fitted(several(40, 900), discord._message, discord._fits, 10)
    found = seen("discord", written)
    assert len(written["embeds"]) == 10
    assert "… and 30 more" in found.text
    assert len(found.text) <= 6_000


def test_slack_gets_a_fallback_that_is_one_line_and_escaped() -> None:
    text = payload("slack", told(title="<!channel> & co"))["text"]
    assert text == "Corée: &lt;!channel&gt; &amp; co"


def test_telegram_is_told_of_nobody_by_a_name_in_a_text() -> None:
    text = telegram.text(told(title="@durov writes to desk@example.com"))
    assert "@\u2060durov" in text
    assert "desk@example.com" in text, "an address of mail is none that Telegram calls"


def test_an_ntfy_notification_opens_its_article() -> None:
    made = ntfy.message(ALERT)
    assert (made["title"], made["click"]) == ("Corée", TOLD.url)
    assert TOLD.url not in made["message"]


def test_matrix_has_the_address_in_its_plain_body_and_notifies() -> None:
    made = matrix.message(ALERT)
    assert TOLD.url in made["body"]
    assert made["msgtype"] == "m.text", "clients keep silent about an m.notice"


@of_every_chat
def test_a_lone_surrogate_is_sent_all_the_same(kind: str) -> None:
    assert as_json(payload(kind, told(title="a\ud800b")))
