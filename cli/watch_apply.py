"""`vigie watch apply`: the watches of the file are brought into the archive, once their plan has been seen."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.archive import quiet_logs
from cli.errors import FoundWantingError
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import print_json, print_line, print_note
from cli.rules import in_words
from news.errors import ConfigError
from news.rules import Rules, rules_to
from news.watch import Watch

if TYPE_CHECKING:
    from cli.place import Place
    from service.apply import Prospect
    from service.declare import Plan

_YES = typer.Option("--yes", "-y", help="Apply it without asking.")
_DRY_RUN = typer.Option("--dry-run", help="Show the plan, and change nothing.")


def apply(
    yes: Annotated[bool, _YES] = False,
    dry_run: Annotated[bool, _DRY_RUN] = False,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Bring the watches of the settings file into the archive: the plan is shown, and carried out after a yes.

    Watches that commands made are left alone, and so are the file's sources and channels. A running service asks the
    new queries from the next article on. Exit code 1 where the answer is no.

    Examples:

        vigie watch apply --dry-run

        vigie watch apply --yes --json | jq '.changed[].name'
    """
    from cli.place import Place

    quiet_logs()
    if json and not (yes or dry_run):
        raise ConfigError("with --json nothing is asked", "add --yes or --dry-run")
    place = Place.of(data, config)
    if place.settings_file is None:
        raise ConfigError(f"there is no settings file in {place.folder.path}", "name one with --config")
    asyncio.run(_applied(place, yes=yes, dry_run=dry_run, json=json))


async def _applied(place: "Place", *, yes: bool, dry_run: bool, json: bool) -> None:
    from cli.place import open_archive
    from service.apply import apply as bring_in
    from service.apply import look_ahead

    async with open_archive(place, takes_file_in=False) as archive:
        async with archive.database.read() as tx:
            prospect = await look_ahead(tx, archive.settings)
        if not json:
            _print(prospect)
        wanted = bool(prospect.plan) and not dry_run
        if wanted:
            if not yes and not typer.confirm("Apply this?", err=True):
                raise FoundWantingError("nothing was applied")
            async with archive.database.write() as tx:
                await bring_in(tx, archive.settings, prospect.plan, archive.clock.now())
    if json:
        print_json({**_shown(prospect), "applied": wanted})
    elif wanted:
        print_line("applied")


def _shown(prospect: "Prospect") -> dict[str, Any]:
    plan = prospect.plan
    return {
        "added": [{"name": watch.name, **{key: _value(watch, key) for key in plan.decides}} for watch in plan.added],
        "changed": [
            {
                "name": old.name,
                "changes": {key: {"old": one, "new": other} for key, one, other in _changes(plan, old, new)},
            }
            for old, new in plan.changed
        ],
        "removed": [watch.name for watch in plan.removed],
        "unchanged": [watch.name for watch in plan.unchanged],
        "warnings": prospect.warnings,
    }


def _changes(plan: "Plan[Watch]", old: Watch, new: Watch) -> list[tuple[str, Any, Any]]:
    """What differs: its name, as it is and as it will be."""
    both = [(key, _value(old, key), _value(new, key)) for key in plan.decides]
    return [(key, one, other) for key, one, other in both if one != other]


def _value(watch: Watch, key: str) -> Any:
    """What is shown of it: rules as they are written."""
    value = getattr(watch, key)
    return rules_to(value) if isinstance(value, Rules) else value


def _print(prospect: "Prospect") -> None:
    plan = prospect.plan
    for watch in plan.added:
        print_line(("+ ", "bold green"), (watch.name, "bold"))
        for key in plan.decides:
            if _value(watch, key):
                print_line(f"    {key}: ", _written(_value(watch, key)))
    for old, new in plan.changed:
        print_line(("~ ", "bold yellow"), (old.name, "bold"))
        for key, one, other in _changes(plan, old, new):
            print_line(f"    {key}: ", (_written(one), "red"))
            print_line(" " * (len(key) + 3), "→ ", (_written(other), "green"))
    for watch in plan.removed:
        print_line(("- ", "bold red"), (watch.name, "bold"))
        print_line("    query: ", watch.query)
    counts = (len(plan.added), len(plan.changed), len(plan.removed), len(plan.unchanged))
    print_line("{} to add, {} to change, {} to remove, {} unchanged".format(*counts))
    for warning in prospect.warnings:
        print_note(warning)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return in_words(value)
    return (", ".join(value) or "all") if isinstance(value, tuple | list) else str(value) or "none"
