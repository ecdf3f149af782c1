"""WebSub's pure parts: who signed, how long is waited, how long a lease counts."""

import hashlib
import hmac
from datetime import timedelta

import pytest
from pydantic import ValidationError

from service.push import is_signed
from service.settings import WebSettings
from service.subscribe import lease_of, mark_of, renewal, wait_after

BODY = "<rss>été</rss>".encode()
HOURS = [1, 2, 4, 8, 16, 24, 24]


def signed(method: str, secret: str = "secret", body: bytes = BODY) -> str:
    """The header that a hub sends."""
    return f"{method}={hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()}"


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_each_method_of_the_recommendation_signs(method: str) -> None:
    assert is_signed(BODY, signed(method), "secret")
    assert is_signed(BODY, signed(method).upper(), "secret")
    assert not is_signed(BODY, signed(method, "another"), "secret")
    assert not is_signed(BODY + b" ", signed(method), "secret")


@pytest.mark.parametrize(
    "header",
    [
        "", "sha256", "sha256=", "=", signed("md5"), signed("sha256").removeprefix("sha256="),
        signed("sha256").replace("sha256", "sha1"), signed("sha256")[:-1], "sha256=é", "\x00", "name=name", "new=1",
    ],
)  # fmt: skip
def test_anything_else_signs_nothing(header: str) -> None:
    assert not is_signed(BODY, header, "secret")


def test_the_signature_of_rfc_2202_is_known() -> None:
    assert is_signed(b"what do ya want for nothing?", "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", "Jefe")


def test_a_hub_that_does_not_call_back_is_waited_for_twice_as_long_each_time_up_to_a_day() -> None:
    assert [wait_after(failures) / timedelta(hours=1) for failures in range(7)] == HOURS
    assert wait_after(100_000) == timedelta(days=1)


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        ("86400", 24), ("3600", 1), ("60", 1), ("0", 1), ("2592000", 720), ("2592001", 720), ("9" * 400, 720),
        ("", 240), ("-1", 240), ("1e9", 240), ("soon", 240), ("٣٦٠٠", 240),
    ],
)  # fmt: skip
def test_a_lease_counts_between_an_hour_and_thirty_days_and_ten_where_none_is_named(said: str, hours: float) -> None:
    assert lease_of(said) == timedelta(hours=hours)


def test_a_lease_is_renewed_when_three_quarters_have_passed() -> None:
    assert renewal(timedelta(days=10)) == timedelta(days=7.5)


def test_each_public_url_has_a_mark_of_its_own() -> None:
    assert len(mark_of("https://a.example")) == 8
    assert mark_of("https://a.example") != mark_of("https://b.example")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", ""), (" ", ""),
        ("https://Vigie.example/", "https://vigie.example"),
        ("http://vigie.example:8080/news/", "http://vigie.example:8080/news"),
        ("vigie.example", "https://vigie.example"),
    ],
)  # fmt: skip
def test_a_public_url_is_kept_so_that_paths_can_be_added(written: str, meant: str) -> None:
    assert WebSettings(public_url=written).public_url == meant


@pytest.mark.parametrize("written", ["ftp://vigie.example", "https://u:p@vigie.example", "https://v.example/?a", "/x"])
def test_a_public_url_that_cannot_be_one_is_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        WebSettings(public_url=written)
