"""`vigie watch`: what is looked for."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import watch_apply, watch_explain, watch_feed, watch_lint, watch_test
from cli.archive import reading, writing
from cli.group import group
from cli.named import Name, Noun, add_shared_verbs, given, made_by, state_cell
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import ago, print_facts, print_json, print_line, print_table, when
from cli.queries import note_breadth, note_slips, pointing, understood
from cli.rules import RULE, in_words, said
from news.clock import SystemClock
from news.errors import QueryError
from news.rules import rules_to
from news.watch import Watch

if TYPE_CHECKING:
    from alerting.routing import Routing
    from cli.place import Archive
    from service.meaning import WatchQueries
    from storage import Transaction
    from storage.matches import FoundMatch

_LATEST = 5
_NONE = "There is no watch yet: vigie watch add Corée 'Pyongyang AND missile'"
_CHANNEL = typer.Option("--channel", help="A channel for its alerts; repeat it for more. None: all.", metavar="NAME")
_WATCHLIST = typer.Option("--watchlist", help="The group it belongs to.", metavar="NAME")

app = group("What is looked for: named queries, and whom they alert.")


def shown(watch: Watch, error: str = "") -> dict[str, Any]:
    """A watch in JSON; `error` is why it can ask nothing."""
    return {
        "id": watch.id,
        "name": watch.name,
        "query": watch.query,
        "channels": watch.channels,
        "watchlist": watch.watchlist,
        "rules": rules_to(watch.rules),
        "state": state(watch, error),
        "origin": watch.origin,
        "added_at": watch.added_at,
    }


def state(watch: Watch, error: str = "") -> str:
    """Whether it looks, in one word."""
    return "broken" if error else "paused" if watch.paused else "ok"


def _error(queries: "WatchQueries", name: str) -> str:
    meaning = queries.meaning(name)
    return meaning.message if isinstance(meaning, QueryError) else ""


async def _tells(tx: "Transaction", watch: Watch) -> tuple[Watch, str]:
    """A watch, and the channels that it tells, whoever names them."""
    from service.situation import routing_of

    return watch, _named(await routing_of(tx), watch)


def _named(routes: "Routing", watch: Watch) -> str:
    return ", ".join(routes.named(watch)) or "all channels"


@app.command("add")
def add(
    name: Name,
    query: Annotated[str, typer.Argument(help="What it looks for, see docs/query-language.md.", metavar="QUERY")],
    channel: Annotated[list[str] | None, _CHANNEL] = None,
    watchlist: Annotated[str, _WATCHLIST] = "",
    rule: Annotated[list[str] | None, RULE] = None,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Look for something in every article from now on, and alert when it is found.

    `vigie watch test` shows what a query would have found in what is stored already.

    Examples:

        vigie watch add Corée 'Pyongyang AND (missile OR "tir d’essai")'

        vigie watch add Rivals '=Orange NEAR/5 merger' --channel desk --channel phone --watchlist Telecom

        vigie watch add Vins 'Bordeaux AND vendange' --rule digest=weekly --rule weekday=friday
    """
    understood(query)
    values = {"name": name, "query": query, "channels": channel or [], "watchlist": watchlist, **said(rule)}
    with pointing(query):
        watch, tells = writing(data, config, lambda tx, archive: _added(tx, archive, values))
    note_slips(query)
    note_breadth(query)
    if json:
        print_json(shown(watch))
        return
    print_line(f"added the watch {watch.name!r}, which tells {tells}")
    print_line(f"it looks at articles from now on; for those stored already: vigie watch test {watch.name!r}")


async def _added(tx: "Transaction", archive: "Archive", values: dict[str, Any]) -> tuple[Watch, str]:
    from service.change import add_watch

    return await _tells(tx, await add_watch(tx, values, archive.clock.now()))


