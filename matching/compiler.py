"""The compiler: from a query's tree to the condition that says whether an article meets it, made of shared terms."""

from collections.abc import MutableMapping
from itertools import product
from typing import assert_never

from matching.analyzer import Token
from matching.condition import All, AnyOf, Close, Either, Has, InTitle, Judged, Lacks, Never, Row, Run, Tested
from matching.evaluate import ANYWHERE, Scope, narrowed, unresolved
from matching.fields import TESTS
from matching.leaf import Condition, Leaf, Pair, Term, Terms
from matching.pattern import Manner, Pattern, pattern
from matching.reading import BODY
from news.query import And, Exact, Field, Near, Not, Or, Phrase, Prefix, Query, Reference
from news.query import Word as QueryWord

_END = 2 * BODY
_RANGES: dict[Scope, tuple[int, int]] = {ANYWHERE: (0, _END), ("title",): (0, BODY), ("text",): (BODY, _END)}
_NOTHING = Either(())


class Compiler:
    """Compiles one query; `used` are the terms that it names, some of them more than once."""

    def __init__(self, terms: Terms, tests: MutableMapping[Field, Tested]) -> None:
        self.used: list[Term] = []
        self._terms = terms
        self._tests = tests

    def condition(self, query: Query, scope: Scope = ANYWHERE) -> Condition:
        """The condition that is met where `find(query, document, scope)` is not None."""
        match query:
            case QueryWord() | Exact() | Prefix() | Phrase():
                return self._leaf(pattern(query), scope)
            case And(parts):
                return self._all([self.condition(part, scope) for part in parts])
            case Or(parts):
                return self._either([self.condition(part, scope) for part in parts])
            case Not(part):
                unwanted = self.condition(part, scope)
                return Lacks(unwanted.term) if isinstance(unwanted, Has) else Never(unwanted)
            case Near():
                return self._near(query, scope)
            case Field("title" | "text" as name, part):
                return self.condition(part, narrowed(name, scope))
            case Field():
                return self._field(query, scope)
            case Reference():
                raise unresolved(query)
            case _:
                assert_never(query)

    @staticmethod
    def _all(parts: list[Condition]) -> Condition:
        flat: list[Condition] = []
        for part in parts:
            flat += part.parts if isinstance(part, All) else (part,)
        return flat[0] if len(flat) == 1 else All(tuple(flat))

    @staticmethod
    def _either(parts: list[Condition]) -> Condition:
        """The parts, those that ask for single terms made one."""
        single: dict[Term, None] = {}
        others: list[Condition] = []
        for part in parts:
            if isinstance(part, Has):
                single[part.term] = None
            elif isinstance(part, AnyOf):
                single.update(dict.fromkeys(part.terms))
            else:
                others.append(part)
        if single:
            others.append(_any_of(tuple(single)))
        return others[0] if len(others) == 1 else Either(tuple(others))

    def _field(self, query: Field, scope: Scope) -> Condition:
        if query.name not in TESTS:
            return Judged(query, scope)
        test = self._tests.get(query)
        if test is None:
            test = self._tests[query] = Tested(query)
        return test

    def _leaf(self, wanted: Pattern, scope: Scope) -> Condition:
        if not wanted.words or scope not in _RANGES:
            return _NOTHING
        is_single = len(wanted.words) == 1 and len(wanted.words[0]) == 1 and len(wanted.words[0][0]) == 1
        if is_single and scope != ("text",):
            [leaf] = self._leaves(wanted.words[0][0], wanted.manner, wanted.open_ended)
            return Has(leaf) if scope == ANYWHERE else InTitle(leaf)
        row = self._row(wanted, *_RANGES[scope])
        return self._by_terms(row) if scope == ANYWHERE else row

    def _by_terms(self, row: Row) -> Condition:
        """The row without positions where it is one word, two single ones side by side, or more of one leaf each."""
        if len(row.words) == 1:
            [spellings] = row.words
            if max(map(len, spellings)) <= 2:
                return _any_of(tuple([self._side_by_side(spelling) for spelling in spellings]))
        elif len(row.words) == 2 and not row.slop:
            one, other = row.words
            if max(map(len, one + other)) == 1:
                return _any_of(tuple([self._pair(*left, *right) for left, right in product(one, other)]))
        elif not row.slop and all(len(word) == len(word[0]) == 1 for word in row.words):
            leaves = tuple([leaf for [[leaf]] in row.words])
            return Run(self._pair(*leaves[:2]), leaves)
        return row

    def _side_by_side(self, leaves: tuple[Leaf, ...]) -> Term:
        """One leaf, or the pair of two."""
        return leaves[0] if len(leaves) == 1 else self._pair(*leaves)

    def _pair(self, first: Leaf, second: Leaf) -> Pair:
        pair = self._terms.pair(first, second)
        self.used.append(pair)
        return pair

    def _row(self, wanted: Pattern, low: int, high: int) -> Row:
        """The pattern over leaves."""
        last = len(wanted.words) - 1
        words = tuple(
            [
                tuple(
                    [
                        self._leaves(spelling, wanted.manner, wanted.open_ended and index == last)
                        for spelling in spellings
                    ]
                )
                for index, spellings in enumerate(wanted.words)
            ]
        )
        return Row(words, wanted.slop, low, high)

    def _leaves(self, spelling: tuple[Token, ...], manner: Manner, open_ended: bool) -> tuple[Leaf, ...]:
        """One leaf for each part of a spelling; the last may be only a beginning."""
        last = len(spelling) - 1
        terms = self._terms
        leaves = tuple([
            terms.leaf("beginning", token.folded, "") if open_ended and index == last
            else terms.leaf(manner, token.folded, "" if manner == "this form" else token.exact)
            for index, token in enumerate(spelling)
        ])  # fmt: skip
        self.used += leaves
        return leaves

    def _near(self, query: Near, scope: Scope) -> Condition:
        if scope not in _RANGES:
            return _NOTHING
        low, high = _RANGES[scope]
        left, right = self._rows(query.left, low, high), self._rows(query.right, low, high)
        if left is not None and right is not None:
            return Close(left, right, query.distance, query.ordered)
        return Judged(query, scope, self._all([self.condition(query.left, scope), self.condition(query.right, scope)]))

    def _rows(self, query: Query, low: int, high: int) -> tuple[Row, ...] | None:
        """The rows of which an operand of NEAR is any; None where it is more than stretches of words."""
        match query:
            case Or(parts):
                found = [self._rows(part, low, high) for part in parts]
                return None if None in found else tuple([row for rows in found for row in rows or ()])
            case Field(name, part) if name in ("title", "text"):
                begin, end = _RANGES[(name,)]
                return self._rows(part, max(low, begin), min(high, end))
            case QueryWord() | Exact() | Prefix() | Phrase(slop=0):
                wanted = pattern(query)
                return (self._row(wanted, low, high),) if wanted.words else ()
            case _:
                return None


def _any_of(terms: tuple[Term, ...]) -> Has | AnyOf:
    return Has(terms[0]) if len(terms) == 1 else AnyOf(terms)
