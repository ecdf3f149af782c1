"""Conditions: a query as a tiny tree over the terms of an article and the positions of its words.

They say whether a query matches, never where; that is the evaluator's part. Where a tree would need more than single
stretches of words to be near each other, the evaluator is asked from here.
"""

from bisect import bisect_left
from collections.abc import Sequence

from matching.evaluate import ANYWHERE, Finder, Scope
from matching.leaf import Condition, Leaf, Pair, Term
from matching.limits import Limits, limits_of
from matching.reading import BODY, Place, Reading
from news.query import Field, Near, Query

_END = 2 * BODY
RANGES: dict[Scope, tuple[int, int]] = {ANYWHERE: (0, _END), ("title",): (0, BODY), ("text",): (BODY, _END), (): (0, 0)}
"""The positions of each scope's words in a reading."""


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

    __slots__ = ("leaves", "limits", "pair", "query")

    def __init__(self, pair: Pair, leaves: tuple[Leaf, ...], query: Query, limits: Limits) -> None:
        self.pair = pair
        self.leaves = leaves
        self.query = query
        self.limits = limits

    def met(self, reading: Reading) -> bool:
        """Whether they stand so: only where the pair does is looked further, so no positions need be noted.

        Where that is often, the evaluator is asked, as for a row.
        """
        found = reading.goes_on(self.pair, self.leaves[1:], self.limits.quick // len(self.leaves))
        return _is_found(self.query, ANYWHERE, self.limits, reading) if found is None else found


Word = tuple[tuple[Leaf, ...], ...]
"""One word of a pattern: its spellings, each of them one leaf or, in parts, several in a row."""


class Row:
    """Words in a row, at most `slop` positions left out among them; `query` is the leaf that asks for them.

    Where they stand so often that the look would be long, the evaluator is asked: it has more patience with many.
    """

    __slots__ = ("limits", "query", "scope", "slop", "words")

    def __init__(self, words: tuple[Word, ...], slop: int, query: Query, scope: Scope, limits: Limits) -> None:
        self.words = words
        self.slop = slop
        self.query = query
        self.scope = scope
        self.limits = limits

    def met(self, reading: Reading) -> bool:
        """Whether they stand so anywhere."""
        found = self.places(reading)
        return _is_found(self.query, self.scope, self.limits, reading) if found is None else bool(found)

    def places(self, reading: Reading) -> list[Place] | None:
        """Where they stand so, by where they begin; None where that is a long look."""
        found = self._places(reading)
        if found is None:
            return None
        low, high = RANGES[self.scope]
        return [place for place in found if low <= place[0] < high]

    def _places(self, reading: Reading) -> Sequence[Place] | None:
        most = self.limits.quick // len(self.words)
        places: list[Sequence[Place]] = []
        for word in self.words:
            found = _places_of(word, reading, most)
            if not found:
                return found
            places.append(found)
        if len(places[0]) > most:
            return None
        return places[0] if len(places) == 1 else _in_a_row(places, self.slop)


def _places_of(word: Word, reading: Reading, most: int) -> Sequence[Place] | None:
    """The places of one word in all its spellings; None where more than so many would have to be put together."""
    if len(word) == 1 and len(word[0]) == 1:
        return reading.places(word[0][0])
    found: set[Place] = set()
    for spelling in word:
        places = [reading.places(leaf) for leaf in spelling]
        if all(places):
            if len(places[0]) > most:
                return None
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
    """One of the left rows and one of the right ones, none with slop, as near each other as the query asks."""

    __slots__ = ("left", "limits", "query", "right", "scope")

    def __init__(
        self, left: tuple[Row, ...], right: tuple[Row, ...], query: Near, scope: Scope, limits: Limits
    ) -> None:
        self.left = left
        self.right = right
        self.query = query
        self.scope = scope
        self.limits = limits

    def met(self, reading: Reading) -> bool:
        """Whether two are so near, without sharing a word."""
        lefts = self._places(self.left, reading)
        rights = self._places(self.right, reading) if lefts else lefts
        if lefts is None or rights is None:
            return _is_found(self.query, self.scope, self.limits, reading)
        distance = self.query.distance
        return _follow(lefts, rights, distance) or (not self.query.ordered and _follow(rights, lefts, distance))

    def _places(self, rows: tuple[Row, ...], reading: Reading) -> list[Place] | None:
        found: list[Place] = []
        for row in rows:
            places = row.places(reading)
            if places is None:
                return None
            found += places
        return found if len(found) <= self.limits.quick else None


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

    __slots__ = ("implied", "limits", "query", "scope")

    def __init__(self, query: Query, scope: Scope, limits: Limits, implied: Condition | None = None) -> None:
        self.query = query
        self.scope = scope
        self.limits = limits
        self.implied = implied

    def met(self, reading: Reading) -> bool:
        """Whether the evaluator finds it."""
        if self.implied is not None and not self.implied.met(reading):
            return False
        return _is_found(self.query, self.scope, self.limits, reading)


def _is_found(query: Query, scope: Scope, limits: Limits, reading: Reading) -> bool:
    return Finder(reading.document, limits).find(query, scope) is not None


class Tested:
    """What the article itself is, its language, its site and the like: asked once for all queries that ask the same."""

    __slots__ = ("__weakref__", "query")

    def __init__(self, query: Field) -> None:
        self.query = query

    def met(self, reading: Reading) -> bool:
        """Whether the article passes."""
        verdict = reading.verdicts.get(self)
        if verdict is None:
            verdict = reading.verdicts[self] = _is_found(self.query, (), limits_of(self.query), reading)
        return verdict
