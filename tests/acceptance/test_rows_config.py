"""Rows 64–67: settings that are wrong, variables that clash, schedules that never come, and a huge OPML file.

Each mistake is answered with its place and the nearest right word, the exit code is 2, and nothing was done.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from tests.commands import Commands

_SITE = '[[source]]\nname = "Le Phare"\nurl = "https://phare.example/"\n'
_FEEDS = 50_000
_MOST_KIB = 500 * 1024  # a third of it where it was measured


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder of their own."""
    return Commands(tmp_path)


def _refused(vigie: Commands, *arguments: str, **environment: Any) -> str:
    """What a command says that is refused, on one line; no archive was made."""
    said = vigie(*(arguments or ("source", "list")), **environment)
    assert (said.code, said.out) == (2, ""), said
    assert not (vigie.folder / "vigie.db").exists()
    assert "Traceback" not in said.err
    return re.sub(r"[\s│]+", " ", said.err)


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("source:\n  - name: Le Phare\n", "1:7", "this is not TOML"),
        ('!!python/object/apply:os.system ["id"]\n', "1:1", "this is not TOML"),
        ('[log]\n\tlevel = "info"\n\tlevl = "info"\n', "3:2", "did you mean 'level'?"),
        ('[log]\nlevel = "info"\nlevel = "debug"\n', "3:16", "this is not TOML: Cannot overwrite a value"),
        ('[log]\n\nlevel = "in\x00fo"\n', "3:12", "this is not TOML"),
        (f"[log]\nlevel = {'[' * 100_000}", "2:9", "lies too deep"),
        (f"[log]\n  {'.'.join('a' * 100_000)} = 1\n", "2:3", "lies too deep"),
        ("[log]\nlevel = " + "{a=" * 5_000, "", "lie too deep"),
        (f"[web]\nport = {'9' * 5_000}\n", "", "a number is too long"),
    ],
    ids=["yaml", "object", "tab", "double", "nul", "bomb of lists", "bomb of keys", "bomb of tables", "long number"],
)
def test_row_64_what_is_no_toml_or_a_bomb_is_refused_by_line_and_column(
    vigie: Commands, text: str, place: str, says: str
) -> None:
    vigie.settings(text)
    said = _refused(vigie)
    assert f"vigie.toml:{place}{':' if place else ''}" in said
    assert says in said


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("[crawler]\ndelai = 2\n", "2:1", "did you mean 'delay'?"),
        ('[sourc]\nname = "a"\n', "1:2", "did you mean 'source'?"),
        ('[source]\nname = "a"\n', "1:2", "write [[source]], in double brackets"),
        ("[crawler]\nvisits = true\n", "2:1", "write a number or a time, not true or false"),
        ("[crawler]\ninterval = true\n", "2:1", "write a number or a time, not true or false"),
        (_SITE + "interval = false\n", "4:1", "write a number or a time, not true or false"),
        (_SITE + "interval = [5]\n", "4:1", "write a whole number, not a list"),
        (_SITE + 'interval = "8d"\n', "4:1", "source.interval: write 7d at most"),
        (_SITE + 'interval = "soon"\n', "4:1", "or a schedule as in"),
        ('[log]\nlevel = "warn"\n', "2:1", "did you mean 'warning'?"),
        ('[alerts]\ndigest = "dayly"\n', "2:1", "did you mean 'daily'?"),
        ('[alerts]\ntimezone = "Europe/Pariss"\n', "2:1", "did you mean 'Europe/Paris'?"),
        ('[[channel]]\nname = "a"\nkind = "webhok"\n', "3:1", "did you mean 'webhook'?"),
    ],
)
def test_row_65_a_wrong_key_or_value_is_answered_with_the_right_word(
    vigie: Commands, text: str, place: str, says: str
) -> None:
    vigie.settings(text)
    said = _refused(vigie)
    assert f"vigie.toml:{place}:" in said
    assert says in said


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("VIGIE_CRAWLER__DELAI", "3", "did you mean VIGIE_CRAWLER__DELAY?"),
        ("vigie_crawler__delai", "3", "did you mean VIGIE_CRAWLER__DELAY?"),
        ("VIGIE_CRAWLR__DELAY", "3", "did you mean VIGIE_CRAWLER__DELAY?"),
        ("VIGIE_CRAWLER__DELAY__S", "3", "did you mean VIGIE_CRAWLER__DELAY?"),
        ("VIGIE_LOG_LEVEL", "debug", "did you mean VIGIE_LOG__LEVEL?"),
        ("VIGIE_CRAWLER__DELAY", "soon", "VIGIE_CRAWLER__DELAY: write a duration"),
        ("VIGIE_CRAWLER__VISITS", "many", "VIGIE_CRAWLER__VISITS: write a whole number"),
        ("VIGIE_NETWORK__ALLOW", "192.168.1.0/24", "VIGIE_NETWORK__ALLOW is a list or a table, and this is not JSON"),
        ("VIGIE_CRAWLER", '{"delai": 3}', "unknown key crawler.delai in VIGIE_CRAWLER"),
        ("VIGIE_CRAWLER__INTERVAL", "61 * * * *", "VIGIE_CRAWLER__INTERVAL: the minute `61`"),
        ("VIGIE_SOURCE__0__NAME", "a", "go into VIGIE_SOURCE, as a JSON list"),
        ("VIGIE_SOURCE", "[]", "would hide every [[source]] of the file"),
        ("VIGIE_LOG__LEVEL_FILE", os.devnull, "both VIGIE_LOG__LEVEL and VIGIE_LOG__LEVEL_FILE are set"),
    ],
)
def test_row_65_a_variable_that_names_nothing_or_clashes_is_blamed_itself(
    vigie: Commands, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    vigie.settings("[crawler]\nvisits = 3\n" + _SITE)
    if name.endswith("_FILE"):
        monkeypatch.setenv(name.removesuffix("_FILE"), "debug")
    said = _refused(vigie, **{name: value})
    assert says in said
    assert ("vigie.toml:" in said) == (name == "VIGIE_SOURCE")


def test_row_65_variables_of_others_and_secrets_are_nobodys_mistake(vigie: Commands) -> None:
    vigie.settings(
        '[[channel]]\nname = "desk"\nkind = "webhook"\nurl = "https://hook.example/"\nsecret_env = "VIGIE_MY__SECRET"\n'
    )
    assert vigie("source", "list", VIGIE_MY__SECRET="s", VIGIE_SMTP_PASSWORD="p", VIGIE_LOG__LEVEL="debug").code == 0


@pytest.mark.parametrize("command", ["source list", "run", "backup", "doctor"])
def test_row_65_a_folder_without_a_name_is_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, [*command.split(), "--data", ""])
    assert result.exit_code == 2
    assert "--data" in result.stderr and "it is empty" in result.stderr
    assert [*tmp_path.iterdir()] == []


