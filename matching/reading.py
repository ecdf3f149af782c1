"""Readings: an article as the watches' conditions see it, as terms and the positions where its words stand."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import chain, pairwise
from operator import attrgetter

from matching.document import Document
from matching.leaf import Leaf, Term

BODY = 1 << 40
"""Where the text begins: so far behind the title that nothing is near across."""
Place = tuple[int, int]
"""The position of a word, and the position that follows it."""


class Form:
    """A word as articles write it. `joined` is the compound that it begins, and how many positions that takes.

    `beginning` and `ending` are those of its leaves that pairs hang on which begin, or end, with them.
    """

    __slots__ = ("beginning", "ending", "exact", "folded", "joined", "keys", "leaves")

    def __init__(self, folded: str, exact: str, keys: tuple[str, ...], leaves: tuple[Leaf, ...]) -> None:
        self.folded = folded
        self.exact = exact
        self.keys = keys
        self.leaves = leaves
        self.joined: tuple[Form, int] | None = None
        self.find_pairs()

    def find_pairs(self) -> None:
        """Note which of the leaves pairs hang on; to be called when that has changed."""
        beginning: tuple[Leaf, ...] = ()
        ending: tuple[Leaf, ...] = ()
        for leaf in self.leaves:
            if leaf.begun:
                beginning += (leaf,)
            if leaf.ended:
                ending += (leaf,)
        self.beginning, self.ending = beginning, ending


_leaves = attrgetter("leaves")


class Reading:
    """One article. `terms` are those that it holds; `document` is for what only the evaluator can tell.

    `verdicts` are what tests of the article itself have said so far.
    """

    def __init__(self, document: Document, units: list[Form], title_length: int) -> None:
        self.document = document
        self.verdicts: dict[object, bool] = {}
        self._units = units
        self._title_length = title_length
        distinct = set(units)
        self._joined = self._compounds(units) if any(form.joined for form in distinct) else ()
        self.terms: set[Term] = set().union(*map(_leaves, distinct))
        self.terms.update(chain.from_iterable(form.leaves for _, form, _ in self._joined))
        self._pair(pairwise(units))
        self._pair(self._beside_joined())
        self._indexes: dict[Form, list[int]] = defaultdict(list)
        self._forms_of: dict[Leaf, list[Form]] = defaultdict(list)
        self._places: dict[Leaf, list[Place]] = {}

    @staticmethod
    def _compounds(units: list[Form]) -> Sequence[tuple[int, Form, int]]:
        """The joined forms: where in the units they begin, and how many they take."""
        return [(index, *form.joined) for index, form in enumerate(units) if form.joined is not None]

    def _pair(self, neighbours: Iterable[tuple[Form, Form]]) -> None:
        """Add the pairs among the terms."""
        add = self.terms.add
        for one, other in neighbours:
            for leaf in one.beginning:
                pairs = leaf.begun or {}
                for follower in other.leaves:
                    if follower in pairs:
                        add(pairs[follower])
            for leaf in other.ending:
                pairs = leaf.ended or {}
                for leader in one.leaves:
                    if leader in pairs:
                        add(pairs[leader])

    def _beside_joined(self) -> Iterable[tuple[Form, Form]]:
        units = self._units
        at = {index: form for index, form, _ in self._joined}
        for index, form, length in self._joined:
            if index:
                yield units[index - 1], form
            if index + length < len(units):
                yield form, units[index + length]
            if index + length in at:
                yield form, at[index + length]

    def places(self, leaf: Leaf) -> Sequence[Place]:
        """Where the leaf stands, in order."""
        found = self._places.get(leaf)
        if found is None:
            found = self._places[leaf] = self._found(leaf)
        return found

    @cached_property
    def title_terms(self) -> set[Term]:
        """The leaves that the title holds."""
        title = self._units[: self._title_length]
        return {leaf for form in title for one in (form, *(form.joined or ())[:1]) for leaf in one.leaves}

    def _found(self, leaf: Leaf) -> list[Place]:
        if not self._indexes:
            self._note_indexes()
        found = [
            (position, position + 1)
            for form in self._forms_of.get(leaf, ())
            for position in map(self._position, self._indexes[form])
        ]
        if self._joined:
            found += [
                (self._position(index), self._position(index) + length)
                for index, form, length in self._joined
                if leaf in form.leaves
            ]
        found.sort()
        return found

    def _note_indexes(self) -> None:
        """Note where in the units each form stands, and which forms are hits of each leaf."""
        for index, form in enumerate(self._units):
            self._indexes[form].append(index)
        for form in self._indexes:
            for leaf in form.leaves:
                self._forms_of[leaf].append(form)

    def _position(self, index: int) -> int:
        return index if index < self._title_length else index - self._title_length - 1 + BODY
