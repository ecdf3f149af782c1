"""`vigie watch test`: what a query would have found in what is stored already."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from cli import histogram
from cli.archive import reading
from cli.highlight import print_hit
from cli.languages import lexicon
from cli.options import DEFAULT_DATA, Config, Data, Json, Limit
from cli.output import err, out, print_json, print_line, print_note
from cli.queries import note_slips, pointing
from cli.search import shown
from news.article import SearchHit
from news.errors import ConfigError, QueryError
from news.text import composed

if TYPE_CHECKING:
    from news.query import Query
    from service.backtest import Backtest, Comparison, Difference
    from service.backtest import Progress as Told
    from service.meaning import WatchQueries
    from storage import Transaction

_AGAINST = typer.Option(
    "--against", help="A watch, or a query: what is gained and lost if QUERY takes its place.", metavar="WATCH"
)
_NO_TERMINAL = 80  # columns


def test(
    query: Annotated[str, typer.Argument(help="A query, or the name of a watch.", metavar="QUERY")],
    against: Annotated[str, _AGAINST] = "",
    limit: Limit = 5,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Run a query over every stored article: what matches day by day, the newest hits, and how many alerts that makes.

    Nobody is alerted. Warns where a query is noisy, and tells what is to blame where it matches nothing. With
    --against, shows what is gained and lost against what a watch finds now.

    Examples:

        vigie watch test 'Pyongyang NEAR/10 missile'

        vigie watch test Corée --limit 20

        vigie watch test 'Pyongyang AND (missile OR satellite)' --against Corée
    """
    if against:
        text, other, compared = reading(data, config, lambda tx: _compared(tx, query, against, limit))
        note_slips(text)
        _tell_comparison(text, other, compared, json=json)
    else:
        text, found = reading(data, config, lambda tx: _tried(tx, query, limit))
        note_slips(text)
        _tell(text, found, json=json)


async def _tried(tx: "Transaction", asked: str, limit: int) -> "tuple[str, Backtest]":
    from service.backtest import backtest
    from service.meaning import WatchQueries
    from service.reader import Reader

    text, tree = _meant(WatchQueries.of(await tx.watches.all()), asked, await _texts(tx))
    with _progress() as progress:
        return text, await backtest(tx, tree, Reader(lexicon()), samples=limit, progress=progress)


async def _compared(tx: "Transaction", asked: str, against: str, limit: int) -> "tuple[str, str, Comparison]":
    from service.backtest import compared
    from service.meaning import WatchQueries
    from service.reader import Reader

    queries, texts = WatchQueries.of(await tx.watches.all()), await _texts(tx)
    new, tree = _meant(queries, asked, texts)
    old, other = _meant(queries, against, texts)
    with _progress() as progress:
        found = await compared(tx, tree, other, Reader(lexicon()), samples=limit, progress=progress)
    return new, old, found


async def _texts(tx: "Transaction") -> dict[str, str]:
    return {watch.name: watch.query for watch in await tx.watches.all()}


def _meant(queries: "WatchQueries", asked: str, texts: dict[str, str]) -> "tuple[str, Query]":
    """The text and the whole tree of a watch's query, if it is a watch's name, or of the query that it is."""
    from matching import parse, resolved

    name = composed(asked)
    if name in texts:
        meaning = queries.meaning(name)
        if isinstance(meaning, QueryError):
            raise ConfigError(f"the query of the watch {name!r} is broken: {meaning.message}", meaning.hint)
        return texts[name], meaning
    with pointing(asked):
        return asked, resolved(parse(asked), queries)


@contextmanager
def _progress() -> "Iterator[Told]":
    """A bar on standard error for the articles that the matcher has to read."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("asking the index", total=None)

        def read(done: int, total: int) -> None:
            bar.update(task, description="matching", total=total, completed=done)

        yield read


def _tell(text: str, found: "Backtest", *, json: bool) -> None:
    if json:
        print_json({"query": text, **_shown(found), "against": None})
        return
    for hit in found.newest:
        print_hit(hit)
    _print(found)


def _tell_comparison(text: str, other: str, compared: "Comparison", *, json: bool) -> None:
    if json:
        differences = {"gained": _differing(compared.gained), "lost": _differing(compared.lost)}
        against = {"query": other, **_shown(compared.old), **differences}
        print_json({"query": text, **_shown(compared.new), "against": against})
        return
    for name, style, difference in (("Gained", "green", compared.gained), ("Lost", "red", compared.lost)):
        print_line((f"{name}: {_number(difference.number, compared.new)}", f"bold {style}"))
        _print_hits(difference.newest)
    _print(compared.new)
    before = _number(compared.old.matches, compared.old)
    print_line(f"Before: {before} match, {_rounded(compared.old.alerts_a_day)} alerts a day.")


def _print_hits(hits: Sequence[SearchHit]) -> None:
    for hit in hits:
        print_hit(hit)
    if not hits:
        print_line("")


def _print(found: "Backtest") -> None:
    """The histogram, the numbers, and what is to be said of them."""
    counted = histogram.rows({day.day: day.matches for day in found.days}, found.until)
    for line in histogram.bars(counted, out.width if out.is_terminal else _NO_TERMINAL):
        out.print(Text(line))
    if counted:
        print_line("")
    match = "matches" if found.matches == 1 else "match"
    print_line(f"{_number(found.matches, found)} of {found.articles:,} stored articles {match}.")
    if found.matches:
        _print_rate(found)
    for gap in found.gaps:
        alike = f"; spelled much like it: {', '.join(gap.alike)}" if gap.alike else ""
        print_note(f"“{gap.clause}” {gap.says}{alike}")


def _print_rate(found: "Backtest") -> None:
    from service.backtest import NOISY

    days = f"in the last {found.recent_days} days" if found.recent_days > 1 else "on the last day"
    rate = f"{_rounded(found.alerts_a_day)} alerts a day {days}, one for each story"
    print_line(f"That is {rate} ({_rounded(found.matches_a_day)} articles a day).")
    busiest = found.busiest
    if busiest is not None and len(found.days) > 1:
        alerts = "1 alert" if busiest.alerts == 1 else f"{busiest.alerts:,} alerts"
        print_line(f"The busiest day was {busiest.day}: {alerts}.")
    if found.is_noisy:
        print_note(f"this is noisy: over {NOISY} alerts a day; narrow it by another word, a field, or NOT")
    elif found.is_broad:
        print_note("this matches over half of all stored articles: it hardly tells one from another")


def _number(number: int, found: "Backtest") -> str:
    return f"about {number:,}" if found.is_about and number else f"{number:,}"


def _rounded(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 10 or rate == 0 else f"{rate:.1f}" if rate >= 0.1 else "under 0.1"


def _shown(found: "Backtest") -> dict[str, Any]:
    from service.backtest import NOISY

    return {
        "matches": found.matches,
        "articles": found.articles,
        "is_about": found.is_about,
        "days": found.days,
        "recent_days": found.recent_days,
        "matches_a_day": round(found.matches_a_day, 2),
        "alerts_a_day": round(found.alerts_a_day, 2),
        "is_noisy": found.is_noisy,
        "noisy_above": NOISY,
        "is_broad": found.is_broad,
        "gaps": found.gaps,
        "newest": [shown(hit) for hit in found.newest],
    }


def _differing(difference: "Difference") -> dict[str, Any]:
    return {"number": difference.number, "newest": [shown(hit) for hit in difference.newest]}
