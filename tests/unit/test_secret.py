"""Secrets in files: read whole or not at all."""

from pathlib import Path

import pytest

from news.secret import LARGEST_FILE, Secret, SecretMissingError


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
