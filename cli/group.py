"""Groups of commands, and how their help shows examples: each on a line of its own, fit to be copied."""

import inspect
from typing import Any

import typer
from typer.core import TyperGroup

_EXAMPLES = "Examples:\n\n"


def with_examples(text: str) -> str:
    """A docstring with its examples fenced: typer would set them as prose, one line run into the next."""
    prose, heading, examples = inspect.cleandoc(text).partition(_EXAMPLES)
    if not heading or examples.startswith("```"):
        return text
    lines = [line.removeprefix("    ") for line in examples.splitlines() if line.strip()]
    return "\n".join([prose + _EXAMPLES + "```", *lines, "```"])


class Group(TyperGroup):
    """A group of commands whose docstrings are read as Markdown."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name, its help made fit; None where there is none."""
        command = super().get_command(ctx, cmd_name)
        if command is not None and command.help:
            command.help = with_examples(command.help)
        return command


def group(text: str) -> typer.Typer:
    """A group such as `vigie source`, without commands yet."""
    return typer.Typer(cls=Group, help=text, no_args_is_help=True, rich_markup_mode="markdown")
