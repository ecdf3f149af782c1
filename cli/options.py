"""The options that most commands share, and how their values are read."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer


def _named(text: str | Path) -> Path:
    """The path; an empty one is no name for the current folder, but mostly a variable that is not set."""
    if str(text) == "":
        raise typer.BadParameter("it is empty: is the variable set that it comes from? `.` is the current folder")
    return Path(text)


Data = Annotated[
    Path,
    typer.Option(
        "--data",
        envvar="VIGIE_DATA",
        help="The data folder.",
        show_default="data",
        metavar="FOLDER",
        parser=_named,
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        envvar="VIGIE_CONFIG",
        help="The settings; without it, `vigie.toml` in the data folder.",
        metavar="FILE",
        parser=_named,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
LARGEST_NUMBER = 2**31 - 1  # of any row, on the database that counts less far
Limit = Annotated[
    int, typer.Option("--limit", "-n", min=1, max=LARGEST_NUMBER, help="How many to show at most.", metavar="N")
]

ByBrowser = Annotated[
    bool | None, typer.Option("--browser/--no-browser", help="Whether the browser fetches its pages: docs/browser.md.")
]

BODY = typer.Option("--body", help="A CSS selector: what the text of its articles stands in.", metavar="CSS")
DROP = typer.Option("--drop", help="A CSS selector of what is taken out first; may be repeated.", metavar="CSS")

DEFAULT_DATA = Path("data")


def instant(text: str) -> datetime:
    """The instant that `2h` (ago), `2026-11-20` or `2026-11-20T08:00` means; UTC where no zone is named.

    Raises typer.BadParameter for anything else.
    """
    from service.durations import seconds

    try:
        if not text[:4].isdecimal() or "-" not in text:
            return datetime.now(UTC) - timedelta(seconds=float(seconds(text)))
        named = datetime.fromisoformat(text)
        return named.replace(tzinfo=UTC) if named.tzinfo is None else named.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(f"write {text!r} as 90s, 15m, 2h, 1d or as a date such as 2026-11-20") from error


def language(code: str) -> str:
    """The code of a language as it was typed, or nothing. Raises typer.BadParameter for what can be none."""
    from matching.fields import language_fault

    fault = language_fault(code) if code else ""
    if fault:
        raise typer.BadParameter(f"{fault}: write its two letters, as in --lang fr")
    return code


Since = Annotated[
    datetime | None,
    typer.Option("--since", parser=instant, help="Only those of the last `2h`, `1d`… or after a date.", metavar="TIME"),
]

Until = Annotated[
    datetime | None,
    typer.Option("--until", parser=instant, help="Only those of before `2h` (ago), `1d`… or a date.", metavar="TIME"),
]
