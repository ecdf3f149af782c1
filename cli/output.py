"""What commands print: tables for people, JSON for programs, errors with what to do about them."""

import dataclasses
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from news.errors import QueryError, VigieError

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """One JSON document; dataclasses as objects, times in ISO 8601."""
    out.out(json.dumps(plain(value), ensure_ascii=False, indent=2), highlight=False)


def plain(value: Any) -> Any:
    """The value as JSON knows values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str | Text]], empty: str) -> None:
    """A table, or the sentence `empty` where there are no rows. Cells are never read as markup."""
    if not rows:
        out.print(Text(empty))
        return
    table = Table(title=title, title_justify="left", box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    out.print(table)


def print_error(error: VigieError) -> None:
    """What was wrong, where, and what to do."""
    err.print(Text.assemble(("error: ", "bold red"), error.message))
    if isinstance(error, QueryError):
        err.print(Text(f"  at character {error.position + 1}"))
    if error.hint:
        err.print(Text.assemble(("hint: ", "bold"), error.hint))


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
