"""`vigie source test`: what Vigie would read of a site, before it is added."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.archive import quiet_logs
from cli.errors import FoundWantingError
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import ago, err, print_json, print_table
from news.clock import SystemClock
from news.errors import ConfigError

if TYPE_CHECKING:
    from cli.place import Place
    from crawler.discovery import Found


def test(
    source: Annotated[str, typer.Argument(help="A home page, a feed, or the name of a source.", metavar="URL")],
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Look at a site as a visit would, and show the feeds, sitemaps or sections that would be read.

    Nothing is stored. Exit code 1 where there is nothing to read, with the reason.

    Examples:

        vigie source test https://www.example.com/

        vigie source test 'Le Phare' --json
    """
    from cli.place import Place
    from crawler import reactor

    quiet_logs()
    url, found = reactor.run(_explored(Place.of(data, config), source))
    if json:
        print_json({"url": url, "feeds": [_entry(entry) for entry in found]})
        return
    now = SystemClock().now()
    rows = [[entry.feed.road, entry.feed.url, entry.title, str(entry.links), _age(entry, now)] for entry in found]
    columns = ["road", "URL", "title", "articles listed", "newest"]
    print_table(f"A visit to {url} would read, in this order:", columns, rows, "")


def _entry(entry: "Found") -> dict[str, object]:
    return {
        "road": entry.feed.road,
        "url": entry.feed.url,
        "title": entry.title,
        "articles": entry.links,
        "newest": datetime.fromisoformat(entry.newest) if entry.newest else None,
    }


def _age(entry: "Found", now: datetime) -> str:
    return ago(datetime.fromisoformat(entry.newest) if entry.newest else None, now)


async def _explored(place: "Place", source: str) -> tuple[str, list["Found"]]:
    """The URL looked at, and what it lists. Raises FoundWantingError where it lists nothing."""
    from cli.looking import fetched, lookout

    url = await _url_of(place, source)
    with err.status(f"looking at {url}"):
        async with lookout(place.settings()) as look:
            home = await fetched(look.crawler, url)
            found = await look.crawler.discovery().explore(home)
    if not found:
        raise FoundWantingError(
            f"{url} names no feed and no sitemap, and links to nothing that looks like an article",
            "try the address of one of its sections, or of a feed if you know one",
        )
    return url, found


async def _url_of(place: "Place", source: str) -> str:
    from cli.place import open_archive
    from service.settings import fit_url

    async with open_archive(place) as archive, archive.database.read() as tx:
        known = {entry.name: entry.url for entry in await tx.sources.all()}
    if source in known:
        return known[source]
    try:
        return fit_url(source)
    except ValueError as error:
        raise ConfigError(f"{source!r} is no source, and as a URL: {error}") from error
