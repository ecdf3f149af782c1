"""Anchors: the terms of a query without one of which it cannot match, chosen so that few articles hold them."""

from collections.abc import Iterable, Sequence
from itertools import pairwise, product
from typing import NamedTuple

from matching.condition import All, AnyOf, Close, Either, Has, InTitle, Judged, Row, Run, Word
from matching.leaf import Candidate, Condition, Leaf, Pair, Term, Terms


class Placement(NamedTuple):
    """Where a query, or a branch of it, stands: under its anchor, perhaps a second term, and what is left to check."""

    anchor: Term
    second: Term | None = None
    rest: Condition | None = None


class _Need(NamedTuple):
    """Candidates of which a matching article holds at least one, and how often that is; `by` says no more than that."""

    share: float
    candidates: tuple[Candidate, ...]
    by: Condition | None = None


def placements(condition: Condition, terms: Terms) -> list[Placement] | None:
    """Where the query stands, every branch of an OR under its own anchor; None where it needs no term at all.

    Pairs that were not there before are made, which the caller has to count as used.
    """
    found = _Anchoring(terms).placements(condition)
    return found if found is None or len(found) == 1 else _merged(found)


def _merged(found: list[Placement]) -> list[Placement]:
    """The placements, those under the same terms made one."""
    merged: dict[tuple[Term, Term | None], list[Condition] | None] = {}
    for anchor, second, rest in found:
        rests = merged.setdefault((anchor, second), [])
        if rest is None:
            merged[anchor, second] = None
        elif rests is not None:
            rests.append(rest)
    return [Placement(*under, _any_rest(rests)) for under, rests in merged.items()]


def _any_rest(rests: list[Condition] | None) -> Condition | None:
    """The one that is left, or any of several: in one, since their number has no end."""
    if rests is None:
        return None
    return rests[0] if len(rests) == 1 else Either(tuple(rests))


class _Anchoring:
    """Anchors one query by how frequent terms are."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    def placements(self, condition: Condition) -> list[Placement] | None:
        if isinstance(condition, Has):
            return [Placement(condition.term)]
        if isinstance(condition, AnyOf):
            return [Placement(term) for term in condition.terms]
        if not isinstance(condition, Either):
            return self._under_rarest(condition)
        found: list[Placement] = []
        for part in condition.parts:
            placed = self.placements(part)
            if placed is None:
                return None
            found += placed
        return found

    def _under_rarest(self, condition: Condition) -> list[Placement] | None:
        needs = sorted(self._needs(condition), key=_share)
        if not needs:
            return None
        anchor = needs[0]
        single = (need for need in needs[1:] if len(need.candidates) == 1)
        second = next((need for need in single if need.candidates[0] not in anchor.candidates), None)
        said = [need.by for need in (anchor, second) if need is not None and need.by is not None]
        rest = _without(condition, said)
        also = None if second is None else self._term(second.candidates[0])
        return [Placement(self._term(candidate), also, rest) for candidate in anchor.candidates]

    def _term(self, candidate: Candidate) -> Term:
        return self._terms.pair(*candidate) if isinstance(candidate, tuple) else candidate

    def _needs(self, condition: Condition) -> list[_Need]:
        """Everything that we know the condition to need."""
        match condition:
            case Has(term=term):
                return [self._need(_candidates((term,)), condition)]
            case InTitle(term=term):
                return [self._need(_candidates((term,)))]
            case AnyOf(terms=terms):
                return [self._need(_candidates(terms), condition)]
            case All(parts=parts):
                return [need for part in parts for need in self._needs(part)]
            case Either(parts=parts):
                return self._any([self._needs(part) for part in parts])
            case Row():
                return self._of_row(condition)
            case Run(leaves=leaves):
                candidates: list[Candidate] = [*leaves, *pairwise(leaves)]
                return [self._need((candidate,)) for candidate in candidates]
            case Close(left=left, right=right):
                return [need for rows in (left, right) for need in self._any([self._of_row(row) for row in rows])]
            case Judged(implied=implied):
                return [] if implied is None else self._needs(implied)
            case _:
                return []

    def _need(self, candidates: Sequence[Candidate], by: Condition | None = None) -> _Need:
        return _Need(sum(map(self._terms.frequency, candidates)), tuple(candidates), by)

    def _any(self, branches: Iterable[list[_Need]]) -> list[_Need]:
        """What an OR needs: the rarest need of each branch, together; nothing, if a branch needs nothing."""
        rarest: list[_Need] = []
        for needs in branches:
            if not needs:
                return []
            rarest.append(min(needs, key=_share))
        together = dict.fromkeys(candidate for need in rarest for candidate in need.candidates)
        return [self._need(tuple(together))]

    def _of_row(self, row: Row) -> list[_Need]:
        needs = [self._need([self._rarest(spelling) for spelling in word]) for word in row.words]
        if not row.slop:
            needs += [self._need(_seams(one, other)) for one, other in pairwise(row.words)]
        return needs

    def _rarest(self, spelling: tuple[Leaf, ...]) -> Candidate:
        """One leaf, or the rarest pair of several."""
        return min(pairwise(spelling), key=self._terms.frequency) if len(spelling) > 1 else spelling[0]


def _share(need: _Need) -> float:
    return need.share


def _candidates(terms: Iterable[Term]) -> list[Candidate]:
    return [term for term in terms if isinstance(term, Leaf | Pair)]


def _seams(one: Word, other: Word) -> list[Candidate]:
    """The end of one word and the beginning of the next, however each is spelled."""
    return [(left[-1], right[0]) for left, right in product(one, other)]


def _without(condition: Condition, said: list[Condition]) -> Condition | None:
    """The condition less the parts that have been said; None where nothing is left."""
    parts = condition.parts if isinstance(condition, All) else (condition,)
    left = tuple([part for part in parts if part not in said])
    if not left:
        return None
    return left[0] if len(left) == 1 else All(left)
