"""`vigie watch feed`: the address at which a feed reader finds what a watch or a watchlist found."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.archive import with_archive
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import print_json, print_line, print_note

if TYPE_CHECKING:
    from cli.place import Archive

_NAME = typer.Argument(help="The name of a watch.", metavar="NAME", show_default=False)
_WATCHLIST = typer.Option("--watchlist", help="A watchlist, instead of one watch.", metavar="NAME")


def feed(
    name: Annotated[str, _NAME] = "",
    watchlist: Annotated[str, _WATCHLIST] = "",
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Print the address of the Atom feed of a watch or a watchlist, for feed readers.

    Whoever knows the address can read the feed, so treat it like a password. Vigie answers there while it runs, see
    docs/channels.md.

    Examples:

        vigie watch feed Corée

        vigie watch feed --watchlist Telecom
    """
    if bool(name) == bool(watchlist):
        raise typer.BadParameter("name a watch, or a watchlist by --watchlist")
    address, path = with_archive(data, config, lambda archive: _found(archive, name, watchlist))
    if json:
        print_json({"watch": name or None, "watchlist": watchlist or None, "url": address or None, "path": path})
        return
    print_line(address or path)
    if not address:
        print_note("the port is any that is free: put what `vigie run` says before it, or set [web] port")


async def _found(archive: "Archive", name: str, watchlist: str) -> tuple[str, str]:
    from cli.feeds import feeds
    from news.errors import NotFoundError

    known = await feeds(archive)
    async with archive.database.read() as tx:
        if name:
            path = known.of_watch((await tx.watches.get(name)).id)
        elif await tx.watches.of_watchlist(watchlist):
            path = known.of_watchlist(watchlist)
        else:
            raise NotFoundError(f"no watch belongs to {watchlist!r}", "vigie watch list shows them")
    return known.address(path), path
