"""Conditions: a query as a tiny tree over the terms of an article and the positions of its words.

They say whether a query matches, never where; that is the evaluator's part. Where a tree would need more than single
stretches of words to be near each other, the evaluator is asked from here.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import chain

from matching.evaluate import Scope, find
from matching.leaf import Condition, Leaf, Pair, Term
from matching.reading import Place, Reading
from news.query import Field, Query


class Has:
    """A term is there."""

    __slots__ = ("term",)

    def __init__(self, term: Term) -> None:
        self.term = term

    def met(self, reading: Reading) -> bool:
        """Whether the article holds it."""
        return self.term in reading.terms


class InTitle:
    """A term is there in the title; the positions of all other words need not be known for that."""

    __slots__ = ("term",)

    def __init__(self, term: Term) -> None:
        self.term = term

    def met(self, reading: Reading) -> bool:
        """Whether the title holds it."""
        return self.term in reading.title_terms


class AnyOf:
    """At least one of several terms is there."""

    __slots__ = ("terms",)

    def __init__(self, terms: tuple[Term, ...]) -> None:
        self.terms = terms

    def met(self, reading: Reading) -> bool:
        """Whether the article holds one."""
        return not reading.terms.isdisjoint(self.terms)


class All:
    """All parts are met."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Condition, ...]) -> None:
        self.parts = parts

    def met(self, reading: Reading) -> bool:
        """Whether none of the parts fails."""
        for part in self.parts:  # noqa: SIM110 (a generator costs more than most conditions)
            if not part.met(reading):
                return False
        return True


class Either:
    """At least one part is met; never, where there is none."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Condition, ...]) -> None:
        self.parts = parts

    def met(self, reading: Reading) -> bool:
        """Whether any of the parts is."""
        for part in self.parts:  # noqa: SIM110 (as above)
            if part.met(reading):
                return True
        return False


class Never:
    """The part is not met."""

    __slots__ = ("part",)

    def __init__(self, part: Condition) -> None:
        self.part = part

    def met(self, reading: Reading) -> bool:
        """Whether the part fails."""
        return not self.part.met(reading)


class Lacks:
    """A term is not there."""

    __slots__ = ("term",)

    def __init__(self, term: Term) -> None:
        self.term = term

    def met(self, reading: Reading) -> bool:
        """Whether the article does not hold it."""
        return self.term not in reading.terms


class Run:
    """Three words or more, each a single leaf, directly one after the other anywhere; `pair` are the first two."""

    __slots__ = ("leaves", "pair")

    def __init__(self, pair: Pair, leaves: tuple[Leaf, ...]) -> None:
        self.pair = pair
        self.leaves = leaves

    def met(self, reading: Reading) -> bool:
        """Whether they stand so: only where the pair does is looked further, so no positions need be noted."""
        return reading.goes_on(self.pair, self.leaves[1:])


Word = tuple[tuple[Leaf, ...], ...]
"""One word of a pattern: its spellings, each of them one leaf or, in parts, several in a row."""


class Row:
    """Words in a row, at most `slop` positions left out among them, from position `low` to below `high`."""

    __slots__ = ("high", "low", "slop", "words")

    def __init__(self, words: tuple[Word, ...], slop: int, low: int, high: int) -> None:
        self.words = words
        self.slop = slop
        self.low = low
        self.high = high

    def met(self, reading: Reading) -> bool:
        """Whether they stand so anywhere."""
        return bool(self.places(reading))

    def places(self, reading: Reading) -> list[Place]:
        """Where they stand so, by where they begin."""
        low, high = self.low, self.high
        return [place for place in self._places(reading) if low <= place[0] < high]

    def _places(self, reading: Reading) -> Sequence[Place]:
        places = []
        for word in self.words:
            found = _places_of(word, reading)
            if not found:
                return ()
            places.append(found)
        return places[0] if len(places) == 1 else _in_a_row(places, self.slop)


def _places_of(word: Word, reading: Reading) -> Sequence[Place]:
    if len(word) == 1 and len(word[0]) == 1:
        return reading.places(word[0][0])
    found: set[Place] = set()
    for spelling in word:
        places = [reading.places(leaf) for leaf in spelling]
        if all(places):
            found.update(_in_a_row(places, 0))
    return sorted(found)


def _in_a_row(places: Sequence[Sequence[Place]], slop: int) -> list[Place]:
    """From each place of the first list on, the nearest of each next one; those that leave out `slop` at most."""
    found: list[Place] = []
    for first, end in places[0]:
        after, left = end, slop
        for following in places[1:]:
            index = bisect_left(following, (after,))
            if index == len(following):
                break
            left -= following[index][0] - after
            if left < 0:
                break
            after = following[index][1]
        else:
            found.append((first, after))
    return found


class Close:
    """One of the left rows and one of the right ones, none with slop, at most `distance` positions between them."""

    __slots__ = ("distance", "left", "ordered", "right")

    def __init__(self, left: tuple[Row, ...], right: tuple[Row, ...], distance: int, ordered: bool) -> None:
        self.left = left
        self.right = right
        self.distance = distance
        self.ordered = ordered

    def met(self, reading: Reading) -> bool:
        """Whether two are so near, without sharing a word."""
        lefts = list(chain.from_iterable([row.places(reading) for row in self.left]))
        if not lefts:
            return False
        rights = list(chain.from_iterable([row.places(reading) for row in self.right]))
        if _follow(lefts, rights, self.distance):
            return True
        return not self.ordered and _follow(rights, lefts, self.distance)


def _follow(ones: list[Place], others: list[Place], distance: int) -> bool:
    """Whether any of the others begins behind the end of one, at most so far from it."""
    firsts = sorted({first for first, _ in others})
    for _, after in ones:
        index = bisect_left(firsts, after)
        if index < len(firsts) and firsts[index] - after <= distance:
            return True
    return False


class Judged:
    """What only the evaluator can tell; `implied` has to be met as well, and costs less."""

    __slots__ = ("implied", "query", "scope")

    def __init__(self, query: Query, scope: Scope, implied: Condition | None = None) -> None:
        self.query = query
        self.scope = scope
        self.implied = implied

    def met(self, reading: Reading) -> bool:
        """Whether the evaluator finds it."""
        if self.implied is not None and not self.implied.met(reading):
            return False
        return find(self.query, reading.document, self.scope) is not None


class Tested:
    """What the article itself is, its language, its site and the like: asked once for all queries that ask the same."""

    __slots__ = ("__weakref__", "query")

    def __init__(self, query: Field) -> None:
        self.query = query

    def met(self, reading: Reading) -> bool:
        """Whether the article passes."""
        verdict = reading.verdicts.get(self)
        if verdict is None:
            verdict = reading.verdicts[self] = find(self.query, reading.document, ()) is not None
        return verdict
