"""The entrance: the commands put together, and errors turned into words and exit codes."""

import sys
from importlib.metadata import version
from typing import Annotated, Any

import typer

from cli import (
    articles,
    backup,
    channels,
    crawl,
    deliveries,
    doctor,
    extract,
    match,
    matches,
    prune,
    restore,
    run,
    search,
    sources,
    stories,
    watches,
    watchlists,
)
from cli.demo.command import demo
from cli.errors import FoundWantingError
from cli.group import Group, with_examples
from cli.output import print_error, print_line
from news.errors import DatabaseTroubleError, VigieError

_HELP = """Watches news sites and alerts you when an article matches what you are looking for.

Examples:

    vigie demo

    vigie source add https://www.example.com/

    vigie watch add Corée 'Pyongyang AND missile'

    vigie run
"""


class _Entrance(Group):
    """Exit codes: 0 done, 1 found wanting or the database failed, 2 bad use or bad configuration."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; an error of ours is told, without a traceback."""
        try:
            return super().invoke(ctx)
        except VigieError as error:
            print_error(error)
            is_use = not isinstance(error, FoundWantingError | DatabaseTroubleError)
            raise typer.Exit(2 if is_use else 1) from error


app = typer.Typer(
    name="vigie",
    cls=_Entrance,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        print_line(f"vigie {version('vigie')}")
        raise typer.Exit


@app.callback(help=with_examples(_HELP))
def entrance(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Options of `vigie` itself."""


app.command("run")(run.run)
app.command("demo")(demo)
app.command("crawl")(crawl.crawl)
app.command("extract")(extract.extract)
app.command("search")(search.search)
app.command("match")(match.match)
app.command("doctor")(doctor.doctor)
app.command("backup")(backup.backup)
app.command("restore")(restore.restore)
app.command("prune")(prune.prune)
app.add_typer(sources.app, name="source")
app.add_typer(watches.app, name="watch")
app.add_typer(watchlists.app, name="watchlist")
app.add_typer(channels.app, name="channel")
app.add_typer(matches.app, name="matches")
app.add_typer(articles.app, name="article")
app.add_typer(stories.app, name="story")
app.add_typer(deliveries.app, name="deliveries")


def main() -> None:
    """`vigie`, as the shell calls it."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    app(prog_name="vigie")
