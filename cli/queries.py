"""Queries as commands take them: what does not parse is shown with a caret under the place."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from rich.cells import cell_len

from cli.output import harmless, print_note
from news.errors import QueryError

if TYPE_CHECKING:
    from news.query import Query

_BEFORE, _AFTER = 40, 30


def understood(text: str) -> "Query":
    """The query's tree. Raises QueryError with a note that points at the place."""
    from matching import parse

    with pointing(text):
        return parse(text)


@contextmanager
def pointing(text: str) -> Iterator[None]:
    """Whatever is wrong with this query in the block gets a note that points at the place."""
    try:
        yield
    except QueryError as error:
        error.add_note(pointed_at(text, error.position))
        raise


def note_slips(text: str, of: str = "") -> None:
    """A note for what its author hardly meant, of this watch or other thing if named; nothing where it does not parse.

    For it is refused elsewhere.
    """
    from matching import small_operators

    with suppress(QueryError):
        for word in small_operators(text):
            told = f"{of}: " if of else ""
            print_note(f"{told}“{word}” is looked for as a word; the operator is written {word.upper()}")


def note_breadth(text: str) -> None:
    """A note where a query asks for no word, and so may want all that comes; nothing where it does not parse."""
    from matching import parse, wants_all

    with suppress(QueryError):
        if wants_all(parse(text)):
            print_note("it asks for no word, and may want all that comes; vigie watch test says how much that is")


def pointed_at(text: str, position: int) -> str:
    """The part of the query around a position, and a caret under it, both set in by two."""
    start, end = max(0, position - _BEFORE), position + _AFTER
    before, after = harmless(text[start:position]), harmless(text[position:end])
    before = ("…" if start else "") + before.replace("\n", " ")
    after = after.replace("\n", " ") + ("…" if end < len(text) else "")
    return f"  {before}{after}\n  {' ' * cell_len(before)}^ character {position + 1}"
