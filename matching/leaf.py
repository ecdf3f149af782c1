"""Terms: what an article holds that watches hang on, single words in their manner and pairs of them side by side."""

import math
from collections import Counter
from collections.abc import Iterator
from sys import intern
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

from matching.characters import is_apart
from matching.stopwords import STOPWORDS

LeafManner = Literal["any form", "this form", "exact", "beginning"]

# The share of articles that hold a word of so many letters, before any article has told: a guess, for the choice alone.
_SHARES = (0.5, 0.3, 0.15, 0.08, 0.05, 0.03, 0.02, 0.015, 0.01, 0.007, 0.005)
_OF_STOPWORD = 0.6
_OF_CHARACTER = 0.1
_WIDER = 3.0  # a beginning stands for several words
_TRUST = 20  # articles after which what was seen weighs as much as the guess


class Condition(Protocol):
    """What is left to be checked of a query once its anchors are found."""

    def met(self, reading: Any) -> bool:
        """Whether the article fulfils it, as a `matching.reading.Reading`."""
        ...


_FEW = 32  # in a tuple; it is a fifth of a set, and its place is known at once


class Asked(NamedTuple):
    """What a watch asks beside the term that it hangs on: a second term, a condition, or both."""

    second: "Term | None"
    number: int
    rest: Condition | None


class Term:
    """Something that an article holds or does not; watches hang on it.

    `sure` are the ids of those that ask for nothing else, `asked` is what the others ask. `uses` counts the queries
    that name it, `seen` the articles it was seen in since the index had learned of `since` others.
    """

    __slots__ = ("asked", "seen", "since", "sure", "uses")

    def __init__(self, since: int) -> None:
        self.uses = 0
        self.seen = 0
        self.since = since
        self.sure: tuple[int, ...] | set[int] = ()
        self.asked: tuple[Asked, ...] | set[Asked] = ()

    def hang(self, hung: "int | Asked") -> None:
        """Have a watch stand here, by its id alone or with what else it asks; each thing once."""
        if isinstance(hung, int):
            self.sure = _with(self.sure, hung)
        else:
            self.asked = _with(self.asked, hung)

    def take_down(self, hung: "int | Asked") -> None:
        """Have a watch that stands here so do so no more."""
        if isinstance(hung, int):
            self.sure = _less(self.sure, hung)
        else:
            self.asked = _less(self.asked, hung)


_Hung = TypeVar("_Hung")


def _with(hung: tuple[_Hung, ...] | set[_Hung], one: _Hung) -> tuple[_Hung, ...] | set[_Hung]:
    if isinstance(hung, set):
        hung.add(one)
        return hung
    return (*hung, one) if len(hung) < _FEW else {*hung, one}


def _less(hung: tuple[_Hung, ...] | set[_Hung], one: _Hung) -> tuple[_Hung, ...] | set[_Hung]:
    if isinstance(hung, set):
        hung.remove(one)
        return hung or ()
    return tuple([other for other in hung if other != one])


class Leaf(Term):
    """A word of a query; equal words of all queries are one leaf.

    `begun` are the pairs that begin with it, by what follows.
    """

    __slots__ = ("begun", "exact", "folded", "manner")

    def __init__(self, since: int, manner: LeafManner, folded: str, exact: str) -> None:
        super().__init__(since)
        self.manner: LeafManner = manner
        self.folded = folded
        self.exact = folded if exact == folded else exact  # one string rather than two
        self.begun: dict[Leaf, Pair] | None = None

    def __str__(self) -> str:
        return f"{self.folded}*" if self.manner == "beginning" else self.folded

    def share(self) -> float:
        """The guess in how many of all articles it stands."""
        if self.folded in STOPWORDS:
            share = _OF_STOPWORD
        elif len(self.folded) == 1 and is_apart(self.folded):
            share = _OF_CHARACTER
        else:
            share = _SHARES[min(len(self.folded), len(_SHARES) - 1)]
        return min(1.0, share * _WIDER) if self.manner == "beginning" else share


