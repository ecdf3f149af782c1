"""`vigie prune`: what is old enough goes, once it was shown."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress, TextColumn

from cli.archive import with_archive
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import err, print_json, print_line, print_note, print_table, size, when

if TYPE_CHECKING:
    from cli.place import Archive
    from news.retention import Retention
    from service.prune import Share

_SHOWN = 20


def _age(text: str) -> timedelta:
    """Raises typer.BadParameter for what is no age, or a shorter one than Vigie can do without."""
    from service.retention_settings import SHORTEST, age_in_seconds

    try:
        age = timedelta(seconds=age_in_seconds(text))
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(f"{text!r}: write an age as 90d, 12w or 2y") from error
    if age < SHORTEST:
        raise typer.BadParameter(f"{text!r}: {SHORTEST.days}d is the shortest, for younger articles are still at work")
    return age


def _option(name: str, what: str) -> Any:
    return typer.Option(name, parser=_age, help=f"{what}; in place of [retention].", metavar="AGE")


def prune(
    articles: Annotated[
        timedelta | None, _option("--articles", "Articles older than this that no watch matched")
    ] = None,
    matched: Annotated[timedelta | None, _option("--matched", "The same of those that a watch matched")] = None,
    links: Annotated[timedelta | None, _option("--links", "The same of addresses that led to no article")] = None,
    source: Annotated[str, typer.Option("--source", help="Only what is of one source.", metavar="NAME")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without this, only say what would go.")] = False,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Remove what is older than [retention] in the settings, or these options, say.

    Without --yes nothing goes: the table shows what would. Ages count from when Vigie first saw a thing, and are
    written 90d, 12w, 2y. An article stays while anything of it waits to be told. The service may run meanwhile; it
    does the same once a day where the settings have [retention].

    Examples:

        vigie prune --articles 2y --matched 5y

        vigie prune --articles 90d --source 'Le Phare' --yes

        vigie prune --json | jq '.shares[] | select(.count > 0)'
    """

    async def work(archive: "Archive") -> "tuple[list[Share], int]":
        return await _pruned(archive, (articles, matched, links), source, yes=yes)

    shares, free = with_archive(data, config, work)
    if json:
        print_json({"done": yes, "shares": shares, "free_bytes": free})
        return
    _tell(shares, free, done=yes)


async def _pruned(
    archive: "Archive", ages: "tuple[timedelta | None, timedelta | None, timedelta | None]", source: str, *, yes: bool
) -> "tuple[list[Share], int]":
    from service.prune import Pruner

    retention = _retention(archive.settings.retention.kept, *ages)
    pruner = Pruner(archive.database, archive.clock, retention)
    async with archive.database.read() as tx:
        known = {one.name for one in await tx.sources.all()}
    for name in sorted(set(retention.sources) - known):
        print_note(f"[retention] names the source {name!r}, which is not there")
    if yes:
        with _progress() as told:
            shares = await pruner.prune(source, told)
    else:
        shares = await pruner.plan(source)
    async with archive.database.read() as tx:
        return shares, await tx.pruning.free_bytes()


def _retention(
    kept: "Retention", articles: timedelta | None, matched: timedelta | None, links: timedelta | None
) -> "Retention":
    """What the options say; without any, what the settings say. Raises ConfigError where neither says anything."""
    from news.errors import ConfigError
    from news.retention import Retention

    found = kept
    if articles is not None or matched is not None or links is not None:
        found = Retention(articles, matched, links)
    if found.matched is not None and found.articles is not None and found.matched < found.articles:
        raise ConfigError(
            "--matched is shorter than --articles: articles that a watch matched would go first",
            "make it as long, or longer",
        )
    if not found.is_on:
        raise ConfigError(
            "nothing says how long anything is to be kept, so everything is",
            "say it in [retention], or as in: vigie prune --articles 2y --matched 5y",
        )
    return found


@contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    """A count on standard error, for whoever looks on."""
    columns = (TextColumn("pruning: {task.completed:,.0f} gone"),)
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda count: bar.update(task, completed=count)


def _tell(shares: "list[Share]", free: int, *, done: bool) -> None:
    rows = []
    for share in shares:
        rows.append([share.what, when(share.before), f"{share.count:,}", _sources(share.by_source)])
    print_table("", ["what", "first seen before", "gone" if done else "would go", "of these sources"], rows, "")
    if done and free:
        print_line(f"{size(free)} of the file are free for new articles; docs/deploy.md tells how to shrink it.")
    if not done and any(share.count for share in shares):
        print_line("Nothing has gone yet: add --yes.")


def _sources(counts: dict[str, int]) -> str:
    most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    told = ", ".join(f"{name} {count:,}" for name, count in most[:_SHOWN])
    return f"{told}, and {len(most) - _SHOWN} more" if len(most) > _SHOWN else told
