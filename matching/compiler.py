"""The compiler: from a query's tree to the condition that says whether an article meets it, made of shared terms."""

from collections.abc import Iterable, MutableMapping
from functools import cached_property
from itertools import product
from typing import assert_never

from matching.analyzer import Token
from matching.condition import (
    RANGES,
    All,
    AnyOf,
    Close,
    Either,
    Has,
    InTitle,
    Judged,
    Lacks,
    Never,
    Row,
    Run,
    Tested,
    Word,
)
from matching.evaluate import ANYWHERE, Scope, narrowed
from matching.fields import TESTS
from matching.leaf import Condition, Leaf, Pair, Term, Terms
from matching.limits import Limits, limits_of
from matching.nearness import unresolved
from matching.pattern import Leaf as QueryLeaf
from matching.pattern import Manner, Pattern, pattern
from news.query import And, Exact, Field, Near, Not, Or, Phrase, Prefix, Query, Reference
from news.query import Word as QueryWord

_MANY = 10
_NONE_YET = Or(())
_NOTHING = Either(())


class Compiler:
    """Compiles one query; `used` are the terms that it names, some of them more than once."""

    def __init__(self, terms: Terms, tests: MutableMapping[Field, Tested]) -> None:
        self.used: list[Term] = []
        self._terms = terms
        self._tests = tests
        self._whole: Query = _NONE_YET

    @cached_property
    def _limits(self) -> Limits:
        """What the size of the whole query leaves to each part; most have no part that has to know."""
        return limits_of(self._whole)

    def condition(self, query: Query, scope: Scope = ANYWHERE) -> Condition:
        """The condition that is met where the evaluator finds the query within these fields."""
        if self._whole is _NONE_YET:
            self._whole = query
        match query:
            case QueryWord() | Exact() | Prefix() | Phrase():
                return self._leaf(query, scope)
            case And(parts):
                return self._all([self.condition(part, scope) for part in _different(parts)])
            case Or(parts):
                return self._either([self.condition(part, scope) for part in _different(parts)])
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
            return Judged(query, scope, self._limits)
        test = self._tests.get(query)
        if test is None:
            test = self._tests[query] = Tested(query)
        return test

    def _leaf(self, query: QueryLeaf, scope: Scope) -> Condition:
        wanted = pattern(query)
        if not wanted.words or not scope or scope not in RANGES:
            return _NOTHING
        is_single = len(wanted.words) == 1 and len(wanted.words[0]) == 1 and len(wanted.words[0][0]) == 1
        if is_single and scope != ("text",):
            [leaf] = self._leaves(wanted.words[0][0], wanted.manner, wanted.open_ended)
            return Has(leaf) if scope == ANYWHERE else InTitle(leaf)
        words = self._words(wanted)
        by_terms = self._by_terms(words, query) if scope == ANYWHERE and (len(words) == 1 or not wanted.slop) else None
        return by_terms or Row(words, wanted.slop, query, scope, self._limits)

    def _by_terms(self, words: tuple[Word, ...], query: QueryLeaf) -> Condition | None:
        """One word, two single ones side by side, or more of one leaf each need no positions; None for others."""
        if len(words) == 1:
            [spellings] = words
            if max(map(len, spellings)) <= 2:
                return _any_of(tuple([self._side_by_side(spelling) for spelling in spellings]))
        elif len(words) == 2:
            one, other = words
            if max(map(len, one + other)) == 1:
                return _any_of(tuple([self._pair(*left, *right) for left, right in product(one, other)]))
        elif all(len(word) == len(word[0]) == 1 for word in words):
            leaves = tuple([leaf for [[leaf]] in words])
            return Run(self._pair(*leaves[:2]), leaves, query, self._limits)
        return None

    def _side_by_side(self, leaves: tuple[Leaf, ...]) -> Term:
        """One leaf, or the pair of two."""
        return leaves[0] if len(leaves) == 1 else self._pair(*leaves)

    def _pair(self, first: Leaf, second: Leaf) -> Pair:
        pair = self._terms.pair(first, second)
        self.used.append(pair)
        return pair

    def _words(self, wanted: Pattern) -> tuple[Word, ...]:
        """The pattern over leaves."""
        last = len(wanted.words) - 1
        return tuple(
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
        if not scope or scope not in RANGES:
            return _NOTHING
        left, right = self._rows(query.left, scope), self._rows(query.right, scope)
        if left is not None and right is not None:
            return Close(left, right, query, scope, self._limits)
        sides = [self.condition(side, scope) for side in (query.left, query.right)]
        return Judged(query, scope, self._limits, self._all([_implied(side) for side in sides]))

    def _rows(self, query: Query, scope: Scope) -> tuple[Row, ...] | None:
        """The rows of which an operand of NEAR is any; None where it is more than stretches of words."""
        match query:
            case Or(parts):
                found = [self._rows(part, scope) for part in _different(parts)]
                return None if None in found else tuple([row for rows in found for row in rows or ()])
            case Field(name, part) if name in ("title", "text"):
                return self._rows(part, narrowed(name, scope))
            case QueryWord() | Exact() | Prefix() | Phrase(slop=0):
                wanted = pattern(query)
                return (Row(self._words(wanted), wanted.slop, query, scope, self._limits),) if wanted.words else ()
            case _:
                return None


def _implied(condition: Condition) -> Condition:
    """What has to be met besides: of what only the evaluator can tell, it is asked for the whole and not for a part."""
    match condition:
        case Judged(implied=implied) if implied is not None:
            return implied
        case Either(parts=parts):
            return Either(tuple([_implied(part) for part in parts]))
        case _:
            return condition


def _different(parts: tuple[Query, ...]) -> Iterable[Query]:
    """The parts, of which many may be equal."""
    return parts if len(parts) < _MANY else dict.fromkeys(parts)


def _any_of(terms: tuple[Term, ...]) -> Has | AnyOf:
    return Has(terms[0]) if len(terms) == 1 else AnyOf(terms)
