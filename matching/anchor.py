"""Anchors: single words without one of which a query cannot match, so that most queries need no evaluation."""

from collections.abc import Iterable
from dataclasses import dataclass

from matching.analyzer import Token
from matching.document import Document
from matching.pattern import pattern
from matching.stopwords import STOPWORDS
from news.query import And, Exact, Field, Near, Not, Or, Phrase, Prefix, Query, Word


@dataclass(frozen=True, slots=True)
class Anchor:
    """A folded word, in any form; with `open_ended`, the beginning of one."""

    folded: str
    open_ended: bool = False

    def is_in(self, document: Document) -> bool:
        """Whether title or text hold it."""
        streams = document.named(("title", "text"))
        if self.open_ended:
            return any(stream.beginning_with(self.folded) for stream in streams)
        return any(stream.in_any_form(self.folded) for stream in streams)


def anchors(query: Query) -> frozenset[Anchor] | None:
    """Words of which a matching article holds at least one; None where nothing can be said."""
    match query:
        case And(parts):
            return _rarest(anchors(part) for part in parts)
        case Near(left, right):
            return _rarest((anchors(left), anchors(right)))
        case Or(parts):
            return _together(anchors(part) for part in parts)
        case Field(name, part):
            return anchors(part) if name in ("title", "text") else None
        case Word() | Exact() | Prefix() | Phrase():
            return _of_leaf(query)
        case Not():
            return None


def _of_leaf(leaf: Word | Exact | Prefix | Phrase) -> frozenset[Anchor] | None:
    wanted = pattern(leaf)
    last = len(wanted.words) - 1
    return _rarest(
        frozenset(_of_spelling(spelling, wanted.open_ended and index == last) for spelling in spellings)
        for index, spellings in enumerate(wanted.words)
    )


def _of_spelling(spelling: tuple[Token, ...], open_ended: bool) -> Anchor:
    """Its longest token."""
    *whole, last = spelling
    found = [*(Anchor(token.folded) for token in whole), Anchor(last.folded, open_ended)]
    return max(found, key=lambda anchor: len(anchor.folded))


def _rarest(parts: Iterable[frozenset[Anchor] | None]) -> frozenset[Anchor] | None:
    """The part that will let the fewest articles through: no stop-word, few words, long ones."""
    return max((part for part in parts if part is not None), key=_rarity, default=None)


def _rarity(found: frozenset[Anchor]) -> tuple[bool, int, int]:
    tells = not any(anchor.folded in STOPWORDS for anchor in found)
    return tells, -len(found), min((len(anchor.folded) for anchor in found), default=0)


def _together(parts: Iterable[frozenset[Anchor] | None]) -> frozenset[Anchor] | None:
    found: set[Anchor] = set()
    for part in parts:
        if part is None:
            return None
        found |= part
    return frozenset(found)
