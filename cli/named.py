"""What the commands of sources, watches and channels share: pause, resume and remove, written once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.text import Text

from cli.archive import writing
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import Cell, print_json, print_line

if TYPE_CHECKING:
    from cli.place import Archive
    from storage import Transaction

_STYLES = {
    **dict.fromkeys(("paused", "late", "suspect"), "yellow"),
    **dict.fromkeys(("failing", "blocked", "broken", "stopped", "dead", "failed"), "red"),
    "sent": "green",
}

Name = Annotated[str, typer.Argument(help="Its name, quoted if it has spaces.", metavar="NAME", show_default=False)]
Verb = Literal["pause", "resume", "remove"]
_DONE: Mapping[Verb, str] = {"pause": "paused", "resume": "resumed", "remove": "removed"}


@dataclass(frozen=True, slots=True)
class Noun:
    """A kind of named thing: what its verbs do, in words, and how one of it is shown in JSON."""

    name: Literal["source", "watch", "channel"]
    example: str
    helps: Mapping[Verb, str]
    shown: Callable[[Any], dict[str, Any]]


def add_shared_verbs(app: typer.Typer, noun: Noun) -> None:
    """Give the noun's commands the verbs `pause`, `resume` and `remove`."""
    for verb in _DONE:
        examples = f"Examples:\n\n    vigie {noun.name} {verb} {noun.example!r}"
        app.command(verb, help=f"{noun.helps[verb]}\n\n{examples}")(_command(noun, verb))


def _command(noun: Noun, verb: Verb) -> Callable[..., None]:
    def command(name: Name, data: Data = DEFAULT_DATA, config: Config = None, json: Json = False) -> None:
        thing = writing(data, config, lambda tx, archive: _carried_out(tx, archive, noun, verb, name))
        if json:
            print_json({**noun.shown(thing), "done": _DONE[verb]})
        else:
            print_line(f"{_DONE[verb]} the {noun.name} {name!r}")

    return command


async def _carried_out(tx: "Transaction", archive: "Archive", noun: Noun, verb: Verb, name: str) -> Any:
    from service import change

    file, now = archive.place.settings_file, archive.clock.now()
    if verb == "remove":
        return await change.remove(tx, noun.name, name, file)
    act = change.pause if verb == "pause" else change.resume
    return await act(tx, noun.name, name, file, now)


def given(**options: Any) -> dict[str, Any]:
    """The options that were given a value, by the names that settings have."""
    return {name: value for name, value in options.items() if value is not None and value != []}


def state_cell(state: str) -> Cell:
    """A state, in the colour that it deserves."""
    return Text(state, style=_STYLES.get(state, ""))


def made_by(thing: Any, data: Path, config: Path | None) -> str:
    """Where a thing comes from; what the file declares is changed there."""
    return f"the file {config or data / 'vigie.toml'}, to be changed there" if thing.origin == "file" else "a command"
