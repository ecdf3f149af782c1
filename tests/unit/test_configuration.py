"""Every mistake in vigie.toml is answered with its place and the nearest right word."""

from pathlib import Path

import pytest

from news.errors import ConfigError
from service.check import check_declared
from service.configuration import read, take_secrets_from_files
from service.positions import locate


def refused(tmp_path: Path, text: str) -> ConfigError:
    """The error that reading this text gives."""
    file = tmp_path / "vigie.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        check_declared(read(file), file)
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "column", "says", "hint"),
    [
        ("[crawler]\ndelai = 2\n", 2, 1, "unknown key crawler.delai", "did you mean 'delay'?"),
        ("[crawler]\n\n# delai\n  delai = 2\n", 4, 3, "crawler.delai", "'delay'"),
        ("[crawlr]\ndelay = 2\n", 1, 2, "unknown key crawlr", "did you mean 'crawler'?"),
        ('[[source]]\nname = "a"\nurl = "https://a.example"\n\n[[source]]\nname = "b"\nurl = "ftp://b"\n', 7, 1,
         "not an http or https", ""),
        ('[[source]]\nname = "a"\n', 1, 3, "source.url is missing", ""),
        ('[crawler]\ndelay = "soon"\n', 2, 1, "write a duration as", ""),
        ("[crawler]\nvisits = 0\n", 2, 1, "greater than or equal to 1", ""),
        ("[crawler\n", 1, 9, "this is not TOML", ""),
        ('[network]\nallow = [\n  "127.0.0.1",\n]\n', 2, 1, "neither a network nor a host with a port", ""),
        ('[[watch]]\nname = "a"\nquery = "(x OU y"\n', 3, 1, "does not parse", ""),
        ('[[channel]]\nname = "a"\nkind = "pigeon"\n', 3, 1, "channel.kind", ""),
        ('[[watch]]\nname = "a"\nquery = "xx"\n[[watch]]\nname = "a"\nquery = "yy"\n', 5, 1,
         "two watch entries are named", ""),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_line_and_column(
    tmp_path: Path, text: str, line: int, column: int, says: str, hint: str
) -> None:
    error = refused(tmp_path, text)
    assert says in error.message
    assert (error.line, error.column) == (line, column)
    assert error.file.endswith("vigie.toml")
    assert hint in error.hint


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read(tmp_path / "none.toml")


def test_a_file_that_is_not_utf8_is_said_so(tmp_path: Path) -> None:
    file = tmp_path / "vigie.toml"
    file.write_bytes(b'[log]\nlevel = "\xff"\n')
    with pytest.raises(ConfigError, match="UTF-8"):
        read(file)


def test_the_environment_wins_over_the_file_and_is_blamed_for_its_own_mistakes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "vigie.toml"
    file.write_text("[crawler]\ndelay = 2\n", encoding="utf-8")
    monkeypatch.setenv("VIGIE_CRAWLER__DELAY", "5s")
    assert read(file).crawler.delay == 5
    monkeypatch.setenv("VIGIE_WEB__PORT", "high")
    with pytest.raises(ConfigError, match="VIGIE_WEB__PORT"):
        read(file)


def test_a_secret_may_lie_in_a_file_that_the_environment_names(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("postgresql://vigie:geheim@db/vigie\n", encoding="utf-8")
    environment = {"VIGIE_DATABASE__URL_FILE": str(secret)}
    take_secrets_from_files(environment)
    assert environment["VIGIE_DATABASE__URL"] == "postgresql://vigie:geheim@db/vigie"


def test_a_key_is_found_behind_values_of_several_lines() -> None:
    text = '[a]\nlong = """\nb = 1\n"""\nlist = [\n  1,\n  2,\n]\nb = 3\n'
    assert locate(text, ("a", "b")) == (9, 1)
    assert locate(text, ("a", "c")) == (0, 0)
