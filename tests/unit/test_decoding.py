"""Bytes to text, whatever was said of the charset."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.decoding import decoded

TEXT = "<p>L’été à Évry — 12 €</p>"


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (TEXT.encode(), "", TEXT),
        (TEXT.encode("utf-8-sig"), "text/html; charset=iso-8859-1", TEXT),
        (TEXT.encode("utf-16"), "text/html; charset=utf-8", TEXT),
        (TEXT.encode("utf-16-be"), "", TEXT),
        (TEXT.encode("utf-32-le"), "", TEXT),
        (TEXT.encode("cp1252"), "", TEXT),
        (TEXT.encode("cp1252"), "text/html; charset=ISO-8859-1", TEXT),
        (TEXT.encode("cp1252"), 'text/html; charset="utf-8"', TEXT),
        (TEXT.encode("cp1252"), "text/html; charset=nonsense", TEXT),
        (TEXT.encode("iso-8859-15", "ignore"), "text/html; charset=iso-8859-15", "<p>Lété à Évry  12 €</p>"),
        ("<meta charset=koi8-r>Привет".encode("koi8-r"), "", "<meta charset=koi8-r>Привет"),
        ("<meta charset=gb2312>镕基".encode("gb18030"), "", "<meta charset=gb2312>镕基"),
        ("<meta charset=shift_jis>①".encode("cp932"), "", "<meta charset=shift_jis>①"),
        ("新聞".encode("iso-2022-jp"), "text/html; charset=iso-2022-jp", "新聞"),
        ("é".encode() * 50 + b"\xff", "text/html; charset=utf-8", "é" * 50 + "\ufffd"),
        (b"", "", ""),
    ],
)
def test_the_likeliest_charset_is_found(body: bytes, content_type: str, text: str) -> None:
    assert decoded(body, content_type) == text


@pytest.mark.parametrize("label", ["utf-7", "unicode_escape", "raw_unicode_escape", "idna", "punycode"])
def test_codecs_that_could_hide_markup_are_not_used(label: str) -> None:
    body = b"\x1b+ADw-b+AD4- \\x3cb\\x3e"
    assert decoded(body, f"text/html; charset={label}") == body.decode()


@pytest.mark.parametrize("label", ["zip", "base64", "rot13", "hex", "undefined", "", "\x00", "a" * 10_000])
def test_what_is_no_charset_is_not_taken_for_one(label: str) -> None:
    assert decoded(TEXT.encode("cp1252"), f"text/html; charset={label}") == TEXT


@given(st.binary(max_size=200), st.text(max_size=20))
def test_any_bytes_are_text_that_can_be_encoded(body: bytes, label: str) -> None:
    decoded(body, f"text/html; charset={label}").encode("utf-8")
