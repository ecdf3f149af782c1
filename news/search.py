"""What the archive is asked, made of the very words that are stored with each article.

`matching` makes the plans, `storage` compiles them to FTS5 or tsquery. Two plans enclose a query: all articles that
`sure` finds match, and all that match are found by `possible`. Where they are one and the same, the index alone knows
the answer; else the matcher decides on what lies between.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from news.article import SearchHit

SearchField = Literal["title", "text", "any"]
FactName = Literal["lang", "source"]


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """Folded tokens one after the other: one is a word, more are a row that stays within one field.

    With `prefix`, the last token is only the beginning of a stored one. `=coreen` is no token but a key, which is found
    where a word has it beside its folded form. With `aside`, only what stands beside the text is looked at: keys,
    joined forms and their neighbours. Tokens hold letters, digits and their marks, never a space or a quote.
    """

    tokens: tuple[str, ...]
    field: SearchField = "any"
    prefix: bool = False
    aside: bool = False


@dataclass(frozen=True, slots=True)
class SearchNear:
    """Two rows of tokens in the text of one field, with at most `distance` others between, whichever comes first."""

    one: tuple[str, ...]
    other: tuple[str, ...]
    distance: int
    field: SearchField = "any"


@dataclass(frozen=True, slots=True)
class SearchFact:
    """What an article is: `lang` its language (two or three letters, without a region), `source` its source's id."""

    name: FactName
    value: str


@dataclass(frozen=True, slots=True)
class SearchAll:
    """All of the parts; never fewer than two."""

    parts: tuple["SearchPlan", ...]


@dataclass(frozen=True, slots=True)
class SearchAny:
    """Any of the parts; never fewer than two."""

    parts: tuple["SearchPlan", ...]


@dataclass(frozen=True, slots=True)
class SearchBut:
    """Every article that the part does not find."""

    part: "SearchPlan"


@dataclass(frozen=True, slots=True)
class SearchEverything:
    """Every article."""


@dataclass(frozen=True, slots=True)
class SearchNothing:
    """No article."""


SearchPlan = SearchTerm | SearchNear | SearchFact | SearchAll | SearchAny | SearchBut | SearchEverything | SearchNothing


@dataclass(frozen=True, slots=True)
class SearchPlans:
    """What a query's matches lie between: `sure` finds nothing else, `possible` misses none."""

    sure: SearchPlan
    possible: SearchPlan

    @property
    def is_exact(self) -> bool:
        """Whether the index alone knows the answer."""
        return self.sure == self.possible


@dataclass(frozen=True, slots=True)
class SearchRow:
    """An article as it is indexed: title and text as folded tokens in their order, separated by spaces.

    Beside each stands what has no place of its own there: joined forms (`antiterroriste` for `anti-terroriste`) between
    their neighbours, parted by `|`, and the further keys of its words in the article's language, each with a `=`.
    `language` is without a region; empty where nobody knows it. `analyzer` names what made all this: rows of another
    one answer nothing.
    """

    title: str
    text: str
    beside_title: str = ""
    beside_text: str = ""
    language: str = ""
    analyzer: str = ""


@dataclass(frozen=True, slots=True)
class IndexedWords:
    """The words of an article as its index row has them, each column with a space before and behind each word."""

    id: int
    title: str
    text: str
    beside_title: str
    beside_text: str


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """Which articles are searched at all; the times are when they were first seen, `until` exclusive.

    `first_id` is the lowest number that one may have.
    """

    source_id: int | None = None
    language: str = ""
    since: datetime | None = None
    until: datetime | None = None
    watch_id: int | None = None
    story_id: int | None = None
    first_id: int = 0


@dataclass(frozen=True, slots=True)
class IndexCount:
    """How many articles an index finds: of all, or of the newest down to the number that was `reached`."""

    number: int
    reached: int | None = None


@dataclass(frozen=True, slots=True)
class SearchCount:
    """How many articles match: exactly, or about so many."""

    number: int
    is_exact: bool


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Some hits in order, and the cursor with which the next ones are asked for; None where there are no more.

    A page may have fewer hits than were asked for and a cursor all the same: looking for them took too long.
    """

    hits: tuple[SearchHit, ...]
    cursor: str | None