@app.command("list")
def list_(
    watchlist: Annotated[str, typer.Option("--watchlist", help="Only those of one group.", metavar="NAME")] = "",
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """List the watches.

    Examples:

        vigie watch list

        vigie watch list --watchlist Telecom --json
    """
    found = reading(data, config, lambda tx: _listed(tx, watchlist))
    if json:
        print_json(
            [
                {**shown(watch, error), "error": error or None, "last_match_at": last and last.match.matched_at}
                for watch, error, _, last in found
            ]
        )
        return
    now = SystemClock().now()
    rows = [
        [
            watch.name,
            state_cell(state(watch, error)),
            watch.query,
            tells,
            watch.watchlist,
            ago(last.match.matched_at if last else None, now),
            watch.origin,
        ]
        for watch, error, tells, last in found
    ]
    empty = f"There is no watch in {watchlist!r}." if watchlist else _NONE
    print_table("", ["name", "state", "query", "tells", "watchlist", "last match", "made by"], rows, empty)


async def _listed(tx: "Transaction", watchlist: str) -> "list[tuple[Watch, str, str, FoundMatch | None]]":
    from service.meaning import WatchQueries
    from service.situation import routing_of

    found = []
    watches = await tx.watches.all()
    queries, routes = WatchQueries.of(watches), await routing_of(tx)
    for watch in watches:
        if not watchlist or watch.watchlist == watchlist:
            latest = await tx.matches.latest(1, watch.name)
            named = _named(routes, watch)
            found.append((watch, _error(queries, watch.name), named, latest[0] if latest else None))
    return found


@app.command("show")
def show(name: Name, data: Data = DEFAULT_DATA, config: Config = None, json: Json = False) -> None:
    """Show one watch: how its query is understood, and its latest matches.

    Examples:

        vigie watch show Corée
    """
    watch, tells, queries, latest = reading(data, config, lambda tx: _shown(tx, name))
    error = _error(queries, watch.name)
    written, tree = _drawn(queries, watch.name)
    note_slips(watch.query)
    used_by = queries.users(watch.name)
    if json:
        matches = [{"id": found.match.id, "title": found.stored.article.title} for found in latest]
        told = {"error": error or None, "canonical": written or None, "tree": tree, "used_by": used_by}
        print_json({**shown(watch, error), **told, "matches": matches})
        return
    print_facts(
        [
            ("name", watch.name),
            ("state", state_cell(state(watch, error))),
            ("error", error),
            ("query", watch.query),
            ("in full", written),
            ("used by", ", ".join(used_by)),
            ("tells", tells),
            ("watchlist", watch.watchlist),
            ("rules", in_words(rules_to(watch.rules))),
            ("made by", made_by(watch, data, config)),
            ("added", when(watch.added_at)),
        ]
    )
    print_line("")
    for line in tree:
        print_line(f"  {line}")
    _print_latest(latest)


def _drawn(queries: "WatchQueries", name: str) -> tuple[str, list[str]]:
    """The query of a watch in full, and its tree; both empty where it does not parse."""
    from matching import canonical, tree_lines
    from service.meaning import used

    query = queries[name]
    if isinstance(query, QueryError):
        return "", []
    is_whole = not isinstance(queries.meaning(name), QueryError)
    return canonical(query), tree_lines(query, used(query, queries) if is_whole else {})


def _print_latest(latest: "list[FoundMatch]") -> None:
    now = SystemClock().now()
    rows = [
        [str(found.match.id), ago(found.match.matched_at, now), found.stored.source, found.stored.article.title]
        for found in latest
    ]
    print_line("")
    print_table("Latest matches", ["id", "matched", "source", "title"], rows, "It has not matched anything yet.")


async def _shown(tx: "Transaction", name: str) -> "tuple[Watch, str, WatchQueries, list[FoundMatch]]":
    from service.meaning import WatchQueries

    watch, tells = await _tells(tx, await tx.watches.get(name))
    return watch, tells, WatchQueries.of(await tx.watches.all()), await tx.matches.latest(_LATEST, name)


@app.command("edit")
def edit(
    name: Name,
    query: Annotated[
        str | None, typer.Option("--query", help="What it looks for from now on.", metavar="QUERY")
    ] = None,
    channel: Annotated[list[str] | None, _CHANNEL] = None,
    all_channels: Annotated[bool, typer.Option("--all-channels", help="Tell every channel again.")] = False,
    watchlist: Annotated[str | None, _WATCHLIST] = None,
    rename: Annotated[str | None, typer.Option("--rename", help="What to call it from now on.", metavar="NAME")] = None,
    rule: Annotated[list[str] | None, RULE] = None,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Change a watch; the channels given replace those it had, and an empty rule (`--rule quiet=`) is taken away.

    Examples:

        vigie watch edit Corée --query 'Pyongyang AND (missile OR satellite)'

        vigie watch edit Corée --all-channels --rename 'North Korea'
    """
    if query is not None:
        understood(query)
    changes = given(query=query, channels=channel, watchlist=watchlist, name=rename)
    if all_channels:
        changes["channels"] = []
    with pointing(query or ""):
        watch, tells = writing(data, config, lambda tx, archive: _edited(tx, archive, name, changes, said(rule)))
    note_slips(query or "")
    note_breadth(query or "")
    if json:
        print_json(shown(watch))
    else:
        print_line(f"changed the watch {watch.name!r}, which tells {tells}")


async def _edited(
    tx: "Transaction", archive: "Archive", name: str, changes: dict[str, Any], rules: dict[str, Any]
) -> tuple[Watch, str]:
    from service.change import edit_watch

    return await _tells(tx, await edit_watch(tx, name, changes, archive.place.settings_file, rules))


NOUN = Noun(
    name="watch",
    example="Corée",
    helps={
        "pause": "Match nothing with a watch until it is resumed; articles that come meanwhile are not made up for.",
        "resume": "Match with a watch again, from now on.",
        "remove": "Forget a watch and hide its name; its matches stay. Adding its name again brings it back.",
    },
    shown=shown,
)
app.command("test")(watch_test.test)
app.command("explain")(watch_explain.explain)
app.command("feed")(watch_feed.feed)
app.command("lint")(watch_lint.lint)
app.command("apply")(watch_apply.apply)
add_shared_verbs(app, NOUN)
