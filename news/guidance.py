"""What is known of a site before one of its pages is read: its user's rules, and what its earlier pages taught."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
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


@dataclass(frozen=True, slots=True)
class Layout:
    """What a user is told of a memory: of how many articles it is, and when the site was last found redesigned."""

    articles: int
    changed_at: datetime | None = None


def layout_of(memory: Mapping[str, Any] | None) -> Layout | None:
    """The layout that a source's memory holds; None where it holds none."""
    if not memory:
        return None
    changed_at = memory["changed_at"]
    return Layout(memory["seen"], datetime.fromisoformat(changed_at) if changed_at else None)


UNGUIDED = Guidance()
