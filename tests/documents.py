"""What the documents say, taken apart: tables, links, code blocks; and what they have to say about settings."""

import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from annotated_types import Ge, Gt, Le, MaxLen, MinLen
from pydantic import AliasChoices, BaseModel, BeforeValidator, WrapValidator
from pydantic.fields import FieldInfo

from alerting.channels.chat_sender import ChatSettings

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))


def blocks(document: Path, *languages: str) -> Iterator[str]:
    """The code blocks in these languages."""
    for language, text in _FENCE.findall(document.read_text(encoding="utf-8")):
        if language in languages:
            yield text


def prose(document: Path) -> str:
    """The document without its code blocks."""
    return _FENCE.sub("", document.read_text(encoding="utf-8"))


def links(document: Path) -> list[str]:
    """Where its links lead."""
    return _LINK.findall(prose(document))


def headings(document: Path) -> list[str]:
    """Its headings, without the marks."""
    return re.findall(r"^#+ +(.+)$", prose(document), re.MULTILINE)


def anchor(heading: str) -> str:
    """What a link to the heading ends in."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def section(document: Path, heading: str) -> str:
    """What stands under a heading, up to the next of any level."""
    text = prose(document)
    found = re.search(rf"^#+ +{re.escape(heading)}$\n(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, f"{document.name} has no heading {heading!r}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The cells of the tables in the text, header and rule left out."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")
    ]
    return [
        row for number, row in enumerate(cells) if not set("".join(row)) <= set("-: ") and not _is_header(cells, number)
    ]


def _is_header(cells: list[list[str]], number: int) -> bool:
    return number + 1 < len(cells) and set("".join(cells[number + 1])) <= set("-: ")


def setting_rows(model: type[BaseModel]) -> list[list[str]]:
    """What a table of the model's settings holds: name, default, what is allowed, meaning.

    What all chats have comes after what one has of its own.
    """
    common = ChatSettings.model_fields if issubclass(model, ChatSettings) else {}
    return [
        [f"`{_name(name, field)}`", _default(field), _allowed(field), field.description or ""]
        for name, field in sorted(model.model_fields.items(), key=lambda pair: pair[0] in common)
    ]


def _name(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else name


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default is None:
        return "none"
    if _is_interval(field) and not field.default:
        return '`"auto"`'
    return _written(field.default, is_duration=_is_duration(field))


def _written(value: Any, *, is_duration: bool) -> str:
    if is_duration and value:
        unit, letter = next((pair for pair in _UNITS if value % pair[0] == 0), (1, "s"))
        return f'`"{value / unit:g}{letter}"`'
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, str):
        return f'`"{value}"`'
    return "`[]`" if value == () else f"`{value:g}`"


def _is_duration(field: FieldInfo) -> bool:
    return any(
        isinstance(entry, BeforeValidator) and "seconds" in getattr(entry.func, "__name__", "") for entry in _all(field)
    )


def _all(field: FieldInfo) -> Iterator[Any]:
    """The field's metadata, also those of the parts of a union."""
    yield from field.metadata
    for part in typing.get_args(field.annotation):
        for entry in getattr(part, "__metadata__", ()):
            yield from entry.metadata if isinstance(entry, FieldInfo) else (entry,)


def _is_interval(field: FieldInfo) -> bool:
    return any(isinstance(entry, WrapValidator) and "interval" in entry.func.__name__ for entry in _all(field))


def _allowed(field: FieldInfo) -> str:
    """The bounds, or the words to choose from; empty where everything of the kind is allowed."""
    if typing.get_origin(field.annotation) is Literal:
        return ", ".join(f'`"{word}"`' for word in typing.get_args(field.annotation))
    found = {type(entry): entry for entry in _all(field)}
    is_duration = _is_duration(field)
    low = found[Ge].ge if Ge in found else None
    high = found[Le].le if Le in found else None
    if Gt in found and high is not None:
        return (
            f"over {_written(found[Gt].gt, is_duration=is_duration)}, up to {_written(high, is_duration=is_duration)}"
        )
    if _is_interval(field) and high is not None:
        return f'`"auto"`, up to {_written(high, is_duration=True)}, or a schedule'
    if low is not None and high is not None:
        return f"{_written(low, is_duration=is_duration)} to {_written(high, is_duration=is_duration)}"
    if MaxLen in found and field.annotation is str:
        low = found[MinLen].min_length if MinLen in found else 0
        return (
            f"{low} to {found[MaxLen].max_length} characters" if low else f"up to {found[MaxLen].max_length} characters"
        )
    return ""
