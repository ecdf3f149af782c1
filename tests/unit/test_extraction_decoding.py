"""Charsets: what a page is written in, against what is said of it."""

import pytest

from extraction.decoding import decoded

FRENCH = "<html><head></head><body><p>L’été à Valdoré : le café coûte 2 €, « c’est peu », dit-on.</p></body></html>"
RUSSIAN = (
    "<html><body><p>Правительство сообщило, что новый мост через реку откроют весной следующего года.</p></body></html>"
)
JAPANESE = "<html><body><p>政府は、新しい橋を来年の春に開通させると発表した。住民は喜んでいる。</p></body></html>"


def with_meta(page: str, charset: str) -> str:
    return page.replace("<html>", f'<html><head><meta charset="{charset}"></head>', 1)


@pytest.mark.parametrize(
    "claim", ["", "text/html; charset=iso-8859-1", "text/html; charset=windows-1251", "text/html; charset=x"]
)
def test_valid_utf8_is_utf8_whatever_the_header_says(claim: str) -> None:
    assert decoded(FRENCH.encode(), claim) == FRENCH


def test_the_header_is_believed_where_it_fits() -> None:
    assert decoded(FRENCH.encode("cp1252"), "text/html; charset=ISO-8859-1") == FRENCH, "as browsers read that label"
    assert decoded(RUSSIAN.encode("koi8-r"), 'text/html; charset="koi8-r"') == RUSSIAN


def test_the_head_is_believed_where_the_header_is_silent_or_wrong() -> None:
    page = with_meta(RUSSIAN, "windows-1251")
    assert decoded(page.encode("cp1251")) == page
    assert decoded(page.encode("cp1251"), "text/html; charset=utf-8") == page
    old = RUSSIAN.replace("<html>", '<html><meta http-equiv="Content-Type" content="text/html; charset=windows-1251">')
    assert decoded(old.encode("cp1251"), "text/html") == old
    xml = '<?xml version="1.0" encoding="windows-1251"?>' + RUSSIAN
    assert decoded(xml.encode("cp1251")) == xml


@pytest.mark.parametrize("charset", ["shift_jis", "euc-jp", "iso-2022-jp"])
def test_japanese_charsets(charset: str) -> None:
    assert decoded(JAPANESE.encode(charset), f"text/html; charset={charset}") == JAPANESE


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_settles_it(charset: str) -> None:
    assert decoded(FRENCH.encode(charset), "text/html; charset=iso-8859-1") == FRENCH


def test_utf8_with_a_broken_character_is_still_utf8() -> None:
    text = FRENCH * 5
    broken = text.encode()[:-20] + b"\xe2\x80"
    assert decoded(broken, "text/html; charset=iso-8859-1").startswith(FRENCH)


def test_a_page_that_claims_nothing_is_guessed() -> None:
    page = RUSSIAN * 4
    assert decoded(page.encode("cp1251")) == page


def test_labels_that_are_no_charset_are_passed_over() -> None:
    for label in ("none", "utf8mb4", "hex", "idna", "x" * 1000, "\ud800"):
        assert decoded(FRENCH.encode("cp1252"), f"text/html; charset={label}").startswith("<html>")
