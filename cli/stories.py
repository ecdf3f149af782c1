"""`vigie story`: the articles on one event, and who told it when."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.archive import reading
from cli.group import group
from cli.options import DEFAULT_DATA, LARGEST_NUMBER, Config, Data, Json, Limit, Since
from cli.output import Cell, ago, print_json, print_line, print_table, when
from news.clock import SystemClock
from news.story import Story

if TYPE_CHECKING:
    from service.timeline import Entry

app = group("The articles on one event, and who told it when.")


def shown(story: Story) -> dict[str, Any]:
    """A story in JSON, without its articles."""
    return {
        "id": story.id,
        "title": story.title,
        "articles": story.articles,
        "copies": story.copies,
        "sources": story.sources,
        "first_at": story.first_at,
        "last_at": story.last_at,
    }


@app.command("list")
def list_(
    least: Annotated[
        int,
        typer.Option("--least", min=1, max=LARGEST_NUMBER, help="Only those of so many articles or more.", metavar="N"),
    ] = 1,
    since: Since = None,
    limit: Limit = 20,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """List the stories, those with the newest articles first.

    Examples:

        vigie story list --least 2

        vigie story list --since 1d --limit 100 --json
    """
    found = reading(data, config, lambda tx: tx.stories.latest(limit, least, since))
    if json:
        print_json([shown(story) for story in found])
        return
    now = SystemClock().now()
    rows: list[list[Cell]] = [
        [
            str(story.id),
            ago(story.first_at, now),
            ago(story.last_at, now),
            f"{story.articles}" + (f" ({story.copies} copied)" if story.copies else ""),
            _named(story.sources),
            story.title,
        ]
        for story in found
    ]
    print_table("", ["id", "first", "last", "articles", "sources", "title"], rows, "There is no such story.")


def _named(sources: tuple[str, ...]) -> str:
    first, *others = sources
    return f"{first} +{len(others)}" if others else first


@app.command("show")
def show(
    number: Annotated[int, typer.Argument(max=LARGEST_NUMBER, help="Its number in `vigie story list`.", metavar="ID")],
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Show a story's timeline: who was first, who copied, and who added.

    Examples:

        vigie story show 12

        vigie story show 12 --json | jq '.timeline[] | select(.part == "added")'
    """
    from service.timeline import timeline

    story, articles = reading(data, config, lambda tx: tx.stories.get(number))
    entries = timeline(articles)
    if json:
        print_json({**shown(story), "timeline": [_entry(entry) for entry in entries]})
        return
    _print(story, entries)


def _print(story: Story, entries: "list[Entry]") -> None:
    print_line((story.title or "(no title)", "bold"))
    counts = [_counted(story.articles, "article"), f"{story.copies} copied", _counted(len(story.sources), "source")]
    print_line((", ".join(counts), "dim"))
    print_line("")
    rows: list[list[Cell]] = []
    for entry in entries:
        article = entry.article
        rows.append([when(article.told_at), _part(entry), str(article.article_id), article.source, article.title])
    print_table("", ["told", "part", "article", "source", "title"], rows, "")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _part(entry: "Entry") -> str:
    return f"copied {entry.of}" if entry.of is not None else entry.part


def _entry(entry: "Entry") -> dict[str, Any]:
    article = entry.article
    return {
        "article_id": article.article_id,
        "part": entry.part,
        "copy_of": entry.of,
        "told_at": article.told_at,
        "published_at": article.published_at,
        "first_seen_at": article.first_seen_at,
        "source": article.source,
        "title": article.title,
        "url": article.url,
        "language": article.language,
        "containment": article.containment,
    }
