"""`vigie source`: the publications that are watched."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import source_export, source_import, source_show, source_test
from cli.archive import reading, writing
from cli.group import group
from cli.named import Name, Noun, add_shared_verbs, given, state_cell
from cli.options import BODY, DEFAULT_DATA, DROP, Config, Data, Json
from cli.output import ago, print_json, print_line, print_table
from cli.source_show import often, shown, soon
from news.clock import SystemClock
from news.schedule import as_schedule
from news.source import Source, state_of

if TYPE_CHECKING:
    from cli.place import Archive
    from storage import Transaction

_NONE = "There is no source yet: vigie source add https://www.example.com/"
_COLUMNS = ["name", "state", "articles", "last visit", "interval", "next visit", "made by", "last error"]
_INTERVAL = typer.Option(
    "--interval",
    help="Time between two visits: `90s`, `15m`, `2h`, `1d`; `auto` as it publishes; or a schedule as cron has it.",
    metavar="TIME",
)

_HISTORY = typer.Option(
    "--history", help="How far back its first visit looks, beyond what is listed now: `30d`.", metavar="TIME"
)

_USER = typer.Option("--user", help="The login of your subscription, for HTTP's own authentication.", metavar="LOGIN")
_PASSWORD_ENV = typer.Option(
    "--password-env", help="The environment variable that holds its password.", metavar="VARIABLE"
)
_SPIDER = typer.Option("--spider", help="A spider of your own that reads it: `module:Class`.", metavar="CLASS")

_BROWSER = typer.Option("--browser/--no-browser", help="Whether its pages need a browser: docs/browser.md.")

app = group("The publications that are watched.")


@app.command("add")
def add(
    url: Annotated[str, typer.Argument(help="Its home page, or one of its feeds.", metavar="URL")],
    name: Annotated[str | None, typer.Option("--name", help="What you call it; the host if not given.")] = None,
    interval: Annotated[str | None, _INTERVAL] = None,
    history: Annotated[str | None, _HISTORY] = None,
    user: Annotated[str | None, _USER] = None,
    password_env: Annotated[str | None, _PASSWORD_ENV] = None,
    spider: Annotated[str | None, _SPIDER] = None,
    browser: Annotated[bool | None, _BROWSER] = None,
    body: Annotated[str | None, BODY] = None,
    drop: Annotated[list[str] | None, DROP] = None,
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

        vigie source add phare.example --name 'Le Phare' --interval 5m --history 30d

        vigie source add phare.example --interval '0 7-19 * * 1-5 Europe/Paris'
    """
    values = given(url=url, name=name, interval=interval, history=history, spider=spider, browser=browser)
    values |= {"alert_history": alert_history, **_access(user, password_env), **_extract(body, drop)}
    source = writing(data, config, lambda tx, archive: _added(tx, archive, values))
    if json:
        print_json(shown(source))
        return
    print_line(f"added the source {source.name!r}: {source.url}")
    print_line(f"a running service visits it at once; to do so yourself: vigie crawl {source.name!r}")


def _access(user: str | None, password_env: str | None) -> dict[str, Any]:
    access = given(user=user, password_env=password_env)
    return {"access": access} if access else {}


def _extract(body: str | None, drop: list[str] | None) -> dict[str, Any]:
    """The rules for its pages; `--drop ''` alone takes away those there are."""
    rules: dict[str, Any] = {} if body is None else {"body": body}
    if drop:
        rules["drop"] = [css for css in drop if css]
    return {"extract": rules} if rules else {}


async def _added(tx: "Transaction", archive: "Archive", values: dict[str, Any]) -> Source:
    from service.change import add_source

    _check_interval(values)
    return await add_source(tx, values, archive.settings.crawler.interval, archive.clock.now())


def _check_interval(values: dict[str, Any]) -> None:
    from scheduler.cron import fault_of
    from service.check import check_schedule

    check_schedule(as_schedule(values.get("interval", "")), fault_of)


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
            state_cell(state_of(source, now)),
            str(articles.get(source.id, 0)),
            ago(source.last_visit_at, now),
            often(source),
            "–" if source.paused else soon(source, now),
            source.origin,
            source.last_error,
        ]
        for source in sources
    ]
    print_table("", _COLUMNS, rows, _NONE)


async def _listed(tx: "Transaction") -> tuple[list[Source], dict[int, int]]:
    return await tx.sources.all(), await tx.articles.counts_by_source()


@app.command("edit")
def edit(
    name: Name,
    url: Annotated[str | None, typer.Option("--url", help="Its new home page or feed.", metavar="URL")] = None,
    interval: Annotated[str | None, _INTERVAL] = None,
    rename: Annotated[str | None, typer.Option("--rename", help="What to call it from now on.", metavar="NAME")] = None,
    user: Annotated[str | None, _USER] = None,
    password_env: Annotated[str | None, _PASSWORD_ENV] = None,
    spider: Annotated[str | None, _SPIDER] = None,
    browser: Annotated[bool | None, _BROWSER] = None,
    body: Annotated[str | None, BODY] = None,
    drop: Annotated[list[str] | None, DROP] = None,
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

        vigie source edit 'Le Phare' --user vigie --password-env PHARE_PASSWORD

        vigie source edit phare.example --rename 'Le Phare' --url https://phare.example/une
    """
    changes = given(url=url, interval=interval, name=rename, alert_history=alert_history, spider=spider)
    changes |= given(browser=browser) | _access(user, password_env) | _extract(body, drop)
    source = writing(data, config, lambda tx, archive: _edited(tx, archive, name, changes))
    if json:
        print_json(shown(source))
    else:
        print_line(f"changed the source {source.name!r}")


async def _edited(tx: "Transaction", archive: "Archive", name: str, changes: dict[str, Any]) -> Source:
    from service.change import edit_source

    _check_interval(changes)
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
app.command("show")(source_show.show)
app.command("test")(source_test.test)
app.command("import")(source_import.import_)
app.command("export")(source_export.export)
add_shared_verbs(app, NOUN)
