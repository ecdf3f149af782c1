"""What a webhook receiver's answer means."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from alerting.channels.answer import Answer, refusal, retry_after, seconds
from alerting.channels.signature import generate_secret, signed_headers, signing_key

NOW = datetime(2026, 11, 14, 9, 30, tzinfo=UTC)
DAY = timedelta(hours=24)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(minutes=2)),
        (" 0 ", timedelta()),
        ("315360000", DAY),
        ("9" * 5_000, DAY),
        (format_datetime(NOW + timedelta(hours=1), usegmt=True), timedelta(hours=1)),
        (format_datetime(NOW - timedelta(hours=1), usegmt=True), timedelta()),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DAY),
        ("Sat, 14 Nov 2026 10:30:00 -0000", timedelta(hours=1)),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("٣", None),
        ("1.5", None),
        ("Fri, 99 Dec 2026 99:59:59 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_at_most_a_day(header: str, wait: timedelta | None) -> None:
    assert retry_after(header, NOW) == wait


@given(st.text())
def test_whatever_retry_after_says_it_is_a_wait_of_a_day_at_most_or_none(header: str) -> None:
    wait = retry_after(header, NOW)
    assert wait is None or timedelta() <= wait <= DAY


@pytest.mark.parametrize("status", [300, 301, 400, 404, 429, 500, 503, 599])
def test_a_refusal_is_tried_again_when_it_asks_to_be(status: int) -> None:
    error = refusal(Answer(status, "Reason", "60", "text"), "https://a.example", NOW)
    assert not error.advice.permanent
    assert not error.advice.pause_channel
    assert error.advice.retry_after == timedelta(minutes=1)
    assert str(error) == f"https://a.example answered {status} Reason: text"


def test_gone_is_final_and_pauses_the_channel() -> None:
    error = refusal(Answer(410, "Gone", "60"), "https://a.example", NOW)
    assert error.advice.permanent
    assert error.advice.pause_channel
    assert error.advice.retry_after is None


@pytest.mark.parametrize(("status", "success"), [(199, False), (200, True), (204, True), (299, True), (300, False)])
def test_only_200_to_299_is_success(status: int, success: bool) -> None:
    assert Answer(status).is_success is success


@given(st.binary(max_size=300).filter(lambda body: bytes([max(body, default=0)]) < b"\x80"), st.integers(0, 60))
def test_the_library_accepts_every_signature(body: bytes, age: int) -> None:
    secret = generate_secret()
    headers = signed_headers(signing_key(secret), "0192f3", datetime.now(UTC) - timedelta(seconds=age), body)
    Webhook(secret).verify(body, headers, json_parse=False)


def test_the_signature_is_that_of_the_specification() -> None:
    # The vector is worked by hand: printf '%s' "$signed" | openssl dgst -sha256 -hmac "$key" -binary | base64
    headers = signed_headers(
        b"0123456789abcdef01234567", "msg_1", datetime.fromtimestamp(1_700_000_000, UTC), b'{"a":1}'
    )
    assert headers == {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1700000000",
        "webhook-signature": "v1,WUgAXU8H0NQ1/7M+TtMwKma2b74a3/TCgekiM3YUdN8=",
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, 7),
        (1.5, 1.5),
        (-5, 0),
        (1e300, 86_400),
        (10**400, 86_400),
        (True, None),
        ("7", None),
        (None, None),
        ([], None),
    ],
)
def test_a_number_of_seconds_in_somebodys_json_is_between_none_and_a_day(value: object, expected: float | None) -> None:
    assert seconds(value) == expected


@pytest.mark.parametrize("content", [b"", b"ok", b"[1]", b"{", b"[" * 60_000, b"\xff", b'{"a":' + b"1" * 5_000 + b"}"])
def test_a_body_that_is_no_json_object_has_no_values(content: bytes) -> None:
    assert Answer(200, content=content).values == {}
