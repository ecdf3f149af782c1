"""`vigie search`: what the archive holds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from cli.archive import reading
from cli.highlight import print_hit
from cli.languages import lexicon
from cli.options import DEFAULT_DATA, LARGEST_NUMBER, Config, Data, Json, Limit, Since, instant, language
from cli.output import err, print_json, print_line
from cli.queries import pointing, understood
from news.article import SearchHit, StoredArticle

if TYPE_CHECKING:
    from news.query import Query
    from news.search import SearchCount, SearchFilter, SearchPage
    from storage import Transaction


class Order(StrEnum):
    """What comes first."""

    NEWEST = "newest"
    RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The options, as they were typed."""

    source: str
    language: str
    since: datetime | None
    until: datetime | None
    watch: str
    story: int | None


_ORDER = typer.Option("--order", help="The newest first, or those most about QUERY.")
_UNTIL = typer.Option("--until", parser=instant, help="Only those first seen before; as --since.", metavar="TIME")
_LANG = typer.Option("--lang", parser=language, help="Only articles in one language: `fr`, `en`…", metavar="CODE")
_STORY = typer.Option("--story", min=1, max=LARGEST_NUMBER, help="Only the articles of one story.", metavar="ID")


def search(
    query: Annotated[str, typer.Argument(help="What to look for, see docs/query-language.md.", metavar="QUERY")],
    order: Annotated[Order, _ORDER] = Order.NEWEST,
    source: Annotated[str, typer.Option("--source", help="Only articles of one source.", metavar="NAME")] = "",
    lang: Annotated[str, _LANG] = "",
    since: Since = None,
    until: Annotated[datetime | None, _UNTIL] = None,
    watch: Annotated[str, typer.Option("--watch", help="Only what a watch has found, too.", metavar="NAME")] = "",
    story: Annotated[int | None, _STORY] = None,
    limit: Limit = 20,
    cursor: Annotated[str, typer.Option("--cursor", help="Go on after a page, which told it.", metavar="CURSOR")] = "",
    count: Annotated[bool, typer.Option("--count", help="Only say how many match.")] = False,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Search the stored articles, as a watch with this query would match them.

    Examples:

        vigie search 'Pyongyang AND missile'

        vigie search 'title:budget NOT "budget européen"' --source 'Le Phare' --lang fr --limit 5 --json

        vigie search 'troupe PRÈS/3 nord-coréenne' --order relevance --since 7d

        vigie search Corée --watch Armes --count
    """
    tree = understood(query)
    wanted = _Wanted(source, lang, since, until, watch, story)
    with pointing(query):
        if count:
            _tell_count(reading(data, config, lambda tx: _counted(tx, tree, wanted)), json=json)
        else:
            _tell_page(reading(data, config, lambda tx: _found(tx, tree, wanted, order, limit, cursor)), json=json)


async def _found(
    tx: "Transaction", query: "Query", wanted: _Wanted, order: Order, limit: int, cursor: str
) -> "SearchPage":
    from service.reader import Reader
    from service.search import most_relevant, newest

    ask = newest if order is Order.NEWEST else most_relevant
    only = await _filter(tx, wanted)
    with progress("searching") as seen:
        return await ask(tx, query, Reader(lexicon()), limit, only=only, cursor=cursor, seen=seen)


async def _counted(tx: "Transaction", query: "Query", wanted: _Wanted) -> "SearchCount":
    from service.reader import Reader
    from service.search import count

    only = await _filter(tx, wanted)
    with progress("counting") as seen:
        return await count(tx, query, Reader(lexicon()), only=only, seen=seen)


async def _filter(tx: "Transaction", wanted: _Wanted) -> "SearchFilter":
    """The filter that the options mean. Raises NotFoundError where there is no such source, watch or story."""
    from matching import primary
    from news.search import SearchFilter

    source = await tx.sources.get(wanted.source) if wanted.source else None
    watch = await tx.watches.get(wanted.watch) if wanted.watch else None
    if wanted.story is not None:
        await tx.stories.get(wanted.story)
    return SearchFilter(
        source_id=source.id if source else None,
        language=primary(wanted.language),
        since=wanted.since,
        until=wanted.until,
        watch_id=watch.id if watch else None,
        story_id=wanted.story,
    )


def _tell_page(page: "SearchPage", *, json: bool) -> None:
    if json:
        print_json({"hits": [shown(hit) for hit in page.hits], "next": page.cursor})
        return
    for hit in page.hits:
        print_hit(hit)
    if page.cursor is not None:
        print_line(f"There may be more: go on with --cursor {page.cursor}")
    elif not page.hits:
        print_line("No stored article matches.")


def _tell_count(found: "SearchCount", *, json: bool) -> None:
    if json:
        print_json({"count": found.number, "is_exact": found.is_exact})
        return
    match = "article matches" if found.number == 1 else "articles match"
    print_line(f"{'' if found.is_exact else 'About '}{found.number} stored {match}.")


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
    """A bar on standard error while articles are read, the newest first: their ids fall to nothing."""
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
