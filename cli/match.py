"""`vigie match`: what a query finds in texts at hand, in the manner of grep."""

import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from cli.archive import quiet_logs, reading
from cli.languages import lexicon
from cli.options import DEFAULT_DATA, Config, Data, Json, language
from cli.output import highlighted, print_error, print_json, print_line, print_note
from cli.queries import pointing, understood
from news.article import Article, Span
from news.errors import VigieError

if TYPE_CHECKING:
    from news.query import Query
    from service.sample import Verdict

_INPUT = "-"
_LANG = typer.Option(
    "--lang", parser=language, help="Their language: `fr`, `en`…; found by their words if not given.", metavar="CODE"
)
_WHY = typer.Option("--why", help="Say of each text that does not match why, on standard error.")


@dataclass(frozen=True, slots=True)
class _Asked:
    """One text and what the query says of it; without a verdict where it could not be read."""

    name: str
    article: Article | None = None
    verdict: "Verdict | None" = None
    error: str = ""

    @property
    def hits(self) -> tuple[Span, ...] | None:
        return None if self.verdict is None else self.verdict.spans


def match(
    query: Annotated[str, typer.Argument(help="What to look for, see docs/query-language.md.", metavar="QUERY")],
    files: Annotated[list[str], typer.Argument(help="Texts in UTF-8; `-` for standard input.", metavar="FILE")],
    lang: Annotated[str, _LANG] = "",
    why: Annotated[bool, _WHY] = False,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Ask texts at hand, as a watch with this query would ask articles, and print the lines that hold the hits.

    The first line of a text is its title, the rest its text. Nothing is stored, and no archive is needed unless the
    query uses watches. Exit code 0 where a text matches, 1 where none does, 2 where the query does not parse or a file
    cannot be read; the others are then read all the same.

    Examples:

        vigie match 'Séoul ET (armes OU missiles)' article.txt

        vigie match 'titre:retrait lang:fr' notes/*.txt --json

        curl -s https://www.example.com/news/1.html | vigie extract - | vigie match 'watch:Corée' -
    """
    quiet_logs()
    tree = _meant(query, data, config)
    texts: list[_Asked] = []
    for name in files:
        one = _asked(tree, name, lang)
        texts.append(one)
        if not json:
            _print(one, several=len(files) > 1)
        if why and one.verdict is not None and one.hits is None:
            print_note(f"{one.name}: {one.verdict.why}")
    if json:
        print_json([_shown(one) for one in texts])
    if any(one.error for one in texts):
        raise typer.Exit(2)
    if all(one.hits is None for one in texts):
        raise typer.Exit(1)


def _meant(query: str, data: Path, config: Path | None) -> "Query":
    """The query's tree; the archive is opened only where it uses watches."""
    from matching import references
    from service.meaning import meant

    tree = understood(query)
    if not references(tree):
        return tree
    with pointing(query):
        return reading(data, config, lambda tx: meant(tx, tree))


def _asked(query: "Query", name: str, language: str) -> _Asked:
    from service.sample import as_text, asked, read_text, sample

    told = "(standard input)" if name == _INPUT else name
    try:
        text = as_text(sys.stdin.buffer.read(), told) if name == _INPUT else read_text(Path(name))
    except VigieError as error:
        print_error(error)
        return _Asked(told, error=error.message)
    article = sample(text, language)
    return _Asked(told, article, asked(query, article, lexicon()))


def _shown(one: _Asked) -> dict[str, Any]:
    """A text in JSON; `start` and `end` count the characters of its `title` or `text`."""
    if one.article is None or one.verdict is None:
        return {"file": one.name, "error": one.error}
    return {
        "file": one.name,
        "matches": one.hits is not None,
        "language": one.article.language,
        "title": one.article.title,
        "text": one.article.text,
        "hits": one.hits or (),
        "why": one.verdict.why or None,
    }


def _print(one: _Asked, *, several: bool) -> None:
    if one.article is None or one.hits is None:
        return
    for field, number, line in _lines(one.article, one.hits):
        name = (one.name, "magenta"), ":"
        print_line(*(name if several else ()), (field, "cyan"), ":", (str(number), "green"), ":", line)


def _lines(article: Article, hits: tuple[Span, ...]) -> Iterator[tuple[str, int, Text]]:
    """Each line that holds a hit: its field, its number in the file, and the line with its hits marked.

    The title stands for a match without hits, such as that of `lang:fr`.
    """
    in_title = [hit for hit in hits if hit.field == "title"]
    if in_title or not hits:
        yield "title", 1, highlighted(article.title, in_title)
    pending = deque(hit for hit in hits if hit.field == "text")
    start = 0
    for number, line in enumerate(article.text.split("\n"), start=2):
        end = start + len(line)
        inside = []
        while pending and pending[0].start < end:
            inside.append(Span("text", max(pending[0].start - start, 0), min(pending[0].end, end) - start))
            if pending[0].end > end:  # it goes on in the next line
                break
            pending.popleft()
        if inside:
            yield "text", number, highlighted(line, inside)
        start = end + 1
