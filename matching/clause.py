"""Clauses: parts of a query as the parser builds them up, each with what the whole has to know of it."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from matching.characters import is_apart
from matching.fields import TESTS, value_fault
from matching.lexer import Lexeme
from matching.pattern import Leaf, pattern
from matching.stopwords import STOPWORDS
from news.errors import QueryError
from news.query import And, Exact, Field, FieldName, Near, Not, Or, Phrase, Prefix, Query, Reference, Word

SHORTEST_PREFIX = 3
# Each NEAR within another is looked for among the other's pairs, in texts that may well be the same word over and over.
MOST_NEARS = 10


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of the tree and where it begins.

    `in_text`: it stands somewhere in a text, so that something can be near it. `nears` counts the NEARs within each
    other. `negation_at` and `stopword_at` are where it only excludes, or only asks for stop-words; None if it
    does not.
    """

    query: Query
    at: int
    in_text: bool = True
    nears: int = 0
    negation_at: int | None = None
    stopword_at: int | None = None


def leaf_of(lexeme: Lexeme) -> Leaf:
    """What a word, a phrase, `=Word` or `prefix*` looks for."""
    text = sys.intern(lexeme.text)  # a hundred thousand watches share most of their words
    if lexeme.kind == "phrase":
        return Phrase(text, inflected=lexeme.number >= 0, slop=max(lexeme.number, 0))
    if lexeme.kind == "exact":
        return Exact(text)
    return Prefix(text) if lexeme.kind == "prefix" else Word(text)


def leaf_clause(leaf: Leaf, lexeme: Lexeme, field: FieldName | None) -> Clause:
    """The clause of a word, a phrase, `=Word` or `prefix*` in a field. Raises QueryError where it means nothing."""
    if field in TESTS:
        _check_value(field, leaf, lexeme)
        return Clause(leaf, lexeme.at, in_text=False)
    wanted = pattern(leaf)
    leaf, words = wanted.leaf, wanted.words
    if not words:
        raise QueryError(f"there is no word in “{leaf.text}”", lexeme.at, "leave it out")
    if isinstance(leaf, Prefix) and _is_too_short(words[-1][0][-1].folded):
        hint = f"write {SHORTEST_PREFIX} letters or more before *"
        raise QueryError(f"“{leaf.text}*” is too short a beginning", lexeme.at, hint)
    every_word = (token.folded for spellings in words for token in spellings[0])
    says_nothing = isinstance(leaf, (Word, Phrase)) and all(folded in STOPWORDS for folded in every_word)
    return Clause(leaf, lexeme.at, stopword_at=lexeme.at if says_nothing else None)


def reference_clause(lexeme: Lexeme, field: FieldName | None) -> Clause:
    """The clause of `watch:name`: what stands in its place is judged when it stands there."""
    if field in TESTS:
        raise QueryError(f"watch: cannot stand within {field}:", lexeme.at, "put them side by side")
    return Clause(Reference(lexeme.text, lexeme.at, lexeme.word), lexeme.at)


def _is_too_short(beginning: str) -> bool:
    return len(beginning) < SHORTEST_PREFIX and not is_apart(beginning[0])


def _check_value(field: FieldName, leaf: Leaf, lexeme: Lexeme) -> None:
    if isinstance(leaf, (Exact, Prefix)) or (isinstance(leaf, Phrase) and leaf.inflected):
        raise QueryError(f"{field}: takes no = * or ~", lexeme.at, "write the value alone")
    if not any(character.isalnum() for character in leaf.text):
        raise QueryError(f"“{leaf.text}” is no value for {field}:", lexeme.at, "write letters or digits")
    fault = value_fault(field, leaf.text)
    if fault is not None:
        raise QueryError(fault[0], lexeme.at, fault[1])


def any_of(parts: Sequence[Clause]) -> Clause:
    """The OR of the parts. Raises QueryError where one of several only excludes."""
    if len(parts) == 1:
        return parts[0]
    for part in parts:
        if part.negation_at is not None:
            raise QueryError(
                "this branch of the OR only excludes: it would match nearly everything",
                part.negation_at,
                "say in the branch what to look for, or take NOT out of the OR: (a OR b) NOT c",
            )
    stopword_at = next((part.stopword_at for part in parts if part.stopword_at is not None), None)
    in_text = all(part.in_text for part in parts)
    return _over(parts, Or(tuple(part.query for part in parts)), in_text, None, stopword_at)


def all_of(parts: Sequence[Clause]) -> Clause:
    """The AND of the parts."""
    if len(parts) == 1:
        return parts[0]
    positive = [part for part in parts if part.negation_at is None]
    negation_at = None if positive else parts[0].negation_at
    telling = any(part.stopword_at is None for part in positive)
    stopword_at = None if telling or not positive else positive[0].stopword_at
    return _over(parts, And(tuple(part.query for part in parts)), False, negation_at, stopword_at)


def near_each_other(left: Clause, right: Clause, operator: Lexeme) -> Clause:
    """`left NEAR/n right`. Raises QueryError where one of them is no place in a text."""
    for part in (left, right):
        if not part.in_text:
            message = f"{operator.text} joins words, phrases, and ORs of them"
            raise QueryError(message, part.at, _not_near(part, operator))
    stopword_at = left.stopword_at if right.stopword_at is not None else None
    query = Near(left.query, right.query, operator.number, operator.ordered)
    clause = _over((left, right), query, True, None, stopword_at)
    if clause.nears == MOST_NEARS:
        hint = "join some of them by AND"
        raise QueryError(f"over {MOST_NEARS} NEARs stand within each other", operator.at, hint)
    return replace(clause, nears=clause.nears + 1)


def _not_near(part: Clause, operator: Lexeme) -> str:
    if isinstance(part.query, Not):
        return f"NOT belongs to the next word only: NOT (a {operator.text} b)"
    if isinstance(part.query, And):
        return f"write (a {operator.text} c) AND (b {operator.text} c)"
    return "join it by AND"


def negated(part: Clause, at: int) -> Clause:
    """NOT the part; `at` is the operator's place."""
    return Clause(Not(part.query), at, in_text=False, nears=part.nears, negation_at=at)


def within(field: FieldName, part: Clause, at: int) -> Clause:
    """`field:part`; `at` is the place of the field's name."""
    in_articles_text = field in ("title", "text")
    return replace(
        part,
        query=Field(field, part.query),
        at=at,
        in_text=part.in_text and in_articles_text,
        stopword_at=part.stopword_at if in_articles_text else None,
    )


def _over(
    parts: Sequence[Clause], query: Query, in_text: bool, negation_at: int | None, stopword_at: int | None
) -> Clause:
    nears = max(part.nears for part in parts)
    return Clause(query, parts[0].at, in_text, nears, negation_at, stopword_at)
