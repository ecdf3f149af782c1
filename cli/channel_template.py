"""A channel's own templates as options, and `vigie channel preview`: what they make of an alert before it is sent."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.archive import with_archive
from cli.named import Name
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import print_json, print_line, print_note
from news.errors import ConfigError

if TYPE_CHECKING:
    from cli.place import Archive
    from news.alert import AlertKind
    from service.preview import Preview

SUBJECT = typer.Option("--template-subject", help="Its own template of a mail's subject.", metavar="TEXT")
TEXT = typer.Option("--template-text", help="The file with its own template of the text.", metavar="FILE")
HTML = typer.Option("--template-html", help="The file with its own template of a mail's HTML.", metavar="FILE")

_LARGEST = 100_000
_ALL = "all"
_WANTED = {"update": "`changes` or `stories`", "digest": "`stories`"}


def templates_of(parameters: dict[str, Any]) -> dict[str, str]:
    """The templates among a command's options, by part: the files read, an empty value kept as what takes one away."""
    parts = {}
    if parameters.get("template_subject") is not None:
        parts["subject"] = str(parameters["template_subject"])
    for part in ("text", "html"):
        file = parameters.get(f"template_{part}")
        if file is not None:
            parts[part] = _read(file) if file else ""
    return parts


def _read(file: str) -> str:
    try:
        with Path(file).open(encoding="utf-8") as opened:
            return opened.read(_LARGEST)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigError(f"the template {file} cannot be read: {reason}") from error


def preview(
    context: typer.Context,
    name: Name,
    article: Annotated[
        int | None, typer.Option("--article", help="The id of the article to tell; the latest match if not given.")
    ] = None,
    template_subject: Annotated[str | None, SUBJECT] = None,
    template_text: Annotated[str | None, TEXT] = None,
    template_html: Annotated[str | None, HTML] = None,
    kind: Annotated[
        str, typer.Option("--kind", help="Tell an example of this kind of alert, or of `all`.", metavar="KIND")
    ] = "",
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Show what a channel would send, by the templates it has or by those given here; nothing is kept or sent.

    Examples:

        vigie channel preview desk

        vigie channel preview desk --article 7 --template-subject '{{ source }}: {{ title }}' --template-text mail.txt

        vigie channel preview desk --kind digest --template-text mail.txt
    """
    kinds = _kinds(kind, article)
    parts = templates_of(context.params)
    made = with_archive(data, config, lambda archive: _previewed(archive, name, article, kinds, parts))
    if json:
        print_json(made if kind == _ALL else made[0])
        return
    for one in made:
        if kind == _ALL:
            print_line(f"== {one.kind} ==")
        _print(one)


def _kinds(kind: str, article: int | None) -> "list[AlertKind]":
    """The kinds of alert that were asked for, if any. Raises typer.BadParameter."""
    from typing import get_args

    from news.alert import AlertKind

    if kind and article is not None:
        raise typer.BadParameter("choose one of --article and --kind")
    known: list[AlertKind] = [*get_args(AlertKind)]
    chosen = known if kind == _ALL else [one for one in known if one == kind]
    if kind and not chosen:
        raise typer.BadParameter(f"there is no kind {kind!r}: write one of {', '.join([*known, _ALL])}")
    return chosen


def _print(shown: "Preview") -> None:
    for heading, written in (("Subject", shown.subject), ("Text", shown.text), ("HTML", shown.html)):
        if written:
            print_line(f"{heading}:")
            print_line(written)
    for part in shown.left:
        print_note(f"the {part} template says nothing of {_WANTED[shown.kind]}: this is the built-in {part}")
    if shown.trouble:
        print_note(shown.trouble)


async def _previewed(
    archive: "Archive", name: str, article: int | None, kinds: "list[AlertKind]", parts: dict[str, str]
) -> "list[Preview]":
    from service.preview import preview as previewed
    from service.preview import previews

    now = archive.clock.now()
    async with archive.database.read() as tx:
        if kinds:
            return await previews(tx, name, parts, kinds, now)
        return [await previewed(tx, name, parts, article, archive.feedback, now)]
