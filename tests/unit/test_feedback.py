"""Links by which readers answer: nobody can make one, or turn one into another."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.render import mail
from matching import candidates, document, excluding, parse, words_of
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
from tests.receivers import ALERT
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
