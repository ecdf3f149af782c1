"""What commands print: tables for people, JSON for programs, errors with what to do about them.

Whatever reaches the terminal passes `_Harmless`: crawled text and names must not steer it by escape sequences.
"""

import dataclasses
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderableType, RenderHook, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from news.article import Span
from news.errors import QueryError, VigieError

Cell = str | Text
_HIT = "bold yellow"
_ANY_WIDTH = 10_000
_UNITS = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3))
# Control characters but the line end, marks that turn the direction of writing, and what no encoding can write.
_STEERING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def harmless(text: str) -> str:
    """The text with each character that could steer a terminal as U+FFFD; a tab is a space."""
    return _STEERING.sub(lambda found: " " if found.group() == "\t" else "\ufffd", text)


class _Harmless(RenderHook):
    """Makes every text harmless on its way to the terminal; the styles, which are ours, are added after it."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """What is to be printed, each wrapped."""
        return [_HarmlessRenderable(renderable) for renderable in renderables]


@dataclasses.dataclass(frozen=True)
class _HarmlessRenderable:
    inner: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for segment in console.render(self.inner, options):
            yield segment if segment.control else Segment(harmless(segment.text), segment.style)


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False, soft_wrap=True)
    console.push_render_hook(_Harmless())
    return console


out = _console(stderr=False)
err = _console(stderr=True)


def print_json(value: Any) -> None:
    """One JSON document; dataclasses as objects, times in ISO 8601. Nothing in it can steer a terminal either."""
    ascii_only = "utf" not in (sys.stdout.encoding or "").lower()
    text = json.dumps(plain(value), ensure_ascii=ascii_only, indent=2)
    sys.stdout.write(_STEERING.sub(lambda found: f"\\u{ord(found.group()):04x}", text) + "\n")


def plain(value: Any) -> Any:
    """The value as JSON knows values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value


def print_line(*parts: Cell | tuple[str, str]) -> None:
    """One sentence or paragraph, of texts and texts with a style; nothing in it is read as markup."""
    out.print(Text.assemble(*parts))


def print_note(text: str) -> None:
    """A remark beside the result, on standard error."""
    err.print(Text.assemble(("note: ", "bold"), text))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]], empty: str) -> None:
    """A table, or the sentence `empty` where there are no rows. Cells are never read as markup."""
    if not rows:
        print_line(empty)
        return
    if title:
        out.print(Text(title, style="italic"))
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    for row in rows:
        table.add_row(*(_one_line(cell) for cell in row))
    _print_aligned(table)


def print_facts(facts: Iterable[tuple[str, Cell]]) -> None:
    """Names and values, one to a line; a fact without a value is left out."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts:
        if value:
            table.add_row(name, value if isinstance(value, Text) else Text(value))
    _print_aligned(table)


def _print_aligned(table: Table) -> None:
    """Fitted to a terminal; a pipe has no width, and programs that read it want one line a row."""
    if out.is_terminal:
        out.print(table)
        return
    for line in out.render_lines(table, out.options.update(width=_ANY_WIDTH), pad=False):
        out.print(Text("".join(segment.text for segment in line).rstrip()))


def _one_line(cell: Cell) -> Text:
    text = cell.copy() if isinstance(cell, Text) else Text(cell)
    text.plain = text.plain.replace("\n", " ")
    return text


def highlighted(text: str, spans: Iterable[Span]) -> Text:
    """The text with its hits marked; spans count its characters."""
    marked = Text(text)
    for span in spans:
        marked.stylize(_HIT, span.start, span.end)
    return marked


def print_prose(text: Text, indent: int = 0) -> None:
    """A passage to be read, wrapped at its words on a terminal, and as it stands elsewhere."""
    if out.is_terminal:
        out.print(Padding(text, (0, 0, 0, indent)), soft_wrap=False)
    else:
        out.print(Text.assemble(" " * indent, text))


def print_error(error: VigieError) -> None:
    """What was wrong, where, and what to do."""
    err.print(Text.assemble(("error: ", "bold red"), error.message))
    notes: list[str] = getattr(error, "__notes__", [])
    if isinstance(error, QueryError) and not notes:
        err.print(Text(f"  at character {error.position + 1}"))
    for note in notes:
        err.print(Text(note))
    if error.hint:
        err.print(Text.assemble(("hint: ", "bold"), error.hint))


def when(instant: datetime | None) -> str:
    """An instant in full, to the minute."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if instant else ""


def size(count: int) -> str:
    """So many bytes, in the unit that suits them: `12.3 kB`, `4.1 GB`."""
    unit, length = next((pair for pair in _UNITS if count >= pair[1]), _UNITS[-1])
    return f"{count / length:,.1f} {unit}"


def ago(instant: datetime | None, now: datetime) -> str:
    """How long ago, or how soon, in one unit."""
    if instant is None:
        return "–"
    seconds = (now - instant).total_seconds()
    size = abs(seconds)
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if size >= length:
            amount = f"{size / length:.0f} {unit}"
            break
    else:
        amount = f"{size:.0f} s"
    return f"{amount} ago" if seconds >= 0 else f"in {amount}"
