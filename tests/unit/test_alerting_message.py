"""The e-mail as bytes, and the attacks that its headers survive."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.channels.message import compose, header_text, read_again
from alerting.render import Mail
from news.errors import DeliveryError
from tests.receivers import FOUND_AT

ENCODED = "=?utf-8?q?a=0ABcc=3A_x=40y?="
ATTACKS = (
    ENCODED,
    "=\x00?utf-8?q?a=0ABcc=3A_x=40y?=",
    "=?utf-8?b?YQpCY2M6IHhAeQ==?=",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3D0ABcc=3A=5Fx=40y=3F=3D?=",
    "a\r\nBcc: x@y",
    "a\nBcc: x@y",
    "a\rBcc: x@y",
    "a\u2028Bcc: x@y",
    "a\x85Bcc: x@y",
    "a\x0b\x0cBcc: x@y",
    f"é {ENCODED} é",
    f"=?utf-8?q?=3D?={ENCODED}",
)
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]


def composed(subject: str, text: str = "texte\n", html: str = "<p>texte</p>\n", **more: Any) -> bytes:
    mail = Mail(subject, text, html)
    return compose(mail, "vigie@example.com", ("a@example.com", "b@example.com"), "0192f3", FOUND_AT, **more)


def read(written: bytes) -> EmailMessage:
    message = message_from_bytes(written, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_the_message_has_the_headers_that_were_meant() -> None:
    message = read(composed("Corée: l’été à Séoul"))
    assert sorted(message.keys()) == sorted(HEADERS)
    assert message["From"] == "Vigie <vigie@example.com>"
    assert message["To"] == "a@example.com, b@example.com"
    assert message["Subject"] == "Corée: l’été à Séoul"
    assert message["Message-ID"] == "<0192f3@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(message["Date"]) == FOUND_AT


def test_the_message_is_text_with_html_as_the_better_part() -> None:
    message = read(composed("x", "Séoul\n", "<p>Séoul</p>\n"))
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert (text.get_content_type(), text.get_content()) == ("text/plain", "Séoul\r\n")
    assert (html.get_content_type(), html.get_content()) == ("text/html", "<p>Séoul</p>\r\n")


def test_the_bytes_are_ascii_with_lines_that_every_server_takes() -> None:
    written = composed("Corée " * 20, "é" * 5_000, "<p>" + "北" * 5_000)
    assert written.isascii()
    assert max(len(line) for line in written.split(b"\r\n")) <= 78
    assert written.split(b"\r\nDate")[0].count(b"=?utf-8?b?") == 4
    assert b"\n" not in written.replace(b"\r\n", b"")


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_title_cannot_add_a_header(attack: str) -> None:
    message = read(composed(f"Corée: {attack}"))
    assert sorted(message.keys()) == sorted(HEADERS)
    assert message["Subject"].startswith("Corée: ")


@given(
    st.text(max_size=200) | st.lists(st.sampled_from([*ATTACKS, "é", " ", "=", "?", "x" * 80, "北" * 40])).map("".join)
)
def test_whatever_the_title_it_is_one_subject_and_the_mail_is_sent(title: str) -> None:
    message = read(composed(f"Corée: {title}"))
    assert sorted(message.keys()) == sorted(HEADERS)
    assert " ".join(str(message["Subject"]).split()) == header_text(f"Corée: {title}")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Subject: Titre", b"Subject: Titre\r\nBcc: x@y"),
        (b"Subject: Titre", b"Subject: Titre\r\nSubject: b"),
        (b"Subject: Titre", b"Subject: =?utf-8?q?Titre=0ABcc=3A_x=40y?="),
        (b"Subject: Titre", b"Subject: Titre b"),
        (b"To: ", b"To: x@example.com, "),
        (b"text/html", b"text/plain"),
    ],
)
def test_a_message_that_does_not_read_as_meant_is_not_sent(before: bytes, after: bytes) -> None:
    written = composed("Titre")
    meant = {name: str(read(written)[name]) for name in HEADERS[:6]}
    read_again(written, meant)
    with pytest.raises(DeliveryError, match="not sent") as raised:
        read_again(written.replace(before, after), meant)
    assert raised.value.advice.permanent


def test_a_long_title_with_accents_keeps_its_spaces() -> None:
    assert read(composed("Corée " * 25))["Subject"] == ("Corée " * 25).strip()


def test_the_same_delivery_makes_the_same_message_id_every_time() -> None:
    first, second = (read(composed(subject)) for subject in ("one", "another"))
    assert first["Message-ID"] == second["Message-ID"]


def test_an_update_answers_the_first_message_of_its_story() -> None:
    message = read(composed("x", thread_key="msg_1", unsubscribe={"List-Unsubscribe": "<mailto:desk@example.com>"}))
    assert message["In-Reply-To"] == message["References"] == "<msg_1@example.com>"
    assert message["List-Unsubscribe"] == "<mailto:desk@example.com>"


def test_keys_and_addresses_of_any_length_make_lines_that_every_server_takes() -> None:
    mail = Mail("x", "y", "z")
    sender, key = f"vigie@{'a' * 60}.{'b' * 60}.example", f"msg_{'0' * 32}"
    way_out = {"List-Unsubscribe": f"<https://e.example/{'x' * 450}>"}
    written = compose(mail, sender, ("a@example.com",), key, FOUND_AT, thread_key=key, unsubscribe=way_out)
    message = read(written)
    assert max(len(line) for line in written.split(b"\r\n")) < 998
    assert message["Message-ID"] == message["References"] == f"<{key}@{'a' * 60}.{'b' * 60}.example>"


@pytest.mark.parametrize("hidden", ["x>\r\nBcc: a@b.example", "x>\nSubject: y", "x>\u2028Bcc: a"])
def test_a_key_that_would_add_a_header_is_not_sent(hidden: str) -> None:
    """Row 49: what is not one of ours is found by reading the bytes again."""
    for more in ({"thread_key": hidden}, {"unsubscribe": {"List-Unsubscribe": f"<{hidden}>"}}):
        with pytest.raises(DeliveryError, match="not sent"):
            composed("x", **more)


def test_a_message_that_follows_another_on_its_story_answers_that_one() -> None:
    mail = Mail("Re: Titre", "texte\n", "<p>texte</p>\n")
    message = read(compose(mail, "vigie@example.com", ("a@example.com",), "msg_2", FOUND_AT, "msg_1"))
    assert message["In-Reply-To"] == message["References"] == "<msg_1@example.com>"
    assert message["Message-ID"] == "<msg_2@example.com>"
    first = read(compose(mail, "vigie@example.com", ("a@example.com",), "msg_1", FOUND_AT))
    assert first["Message-ID"] == message["In-Reply-To"]
    assert first["In-Reply-To"] is None
