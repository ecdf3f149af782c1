"""How the demo's lines stand on the terminal: their margin, and where long ones are folded."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

INDENT = 22  # where the words begin, after the time and the kind of thing that happened
_MARGIN = "  "
_WIDEST = 110
_UNFOLDED = 100_000  # whoever reads a file folds lines as he likes


class Layout:
    """Prints to one console; what is printed is never read as markup."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._width = min(console.width, _WIDEST) if console.is_terminal else _UNFOLDED

    @property
    def in_colour(self) -> bool:
        """Whether a hit can be told by its colour."""
        return self.console.color_system is not None and not self.console.no_color

    def gap(self) -> None:
        """An empty line."""
        self.console.print()

    def heading(self, text: Text) -> None:
        """A line at the margin, with air around it."""
        self.gap()
        self._folded(Text(_MARGIN), text)
        self.gap()

    def row(self, head: Text, text: Text) -> None:
        """A short head, and the text beside it."""
        self._folded(_padded(head), text)

    def short_row(self, head: Text, text: Text) -> None:
        """The same in one line, cut where the terminal ends."""
        text = text.copy()
        text.truncate(self._width - INDENT, overflow="ellipsis")
        self._folded(_padded(head), text)

    def pair(self, name: str, text: Text | str) -> None:
        """A name and what goes by it."""
        self.row(Text(name, "dim"), Text(text) if isinstance(text, str) else text)

    def under(self, text: Text, bullet: str = "") -> None:
        """More about the row above."""
        self._folded(Text(" " * INDENT + bullet), text)

    def block(self, lines: Sequence[Text]) -> None:
        """Lines as they were received, behind a bar."""
        self.gap()
        for line in lines:
            self._folded(Text(f"{_MARGIN}│ ", "dim"), line, repeat_head=True)
        self.gap()

    def _folded(self, head: Text, text: Text, *, repeat_head: bool = False) -> None:
        """The text, folded where the terminal ends, its further lines below its first."""
        width = max(self._width - head.cell_len, 20)
        # A word that no line can hold is a URL: the terminal itself breaks it, and it can still be clicked.
        is_whole = any(cell_len(word) > width for word in text.plain.split())
        lines = [text] if is_whole else text.wrap(self.console, width)
        for number, line in enumerate(lines or [Text()]):
            line.rstrip()
            beginning = head if repeat_head or not number else Text(" " * head.cell_len)
            self.console.print(Text.assemble(beginning, line), soft_wrap=True)


def _padded(head: Text) -> Text:
    padded = Text.assemble(_MARGIN, head)
    padded.pad_right(INDENT - padded.cell_len)
    return padded
