"""`vigie restore`: a backup in its place again, or only read to see whether it is sound."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.archive import quiet_logs
from cli.backup import as_json, facts, progress
from cli.errors import FoundWantingError
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import print_facts, print_json, print_line, print_note

if TYPE_CHECKING:
    from cli.place import Place
    from service.backup_file import BackupFile
    from service.manifest import Manifest
    from service.restore import Restoration, Wishes

_REPLACE = typer.Option("--replace", help="Move aside what is there; nothing is deleted.")
_AS_TOLD = typer.Option("--as-told", help="Alert neither on what waited nor on what the next visits list.")
_SETTINGS = typer.Option("--settings/--no-settings", help="Whether the settings files are restored too.")
_CHECK = typer.Option("--check", help="Only read the backup, and say what it holds.")


def restore(
    file: Annotated[Path, typer.Argument(help="The backup.", show_default=False)],
    replace: Annotated[bool, _REPLACE] = False,
    as_told: Annotated[bool, _AS_TOLD] = False,
    settings: Annotated[bool, _SETTINGS] = True,
    check: Annotated[bool, _CHECK] = False,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Put a backup into a data folder, and bring it up to date.

    The service must not run on that folder. What is there already is in the way, unless --replace moves it aside. What
    the archive knows is not told again; alerts that had not been sent yet are sent, unless --as-told.

    Exit code 1 if the backup is damaged or is none.

    Examples:

        vigie restore vigie-20261121T033000Z.zip --data /var/lib/vigie

        vigie restore vigie-20261121T033000Z.zip --replace --as-told

        vigie restore vigie-20261121T033000Z.zip --check
    """
    from cli.place import Place
    from service.restore import Wishes

    quiet_logs()
    if check:
        _tell_manifest(_checked(file, Place.named(data, config)), json=json)
    else:
        place = Place.of(data, config)
        done = _restored(file, place, Wishes(replace=replace, settings=settings, as_told=as_told))
        _tell_restored(done, place, json=json)
        _note_settings(place, done)
        if done.telling:
            print_note(
                f"these sources have alert_history, and tell of all that is new to them: {', '.join(done.telling)}"
            )


def _checked(file: Path, place: "Place") -> "Manifest":
    from news.errors import BackupError
    from service import restore as use
    from service.backup_file import opened

    try:
        with opened(file) as backup, progress() as told:
            return asyncio.run(use.check(backup, place.folder.path, place.settings().database.tools, told))
    except BackupError as error:
        raise FoundWantingError(f"{file}: {error.message}", error.hint) from error


def _restored(file: Path, place: "Place", wishes: "Wishes") -> "Restoration":
    from news.errors import BackupError
    from service.backup_file import opened

    try:
        with opened(file) as backup:
            return asyncio.run(_restore(backup, place, wishes))
    except BackupError as error:
        raise FoundWantingError(f"{file}: {error.message}", error.hint) from error


async def _restore(backup: "BackupFile", place: "Place", wishes: "Wishes") -> "Restoration":
    from news.clock import SystemClock
    from service import restore as use

    settings = place.settings()
    url = place.database_url(settings)
    place.folder.hold()
    try:
        there = use.Place(place.folder.path, url, settings.database.tools)
        with progress() as told:
            return await use.restore(backup, there, wishes, SystemClock(), told)
    finally:
        place.folder.let_go()


def _note_settings(place: "Place", done: "Restoration") -> None:
    """Say what is amiss with settings that were restored."""
    from cli.place import Place
    from news.errors import VigieError

    if not done.settings:
        return
    if place.settings_file not in (None, place.folder.settings_file):
        print_note(f"the settings are in {done.settings[0]}, where --config does not look")
        return
    try:
        again = Place.of(place.folder.path, None)
        named = again.database_url(again.settings())
    except VigieError as error:
        print_note(f"the restored settings cannot be used: {error.message}")
        return
    if named != done.url:
        print_note("the restored settings name another database than the one restored: mend [database] url")


def _tell_manifest(manifest: "Manifest", *, json: bool) -> None:
    if json:
        print_json(as_json(manifest))
        return
    print_line("The backup is sound.")
    print_facts(facts(manifest))


def _tell_restored(done: "Restoration", place: "Place", *, json: bool) -> None:
    if json:
        restored = {
            "aside": done.aside,
            "settings_restored": [str(path) for path in done.settings],
            "counted_as_told": done.counted_as_told,
            "alerting_on_history": done.telling,
        }
        print_json({**as_json(done.manifest), **restored})
        return
    print_line(f"Restored into {place.folder.path}.")
    print_facts([*facts(done.manifest), ("moved aside", done.aside)])
