"""`vigie source`: the publications that are watched."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import source_test
from cli.archive import reading, writing
from cli.group import group
from cli.named import Name, Noun, add_shared_verbs, given, made_by, state_cell
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import ago, print_facts, print_json, print_line, print_table, when
from news.clock import SystemClock
from news.source import Feed, Link, Source

if TYPE_CHECKING:
    from cli.place import Archive
    from storage import Transaction

_TROUBLES = 10
_NONE = "There is no source yet: vigie source add https://www.example.com/"
_INTERVAL = typer.Option("--interval", help="Time between two visits: `90s`, `15m`, `2h`, `1d`.", metavar="TIME")

app = group("The publications that are watched.")


def shown(source: Source) -> dict[str, Any]:
    """A source in JSON."""
    return {
        "id": source.id,
        "name": source.name,
        "url": source.url,
        "state": state(source),
        "origin": source.origin,
        "interval": source.interval,
        "alert_history": source.alert_history,
        "added_at": source.added_at,
        "last_visit_at": source.last_visit_at,
        "last_success_at": source.last_success_at,
        "next_visit_at": None if source.paused else source.due_at,
        "failures": source.failures,
        "last_error": source.last_error,
    }


def state(source: Source) -> str:
    """How a source fares, in one word."""
    if source.paused:
        return "paused"
    if source.failures:
        return "failing"
    return "ok" if source.last_visit_at else "new"


@app.command("add")
def add(
    url: Annotated[str, typer.Argument(help="Its home page, or one of its feeds.", metavar="URL")],
    name: Annotated[str | None, typer.Option("--name", help="What you call it; the host if not given.")] = None,
    interval: Annotated[str | None, _INTERVAL] = None,
    alert_history: Annotated[
        bool, typer.Option("--alert-history", help="Alert also on what it has published already.")
    ] = False,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Watch a publication: its feeds, sitemaps or section pages are found by themselves.

    What it has published already is stored, but alerted only with `--alert-history`.

    Examples:

        vigie source add https://www.example.com/

        vigie source add phare.example --name 'Le Phare' --interval 5m
    """
    values = given(url=url, name=name, interval=interval) | {"alert_history": alert_history}
    source = writing(data, config, lambda tx, archive: _added(tx, archive, values))
    if json:
        print_json(shown(source))
        return
    print_line(f"added the source {source.name!r}: {source.url}")
    print_line(f"a running service visits it at once; to do so yourself: vigie crawl {source.name!r}")


async def _added(tx: "Transaction", archive: "Archive", values: dict[str, Any]) -> Source:
    from service.change import add_source

    return await add_source(tx, values, archive.settings.crawler.interval, archive.clock.now())


@app.command("list")
def list_(data: Data = DEFAULT_DATA, config: Config = None, json: Json = False) -> None:
    """List the sources, and how they fare.

    Examples:

        vigie source list

        vigie source list --json | jq '.[] | select(.state == "failing")'
    """
    sources, articles = reading(data, config, _listed)
    if json:
        print_json([{**shown(source), "articles": articles.get(source.id, 0)} for source in sources])
        return
    now = SystemClock().now()
    rows = [
        [
            source.name,
            state_cell(state(source)),
            str(articles.get(source.id, 0)),
            ago(source.last_visit_at, now),
            "–" if source.paused else _soon(source, now),
            source.origin,
            source.last_error,
        ]
        for source in sources
    ]
    print_table("", ["name", "state", "articles", "last visit", "next visit", "made by", "last error"], rows, _NONE)


def _soon(source: Source, now: datetime) -> str:
    return "now" if source.due_at is None or source.due_at <= now else ago(source.due_at, now)


async def _listed(tx: "Transaction") -> tuple[list[Source], dict[int, int]]:
    return await tx.sources.all(), await tx.articles.counts_by_source()


@app.command("show")
def show(name: Name, data: Data = DEFAULT_DATA, config: Config = None, json: Json = False) -> None:
    """Show one source: its feeds, what became of its links, and the latest troubles.

    Examples:

        vigie source show 'Le Phare'
    """
    source, feeds, links, troubled = reading(data, config, lambda tx: _shown(tx, name))
    if json:
        print_json({**shown(source), "feeds": feeds, "links": links, "troubles": troubled})
        return
    now = SystemClock().now()
    print_facts(
        [
            ("name", source.name),
            ("URL", source.url),
            ("state", state_cell(state(source))),
            ("made by", made_by(source, data, config)),
            ("interval", f"{source.interval} s"),
            ("added", when(source.added_at)),
            ("last visit", ago(source.last_visit_at, now)),
            ("last success", ago(source.last_success_at, now)),
            ("next visit", "" if source.paused else _soon(source, now)),
            ("last error", source.last_error),
            ("history", "alerted too" if source.alert_history else ""),
            ("links", ", ".join(f"{links[known]} {known}" for known in links)),
        ]
    )
    _print_feeds(feeds, now)
    _print_troubles(troubled)


async def _shown(tx: "Transaction", name: str) -> tuple[Source, list[Feed], dict[str, int], list[Link]]:
    source = await tx.sources.get(name)
    counts = await tx.links.state_counts([source.id])
    troubled = await tx.links.troubled(source.id, _TROUBLES)
    return source, await tx.feeds.of(source.id), {known: number for (_, known), number in counts.items()}, troubled


def _print_feeds(feeds: list[Feed], now: datetime) -> None:
    rows = [[feed.road, feed.url, ago(feed.last_success_at, now), feed.last_error] for feed in feeds]
    print_line("")
    print_table("Feeds", ["road", "URL", "last read", "last error"], rows, "Its feeds are still to be found.")


def _print_troubles(links: list[Link]) -> None:
    if links:
        rows = [[state_cell(link.state), link.url, link.last_error] for link in links]
        print_line("")
        print_table("Latest troubles", ["state", "URL", "error"], rows, "")


@app.command("edit")
def edit(
    name: Name,
    url: Annotated[str | None, typer.Option("--url", help="Its new home page or feed.", metavar="URL")] = None,
    interval: Annotated[str | None, _INTERVAL] = None,
    rename: Annotated[str | None, typer.Option("--rename", help="What to call it from now on.", metavar="NAME")] = None,
    alert_history: Annotated[
        bool | None,
        typer.Option("--alert-history/--no-alert-history", help="Whether to alert on what it had published before."),
    ] = None,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Change a source; it is then visited at once.

    Examples:

        vigie source edit 'Le Phare' --interval 5m

        vigie source edit phare.example --rename 'Le Phare' --url https://phare.example/une
    """
    changes = given(url=url, interval=interval, name=rename, alert_history=alert_history)
    source = writing(data, config, lambda tx, archive: _edited(tx, archive, name, changes))
    if json:
        print_json(shown(source))
    else:
        print_line(f"changed the source {source.name!r}")


async def _edited(tx: "Transaction", archive: "Archive", name: str, changes: dict[str, Any]) -> Source:
    from service.change import edit_source

    return await edit_source(tx, name, changes, archive.place.settings_file, archive.clock.now())


NOUN = Noun(
    name="source",
    example="Le Phare",
    helps={
        "pause": "Stop visiting a source until it is resumed.",
        "resume": "Visit a source again, at once to begin with.",
        "remove": "Forget a source and its unread links; its articles stay. Adding its name again brings it back.",
    },
    shown=shown,
)
app.command("test")(source_test.test)
add_shared_verbs(app, NOUN)
