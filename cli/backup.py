"""`vigie backup`: everything that Vigie keeps in one file; and what this and `vigie restore` tell of it."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress

from cli.archive import quiet_logs
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import err, print_facts, print_json, print_note, size, when

if TYPE_CHECKING:
    from cli.place import Place
    from service.backup import Backup
    from service.manifest import Manifest

Told = Callable[[str, int, int], None]


def backup(
    file: Annotated[
        Path | None, typer.Argument(help="The file to write, or a folder for it.", show_default="FOLDER/backups")
    ] = None,
    settings: Annotated[
        bool, typer.Option("--settings/--no-settings", help="Whether the settings files go into it.")
    ] = True,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Write everything that Vigie keeps into one file, while it goes on working.

    The file holds the database as it was at the start, and the settings. It is read again before it gets its name. It
    holds the keys by which Vigie signs: keep it as you would a password.

    Examples:

        vigie backup

        vigie backup /var/backups/vigie.zip

        vigie backup /mnt/backups --json | jq -r .file
    """
    from cli.place import Place
    from news.clock import SystemClock
    from service.backup import back_up
    from storage.traces import check_there

    quiet_logs()
    place = Place.named(data, config)
    found = place.settings()
    url = place.database_url(found)
    check_there(url, place.folder.path, in_use=not place.is_free)
    files = place.settings_file if settings else None
    target = _target(place, file)
    with progress() as told:
        work = back_up(url, target, files, version("vigie"), found.database.tools, SystemClock(), told)
        made = asyncio.run(work)
    _tell_backup(made, json=json)


def _target(place: "Place", file: Path | None) -> Path:
    from news.errors import ConfigError

    name = f"vigie-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.zip"
    if file is None:
        folder = place.folder.path / "backups"
        if not place.folder.path.is_dir():
            raise ConfigError(f"there is no data folder {place.folder.path}", "name it with --data")
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder / name
    return file / name if file.is_dir() else file.absolute()


@contextmanager
def progress() -> Iterator[Told]:
    """A bar on standard error, for whoever looks on; Ctrl-C and SIGTERM end the block, wherever it is."""
    columns = Progress.get_default_columns()
    with _stoppable() as asked, Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def told(what: str, done: int, of: int) -> None:
            if asked:  # in a thread, which no signal reaches
                raise KeyboardInterrupt
            bar.update(task, description=what, completed=done, total=of or None)

        yield told


@contextmanager
def _stoppable() -> Iterator[list[int]]:
    """Have a signal to stop raise KeyboardInterrupt wherever we are, also between two awaits; the signals that came."""
    asked: list[int] = []

    def stop(number: int, _frame: object) -> None:
        asked.append(number)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def as_json(manifest: "Manifest") -> dict[str, Any]:
    """What a program wants to know of a backup."""
    contents = manifest.contents
    return {
        "vigie": manifest.vigie,
        "started_at": manifest.started_at,
        "engine": contents.engine,
        "schema": contents.schema,
        "counts": contents.counts,
        "members": manifest.members,
    }


def facts(manifest: "Manifest") -> list[tuple[str, str]]:
    """What a person wants to know of a backup."""
    from alerting.words import counted

    contents = manifest.contents
    names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
    held = [counted(contents.seen(table), *nouns) for table, *nouns in _NOUNS]
    return [
        ("as of", when(manifest.started_at)),
        ("made by", f"Vigie {manifest.vigie}, {names[contents.engine]}, schema {contents.schema}"),
        ("holds", ", ".join(held)),
        ("settings", ", ".join(member.name.removeprefix("settings/") for member in manifest.settings) or "none"),
    ]


_NOUNS = (("article", "article"), ("match", "match", "matches"), ("source", "source"), ("watch", "watch", "watches"))


def _tell_backup(made: "Backup", *, json: bool) -> None:
    for path in made.left_out:
        print_note(f"{path} is not in the backup: it lies outside the folder of the settings, or its name is taken")
    if json:
        print_json({"file": str(made.file), "bytes": made.bytes, **as_json(made.manifest)})
        return
    print_facts([("backup", str(made.file)), ("size", size(made.bytes)), *facts(made.manifest)])
