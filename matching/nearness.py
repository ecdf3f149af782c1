"""Where parts of a query stand in one field of an article, and which of them are near each other."""

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple, assert_never

from matching.bitmap import Bits, Place, Reach, ends, field_of, places_of, starts, united, up_to
from matching.document import Stream
from matching.limits import Limits
from matching.occurrence import Occurrence, loose, near, outermost, rows
from matching.pattern import pattern
from news.query import And, Exact, Field, Near, Not, Or, Phrase, Prefix, Query, Reference, Word


class Stands(NamedTuple):
    """Where something stands: in unbroken rows of words, and in occurrences that others may stand within."""

    rows: Bits
    pieces: list[Occurrence]

    def starts(self) -> int:
        """The positions where it begins, as bits."""
        return starts(self.rows) | field_of([piece.first for piece in self.pieces])

    def ends(self) -> int:
        """The positions that follow it, as bits."""
        return ends(self.rows) | field_of([piece.after for piece in self.pieces])

    def gap_before(self, other: "Stands") -> int | None:
        """The fewest words between this and the other behind it; None where the other is nowhere behind."""
        ended, begun = self.ends(), other.starts()
        least, most = 0, begun.bit_length()
        if not up_to(ended, most) & begun:
            return None
        while least < most:
            middle = (least + most) // 2
            if up_to(ended, middle) & begun:
                most = middle
            else:
                least = middle + 1
        return least


class Nearness:
    """Finds the parts of one query in the streams of one article; nothing is looked for twice."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._reach = Reach()
        self._known: dict[tuple[int, int], tuple[Query, Stream, Stands]] = {}

    def stands(self, query: Query, stream: Stream) -> Stands:
        """Where a word, a phrase, a proximity or an OR of them stands; of a proximity, the pairs."""
        key = id(query), id(stream)
        known = self._known.get(key)
        if known is None:
            # With what it was asked, lest the ids are given to others.
            known = self._known[key] = query, stream, self._found(query, stream)
        return known[2]

    def marks(self, query: Query, stream: Stream) -> list[Place]:
        """The unbroken stretches of words that it consists of, a limited number."""
        if isinstance(query, Near):
            left, right = self.stands(query.left, stream), self.stands(query.right, stream)
            if not left.pieces and not right.pieces:
                one, other = self._facing(query, left, right)
                most = self.limits.hits
                return [*places_of(one, most), *places_of(other, most)]
        found = self.stands(query, stream)
        in_pieces = set(chain.from_iterable(piece.marks for piece in found.pieces))
        return [*places_of(found.rows, self.limits.hits), *sorted(in_pieces)[: self.limits.hits]]

    def _found(self, query: Query, stream: Stream) -> Stands:
        match query:
            case Phrase(slop=slop) if slop:
                return Stands({}, loose(pattern(query), stream, self.limits.rows))
            case Word() | Exact() | Prefix() | Phrase():
                return Stands(rows(pattern(query), stream), [])
            case Near():
                return Stands({}, self._pairs(query, stream))
            case Or(parts):
                return _joined([self.stands(part, stream) for part in parts], stream)
            case Field(name, part):
                return self.stands(part, stream) if stream.name == name else Stands({}, [])
            case And() | Not():
                return Stands({}, [])
            case Reference():
                raise unresolved(query)
            case _:
                assert_never(query)

    def _pairs(self, query: Near, stream: Stream) -> list[Occurrence]:
        left, right = self.stands(query.left, stream), self.stands(query.right, stream)
        one, other = self._facing(query, left, right)
        pairs = near(
            self._occurrences(one, left.pieces), self._occurrences(other, right.pieces), query.distance, query.ordered
        )
        return (outermost(pairs) if len(pairs) > len(stream.tokens) else pairs)[: self.limits.pairs]

    def _occurrences(self, unbroken: Bits, pieces: list[Occurrence]) -> list[Occurrence]:
        most = self.limits.pairs
        found = [Occurrence(first, after, ((first, after),)) for first, after in places_of(unbroken, most)]
        return sorted({*found, *pieces[:most]}) if pieces else found

    def _facing(self, query: Near, left: Stands, right: Stands) -> tuple[Bits, Bits]:
        """The rows on each side that have something of the other side near them, or around them."""
        both = not query.ordered
        return (
            self._beside(left.rows, right, query.distance, before=True, behind=both),
            self._beside(right.rows, left, query.distance, before=both, behind=True),
        )

    def _beside(self, unbroken: Bits, other: Stands, distance: int, *, before: bool, behind: bool) -> Bits:
        if not unbroken or not (other.rows or other.pieces):
            return {}
        reaching = self._reach.down(other.starts(), distance) if before else 0
        reached = self._reach.up(other.ends(), distance) if behind else 0
        if before and behind:
            reached |= _around(other.pieces)
        near_it = {length: field & (reaching >> length | reached) for length, field in unbroken.items()}
        return {length: field for length, field in near_it.items() if field}


def _joined(many: list[Stands], stream: Stream) -> Stands:
    pieces = sorted(set(chain.from_iterable(one.pieces for one in many)))
    return Stands(united(one.rows for one in many), outermost(pieces) if len(pieces) > len(stream.tokens) else pieces)


def _around(pieces: Iterable[Occurrence]) -> int:
    """The positions from the beginning of each piece to its end."""
    field = begun = ended = 0
    for first, after, _ in pieces:
        if first > ended:
            field |= ((1 << (ended - begun)) - 1) << begun
            begun = first
        ended = max(ended, after)
    return field | ((1 << (ended - begun)) - 1) << begun


def unresolved(reference: Reference) -> TypeError:
    """The error of whoever puts a query to an article before its references are resolved."""
    return TypeError(f"{reference} stands for another query, which has to take its place first")
