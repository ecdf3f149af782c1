"""`vigie source test`: what Vigie would read of a site, before it is added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from cli.archive import quiet_logs
from cli.errors import FoundWantingError
from cli.options import DEFAULT_DATA, ByBrowser, Config, Data, Json
from cli.output import ago, err, print_facts, print_json, print_line, print_table
from news import url as urls
from news.clock import SystemClock
from news.errors import ConfigError

if TYPE_CHECKING:
    from cli.place import Place
    from crawler.discovery import Found
    from crawler.robots import Robots
    from crawler.survey import Coverage
    from news.source import Feed, FoundLink, Road, Source

_EXAMPLES = 3
_NAMES: dict[str, tuple[str, str]] = {
    "feed": ("the feed", "the feeds"),
    "sitemap": ("the sitemap", "the sitemaps"),
    "section": ("the section page", "the section pages"),
}


@dataclass(frozen=True, slots=True)
class _Seen:
    """A site as a visit to `source` would find it. `regular` are the URLs polled each time; delays are in seconds."""

    source: "Source"
    found: Sequence["Found"]
    robots: "Robots"
    crawl_delay: float | None
    regular: frozenset[str]
    coverage: Sequence["Coverage"]
    articles: int

    @property
    def url(self) -> str:
        """Where the look began."""
        return self.source.url

    def entry(self, found: "Found") -> dict[str, object]:
        """One feed for programs."""
        return {
            "road": found.feed.road,
            "url": found.feed.url,
            "title": found.title,
            "format": found.kind,
            "articles": found.links,
            "newest": datetime.fromisoformat(found.newest) if found.newest else None,
            "read": "each visit" if found.feed.url in self.regular else "survey",
            "ttl": found.feed.hints.get("ttl"),
            "hub": found.feed.hub,
            "examples": [{"url": link.url, "title": link.title} for link in found.listed[:_EXAMPLES]],
        }


def test(
    source: Annotated[str, typer.Argument(help="A home page, a feed, or the name of a source.", metavar="URL")],
    browser: ByBrowser = None,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Look at a site as a visit would: every road to its articles, and how the roads compare.

    A source that is there already, by its name or its URL, is looked at with its access, and by the browser if it is
    so marked. Nothing is stored. Exit code 1 where there is nothing to read, with the reason.

    Examples:

        vigie source test https://www.example.com/

        vigie source test 'Le Phare' --json

        vigie source test https://www.example.com/ --browser
    """
    from cli.place import Place
    from crawler import reactor

    quiet_logs()
    seen = reactor.run(_explored(Place.of(data, config), source, by_browser=browser))
    if json:
        print_json(_report(seen))
    else:
        _print(seen)


def _report(seen: _Seen) -> dict[str, object]:
    from crawler.access import kinds_of

    return {
        "url": seen.url,
        "source": seen.source.name if seen.source.id else None,
        "access": kinds_of(seen.source),
        "browser": seen.source.browser,
        "robots": {"allowed": True, "crawl_delay": seen.crawl_delay, "sitemaps": seen.robots.sitemaps},
        "feeds": [seen.entry(found) for found in seen.found],
        "articles": seen.articles,
        "roads": {part.road: {"articles": part.listed, "alone": part.alone} for part in seen.coverage},
    }


def _print(seen: _Seen) -> None:
    from cli.looking import way_of

    now = SystemClock().now()
    rows = [
        [
            found.feed.road,
            found.feed.url,
            found.title,
            found.kind,
            str(found.links),
            _age(found, now),
            _read(seen, found),
        ]
        for found in seen.found
    ]
    columns = ["road", "URL", "title", "format", "articles listed", "newest", "read"]
    print_table(f"A visit to {seen.url} would read, in this order:", columns, rows, "")
    print_line("")
    print_facts([("looked at as", way_of(seen.source)), ("robots.txt", _of_robots(seen)), *_of_feeds(seen.found)])
    print_line("")
    print_line(compared(seen.coverage, seen.articles, [found.feed for found in seen.found]))
    for found in seen.found:
        if found.listed:
            print_line("")
            print_line((found.feed.url, "bold"))
            for link in found.listed[:_EXAMPLES]:
                print_line(f"  {_example(link)}")