def test_row_65_a_file_without_a_name_and_a_misspelt_option_are_refused(vigie: Commands) -> None:
    said = _refused(vigie, "source", "list", "--config", "")
    assert "--config" in said and "it is empty" in said
    assert "--interval" in _refused(vigie, "source", "add", "a.example", "--intervall", "5m")


@pytest.mark.parametrize(
    ("schedule", "says"),
    [
        ("61 * * * *", "the minute `61` cannot be"),
        ("0 0 30 2 *", "never comes"),
        ("0 0 29 2 *", "comes too seldom"),
        ("0 8 * * 8", "the weekday `8` cannot be"),
        ("0 8 * *", "has 4 fields"),
        ("0 8 * * * Europe/Pariss", "did you mean 'Europe/Paris'?"),
        ("0 8 * * * Mars/Olympus", "'Mars/Olympus' is no time zone"),
    ],
)
def test_row_66_a_schedule_that_cannot_be_kept_is_refused_at_save(vigie: Commands, schedule: str, says: str) -> None:
    vigie.settings(f'{_SITE}interval = "{schedule}"\n')
    said = _refused(vigie)
    assert "vigie.toml:4:1: source.interval: " in said and says in said
    vigie.settings(f'[crawler]\ninterval = "{schedule}"\n')
    assert "vigie.toml:2:1: crawler.interval: " in _refused(vigie)
    vigie.settings("")
    refused = vigie("source", "add", "phare.example", "--interval", schedule)
    assert refused.code == 2 and says in re.sub(r"\s+", " ", refused.err)
    assert vigie("source", "list", "--json").json == []


