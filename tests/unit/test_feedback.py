"""Links by which readers answer: nobody can make one, or turn one into another."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.own import MailTemplate, own_mail
from alerting.render import mail
from matching import candidates, document, excluding, parse, words_of
from news.alert import Alert, Delivery, Item
from news.errors import QueryError
from news.feedback import (
    LIFETIME,
    BadTokenError,
    ExpiredTokenError,
    Feedback,
    Ticket,
    fingerprint,
    unsubscribe_headers,
)
from storage.told import items_from_json, items_to_json
from tests.receivers import ALERT, TOLD, a_delivery
from tests.samples import NOON, an_article
from web.phrases import ENGLISH, FRENCH, phrases_for

FEEDBACK = Feedback("https://vigie.example/v", b"k" * 32)
LINKS = FEEDBACK.links(3, 7, NOON)
assert LINKS is not None
TOKEN = LINKS.mute.rpartition("/")[2]
INSTANT = timedelta(seconds=1)


def test_a_token_says_what_it_is_good_for_until_it_expires() -> None:
    assert FEEDBACK.ticket(TOKEN, NOON) == Ticket("mute", 3, 7, NOON + LIFETIME)
    assert FEEDBACK.ticket(TOKEN, NOON + LIFETIME - INSTANT).watch_id == 3
    with pytest.raises(ExpiredTokenError):
        FEEDBACK.ticket(TOKEN, NOON + LIFETIME)


def test_links_are_the_same_for_every_attempt_and_two_of_a_kind() -> None:
    assert FEEDBACK.links(3, 7, NOON) == LINKS
    assert LINKS is not None
    assert LINKS.mute.startswith("https://vigie.example/v/feedback/v1.")
    assert LINKS.mute != LINKS.not_relevant
    assert FEEDBACK.links(0, 7, NOON) is None


@given(st.integers(0, len(TOKEN) - 1), st.sampled_from("ABab01-_.%/ é"))
def test_no_changed_token_is_taken(place: int, other: str) -> None:
    changed = TOKEN[:place] + other + TOKEN[place + 1 :]
    if changed == TOKEN:
        return
    with pytest.raises(BadTokenError) as caught:
        FEEDBACK.ticket(changed, NOON)
    assert changed not in str(caught.value)


def test_a_token_of_another_watch_or_another_key_is_not_taken() -> None:
    version, payload, signature = TOKEN.split(".")
    others = FEEDBACK.token(Ticket("mute", 4, 7, NOON + LIFETIME)).split(".")
    for mixed in ((version, others[1], signature), (version, payload, others[2])):
        with pytest.raises(BadTokenError):
            FEEDBACK.ticket(".".join(mixed), NOON)
    with pytest.raises(BadTokenError):
        Feedback("https://vigie.example", b"j" * 32).ticket(TOKEN, NOON)


def test_neither_the_key_nor_a_token_is_in_what_is_printed_or_kept() -> None:
    assert "kkk" not in repr(FEEDBACK)
    assert TOKEN not in fingerprint(TOKEN)


def test_a_mail_program_may_unsubscribe_with_one_click_where_the_link_is_https() -> None:
    assert LINKS is not None
    assert unsubscribe_headers(LINKS) == {
        "List-Unsubscribe": f"<{LINKS.mute}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    plain = Feedback("http://vigie.example", b"k").links(3, 7, NOON)
    assert list(unsubscribe_headers(plain)) == ["List-Unsubscribe"]
    assert unsubscribe_headers(None) == {}


def test_a_mail_has_the_links_in_both_its_parts_and_none_where_there_are_none() -> None:
    assert LINKS is not None
    for link in (LINKS.mute, LINKS.not_relevant):
        assert link in mail(ALERT, LINKS).text
        assert f'href="{link}"' in mail(ALERT, LINKS).html
    assert "feedback" not in mail(ALERT).text + mail(ALERT).html


def _digest(*watch_ids: int) -> Delivery:
    items = tuple(Item("Corée", replace(TOLD, article_id=10 + one), watch_id=one) for one in watch_ids)
    alert = Alert("", "", ALERT.decided_at, replace(TOLD, article_id=0, title="2 stories"), kind="digest", items=items)
    return replace(a_delivery("email", {}), alert=alert, feedback=FEEDBACK)


def test_each_story_of_a_digest_has_the_links_of_its_own_watch_and_article() -> None:
    delivery = _digest(3, 4, 0)
    links = delivery.links
    assert links is not None
    own = [FEEDBACK.links(one, 10 + one, ALERT.decided_at) for one in (3, 4)]
    assert links.stories == (*own, None)
    html = mail(delivery.alert, links).html
    for one in own:
        assert one is not None
        assert html.count(f'href="{one.mute}"') == html.count(f'href="{one.not_relevant}"') == 1
    assert html.count(">Mute this story<") == 2
    assert "feedback" not in mail(delivery.alert).html
    assert unsubscribe_headers(links) == {}
    told = MailTemplate(text="{% for one in stories %}{{ one.mute_url }};{% endfor %}{{ mute_url }}")
    written = own_mail(delivery.alert, mail(delivery.alert), told, links).mail.text
    assert written.split(";") == [*(one.mute for one in own if one), "", ""]


def test_the_watch_of_a_story_is_kept_with_it_and_may_be_unknown() -> None:
    items = _digest(3).alert.items
    kept = items_to_json(items)
    assert items_from_json(kept)[0].watch_id == 3
    del kept[0]["watch_id"]
    assert items_from_json(kept)[0].watch_id == 0


def test_the_links_of_an_update_are_on_the_article_that_it_brings() -> None:
    item = Item("Corée", replace(TOLD, article_id=9))
    alert = replace(ALERT, kind="update", watch_id=3, items=(item,))
    delivery = replace(a_delivery("email", {}), alert=alert, feedback=FEEDBACK)
    assert delivery.links == FEEDBACK.links(3, 9, ALERT.decided_at)


@pytest.mark.parametrize(
    ("query", "language", "excluded"),
    [
        ("Corée", "fr", "Corée SAUF football"),
        ("Corée", "en", "Corée NOT football"),
        ("Corée ET missile", "en", "Corée ET missile SAUF football"),
        ("Korea AND missile", "fr", "Korea AND missile NOT football"),
        ("Corée OU Japon", "fr", "(Corée OU Japon) SAUF football"),
        ("title:Corée", None, "title:Corée NOT football"),
    ],
)
def test_a_query_without_a_word_means_what_it_did_before_otherwise(
    query: str, language: str | None, excluded: str
) -> None:
    assert excluding(query, "football", language) == excluded
    parse(excluded)


@pytest.mark.parametrize("word", ["two words", "foot*", "=Foot", '"a b"', "-foot", "a OR b", "title:a", ")"])
def test_only_a_single_word_is_left_out(word: str) -> None:
    with pytest.raises((ValueError, QueryError)):
        excluding("Corée", word, "fr")


def test_the_words_proposed_set_the_article_apart_from_the_others() -> None:
    text = "Le football coréen gagne le championnat."
    football = document(an_article(title="Corée : le football en fête", text=text), "A")
    others = [
        words_of(document(an_article(title=f"Corée : missile {number}", text="Un missile est tiré."), "A"))
        for number in range(4)
    ]
    found = candidates(football, others, parse("Corée"))
    assert found[0].word == "football"
    assert found[0].shared == 0
    assert not {"Corée", "le", "missile"} & {one.word for one in found}
    missile = document(an_article(title="Corée : missile", text="Un missile."), "A")
    assert "missile" not in {one.word for one in candidates(missile, others, parse("Corée"))}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("en-GB,fr;q=0.9", "en"),
        ("de, fr;q=0.5, en;q=0.4", "fr"),
        ("fr;q=0, en;q=0.1", "en"),
        ("fr;q=nan", "en"),
        ("fr;q=x, *", "en"),
        (",;=;q,", "en"),
    ],
)
def test_the_reader_s_language_is_the_one_liked_best(header: str, language: str) -> None:
    assert phrases_for(header).language == language


def test_both_languages_say_everything() -> None:
    assert ENGLISH.texts.keys() == FRENCH.texts.keys()
    for name, text in ENGLISH.texts.items():
        assert text.count("{") == FRENCH.texts[name].count("{"), name


def test_french_breaks_no_line_before_its_marks() -> None:
    for text in FRENCH.texts.values():
        assert not re.search(r" [?:!;»]|« ", text)
