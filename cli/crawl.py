"""`vigie crawl`: visit sources once, now."""

from typing import Annotated

import typer

from cli.archive import quiet_logs
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import print_json, print_table


def crawl(
    names: Annotated[list[str] | None, typer.Argument(help="Sources to visit [all that are not paused].")] = None,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Visit sources once, now, whether they are due or not, and send the alerts that follow.

    Examples:

        vigie crawl

        vigie crawl 'Le Phare' 'The Beacon'
    """
    from cli.crawling import crawl_once
    from cli.place import Place
    from crawler import reactor

    quiet_logs()
    visited = reactor.run(crawl_once(Place.of(data, config), names or []))
    if json:
        print_json(visited)
    else:
        rows = [(str(entry["source"]), str(entry["new_articles"]), str(entry["error"] or "ok")) for entry in visited]
        print_table(
            "Visits", ["source", "new articles", "outcome"], rows, "There is no source: vigie source add --help"
        )
    if any(entry["error"] for entry in visited):
        raise typer.Exit(1)
