"""The tree that a query parses to: what a watch asks, as plain values that every stage understands.

`matching` parses, prints and evaluates it; `storage` compiles it to a search. Positions count characters of the query.
"""

from dataclasses import dataclass, field
from typing import Literal

FieldName = Literal["title", "text", "lang", "source", "site", "country", "author", "url"]


@dataclass(frozen=True, slots=True)
class Word:
    """One word, matched in any of its forms."""

    text: str


@dataclass(frozen=True, slots=True)
class Exact:
    """`=Orange`: one word, case and accents kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """`Zelensk*`: every word that begins so."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """`"Corée du Nord"`: these words in this order, their exact forms but blind to case and accents.

    With `inflected`, `"…"~n`: the words in any form, in order, at most `slop` others between them.
    """

    text: str
    inflected: bool = False
    slop: int = 0


@dataclass(frozen=True, slots=True)
class Near:
    """`left NEAR/n right`: at most `distance` words between; `ordered` for ONEAR."""

    left: "Query"
    right: "Query"
    distance: int
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them."""

    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Not this."""

    part: "Query"


@dataclass(frozen=True, slots=True)
class Field:
    """`title:…`: the part is looked for in this field only; `lang:`, `site:` and the like test the article itself."""

    name: FieldName
    part: "Query"


@dataclass(frozen=True, slots=True)
class Reference:
    """`watch:name`: what another watch looks for. Its tree takes this place before a query is put to any article.

    `at` is where it stands in the query's text, `word` what is written there before the colon: `watch` or `veille`.
    """

    name: str
    at: int = field(default=0, compare=False)
    word: str = field(default="watch", compare=False)


Query = Word | Exact | Prefix | Phrase | Near | And | Or | Not | Field | Reference
