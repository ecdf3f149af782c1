"""`vigie source export`: the sources as a file that other readers take."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.archive import reading
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import harmless, out, print_json, print_line, print_note
from news.errors import ConfigError

if TYPE_CHECKING:
    from service.subscription import Subscription

Format = Literal["opml", "list"]


def export(
    format: Annotated[  # noqa: A002 (the option's name)
        Format, typer.Option("--format", help="`opml`, or `list`: one URL a line, then the name.", metavar="FORMAT")
    ] = "opml",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to write it, if not on standard output.", metavar="FILE"),
    ] = None,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Write all sources as OPML 2.0, which other readers import, or as a plain list.

    `vigie source import` makes the same sources of it again, by name and URL. Settings, headers, cookies and passwords
    are never in it.

    Examples:

        vigie source export --output sources.opml

        vigie source export --format list

        vigie source export --json | jq -r '.[].url'
    """
    from service.export_sources import export_sources
    from service.opml import write_opml
    from service.url_list import write_list

    sources = reading(data, config, export_sources)
    _warn(sources)
    text = write_opml(sources) if format == "opml" else write_list(sources)
    if output is not None:
        _write(output, text)
    if json:
        print_json([{"name": one.name, "url": one.url, "feed": one.feed or None} for one in sources])
    elif output is None:
        _print(text)
    else:
        print_line(f"wrote {len(sources)} source{'s' * (len(sources) != 1)} to {output}")


def _warn(sources: "list[Subscription]") -> None:
    from service.export_sources import may_hold_a_key

    names = [repr(one.name) for one in sources if may_hold_a_key(one)]
    if names:
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        print_note(f"these URLs seem to hold a personal key, so mind who gets the file: {', '.join(names[:5])}{more}")


def _print(text: str) -> None:
    """As UTF-8 whatever the terminal's charset: it is what the file says of itself."""
    sys.stdout.flush()
    sys.stdout.buffer.write((harmless(text) if out.is_terminal else text).encode())
    sys.stdout.buffer.flush()


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ConfigError(f"{file} cannot be written: {error.strerror}", "name another file with --output") from error
