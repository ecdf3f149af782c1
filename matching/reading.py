"""Readings: an article as the watches' conditions see it, as terms and the positions where its words stand."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import compress, count, islice
from operator import attrgetter

from matching.document import Document
from matching.leaf import Leaf, Pair, Term

BODY = 1 << 40
"""Where the text begins: so far behind the title that nothing is near across."""
_FEW = 4
Place = tuple[int, int]
"""The position of a word, and the position that follows it."""


class Form:
    """A word as articles write it. `joined` is the compound that it begins, and how many positions that takes.

    `begun` are the pairs that begin with any of its leaves, by what follows.
    """

    __slots__ = ("begun", "exact", "folded", "joined", "keys", "leaves")

    def __init__(self, folded: str, exact: str, keys: tuple[str, ...], leaves: tuple[Leaf, ...]) -> None:
        self.folded = folded
        self.exact = exact
        self.keys = keys
        self.leaves = leaves
        self.joined: tuple[Form, int] | None = None
        self.find_pairs()

    def find_pairs(self) -> None:
        """Note which pairs begin here; to be called when a leaf has got its first, or lost its last."""
        begun: tuple[dict[Leaf, Pair], ...] = ()
        for leaf in self.leaves:
            if leaf.begun is not None:
                begun += (leaf.begun,)
        self.begun = begun


_leaves, _joined, _begun = attrgetter("leaves"), attrgetter("joined"), attrgetter("begun")


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
        self._joined = self._compounds(units) if any(map(_joined, distinct)) else {}
        self.terms: set[Term] = set().union(*map(_leaves, distinct))
        self.terms.update(*[form.leaves for form, _ in self._joined.values()])
        self._paired: dict[Term, list[int]] = {}
        neighbours = zip(units, islice(units, 1, None), count(1), strict=False)
        self._pair(compress(neighbours, map(_begun, units)))
        self._pair(self._beside_joined())
        self._indexes: dict[Form, list[int]] = defaultdict(list)
        self._forms_of: dict[Leaf, list[Form]] = defaultdict(list)
        self._places: dict[Leaf, list[Place]] = {}

    @staticmethod
    def _compounds(units: list[Form]) -> dict[int, tuple[Form, int]]:
        """The joined forms and how many units they take, by the unit that they begin with."""
        return {index: form.joined for index, form in enumerate(units) if form.joined is not None}

    def _pair(self, neighbours: Iterable[tuple[Form, Form, int]]) -> None:
        """Add the pairs among the terms, and note where their second words begin."""
        for one, other, index in neighbours:
            for pairs in one.begun:
                for follower in other.leaves:
                    if follower in pairs:
                        pair = pairs[follower]
                        self.terms.add(pair)
                        self._paired.setdefault(pair, []).append(index)

    def _beside_joined(self) -> Iterable[tuple[Form, Form, int]]:
        units = self._units
        for index, (form, length) in self._joined.items():
            after = index + length
            if index:
                yield units[index - 1], form, index
            if after < len(units):
                yield form, units[after], after
            if after in self._joined:
                yield form, self._joined[after][0], after

    def goes_on(self, pair: Pair, leaves: Sequence[Leaf], most: int) -> bool | None:
        """Whether the pair stands anywhere, its second word the first of these leaves, with the others behind.

        None where it stands more than `most` times: that is a long look.
        """
        starts = self._paired.get(pair, ())
        if len(starts) > most:
            return None
        for index in starts:
            at = index
            for leaf in leaves:
                at = self._after(leaf, at)
                if not at:
                    break
            else:
                return True
        return False

    def _after(self, leaf: Leaf, index: int) -> int:
        """Where the word ends that begins at this unit and is a hit, in its shortest form; 0 without one."""
        if index < len(self._units) and leaf in self._units[index].leaves:
            return index + 1
        form, length = self._joined.get(index, (None, 0))
        return index + length if form is not None and leaf in form.leaves else 0

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
        found = [(position, position + 1) for position in map(self._position, self._units_of(leaf))]
        if self._joined:
            found += [
                (self._position(index), self._position(index) + length)
                for index, (form, length) in self._joined.items()
                if leaf in form.leaves
            ]
        found.sort()
        return found

    def _units_of(self, leaf: Leaf) -> list[int]:
        """Where in the units the leaf stands; they are gone through for the first few leaves, then noted for all."""
        if len(self._places) < _FEW:
            return [index for index, form in enumerate(self._units) if leaf in form.leaves]
        if not self._indexes:
            self._note_indexes()
        return [index for form in self._forms_of.get(leaf, ()) for index in self._indexes[form]]

    def _note_indexes(self) -> None:
        """Note where in the units each form stands, and which forms are hits of each leaf."""
        for index, form in enumerate(self._units):
            self._indexes[form].append(index)
        for form in self._indexes:
            for leaf in form.leaves:
                self._forms_of[leaf].append(form)

    def _position(self, index: int) -> int:
        return index if index < self._title_length else index - self._title_length - 1 + BODY
