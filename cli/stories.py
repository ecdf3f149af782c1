"""`vigie story`: the articles on one event, and who told it when."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.archive import reading, writing
from cli.group import group
from cli.options import DEFAULT_DATA, LARGEST_NUMBER, Config, Data, Json, Limit, Since
from cli.output import Cell, ago, print_json, print_line, print_table, when
from news.clock import SystemClock
from news.errors import ConflictError
from news.story import Story

if TYPE_CHECKING:
    from datetime import datetime

    from cli.place import Archive
    from news.story import StoryArticle
    from service.timeline import Entry
    from storage import Transaction

StoryId = Annotated[int, typer.Argument(max=LARGEST_NUMBER, help="Its number in `vigie story list`.", metavar="ID")]
WatchName = Annotated[str, typer.Argument(help="The name of the watch.", metavar="WATCH")]

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
    number: StoryId,
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

    (story, articles), mutes = reading(data, config, lambda tx: _got(tx, number))
    entries = timeline(articles)
    if json:
        muted = [{"watch": watch, "at": at} for watch, at in mutes]
        print_json({**shown(story), "muted": muted, "timeline": [_entry(entry) for entry in entries]})
        return
    _print(story, entries, mutes)


async def _got(tx: "Transaction", number: int) -> "tuple[tuple[Story, list[StoryArticle]], list[tuple[str, datetime]]]":
    return await tx.stories.get(number), await tx.feedback.mutes(number)


@app.command("mute")
def mute(
    number: StoryId,
    watch: WatchName,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Tell no more of a story for a watch, as the link in its mails does.

    Examples:

        vigie story mute 12 Ministry
    """

    async def muted(tx: "Transaction", archive: "Archive") -> None:
        await tx.stories.get(number)
        await tx.feedback.mute((await tx.watches.get(watch)).id, number, archive.clock.now())

    writing(data, config, muted)
    _print_mute(number, watch, json, muted=True)


@app.command("unmute")
def unmute(
    number: StoryId,
    watch: WatchName,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Tell of a muted story again, from its next article on.

    Examples:

        vigie story unmute 12 Ministry
    """

    async def unmuted(tx: "Transaction", archive: "Archive") -> None:
        await tx.stories.get(number)
        if not await tx.feedback.unmute((await tx.watches.get(watch)).id, number):
            raise ConflictError(f"story {number} is not muted for the watch {watch!r}", "vigie story show tells")

    writing(data, config, unmuted)
    _print_mute(number, watch, json, muted=False)


def _print_mute(number: int, watch: str, json: bool, *, muted: bool) -> None:
    if json:
        print_json({"story": number, "watch": watch, "muted": muted})
    elif muted:
        print_line(f"the watch {watch!r} tells no more of story {number}")
    else:
        print_line(f"the watch {watch!r} tells of story {number} again")


def _print(story: Story, entries: "list[Entry]", mutes: "list[tuple[str, datetime]]") -> None:
    print_line((story.title or "(no title)", "bold"))
    counts = [_counted(story.articles, "article"), f"{story.copies} copied", _counted(len(story.sources), "source")]
    print_line((", ".join(counts), "dim"))
    for watch, at in mutes:
        print_line(("muted", "yellow"), f" for the watch “{watch}” since {when(at)}")
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