def test_row_66_a_schedule_is_kept_and_shown(vigie: Commands) -> None:
    schedule = "0 7-19 * * 1-5 Europe/Paris"
    assert vigie("source", "add", "phare.example", "--interval", schedule).code == 0
    assert f"at {schedule}\n" in vigie("source", "show", "phare.example").out
    [shown] = vigie("source", "list", "--json").json
    assert (shown["interval"], shown["schedule"]) == (None, schedule)
    assert "61" in vigie("source", "edit", "phare.example", "--interval", "61 * * * *").err
    assert vigie("source", "edit", "phare.example", "--interval", "5m").code == 0
    [shown] = vigie("source", "list", "--json").json
    assert (shown["interval"], shown["schedule"]) == (300, None)


def _opml(path: Path) -> None:
    """A large file: a feed a line from the third on, then doubles and what is no feed."""
    feeds = [f'<outline text="Feed {n}" type="rss" xmlUrl="https://f{n}.example/feed"/>' for n in range(_FEEDS)]
    doubles = [f'<outline text="Again {n}" xmlUrl="https://f{n}.example/feed"/>' for n in range(5)]
    wrong = '<outline text="Wrong" xmlUrl="file:///etc/passwd"/>'
    lines = ['<?xml version="1.0"?>', '<opml version="2.0"><body>', *feeds, *doubles, wrong, "</body></opml>"]
    path.write_text("\n".join(lines), encoding="utf-8")


# A process begins with the most memory that its parent ever had: so one that is new to life stands in between.
_MEASURING = """
import os, subprocess, sys
with subprocess.Popen([sys.executable, "-m", "cli", *sys.argv[1:]]) as process:
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
print(usage.ru_maxrss, file=sys.stderr)
sys.exit(process.returncode)
"""


def _measured(*arguments: str) -> tuple[int, Any, int]:
    """A command in a process of its own: exit code, JSON, and the most memory that it had, in KiB."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURING, *arguments, "--json"], capture_output=True, text=True, check=False
    )
    return done.returncode, json.loads(done.stdout), int(done.stderr.split()[-1])


def test_row_67_fifty_thousand_feeds_are_imported_in_bounds_with_an_answer_to_each_line(tmp_path: Path) -> None:
    _opml(tmp_path / "feeds.opml")
    code, told, memory = _measured("source", "import", str(tmp_path / "feeds.opml"), "--data", str(tmp_path / "data"))
    assert memory < _MOST_KIB
    assert code == 1  # something was refused
    assert [one["line"] for one in told["added"]] == list(range(3, _FEEDS + 3))
    assert [(one["line"], one["reason"]) for one in told["known"]] == [
        (_FEEDS + 3 + number, f"line {number + 3} has this URL already") for number in range(5)
    ]
    [refused] = told["refused"]
    assert refused["line"] == _FEEDS + 8 and "not an http or https one" in refused["reason"]


@pytest.mark.parametrize(
    "declared",
    ['<!ENTITY x SYSTEM "file:///etc/passwd">', '<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">', '<!ENTITY % p SYSTEM "h:/">'],
    ids=["file", "bomb", "parameter"],
)
def test_row_67_a_file_that_declares_entities_is_refused_whole(vigie: Commands, tmp_path: Path, declared: str) -> None:
    file = tmp_path / "feeds.opml"
    outline = '<outline text="&x;" xmlUrl="https://phare.example/feed"/>'
    file.write_text(f"<?xml version='1.0'?><!DOCTYPE opml [{declared}]><opml><body>{outline}</body></opml>", "utf-8")
    said = _refused(vigie, "source", "import", str(file))
    assert "entities" in said and "root:" not in said
