"""`vigie search`: what the archive holds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from cli.archive import reading
from cli.highlight import print_hit
from cli.options import DEFAULT_DATA, Config, Data, Json, Limit
from cli.output import err, print_json, print_line
from cli.queries import understood
from news.article import SearchHit, StoredArticle

if TYPE_CHECKING:
    from news.query import Query
    from storage import Transaction


def search(
    query: Annotated[str, typer.Argument(help="What to look for, see docs/query-language.md.", metavar="QUERY")],
    source: Annotated[str, typer.Option("--source", help="Only articles of one source.", metavar="NAME")] = "",
    lang: Annotated[
        str, typer.Option("--lang", help="Only articles in one language: `fr`, `en`…", metavar="CODE")
    ] = "",
    limit: Limit = 20,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Search the stored articles, the newest first, as a watch with this query would match them.

    Examples:

        vigie search 'Pyongyang AND missile'

        vigie search 'title:budget NOT "budget européen"' --source 'Le Phare' --lang fr --limit 5 --json
    """
    tree = understood(query)
    hits = reading(data, config, lambda tx: _found(tx, tree, limit, source, lang))
    if json:
        print_json([shown(hit) for hit in hits])
        return
    for hit in hits:
        print_hit(hit)
    if len(hits) == limit:
        print_line(f"There may be more: these are the newest {limit}, see --limit.")
    elif not hits:
        print_line("No stored article matches.")


async def _found(tx: "Transaction", query: "Query", limit: int, source: str, language: str) -> list[SearchHit]:
    from service.search import first_hits

    if source:
        await tx.sources.get(source)
    with progress("searching") as seen:
        return await first_hits(tx, query, limit, source=source, language=language.lower(), seen=seen)


def shown(hit: SearchHit) -> dict[str, Any]:
    """A hit in JSON; spans count characters of `title` or `text`."""
    stored, article = hit.stored, hit.stored.article
    return {
        "id": stored.id,
        "title": article.title,
        "url": article.canonical_url,
        "source": stored.source,
        "authors": article.authors,
        "published_at": article.published_at,
        "first_seen_at": stored.first_seen_at,
        "language": article.language,
        "text": article.text,
        "spans": hit.spans,
    }


@contextmanager
def progress(what: str) -> Iterator[Callable[[StoredArticle], None]]:
    """A bar on standard error while the archive is read, newest article first: their ids fall to nothing."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[read]} read"))
    newest = 0
    with Progress(*columns, TimeRemainingColumn(), console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(what, total=None, read=0)

        def seen(stored: StoredArticle) -> None:
            nonlocal newest
            newest = newest or stored.id
            read = bar.tasks[0].fields["read"] + 1
            bar.update(task, total=newest, completed=newest - stored.id, read=read)

        yield seen
