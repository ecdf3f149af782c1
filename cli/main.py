"""The entrance: the commands put together, and errors turned into words and exit codes."""

import sys

import typer

from cli import crawl, run
from cli.output import print_error
from news.errors import VigieError

app = typer.Typer(
    name="vigie",
    help="Watches news sites and alerts you when an article matches what you are looking for.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.run)
app.command("crawl")(crawl.crawl)


def main() -> None:
    """Exit codes: 0 done, 1 found wanting, 2 bad use or bad configuration."""
    try:
        app()
    except VigieError as error:
        print_error(error)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(0)  # whoever read our output has seen enough
