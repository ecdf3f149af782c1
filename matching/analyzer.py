"""The one function from text to tokens: articles and queries are read alike, or they would not meet.

Only one token at a time is ever normalised, so that every offset points into the original text.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from matching.characters import APOSTROPHES, CLUSTER, COMPOUND, FIGURE, HYPHENS
from matching.fold import fold

Lexicon = Callable[[str, str | None], tuple[str, ...]]
"""From a folded word and an ISO 639-1 language (None: unknown) to its keys, of which the folded form is the first."""

_TOKENS = re.compile(f"(?P<figure>{FIGURE})|(?P<compound>{COMPOUND})|(?P<cluster>{CLUSTER})")
_PART_OF_COMPOUND = re.compile(f"[^{re.escape(HYPHENS)}]+")
_PART_OF_ELISION = re.compile(f"[^{re.escape(APOSTROPHES)}]+")
_NOT_A_DIGIT = re.compile("[^0-9]+")

# What French, Italian and Catalan join to the next word by an apostrophe.
_ELIDED = frozenset((
    "c", "d", "j", "l", "m", "n", "s", "t", "v", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu",
    "un", "gl", "all", "dall", "dell", "nell", "sull", "coll", "quell", "quest", "bell",
))  # fmt: skip
_LONGEST_REMEMBERED = 60
# Beyond six parts it is a URL's slug, and nobody joins those.
_MOST_PARTS_JOINED = 6


class Token(NamedTuple):
    """One word of a text; `keys` are what it is found by, the folded form first.

    `start` and `end` (exclusive) count characters of the original text; `position` counts words from 0, and a joined
    form (`antiterroriste` for `anti-terroriste`) stands beside its parts with a `length` of as many positions.
    `exact` keeps case and accents.
    """

    keys: tuple[str, ...]
    exact: str
    start: int
    end: int
    position: int
    length: int = 1

    @property
    def folded(self) -> str:
        """The form that is blind to case, accents and apostrophes."""
        return self.keys[0]

    @property
    def after(self) -> int:
        """The position that follows."""
        return self.position + self.length


class _Piece(NamedTuple):
    """A token as it stands in its stretch of text: offsets and positions count from the stretch's beginning."""

    folded: str
    exact: str
    start: int
    end: int
    position: int = 0
    length: int = 1


def folded_only(folded: str, language: str | None) -> tuple[str, ...]:
    """The lexicon that knows no inflection: a word has one key, its folded form."""
    return (folded,)


def tokens(text: str, language: str | None = None, lexicon: Lexicon = folded_only) -> list[Token]:
    """The tokens of a text in their order; a joined form follows its parts. Never raises, whatever the text."""
    found: list[Token] = []
    position = 0
    for stretch in _TOKENS.finditer(text):
        offset, pieces = stretch.start(), _pieces_of(stretch)
        for folded, exact, start, end, place, length in pieces:
            keys = lexicon(folded, language)
            found.append(Token(keys, exact, offset + start, offset + end, position + place, length))
        # Nearly always it is one word, and this runs for every word of every article.
        position += 1 if len(pieces) == 1 else sum(piece.length == 1 for piece in pieces)
    return found


def search_terms(text: str) -> str:
    """The text as a full-text index stores it: its folded tokens in order, separated by spaces."""
    return terms_of(tokens(text))


def terms_of(found: Sequence[Token]) -> str:
    """The tokens of a text as a full-text index stores them.

    Such an index holds one word a position, so the joined forms come at the end, each between its neighbours: any two
    tokens that stand side by side in the text, joined or not, stand side by side somewhere in the result.
    """
    words = [token for token in found if token.length == 1]
    joined = {token.position: token for token in found if token.length > 1}
    stored = [token.folded for token in words]
    for token in joined.values():
        stored += [word.folded for word in words[max(token.position - 1, 0) : token.position]]
        stored.append(token.folded)
        stored += [word.folded for word in words[token.after : token.after + 1]]
        if (following := joined.get(token.after)) is not None:
            stored += [token.folded, following.folded]
    return " ".join(stored)


def _pieces_of(stretch: re.Match[str]) -> tuple[_Piece, ...]:
    text = stretch.group()
    if stretch.lastgroup == "figure":
        digits = _NOT_A_DIGIT.sub("", text)
        return (_Piece(digits, digits, 0, len(text)),)
    if stretch.lastgroup == "cluster":
        return _alone(text)
    return _compound(text) if len(text) <= _LONGEST_REMEMBERED else tuple(_split(text))


@lru_cache(maxsize=20_000)
def _alone(cluster: str) -> tuple[_Piece, ...]:
    folded = fold(cluster)
    return (_Piece(folded, unicodedata.normalize("NFC", cluster), 0, len(cluster)),) if folded else ()


@lru_cache(maxsize=50_000)
def _compound(text: str) -> tuple[_Piece, ...]:
    return tuple(_split(text))


def _split(text: str) -> Iterator[_Piece]:
    """The parts of a hyphenated compound (or the one word), then their joined form."""
    parts: list[_Piece] = []
    for stretch in _PART_OF_COMPOUND.finditer(text):
        piece = _without_elision(stretch.group(), stretch.start())
        if piece.folded:
            parts.append(piece._replace(position=len(parts)))
    yield from parts
    if 1 < len(parts) <= _MOST_PARTS_JOINED:
        folded, exact = "".join(part.folded for part in parts), "".join(part.exact for part in parts)
        yield _Piece(fold(folded), exact, parts[0].start, parts[-1].end, 0, len(parts))


def _without_elision(text: str, offset: int) -> _Piece:
    """One word, less the article before its apostrophe (l'OTAN) or the English 's behind it (Kim's)."""
    parts = list(_PART_OF_ELISION.finditer(text))
    if len(parts) > 1 and parts[-1].group() in ("s", "S"):
        parts.pop()
    while len(parts) > 1 and parts[0].group().lower() in _ELIDED:
        parts.pop(0)
    exact = unicodedata.normalize("NFC", "".join(part.group() for part in parts).replace(".", ""))
    start, end = offset + parts[0].start(), offset + parts[-1].end()
    return _Piece(fold(exact), "".join(filter(str.isprintable, exact)), start, end)
