"""Rules as commands take and show them: `--rule digest=daily`, once for each."""

from collections.abc import Iterable, Mapping
from typing import Any

import typer

from news.errors import ConfigError
from news.rules import NAMES

RULE = typer.Option(
    "--rule", help="When it is told, see docs/alerts.md: `digest=daily`, `quiet=22:00-07:00`…", metavar="NAME=VALUE"
)
_FLAGS = {"true": True, "false": False}


def said(rules: Iterable[str] | None) -> dict[str, Any]:
    """What the options say, by rule; an empty value takes a rule away. Raises ConfigError for what is no rule."""
    found: dict[str, Any] = {}
    for text in rules or ():
        name, sign, value = text.partition("=")
        if not sign or name not in NAMES:
            raise ConfigError(f"{text!r} is no rule", f"write NAME=VALUE; names are {', '.join(NAMES)}")
        found[name] = _FLAGS.get(value, value) if name == "spikes" else _number(value) if name == "budget" else value
    return found


def in_words(rules: Mapping[str, Any]) -> str:
    """Rules in a line, as options say them."""
    return ", ".join(
        f"{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in rules.items()
    )


def _number(value: str) -> Any:
    return int(value) if value.isascii() and value.isdecimal() else value
