"""Secrets in files: read whole or not at all."""

import os
from pathlib import Path

import pytest

from news.secret import LARGEST_FILE, Secret, SecretMissingError, variable_name


@pytest.mark.parametrize("length", [4_097, LARGEST_FILE])
def test_a_long_secret_is_read_whole(tmp_path: Path, length: int) -> None:
    file = tmp_path / "cookies"
    file.write_text("x" * length + "\n", encoding="utf-8")
    assert Secret(file=str(file)).read() == "x" * length


def test_a_file_that_holds_more_than_a_secret_is_refused_and_not_cut(tmp_path: Path) -> None:
    file = tmp_path / "cookies"
    file.write_text("x" * (LARGEST_FILE + 1), encoding="utf-8")
    with pytest.raises(SecretMissingError, match="holds more than a secret") as raised:
        Secret(file=str(file)).read()
    assert "xx" not in raised.value.message


@pytest.mark.parametrize("held", [b"geheim", b"geheim\n", b"geheim\r\n", b"\xef\xbb\xbfgeheim\n"])
def test_line_ends_and_what_some_editors_begin_with_are_not_of_the_secret(tmp_path: Path, held: bytes) -> None:
    file = tmp_path / "secret"
    file.write_bytes(held)
    assert Secret(file=str(file)).read() == "geheim"


@pytest.mark.parametrize("held", [b"", b"\n", b"\xff\xfe"])
def test_a_file_that_holds_no_secret_says_so(tmp_path: Path, held: bytes) -> None:
    file = tmp_path / "secret"
    file.write_bytes(held)
    with pytest.raises(SecretMissingError, match=r"holds no secret|not UTF-8"):
        Secret(file=str(file)).read()


def test_what_is_no_file_is_no_secret_and_nothing_waits_for_it(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for place in (pipe, tmp_path, tmp_path / "none", "a\0b", "x" * 5_000):
        with pytest.raises(SecretMissingError):
            Secret(file=str(place)).read()


@pytest.mark.parametrize("typed", ["whsec_Zm9v=", "hunter 2", "123456:abc", "$SMTP_PASSWORD", "2fast", "é"])
def test_a_secret_in_the_place_of_a_variable_s_name_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(ValueError, match="put that into a variable") as raised:
        variable_name(typed)
    assert typed not in str(raised.value)
    assert variable_name("SMTP_PASSWORD") == "SMTP_PASSWORD"
    assert variable_name("") == ""