class Pair(Term):
    """Two words directly one after the other."""

    __slots__ = ("first", "second")

    def __init__(self, since: int, first: Leaf, second: Leaf) -> None:
        super().__init__(since)
        self.first = first
        self.second = second

    def __str__(self) -> str:
        return f"{self.first} {self.second}"


Candidate = Leaf | Pair | tuple[Leaf, Leaf]
"""What a query could be anchored on: a term, or a pair that is none yet."""


class Terms:
    """All terms of all queries."""

    def __init__(self) -> None:
        self.any_form: dict[str, tuple[Leaf, ...]] = {}
        self.this_form: dict[str, Leaf] = {}
        self.exact: dict[tuple[str, str], Leaf] = {}
        self.beginnings: dict[str, Leaf] = {}
        self.beginning_lengths: Counter[int] = Counter()
        self.read = 0

    def __iter__(self) -> Iterator[Leaf]:
        for leaves in self.any_form.values():
            yield from leaves
        yield from self.this_form.values()
        yield from self.exact.values()
        yield from self.beginnings.values()

    def leaf(self, manner: LeafManner, folded: str, exact: str) -> Leaf:
        """The leaf of a word; a new one if no query has it yet."""
        known = self._known(manner, folded, exact)
        if known is not None:
            return known
        leaf = Leaf(self.read, manner, intern(folded), exact)
        if manner == "any form":
            self.any_form[folded] = (*self.any_form.get(folded, ()), leaf)
        elif manner == "this form":
            self.this_form[folded] = leaf
        elif manner == "exact":
            self.exact[folded, exact] = leaf
        else:
            self.beginnings[folded] = leaf
            self.beginning_lengths[len(folded)] += 1
        return leaf

    def _known(self, manner: LeafManner, folded: str, exact: str) -> Leaf | None:
        if manner == "any form":
            return next((leaf for leaf in self.any_form.get(folded, ()) if leaf.exact == exact), None)
        if manner == "exact":
            return self.exact.get((folded, exact))
        return (self.this_form if manner == "this form" else self.beginnings).get(folded)

    def pair(self, first: Leaf, second: Leaf) -> Pair:
        """The term for two leaves side by side."""
        known = _known_pair(first, second)
        if known is not None:
            return known
        if first.begun is None:
            first.begun = {}
        pair = first.begun[second] = Pair(self.read, first, second)
        return pair

    def forget(self, term: Term) -> None:
        """Drop a term that no query names any more."""
        if isinstance(term, Pair):
            _forget_pair(term)
        elif isinstance(term, Leaf):
            self._forget_leaf(term)

    def _forget_leaf(self, leaf: Leaf) -> None:
        if leaf.manner == "any form":
            left = tuple(other for other in self.any_form[leaf.folded] if other is not leaf)
            if left:
                self.any_form[leaf.folded] = left
            else:
                del self.any_form[leaf.folded]
        elif leaf.manner == "this form":
            del self.this_form[leaf.folded]
        elif leaf.manner == "exact":
            del self.exact[leaf.folded, leaf.exact]
        else:
            del self.beginnings[leaf.folded]
            self.beginning_lengths -= Counter((len(leaf.folded),))

    def frequency(self, candidate: Candidate) -> float:
        """In how many of all articles it stands, from 0 to 1: what was seen, and a guess as long as that is little."""
        if isinstance(candidate, Leaf):
            return self._learned(candidate, candidate.share())
        first, second = candidate if isinstance(candidate, tuple) else (candidate.first, candidate.second)
        rarer, other = sorted((self.frequency(first), self.frequency(second)))
        guess = rarer * math.sqrt(
            other
        )  # words that are asked for in a row follow each other more often than by chance
        pair = _known_pair(first, second)
        return guess if pair is None else self._learned(pair, guess)

    def _learned(self, term: Term, guess: float) -> float:
        return (term.seen + _TRUST * guess) / (self.read - term.since + _TRUST)


def _known_pair(first: Leaf, second: Leaf) -> Pair | None:
    return None if first.begun is None else first.begun.get(second)


def _forget_pair(pair: Pair) -> None:
    first = pair.first
    if first.begun is not None:
        del first.begun[pair.second]
        first.begun = first.begun or None
