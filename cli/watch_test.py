"""`vigie watch test`: what a query would have found in what is stored already."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from cli.archive import reading
from cli.highlight import print_hit
from cli.options import DEFAULT_DATA, Config, Data, Json, Limit
from cli.output import print_json, print_line
from cli.queries import understood
from cli.search import progress, shown
from news.article import SearchHit

if TYPE_CHECKING:
    from storage import Transaction


@dataclass(slots=True)
class _Trial:
    query: str
    matches: int = 0
    articles: int = 0
    newest: list[SearchHit] = field(default_factory=list)


def test(
    query: Annotated[str, typer.Argument(help="A query, or the name of a watch.", metavar="QUERY")],
    limit: Limit = 5,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Run a query over every stored article: how many match, and the newest of them. Nobody is alerted.

    Examples:

        vigie watch test 'Pyongyang NEAR/10 missile'

        vigie watch test Corée --limit 20
    """
    trial = reading(data, config, lambda tx: _tried(tx, query, limit))
    if json:
        print_json(
            {
                "query": trial.query,
                "matches": trial.matches,
                "articles": trial.articles,
                "newest": [shown(hit) for hit in trial.newest],
            }
        )
        return
    for hit in trial.newest:
        print_hit(hit)
    rest = f", of which these are the newest {len(trial.newest)}" if trial.matches > len(trial.newest) else ""
    print_line(f"{trial.matches} of {trial.articles} stored articles match{rest}.")


async def _tried(tx: "Transaction", query: str, limit: int) -> _Trial:
    from service.search import search

    named = {watch.name: watch.query for watch in await tx.watches.all()}
    trial = _Trial(named.get(query, query), articles=await tx.articles.count())
    tree = understood(trial.query)
    with progress("matching") as seen:
        async for hit in search(tx, tree, seen=seen):
            trial.matches += 1
            if len(trial.newest) < limit:
                trial.newest.append(hit)
    return trial
