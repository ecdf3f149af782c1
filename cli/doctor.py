"""`vigie doctor`: what keeps Vigie from watching or telling, and what to do about it."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.text import Text

from cli.archive import quiet_logs
from cli.folder import DataFolder
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import Cell, print_json, print_table
from news.errors import NoArchiveError, VigieError

if TYPE_CHECKING:
    from cli.place import Archive, Place
    from service.finding import Finding
    from service.settings import Settings
    from storage import Transaction

_STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def doctor(data: Data = DEFAULT_DATA, config: Config = None, json: Json = False) -> None:
    """Check everything that Vigie needs, and say what to do where something is amiss.

    Exit code 1 if something does not work.

    Examples:

        vigie doctor

        vigie doctor --json | jq '.[] | select(.verdict != "ok")'
    """
    quiet_logs()
    findings = _examined(DataFolder(data.absolute()), config)
    if json:
        print_json(findings)
    else:
        rows: list[list[Cell]] = [
            [Text(one.verdict, style=_STYLES[one.verdict]), one.check, one.found, one.advice] for one in findings
        ]
        print_table("", ["", "check", "found", "what to do"], rows, "")
    if any(one.verdict == "fail" for one in findings):
        raise typer.Exit(1)


def _coloured(finding: "Finding") -> Text:
    return Text(finding.verdict, style=_STYLES[finding.verdict])


def _examined(folder: DataFolder, config: Path | None) -> "list[Finding]":
    from service.finding import fail, ok
    from service.machine import examine_machine, examine_port

    findings = examine_machine(folder.path)
    try:
        is_running = folder.is_held()
        settings, file = _settings(folder, config)
    except VigieError as error:
        return [*findings, fail("settings", error.message, error.hint or "mend that; nothing else can be checked")]
    findings.append(ok("settings", str(file) if file else "the defaults; there is no file"))
    findings.append(examine_port(settings.web.host, settings.web.port, is_running=is_running))
    if folder.path.exists():
        findings += asyncio.run(_examined_archive(folder, file))
    return findings


def _settings(folder: DataFolder, config: Path | None) -> "tuple[Settings, Path | None]":
    from cli.place import Place

    file = config or folder.own_settings_file
    return Place(folder, file).settings(), file


async def _examined_archive(folder: DataFolder, file: Path | None) -> "list[Finding]":
    from cli.place import Place, open_archive
    from service.finding import fail, ok, warn

    place = Place(folder, file)
    try:
        async with open_archive(place, upgrades=False, makes=False) as archive, archive.database.read() as tx:
            opens = ok("database", f"opens; it holds {await tx.articles.count()} articles")
            return [opens, *await _found_in(tx, archive)]
    except NoArchiveError as error:  # what the file declares is examined all the same
        return [warn("database", error.message, error.hint), *await _declared(place)]
    except VigieError as error:
        return [fail("database", error.message, error.hint)]


async def _declared(place: "Place") -> "list[Finding]":
    """What is found in an archive of what the file declares."""
    from cli.place import passing_archive
    from service.finding import fail

    try:
        async with passing_archive(place) as archive, archive.database.read() as tx:
            return await _found_in(tx, archive)
    except VigieError as error:
        return [fail("settings", error.message, error.hint)]
    except OSError as error:
        return [fail("settings", f"what they declare cannot be examined: {error}", "make room in a temporary folder")]


async def _found_in(tx: "Transaction", archive: "Archive") -> "list[Finding]":
    from cli.network import guard_under
    from service.doctor import examine_archive

    settings, is_running = archive.settings, archive.place.folder.is_held()
    guard, now = guard_under(settings), archive.clock.now()
    return await examine_archive(tx, guard, now, is_running=is_running, chromium=settings.crawler.chromium)
