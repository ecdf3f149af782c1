"""What is known of a site before one of its pages is read: its user's rules, and what its earlier pages taught."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any


@dataclass(frozen=True, slots=True)
class Rules:
    """A user's word on the pages of one source, as CSS selectors: where the body is (empty: to be found), what is not.

    Pages on which `body` selects nothing are read as if it were not there.
    """

    body: str = ""
    drop: tuple[str, ...] = ()


def rules_of(kept: Mapping[str, Any]) -> Rules:
    """The rules of what a source keeps of [source.extract]."""
    return Rules(str(kept.get("body", "")), tuple(map(str, kept.get("drop", ()))))


@dataclass(frozen=True, slots=True)
class Guidance:
    """The rules of a source and its memory, as `extraction.memory` writes it; both empty for a page of nobody's."""

    rules: Rules = Rules()
    memory: Mapping[str, Any] = field(default_factory=dict)


MEMORY_VERSION = 2


def readable(kept: object) -> Mapping[str, Any]:
    """A memory as it was kept, if this version of Vigie wrote it or one like it; else it is empty and begins anew."""
    return kept if isinstance(kept, Mapping) and kept.get("version") == MEMORY_VERSION and _is_whole(kept) else {}


def _is_whole(memory: Mapping[str, Any]) -> bool:
    """Whether all stands where `extraction.memory` has it; types are compared as they are, for pages wait for it."""
    pages, strange, lines, places = (memory.get(name) for name in ("pages", "strange", "lines", "places"))
    if not (isinstance(pages, list) and isinstance(strange, list)):
        return False
    if not (isinstance(lines, dict) and isinstance(places, dict)):
        return False
    return (
        _are(int, (memory.get("seen"), memory.get("misses"), *places.values()))
        and _are(str, strange)
        and _are_rows(pages, str, 2)
        and _are_rows(lines.values(), int, 3)
        and _is_instant(memory.get("changed_at", ""))
    )


def _are(kind: type, values: Iterable[object]) -> bool:
    return set(map(type, values)) <= {kind}


def _are_rows(rows: Collection[Any], kind: type, count: int) -> bool:
    return _are(list, rows) and set(map(len, rows)) <= {count} and _are(kind, chain.from_iterable(rows))


def _is_instant(value: object) -> bool:
    try:
        return value is None or (isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None)
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Layout:
    """What a user is told of a memory: of how many articles it is, and when the site was last found redesigned."""

    articles: int
    changed_at: datetime | None = None


def layout_of(memory: Mapping[str, Any] | None) -> Layout | None:
    """The layout that a source's memory holds; None where it holds none."""
    memory = readable(memory)
    if not memory:
        return None
    changed_at = memory["changed_at"]
    return Layout(memory["seen"], datetime.fromisoformat(changed_at) if changed_at else None)


UNGUIDED = Guidance()
