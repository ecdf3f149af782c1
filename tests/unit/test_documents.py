"""The documents say what is so: every setting, every link, every example, every word."""

import re
import shlex
import tomllib
import typing
from collections.abc import Iterator
from importlib import import_module
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel

from alerting.channels import KINDS
from cli.main import app
from cli.options import Config, Data
from matching import folded_only
from scheduler.cron import fault_of
from service.check import check_declared
from service.configuration import read
from service.lint import lint
from service.settings import IncludeSettings, Settings
from storage.contents import own_tables
from tests.documents import DOCUMENTS, ROOT, anchor, blocks, headings, links, prose, rows, section, setting_rows

SETTINGS = ROOT / "docs" / "settings.md"
GLOSSARY = ROOT / "docs" / "glossary.md"


def _name(document: Path) -> str:
    return document.relative_to(ROOT).as_posix()


def parts() -> dict[str, type[BaseModel]]:
    """Each table of vigie.toml, by the heading under which it is documented."""
    found: dict[str, type[BaseModel]] = {}
    for name, field in Settings.model_fields.items():
        inner = typing.get_args(field.annotation)
        model: Any = inner[0] if inner else field.annotation
        found[f"[[{name}]]" if inner else f"[{name}]"] = model
    return found | {f"Of kind `{name}`": kind.settings for name, kind in KINDS.items()}


@pytest.mark.parametrize("heading", parts())
def test_every_setting_is_documented_with_its_default_its_bounds_and_its_meaning(heading: str) -> None:
    assert rows(section(SETTINGS, heading)) == setting_rows(parts()[heading])


def test_what_stands_before_the_sections_is_documented() -> None:
    assert rows(section(SETTINGS, "Other files")) == setting_rows(IncludeSettings)


def test_no_setting_is_documented_that_is_not_there() -> None:
    tables = [heading for heading in headings(SETTINGS) if heading.startswith(("[", "Of kind"))]
    assert tables == list(parts())


def test_the_variables_of_the_environment_are_documented() -> None:
    listed = [row[0] for row in rows(section(SETTINGS, "In the environment"))]
    read_by_commands = [option.envvar for hint in (Data, Config) for option in typing.get_args(hint)[1:]]
    assert listed == [*(f"`{name}`" for name in read_by_commands), "`VIGIE_SECTION__KEY`", "`VIGIE_…_FILE`"]


def test_the_documented_variables_do_what_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql://vigie@localhost/vigie\n", encoding="utf-8")
    monkeypatch.setenv("VIGIE_DATABASE__URL", "")
    monkeypatch.delenv("VIGIE_DATABASE__URL")  # so that what the file sets is taken back after the test
    monkeypatch.setenv("VIGIE_DATABASE__URL_FILE", str(secret))
    monkeypatch.setenv("VIGIE_CRAWLER__DELAY", "2s")
    monkeypatch.setenv("VIGIE_NETWORK__ALLOW", '["192.168.1.0/24"]')
    settings = read(None)
    assert settings.database.url == "postgresql://vigie@localhost/vigie"
    assert settings.crawler.delay == 2
    assert settings.network.allow == ("192.168.1.0/24",)


def _examples(*languages: str) -> list[Any]:
    return [
        pytest.param(text, id=f"{_name(document)}-{number}")
        for document in DOCUMENTS
        for number, text in enumerate(blocks(document, *languages), 1)
    ]


@pytest.mark.parametrize("text", _examples("toml"))
def test_an_example_of_settings_is_one(text: str, tmp_path: Path) -> None:
    file = tmp_path / "vigie.toml"
    file.write_text(text, encoding="utf-8")
    settings = read(file)
    check_declared(settings, file, fault_of)
    named = {name for watch in settings.watch for name in watch.channels}
    assert named <= {channel.name for channel in settings.channel}
    assert lint(settings, folded_only) == []


