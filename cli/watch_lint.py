"""`vigie watch lint`: whether the watches of the file say what they should."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.archive import quiet_logs
from cli.languages import lexicon
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import print_json, print_line
from cli.queries import note_slips, pointed_at
from news.text import clip

if TYPE_CHECKING:
    from service.lint import Fault
    from service.settings import Settings
    from service.written import Written

_LONGEST_TEXT = 60
_ARCHIVE = typer.Option("--archive", help="Count the channels and watches that commands made, too.")


def lint(
    archive: Annotated[bool, _ARCHIVE] = False,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Check the watches of the settings file: that they parse, and match their texts (`match`, `no_match`).

    What they name, channels and other watches, has to be in the file, or in those that it includes. Nothing is changed,
    and no archive is needed. Exit code 0 where all is well, 1 where a watch matches what it must not, or does not match
    what it must, 2 where the file or a query cannot be used.

    Examples:

        vigie watch lint --config vigie.toml

        vigie watch lint --archive --json | jq '.faults[]'
    """
    from scheduler.cron import fault_of
    from service.check import check_channels, check_schedules
    from service.configuration import read
    from service.lint import lint as find_faults
    from service.written import Written

    quiet_logs()
    file = config or data / "vigie.toml"
    settings = read(file)
    check_schedules(settings, file, fault_of)  # no command would take the file
    check_channels(settings, file)
    channels, others = _made_by_commands(data, settings) if archive else (set[str](), dict[str, str]())
    faults, written = find_faults(settings, lexicon(), channels, others), Written(file)
    faults.sort(key=lambda fault: written.rank(fault.where))
    for entry in settings.watch:
        note_slips(entry.query, f"watch {entry.name!r}")
    _tell(faults, written, settings, json=json)
    if faults:
        raise typer.Exit(1 if all(fault.is_of_a_text for fault in faults) else 2)


def _tell(faults: "list[Fault]", written: "Written", settings: "Settings", *, json: bool) -> None:
    texts = sum(len(entry.match) + len(entry.no_match) for entry in settings.watch)
    if json:
        told = [_shown(fault, written) for fault in faults]
        print_json({"watches": len(settings.watch), "texts": texts, "faults": told})
        return
    for fault in faults:
        _print(fault, written, settings)
    found = "all is well" if not faults else "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    print_line(f"{len(settings.watch)} watches, {texts} texts: {found}.")


def _made_by_commands(data: Path, settings: "Settings") -> tuple[set[str], dict[str, str]]:
    """The channels that commands made, and the watches with their queries."""
    from cli.folder import DataFolder
    from cli.place import Place
    from news.errors import NoArchiveError
    from storage import Database
    from storage.traces import check_there

    async def read() -> tuple[set[str], dict[str, str]]:
        place = Place(DataFolder.at(data), None)
        url, is_free = place.database_url(settings), place.is_free
        check_there(url, place.folder.path, in_use=not is_free)
        try:  # a service that runs knows only the schema it began with
            database = await Database.open(url, upgrades=is_free, makes=False)
        except NoArchiveError:
            return set(), {}
        try:
            async with database.read() as tx:
                channels, watches = await tx.channels.all(), await tx.watches.all()
        finally:
            await database.close()
        return (
            {channel.name for channel in channels if channel.origin != "file"},
            {watch.name: watch.query for watch in watches if watch.origin != "file"},
        )

    return asyncio.run(read())


def _shown(fault: "Fault", written: "Written") -> dict[str, Any]:
    place = written.place(fault.where)
    return {
        "file": place.get("file"),
        "line": place.get("line"),
        "column": place.get("column"),
        "watch": fault.watch,
        "kind": fault.kind,
        "text": fault.text or None,
        "language": fault.language,
        "position": fault.position,
        "why": fault.why,
        "hint": fault.hint or None,
    }


def _print(fault: "Fault", written: "Written", settings: "Settings") -> None:
    place = written.place(fault.where)
    print_line((f"{place['file']}:{place['line']}: " if place else "", "bold"), f"{_said(fault)}: {fault.why}")
    if fault.position is not None:
        query = next(entry.query for entry in settings.watch if entry.name == fault.watch)
        print_line(pointed_at(query, fault.position))
    if fault.hint:
        print_line(("  hint: ", "bold"), fault.hint)


def _said(fault: "Fault") -> str:
    text = f"“{clip(' '.join(fault.text.split()), _LONGEST_TEXT)}” (in {fault.language or 'no language'})"
    if fault.kind == "match":
        return f"watch {fault.watch!r} does not match {text}"
    return f"watch {fault.watch!r} matches {text}" if fault.kind == "no_match" else f"watch {fault.watch!r}"
