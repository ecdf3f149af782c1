"""`vigie source import`: many sources at once, from a file of subscriptions."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from cli.archive import with_archive
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import err, print_json, print_line, print_note, print_table
from news.errors import ConfigError, NotFoundError

if TYPE_CHECKING:
    from cli.place import Archive
    from service.import_sources import Imported
    from service.subscription import Listing

_MOST_ROWS = 200


def import_(
    file: Annotated[
        str, typer.Argument(help="OPML, or a list with one URL a line; `-` for standard input.", metavar="FILE")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be added, and add nothing.")] = False,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Add every source that a file lists: the OPML that another reader exports, or a plain list of URLs.

    In a list, a name may follow its URL after a space, and lines that begin with `#` are comments. What is watched
    already is left as it is, so that a file may be imported again. What cannot be added is told by its line, and the
    exit code is then 1; the rest is added all the same. First visits begin at once, at most 120 in a minute.

    Examples:

        vigie source import feeds.opml --dry-run

        vigie source import feeds.opml

        vigie source import urls.txt --json | jq '.refused[]'

        curl -s https://www.example.com/feeds.opml | vigie source import -
    """
    listing = _read(file)
    imported = with_archive(data, config, lambda archive: _imported(archive, listing, dry_run))
    if json:
        print_json({"dry_run": dry_run, **_entries(imported)})
    else:
        _print(imported, dry_run)
    if imported.refused:
        raise typer.Exit(1)


def _read(file: str) -> "Listing":
    from service.subscription_file import read_subscriptions

    name = "standard input" if file == "-" else file
    try:
        return read_subscriptions(_content(file))
    except ConfigError as error:
        raise ConfigError(f"{name} cannot be imported: {error.message}", error.hint) from error


def _content(file: str) -> bytes:
    """The file up to one byte more than is taken."""
    from service.subscription_file import LARGEST_FILE

    if file == "-":
        return sys.stdin.buffer.read(LARGEST_FILE + 1)
    try:
        with Path(file).open("rb") as opened:
            return opened.read(LARGEST_FILE + 1)
    except FileNotFoundError as error:
        raise NotFoundError(f"there is no file {file}", "a single address is added by: vigie source add URL") from error
    except (OSError, ValueError) as error:
        raise ConfigError(f"it cannot be read: {getattr(error, 'strerror', None) or error}") from error


async def _imported(archive: "Archive", listing: "Listing", dry_run: bool) -> "Imported":
    from service.import_sources import import_sources, plan_import

    now = archive.clock.now()
    if dry_run:
        return await plan_import(archive.database, listing, now)
    with _bar() as progress:
        return await import_sources(archive.database, listing, archive.settings.crawler.interval, now, progress)


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    with Progress(*Progress.get_default_columns(), console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("adding sources", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _entries(imported: "Imported") -> dict[str, object]:
    return {
        "added": [
            {"line": one.line, "name": one.name, "url": one.url, "folders": one.folders, "due_at": one.due_at}
            for one in imported.added
        ],
        "known": imported.known,
        "refused": imported.refused,
    }


def _print(imported: "Imported", dry_run: bool) -> None:
    if dry_run:
        _print_rows(
            "It would add:",
            ["line", "name", "URL", "folder"],
            [[str(one.line), one.name, one.url, " / ".join(one.folders)] for one in imported.added],
        )
    _print_rows("Known already:", _COLUMNS, [[str(one.line), one.url, one.reason] for one in imported.known])
    _print_rows("Refused:", _COLUMNS, [[str(one.line), one.url, one.reason] for one in imported.refused])
    added, known, refused = len(imported.added), len(imported.known), len(imported.refused)
    print_line(f"{'would add' if dry_run else 'added'} {_counted(added)}; {known} known already; {refused} refused")
    if added and not dry_run:
        print_line("a running service visits them, the first at once; vigie source list shows how they fare")


_COLUMNS = ["line", "URL", "reason"]


def _counted(number: int) -> str:
    return "1 source" if number == 1 else f"{number} sources"


def _print_rows(title: str, columns: list[str], rows: list[list[str]]) -> None:
    if not rows:
        return
    print_table(title, columns, rows[:_MOST_ROWS], "")
    if len(rows) > _MOST_ROWS:
        print_note(f"{len(rows) - _MOST_ROWS} more lines are not shown; --json has them all")
    print_line("")