def test_the_readme_shows_settings_in_both_languages() -> None:
    [text] = blocks(ROOT / "README.md", "toml")
    queries = " ".join(watch["query"] for watch in tomllib.loads(text)["watch"])
    assert {"ET", "OU", "SAUF", "AND", "OR"} <= set(re.findall(r"[A-Z]+", queries))


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_link_leads_somewhere(document: Path) -> None:
    for link in links(document):
        if link.startswith("https://"):
            continue
        place, _, fragment = link.partition("#")
        target = (document.parent / place).resolve() if place else document
        assert target.exists(), link
        assert not fragment or fragment in map(anchor, headings(target)), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_file_that_is_named_is_there(document: Path) -> None:
    named = re.findall(r"`((?:\w+/)+(?:\w+\.\w+)?)`", prose(document))
    missing = [name for name in named if not (ROOT / name).exists() and name not in ("data/", "secrets/")]
    assert missing == []


_CALL = re.compile(r"(?:sudo -u \w+ |docker compose exec \w+ )?(?:[\w./-]*/)?vigie (?P<arguments>.*)")


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every line of a shell example that calls `vigie`: where it stands, and its arguments."""
    for document in DOCUMENTS:
        for text in blocks(document, "sh", "console", "bash"):
            for call in filter(None, map(_CALL.fullmatch, text.replace("\\\n", "").splitlines())):
                yield f"{_name(document)}: {call[0]}", list(_up_to_a_pipe(call["arguments"]))


def _up_to_a_pipe(arguments: str) -> Iterator[str]:
    lexer = shlex.shlex(arguments, posix=True, punctuation_chars="|<>&;")
    lexer.whitespace_split = True
    return takewhile(lambda word: word not in ("|", "<", ">", "&", "&&", ";"), lexer)


@pytest.mark.parametrize("arguments", [pytest.param(words, id=line) for line, words in commands()])
def test_a_command_in_an_example_exists_and_takes_these_arguments(arguments: list[str]) -> None:
    command: Any = typer.main.get_command(app)
    words = list(arguments)
    while hasattr(command, "commands"):
        assert words, f"{command.name} needs a command"
        assert words[0] in command.commands, words[0]
        command = command.commands[words.pop(0)]
    command.make_context(command.name, words)


def test_the_examples_call_the_commands_of_a_first_start() -> None:
    called = {" ".join(words[:2]) for line, words in commands() if line.startswith("README.md")}
    assert {"source add", "watch add", "channel add"} <= called


def test_every_target_of_make_that_is_named_is_there() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        target
        for document in DOCUMENTS
        for text in (*re.findall(r"`([^`\n]+)`", prose(document)), *blocks(document, "sh"))
        for target in re.findall(r"(?:^|\s)make ([a-z]+)", text)
    }
    assert {"demo", "test", "run", "check", "bench"} <= targets
    assert named <= targets


def test_continuous_integration_runs_the_commands_of_the_readme() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    shown = [line for text in blocks(ROOT / "README.md", "sh") for line in text.splitlines()]
    assert "make test" in shown
    assert {"make check", "make test"} <= set(lines)


@pytest.mark.parametrize("row", rows(section(GLOSSARY, "Things")), ids=lambda row: row[0].strip("*"))
def test_a_word_of_the_glossary_stands_for_something_in_the_code(row: list[str]) -> None:
    _, meaning, place = row
    assert meaning
    path = place.strip("`").split(".")
    found: Any = import_module(".".join(path[:2]))
    for name in path[2:]:
        fields = getattr(found, "__dataclass_fields__", {})
        found = fields[name] if name in fields else getattr(found, name)


def test_the_glossary_has_the_words_of_the_trade() -> None:
    words = {row[0].strip("*`") for row in rows(prose(GLOSSARY))}
    assert {
        "Source", "Feed", "Fetch", "Page", "Article", "Watch", "Watchlist", "Query", "Match", "Alert", "Channel",
        "Delivery", "Revision", "Copy", "Story", "Digest", "schedule", "fetch", "extract", "match", "deliver",
        "collect", "published_at", "fetched_at", "first_seen_at", "due_at",
    } <= words  # fmt: skip


def test_every_table_of_the_database_is_said_to_end_somewhere() -> None:
    named = [
        name for row in rows(section(ROOT / "docs" / "deploy.md", "Size")) for name in re.findall(r"`(\w+)`", row[0])
    ]
    assert sorted(named) == own_tables()


def test_each_decision_fills_a_page_and_says_what_was_measured() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for page in pages:
        assert headings(page)[1:] == ["Context", "Decision", "Consequences", "What was measured"], page.name
        assert len(page.read_text(encoding="utf-8").splitlines()) <= 80, page.name
