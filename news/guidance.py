"""What is known of a site before one of its pages is read: its user's rules, and what its earlier pages taught."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Rules:
    """A user's word on the pages of one source, as CSS selectors: where the body is (empty: to be found), what is not.

    Pages on which `body` selects nothing are read as if it were not there.
    """

    body: str = ""
    drop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guidance:
    """The rules of a source and its memory, as `extraction.memory` writes it; both empty for a page of nobody's."""

    rules: Rules = Rules()
    memory: Mapping[str, Any] = field(default_factory=dict)


UNGUIDED = Guidance()
