"""Settings that look right and are not: each is refused by its place, in the words of the documentation."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from news.errors import ConfigError
from service.check import check_declared
from service.configuration import read
from service.mistakes import mistake
from service.retention_settings import RetentionSettings
from service.settings import Settings, SourceEntry, ValidationError
from service.written import LARGEST
from tests.documents import setting_rows

_SITE = '[[source]]\nname = "a"\nurl = "https://a.example"\n'
_HOOK = '[[channel]]\nname = "a"\nkind = "webhook"\nurl = "https://a.example/"\nsecret_env = "S"\n'
_MAIL = '[[channel]]\nname = "a"\nkind = "email"\nhost = "a.example"\nfrom = "a@a.example"\nto = "b@a.example"\n'


def _refused(folder: Path, text: str | bytes) -> ConfigError:
    file = folder / "vigie.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as caught:
        check_declared(read(file), file)
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("[Crawler]\nvisits = 3\n", 1, 2, "unknown key Crawler"),
        (_SITE + _SITE.replace("source", "Source"), 4, 3, "unknown key Source"),
        ('[log]\n"' + "l" * 5_000 + '" = 1\n', 2, 1, f"unknown key log.{'l' * 59}…"),
        ("[crawler]\nvisits = nan\n", 2, 1, "write a whole number, not nan"),
        ("[crawler]\nvisits = -inf\n", 2, 1, "write a whole number, not -inf"),
        ("[crawler]\ncontact = 1979-05-27\n", 2, 1, "write a text in quotes, not a date"),
        ("[crawler]\ncontact = 07:32:00\n", 2, 1, "write a text in quotes, not a time of day"),
        ('[crawler]\ncontact = "a\\r\\nX-Evil: b"\n', 2, 1, "write it on one line"),
        ('[crawler]\nchromium = "a\\u0000b"\n', 2, 1, "write it on one line"),
        ('[crawler]\ndelay = "١s"\n', 2, 1, "write a duration as 90s"),
        ('[database]\nurl = "sqlite:///a\\u0000b"\n', 2, 1, "write it on one line"),
        ('[crawler]\nshortest_interval = "12h"\n', 2, 1, "the shortest interval, 12h, is longer than the longest, 6h"),
        ('[crawler]\nlongest_interval = "1m"\n', 2, 1, "the shortest interval, 3m, is longer than the longest, 1m"),
        ('[crawler]\nshortest_interval = "2h"\nlongest_interval = "1h"\n', 3, 1, "crawler.longest_interval: the short"),
        ('[database]\nurl = "mysql://a"\n', 2, 1, "database.url: mysql is not supported"),
        ('[web]\nhost = ""\n', 2, 1, "web.host: write an address or a name of this machine"),
        ('[web]\nhost = "http://127.0.0.1"\n', 2, 1, "web.host: write an address"),
        ('[web]\nhost = "127.0.0.1:80"\n', 2, 1, "web.host: write an address"),
        ("[log]\n[crawler]\n[log]\n", 3, 5, "Cannot declare [log] twice"),
        (_HOOK + 'secrt = "x"\n', 6, 1, "did you mean 'secret'?"),
        (_HOOK + 'timeout = "x"\n', 6, 1, "'timeout' must be a number"),
        (_MAIL + '[channel.template]\nsubjct = "x"\n', 8, 1, "did you mean 'template.subject'?"),
        ('[[channel]]\nname = "a"\nkind = "email"\n', 1, 3, "'host' is missing"),
        ('[log]\nlevel = "é"\n'.encode("latin-1"), 2, 10, "this is not UTF-8 text"),
        ("[log]\n".encode("utf-16"), 1, 1, "this is not UTF-8 text"),
        (b'\xef\xbb\xbf[log]\r\nlevel = "info"\rlevl = 1\r\n', 3, 1, "unknown key log.levl"),
    ],
)
def test_what_looks_right_and_is_not_is_refused_where_it_stands(
    tmp_path: Path, text: str | bytes, line: int, column: int, says: str
) -> None:
    error = _refused(tmp_path, text)
    assert says in error.message
    assert (error.line, error.column, error.file) == (line, column, str(tmp_path / "vigie.toml"))


def test_what_was_written_as_a_database_is_not_told_for_it_may_hold_a_password(tmp_path: Path) -> None:
    error = _refused(tmp_path, '[database]\nurl = "user:s3cret-canary@db"\n')
    assert "database.url: " in error.message
    assert "s3cret-canary" not in f"{error.message} {error.hint}"


def test_a_word_of_many_letters_is_gone_through_once(tmp_path: Path) -> None:
    begun = time.process_time()
    assert "debug" in _refused(tmp_path, f'[log]\nlevel = "{"x" * 200_000}"\n').message
    assert time.process_time() - begun < 10


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "0.0.0.0", "localhost", "news.example.org", "fe80::1%eth0"])
def test_addresses_and_names_can_be_listened_on(tmp_path: Path, host: str) -> None:
    file = tmp_path / "vigie.toml"
    file.write_text(f'[web]\nhost = "{host}"\n', encoding="utf-8")
    assert read(file).web.host == host


def _bounds() -> list[tuple[type[BaseModel], str, float, str]]:
    """Each bounded setting of a table: a value past its upper bound, and the bound as the documentation writes it."""
    found = []
    tables: list[Any] = [field.annotation for field in Settings.model_fields.values()]
    models: list[type[BaseModel]] = [one for one in tables if isinstance(one, type) and issubclass(one, BaseModel)]
    models.append(SourceEntry)
    for model in models:
        for name, _, allowed, _ in setting_rows(model):
            *_, last = allowed.replace(", or a schedule", "").rpartition(" ")
            if "to" in allowed and "characters" not in allowed:
                found.append((model, name.strip("`"), 1e15, last.strip('`"')))
    return found


@pytest.mark.parametrize(("model", "name", "value", "bound"), _bounds())
def test_a_value_out_of_bounds_is_told_the_bound_as_it_is_documented(
    model: type[BaseModel], name: str, value: float, bound: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(
            {name: value, **({"name": "a", "url": "https://a.example"} if model is SourceEntry else {})}
        )
    [fault] = caught.value.errors()
    where = ({SourceEntry: "source", RetentionSettings: "retention"}.get(model, "any"), name)
    assert mistake({**fault, "loc": where}) == f"write {bound} at most"


def test_the_ages_of_single_sources_are_told_their_bound_too(tmp_path: Path) -> None:
    assert "write 30d or more" in _refused(tmp_path, '[retention]\nsources = { "Le Phare" = "5d" }\n').message


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("VIGIE_INCLUDE", '["w/*.toml"]', "`include` stands in the file"),
        ("VIGIE_SOURCE", '[{"name": "a", "url": "https://a.example"}, {"name": "b"}]', "in VIGIE_SOURCE is missing"),
        ("VIGIE_WEB__HOST", "", "VIGIE_WEB__HOST: write an address"),
        ("VIGIE_NETWORK__ALLOW", "null", "not nothing"),
        ("VIGIE_DATABASE__URL_FILE", "", "VIGIE_DATABASE__URL_FILE is empty"),
        ("VIGIE_DATABASE__URL_FILE", "binary", "which is not UTF-8 text"),
        ("VIGIE_DATABASE__URL_FILE", "nul", "which is not UTF-8 text"),
    ],
)  # fmt: skip
def test_a_variable_that_cannot_be_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "binary").write_bytes(b"s3cret\xff")
    (tmp_path / "nul").write_bytes(b"s3cret\0")
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as caught:
        read(None)
    assert says in f"{caught.value.message} {caught.value.hint}"
    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in str(caught.value.__cause__) + str(caught.value.__context__)


def test_a_number_of_seconds_may_stand_in_a_variable_as_it_may_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_CRAWLER__DELAY", "2.5")
    monkeypatch.setenv("VIGIE_CRAWLER__INTERVAL", " 300 ")
    monkeypatch.setenv("VIGIE_SERVICE__LEASE", "30")
    settings = read(None)
    assert (settings.crawler.delay, settings.crawler.interval, settings.service.lease) == (2.5, 300, 30)


def test_a_variable_that_crosses_the_bounds_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_CRAWLER__SHORTEST_INTERVAL", "7h")
    with pytest.raises(ConfigError, match="VIGIE_CRAWLER__SHORTEST_INTERVAL: the shortest interval, 7h") as caught:
        read(None)
    assert caught.value.hint == "lower shortest_interval, or raise longest_interval"


def test_a_file_that_is_too_large_for_settings_is_not_read_to_its_end(tmp_path: Path) -> None:
    with (tmp_path / "vigie.toml").open("wb") as file:
        file.truncate(2**34)
    with pytest.raises(ConfigError, match=r"vigie\.toml has more than 20 MiB") as caught:
        read(tmp_path / "vigie.toml")
    assert "vigie source import" in caught.value.hint


def test_fifty_thousand_sources_are_not_too_large() -> None:
    source = f'[[source]]\nname = "{"n" * 100}"\nurl = "https://{"h" * 60}.example/{"p" * 60}"\ninterval = "15m"\n\n'
    assert 50_000 * len(source) < LARGEST


def test_a_pipe_is_no_settings_file_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "vigie.toml")
    with pytest.raises(ConfigError, match="is a pipe or a device"):
        read(tmp_path / "vigie.toml")
    with pytest.raises(ConfigError, match="Is a directory"):
        read(tmp_path)
