"""`vigie watchlist`: what groups of watches have in common."""

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.archive import reading, writing
from cli.group import group
from cli.named import Name, made_by
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import print_facts, print_json, print_line, print_table
from cli.rules import RULE, in_words, said
from news.errors import NotFoundError
from news.rules import rules_to
from news.watch import Watchlist

if TYPE_CHECKING:
    from cli.place import Archive
    from storage import Transaction

_CHANNEL = typer.Option("--channel", help="A channel for its watches that name none; may be repeated.", metavar="NAME")

app = group("What groups of watches have in common: channels, and when they are told.")


def shown(watchlist: Watchlist, watches: list[str]) -> dict[str, Any]:
    """A watchlist in JSON."""
    return {
        "name": watchlist.name,
        "watches": watches,
        "channels": watchlist.channels,
        "rules": rules_to(watchlist.rules),
        "origin": watchlist.origin,
    }


@app.command("list")
def list_(data: Data = DEFAULT_DATA, config: Config = None, json: Json = False) -> None:
    """List the watchlists. A watch joins one by `vigie watch add --watchlist NAME`.

    Examples:

        vigie watchlist list
    """
    found = reading(data, config, _listed)
    if json:
        print_json([shown(watchlist, watches) for watchlist, watches in found])
        return
    rows = [
        [one.name, str(len(watches)), ", ".join(one.channels), in_words(rules_to(one.rules))] for one, watches in found
    ]
    print_table("", ["name", "watches", "channels", "rules"], rows, "There is no watchlist yet.")


async def _listed(tx: "Transaction") -> list[tuple[Watchlist, list[str]]]:
    """All that have watches, or something to say."""
    kept = {one.name: one for one in await tx.watchlists.all() if one.name}
    watches = await tx.watches.all()
    counts = Counter(watch.watchlist for watch in watches if watch.watchlist)
    names = sorted({*kept, *counts})
    return [
        (kept.get(name, Watchlist(0, name)), [watch.name for watch in watches if watch.watchlist == name])
        for name in names
    ]


@app.command("show")
def show(name: Name, data: Data = DEFAULT_DATA, config: Config = None, json: Json = False) -> None:
    """Show one watchlist: its watches, channels and rules.

    Examples:

        vigie watchlist show Telecom
    """
    watchlist, watches = reading(data, config, lambda tx: _one(tx, name))
    if json:
        print_json(shown(watchlist, watches))
        return
    print_facts(
        [
            ("name", watchlist.name),
            ("watches", ", ".join(watches)),
            ("channels", ", ".join(watchlist.channels)),
            ("rules", in_words(rules_to(watchlist.rules))),
            ("made by", made_by(watchlist, data, config)),
        ]
    )


async def _one(tx: "Transaction", name: str) -> tuple[Watchlist, list[str]]:
    found = await _listed(tx)
    for watchlist, watches in found:
        if watchlist.name == name:
            return watchlist, watches
    names = ", ".join(watchlist.name for watchlist, _ in found)
    raise NotFoundError(f"there is no watchlist named {name!r}", f"there are: {names}" if names else "")


@app.command("edit")
def edit(
    name: Name,
    channel: Annotated[list[str] | None, _CHANNEL] = None,
    no_channels: Annotated[bool, typer.Option("--no-channels", help="Name no channels any more.")] = False,
    rule: Annotated[list[str] | None, RULE] = None,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Say which channels the watches of a group tell, and when; what a watch says itself goes before.

    The channels given replace those it had. An empty rule takes it away: `--rule quiet=`.

    Examples:

        vigie watchlist edit Telecom --channel desk --rule digest=daily --rule at=07:30

        vigie watchlist edit Telecom --no-channels --rule digest=
    """
    changes: dict[str, Any] = {
        **({"channels": channel} if channel else {}),
        **({"channels": []} if no_channels else {}),
    }
    rules = said(rule)
    watchlist, watches = writing(data, config, lambda tx, archive: _edited(tx, archive, name, changes, rules))
    if json:
        print_json(shown(watchlist, watches))
    else:
        print_line(f"changed the watchlist {name!r}")


async def _edited(
    tx: "Transaction", archive: "Archive", name: str, changes: dict[str, Any], rules: dict[str, Any]
) -> tuple[Watchlist, list[str]]:
    from service.change import edit_watchlist

    watchlist = await edit_watchlist(tx, name, changes, rules, archive.place.settings_file, archive.clock.now())
    return watchlist, [watch.name for watch in await tx.watches.all() if watch.watchlist == name]


@app.command("remove")
def remove(name: Name, data: Data = DEFAULT_DATA, config: Config = None, json: Json = False) -> None:
    """Take a watchlist's channels and rules away; its watches stay, and stay in it.

    Examples:

        vigie watchlist remove Telecom
    """
    watchlist = writing(data, config, lambda tx, archive: _removed(tx, archive, name))
    if json:
        print_json({**shown(watchlist, []), "done": "removed"})
    else:
        print_line(f"removed the watchlist {name!r}")


async def _removed(tx: "Transaction", archive: "Archive", name: str) -> Watchlist:
    from service.change import changeable

    known: Watchlist = await changeable(tx.watchlists, name, archive.place.settings_file)
    await tx.watchlists.remove(known.id)
    return known
