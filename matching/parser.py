"""From the text of a query to its tree, or to an error that says what is wrong, where, and what to write instead.

or    := and {(OR | OU | "|") and}
and   := near {[AND | ET] near}
near  := unary {(NEAR/n | PRÈS/n | W/n | ONEAR/n | NEAR/nf) unary}
unary := (NOT | SAUF | NON | -) unary | field: primary | primary
primary := ( or ) | "exact phrase" | "inflected words"~n | =Exact | prefix* | word | watch:name
"""

from collections.abc import Callable

from matching.clause import (
    Clause,
    all_of,
    any_of,
    leaf_clause,
    leaf_of,
    near_each_other,
    negated,
    reference_clause,
    within,
)
from matching.fields import EXAMPLES, NAMES, TESTS
from matching.lexer import Kind, Lexeme, lexemes
from matching.pattern import terms
from news.errors import QueryError
from news.query import FieldName, Query

MOST_TERMS = 5_000
MOST_LEVELS = 100
_LEAVES: frozenset[Kind] = frozenset({"word", "exact", "prefix", "phrase"})
_BEGIN_PRIMARY: frozenset[Kind] = _LEAVES | {"("}
_BEGIN_OPERAND: frozenset[Kind] = _BEGIN_PRIMARY | {"not", "field", "watch"}


def parse(text: str) -> Query:
    """The tree of a query, in French, English or both. Raises QueryError, with the position counted from 0.

    A term is a word as an article's are counted: the parts of a hyphenated one are several.
    """
    return _Parser(lexemes(text)).parse()


class _Parser:
    """Recursive descent, one method a rule; `level` counts the brackets, NOTs and fields that are open."""

    def __init__(self, found: list[Lexeme]) -> None:
        self.lexemes = found
        self.index = 0
        self.level = 0
        self.terms = 0
        self.field: FieldName | None = None

    def parse(self) -> Query:
        if self._kind == "end":
            raise QueryError("the query is empty", 0, "write a word to look for")
        clause = self._or()
        if self._kind == ")":
            raise _closes_none(self._next)
        if clause.negation_at is not None:
            hint = "say also what to look for: a NOT b"
            raise QueryError("the query only excludes: it would match nearly everything", clause.negation_at, hint)
        if clause.stopword_at is not None:
            hint = "add a word that tells more, or write = before a name: =IT"
            raise QueryError("nearly every article holds these words", clause.stopword_at, hint)
        return clause.query

    @property
    def _next(self) -> Lexeme:
        return self.lexemes[self.index]

    @property
    def _kind(self) -> Kind:
        return self.lexemes[self.index].kind

    def _take(self) -> Lexeme:
        self.index += 1
        return self.lexemes[self.index - 1]

    def _or(self) -> Clause:
        parts = [self._and()]
        while self._kind == "or":
            parts.append(self._operand(self._take(), self._and))
        return any_of(parts)

    def _and(self) -> Clause:
        parts = [self._near()]
        while self._kind == "and" or self._kind in _BEGIN_OPERAND:
            parts.append(self._operand(self._take(), self._near) if self._kind == "and" else self._near())
        return all_of(parts)

    def _near(self) -> Clause:
        clause = self._unary()
        while self._kind == "near":
            operator = self._take()
            clause = near_each_other(clause, self._operand(operator, self._unary), operator)
        return clause

    def _operand(self, operator: Lexeme, rule: Callable[[], Clause]) -> Clause:
        if self._kind not in _BEGIN_OPERAND:
            raise QueryError(f"nothing follows this {operator.text}", operator.at, "write what it joins, or quote it")
        return rule()

    def _unary(self) -> Clause:
        if self._kind == "not":
            operator = self._take()
            self._go_down(operator)
            clause = negated(self._operand(operator, self._unary), operator.at)
            self.level -= 1
            return clause
        if self._kind == "watch":
            return self._reference()
        return self._in_field() if self._kind == "field" else self._primary()

    def _reference(self) -> Clause:
        lexeme = self._take()
        self._count(1, lexeme)
        return reference_clause(lexeme, self.field)

    def _in_field(self) -> Clause:
        named = self._take()
        name = NAMES[named.text]
        if self.field is not None and (self.field in TESTS or name not in TESTS):
            raise QueryError(f"{name}: cannot stand within {self.field}:", named.at, "put them side by side")
        if self._kind in ("not", "field", "watch"):
            hint = f"write NOT before the field, as in -{EXAMPLES[name]}, and anything else in brackets"
            raise QueryError(f"“{self._next.text}” cannot follow {name}: directly", self._next.at, hint)
        if self._kind not in _BEGIN_PRIMARY:
            raise QueryError(f"nothing follows {name}:", named.at, f"write what to look for, as in {EXAMPLES[name]}")
        self._go_down(named)
        outer, self.field = self.field, name
        clause = within(name, self._primary(), named.at)
        self.field = outer
        self.level -= 1
        return clause

    def _primary(self) -> Clause:
        lexeme = self._take()
        if lexeme.kind == "(":
            return self._bracket(lexeme)
        if lexeme.kind == ")":
            raise _closes_none(lexeme)
        if lexeme.kind not in _LEAVES:
            raise QueryError(f"nothing stands before this {lexeme.text}", lexeme.at, "write what it joins, or quote it")
        leaf = leaf_of(lexeme)
        self._count(1 if self.field in TESTS else terms(leaf), lexeme)
        return leaf_clause(leaf, lexeme, self.field)

    def _bracket(self, opening: Lexeme) -> Clause:
        if self._kind == ")":
            raise QueryError("there is nothing between these brackets", opening.at, "leave them out")
        self._go_down(opening)
        if self._kind == "end":
            raise _never_closed(opening)
        clause = self._or()
        if self._take().kind != ")":  # an OR ends at a closing bracket, or at the query's end
            raise _never_closed(opening)
        self.level -= 1
        return clause

    def _count(self, terms: int, lexeme: Lexeme) -> None:
        self.terms += terms
        if self.terms > MOST_TERMS:
            raise QueryError(f"the query has over {MOST_TERMS:,} terms", lexeme.at, "make several watches of it")

    def _go_down(self, lexeme: Lexeme) -> None:
        self.level += 1
        if self.level > MOST_LEVELS:
            hint = "take some brackets apart"
            raise QueryError(f"over {MOST_LEVELS} levels stand within each other", lexeme.at, hint)


def _closes_none(bracket: Lexeme) -> QueryError:
    return QueryError("this bracket closes none", bracket.at, "leave it out, or open one with (")


def _never_closed(bracket: Lexeme) -> QueryError:
    return QueryError("this bracket is never closed", bracket.at, "close it with )")
