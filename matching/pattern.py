"""What a leaf of the query looks for: words in a row, each perhaps in two spellings."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from matching.analyzer import Token, tokens
from news.query import Exact, Phrase, Prefix, Word

Leaf = Word | Exact | Prefix | Phrase
Manner = Literal["any form", "this form", "exact"]
Spellings = tuple[tuple[Token, ...], ...]
"""The ways to write one word of a query: `anti-terroriste` is its two parts in a row, or their joined form."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words in order with at most `slop` others among them; with `open_ended`, the last is only a beginning.

    `leaf` is the one that it was first made of: equal ones may be replaced by it, and need memory once.
    """

    leaf: Leaf
    words: tuple[Spellings, ...]
    manner: Manner
    slop: int = 0
    open_ended: bool = False


@lru_cache(maxsize=10_000)  # some 750 bytes each
def pattern(leaf: Leaf) -> Pattern:
    """The pattern of a leaf; it has no words where the leaf holds nothing but punctuation."""
    words = _words(leaf.text)
    match leaf:
        case Word():
            return Pattern(leaf, words, "any form")
        case Exact():
            return Pattern(leaf, words, "exact")
        case Prefix():
            return Pattern(leaf, words, "this form", open_ended=True)
        case Phrase(inflected=inflected, slop=slop):
            return Pattern(leaf, words, "any form" if inflected else "this form", slop)


@lru_cache(maxsize=20_000)
def terms(leaf: Leaf) -> int:
    """How many words a leaf asks for: the parts of a hyphenated one and the characters of a Chinese one count each."""
    return max(1, sum(len(spellings[0]) for spellings in pattern(leaf).words))


def _words(text: str) -> tuple[Spellings, ...]:
    """The text's words; the parts of a hyphenated one are gathered with their joined form."""
    found = tokens(text)
    joined = {token.position: token for token in found if token.length > 1}
    parts = [token for token in found if token.length == 1]
    words: list[Spellings] = []
    at = 0
    while at < len(parts):
        whole = joined.get(at)
        words.append(((parts[at],),) if whole is None else (tuple(parts[at : whole.after]), (whole,)))
        at += 1 if whole is None else whole.length
    return tuple(words)
