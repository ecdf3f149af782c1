"""Every command is documented: its help shows examples that are good use, and docs/commands.md tells all of it."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from cli.group import with_examples
from cli.main import app

DOCS = Path(__file__).parents[2] / "docs"
ROOT: Any = typer.main.get_command(app)
SHARED = {"--data", "--config", "--json", "--help", "-h"}


def _commands(group: Any, path: tuple[str, ...] = ()) -> list[tuple[str, Any]]:
    found = []
    for name, command in group.commands.items():
        inner = (*path, name)
        found += _commands(command, inner) if hasattr(command, "commands") else [(" ".join(inner), command)]
    return found


COMMANDS = _commands(ROOT)
of_every_command = pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])


def _examples(text: str) -> list[str]:
    """The lines that begin with `vigie`, or hold it behind a pipe, with what a backslash continues."""
    lines = text.replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if re.match(r"\s*(vigie\s|curl .*\| vigie\s)", line)]


def _check_use(example: str) -> str:
    """The command's name, once its arguments have been read like a user's; raises what bad use raises."""
    words = shlex.split(example.partition(" | jq")[0].rpartition("| ")[2])[1:]
    command, path = ROOT, []
    while hasattr(command, "commands"):
        path.append(words.pop(0))
        command = command.commands[path[-1]]
    command.make_context(" ".join(path), words)
    return " ".join(path)


@of_every_command
def test_the_help_shows_at_least_one_example_and_each_is_good_use(name: str, command: Any) -> None:
    prose, heading, examples = with_examples(command.help).partition("Examples:\n\n```\n")
    assert prose.strip().endswith(".")
    assert heading, f"vigie {name} --help shows no example"
    assert name in [_check_use(example) for example in _examples(examples)]


@of_every_command
def test_every_option_and_argument_has_a_help_text(name: str, command: Any) -> None:
    for parameter in command.params:
        assert parameter.help, f"vigie {name}: {parameter.name}"


def _section(name: str) -> str:
    text = (DOCS / "commands.md").read_text(encoding="utf-8")
    found = re.search(rf"^### vigie {re.escape(name)}\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"docs/commands.md has no section on vigie {name}"
    return found[1]


@of_every_command
def test_the_documentation_tells_every_option(name: str, command: Any) -> None:
    section = _section(name)
    for parameter in command.params:
        for option in () if getattr(parameter, "hidden", False) else (*parameter.opts, *parameter.secondary_opts):
            if option.startswith("-") and option not in SHARED:
                assert f"`{option}`" in section, f"docs/commands.md: vigie {name} does not tell {option}"


def test_the_documentation_tells_no_command_that_is_not_there() -> None:
    text = (DOCS / "commands.md").read_text(encoding="utf-8")
    told = re.findall(r"^### vigie (.+)$", text, re.MULTILINE)
    assert sorted(told) == sorted(name for name, _ in COMMANDS)


@of_every_command
def test_every_documented_example_is_good_use(name: str, command: Any) -> None:
    examples = _examples(_section(name))
    assert name in [_check_use(example) for example in examples]


@of_every_command
def test_every_command_but_the_service_speaks_json(name: str, command: Any) -> None:
    options = {option for parameter in command.params for option in parameter.opts}
    assert ("--json" in options) == (name != "run")


def test_examples_are_fenced_once_and_lose_their_blank_lines() -> None:
    text = "Do it.\n\nExamples:\n\n    vigie a\n\n    vigie b \\\n      --more\n"
    fenced = "Do it.\n\nExamples:\n\n```\nvigie a\nvigie b \\\n  --more\n```"
    assert with_examples(text) == fenced
    assert with_examples(fenced) == fenced
    assert with_examples("Do it.") == "Do it."


@pytest.mark.parametrize("file", [DOCS.parent / "README.md", *sorted(DOCS.rglob("*.md"))], ids=lambda file: file.name)
def test_every_command_line_in_the_documentation_is_good_use(file: Path) -> None:
    fenced = re.findall(r"^```\w*\n(.*?)^```", file.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for example in [line for block in fenced for line in _examples(block)]:
        assert _check_use(example.partition(" #")[0])