def _age(found: "Found", now: datetime) -> str:
    return ago(datetime.fromisoformat(found.newest) if found.newest else None, now)


def _read(seen: _Seen, found: "Found") -> str:
    from crawler.survey import SURVEY_EVERY

    return "each visit" if found.feed.url in seen.regular else f"every {SURVEY_EVERY / timedelta(hours=1):.0f} h"


def _example(link: "FoundLink") -> str:
    return f"{link.title} · {link.url}" if link.title else link.url


def _of_robots(seen: _Seen) -> str:
    said = "allows us to read the site" if seen.robots.rules else "forbids nothing"
    if seen.crawl_delay:
        said += f", and asks for {seen.crawl_delay:g} s between two requests"
    return said


def _of_feeds(found: Sequence["Found"]) -> list[tuple[str, str]]:
    """What the feeds say of themselves beside articles."""
    hubs = dict.fromkeys(entry.feed.hub for entry in found if entry.feed.hub)
    waits = [entry.feed.hints["ttl"] for entry in found if entry.feed.hints.get("ttl")]
    asked = f"asks to be read every {min(waits) / 60:.0f} min at the most" if waits else ""
    return [("hub", f"{', '.join(hubs)} tells of news at once (WebSub)" if hubs else ""), ("ttl", asked)]


def compared(coverage: Sequence["Coverage"], articles: int, feeds: Sequence["Feed"]) -> str:
    """One sentence on what each road lists of all the articles found."""
    if len(coverage) < 2:
        return f"{articles} articles are listed, by one road only."
    parts = []
    for part in coverage:
        count = sum(feed.road == part.road for feed in feeds)
        name = _NAMES[part.road][count > 1]
        verb = "list" if count > 1 else "lists"
        alone = f", {part.alone} of them alone" if part.alone else ""
        parts.append(f"{name} {verb} {part.listed}{alone}")
    return f"Of {articles} distinct articles found, {'; '.join(parts)}."


def _listed(found: Sequence["Found"]) -> "Mapping[Road, set[str]]":
    listed: dict[Road, set[str]] = {}
    for entry in found:
        listed.setdefault(entry.feed.road, set()).update(urls.key(link.url) for link in entry.listed)
    return listed


async def _explored(place: "Place", source: str, *, by_browser: bool | None) -> _Seen:
    """The site looked at. Raises FoundWantingError where it lists nothing."""
    from cli.looking import fetched, looked_at, lookout
    from cli.wiring import limits
    from crawler.survey import coverage, polled_each_visit

    known = looked_at(await _source_of(place, source), by_browser=by_browser)
    url = known.url
    settings = place.settings()
    with err.status(f"looking at {url}"):
        async with lookout(settings) as look:
            home = await fetched(look.crawler, url, known)
            discovery = look.crawler.discovery(known)
            found = await discovery.explore(home)
            robots = await discovery.robots_of(home.url)
    if not found:
        raise FoundWantingError(
            f"{url} names no feed and no sitemap, and links to nothing that looks like an article",
            "try the address of one of its sections, or of a feed if you know one",
        )
    regular = frozenset(feed.url for feed in polled_each_visit([entry.feed for entry in found]))
    listed = _listed(found)
    delay = robots.crawl_delay(limits(settings).user_agent)
    return _Seen(known, found, robots, delay, regular, coverage(listed), len(set().union(*listed.values())))


async def _source_of(place: "Place", source: str) -> "Source":
    """The source of that name or URL, or one that is not kept, at that URL. Raises ConfigError where it is neither."""
    from cli.place import open_archive
    from news.source import Source
    from service.settings import fit_url

    async with open_archive(place) as archive, archive.database.read() as tx:
        sources = await tx.sources.all()
    if (known := {entry.name: entry for entry in sources}.get(source)) is not None:
        return known
    try:
        url = fit_url(source)
    except ValueError as error:
        raise ConfigError(f"{urls.shown(source)} is no source, and as a URL: {error}") from error
    return {entry.url: entry for entry in sources}.get(url) or Source(0, source, url)
