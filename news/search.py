"""What the archive is asked: a wider net than the query, made of folded words only.

`matching` makes the plan, `storage` compiles it to FTS5 or tsquery, and the matcher decides on what comes back. Every
article that the query matches is found by its plan; the reverse need not hold.
"""

from dataclasses import dataclass
from typing import Literal

SearchField = Literal["title", "text", "any"]


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """Folded tokens one after the other: one is a word, more are a phrase that stays within one field.

    With `prefix`, the last token is only the beginning of a stored one. The tokens are those of
    `matching.search_terms`: letters, digits and their marks, never a space or a quote.
    """

    tokens: tuple[str, ...]
    field: SearchField = "any"
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class SearchAll:
    """All of the parts; never fewer than two."""

    parts: tuple["SearchPlan", ...]


@dataclass(frozen=True, slots=True)
class SearchAny:
    """Any of the parts; never fewer than two."""

    parts: tuple["SearchPlan", ...]


@dataclass(frozen=True, slots=True)
class SearchEverything:
    """Nothing narrows the search: every article is a candidate. Stands alone, never within another part."""


SearchPlan = SearchTerm | SearchAll | SearchAny | SearchEverything
