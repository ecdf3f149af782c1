"""Terms: what an article holds that watches hang on, single words in their manner and pairs of them side by side."""

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal, Protocol

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


_FEW = 32  # ids in a list; it is a fourth of a set


class Term:
    """Something that an article holds or does not; watches hang on it by their ids.

    `sure`: the term is all they ask. `checked`: they also ask a condition. `seconds`: they also ask for a second term,
    and perhaps a condition. `uses` counts the queries that name it, `seen` the articles it was seen in since the
    index had learned of `since` others.
    """

    __slots__ = ("checked", "seconds", "seen", "since", "sure", "uses")

    def __init__(self, since: int) -> None:
        self.uses = 0
        self.seen = 0
        self.since = since
        self.sure: list[int] | set[int] | None = None
        self.checked: dict[int, Condition] | None = None
        self.seconds: dict[Term, list[tuple[int, Condition | None]]] | None = None

    def hang(self, number: int, second: "Term | None", rest: Condition | None) -> None:
        """Have a watch stand here, once with each second term and once without."""
        if second is not None:
            if self.seconds is None:
                self.seconds = {}
            self.seconds.setdefault(second, []).append((number, rest))
        elif rest is not None:
            if self.checked is None:
                self.checked = {}
            self.checked[number] = rest
        elif self.sure is None:
            self.sure = [number]
        elif isinstance(self.sure, set):
            self.sure.add(number)
        else:
            self.sure.append(number)
            if len(self.sure) > _FEW:
                self.sure = set(self.sure)

    def take_down(self, number: int, second: "Term | None") -> None:
        """Have a watch that stands here do so no more."""
        if second is not None:
            seconds = self.seconds or {}
            seconds[second] = [one for one in seconds[second] if one[0] != number]
            if not seconds[second]:
                del seconds[second]
            self.seconds = seconds or None
        elif self.checked is not None and number in self.checked:
            del self.checked[number]
            self.checked = self.checked or None
        elif self.sure is not None:
            self.sure.remove(number)
            self.sure = self.sure or None


class Leaf(Term):
    """A word of a query; equal words of all queries are one leaf.

    A pair hangs on the rarer of its words: `begun` are those that begin with this one, by what follows it, `ended`
    those that end with it, by what goes before.
    """

    __slots__ = ("begun", "ended", "exact", "folded", "manner")

    def __init__(self, since: int, manner: LeafManner, folded: str, exact: str) -> None:
        super().__init__(since)
        self.manner: LeafManner = manner
        self.folded = folded
        self.exact = exact
        self.begun: dict[Leaf, Pair] | None = None
        self.ended: dict[Leaf, Pair] | None = None

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
    """Two words directly one after the other; `holder` is the one that it hangs on."""

    __slots__ = ("first", "holder", "second")

    def __init__(self, since: int, first: Leaf, second: Leaf, holder: Leaf) -> None:
        super().__init__(since)
        self.first = first
        self.second = second
        self.holder = holder

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
        leaf = Leaf(self.read, manner, folded, exact)
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
        if self.frequency(first) <= self.frequency(second):
            first.begun = first.begun or {}
            pair = first.begun[second] = Pair(self.read, first, second, first)
        else:
            second.ended = second.ended or {}
            pair = second.ended[first] = Pair(self.read, first, second, second)
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
    found = first.begun.get(second) if first.begun is not None else None
    if found is None and second.ended is not None:
        found = second.ended.get(first)
    return found


def _forget_pair(pair: Pair) -> None:
    first, second = pair.first, pair.second
    if pair.holder is first and first.begun is not None:
        del first.begun[second]
        first.begun = first.begun or None
    elif second.ended is not None:
        del second.ended[first]
        second.ended = second.ended or None
