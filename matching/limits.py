"""Limits: how much of an article a query looks at, so that no query costs more than its share, whatever the article."""

from functools import lru_cache
from typing import NamedTuple

from matching.fields import TESTS
from matching.pattern import terms
from news.query import And, Field, Near, Not, Or, Query, Reference

MOST_HITS = 1_000
_HITS = 100_000
_STEPS = 200_000
_QUICK_STEPS = 2_000_000
_PAIRS = 6_000


class Limits(NamedTuple):
    """What a query's size leaves to each of its parts.

    Of a part at most `hits` places are told. Of a phrase with `~n` at most `rows` beginnings are tried in a field, and
    of what is near something that is itself a NEAR or a phrase with `~n`, at most `pairs`. A part that takes at most
    `quick` steps in an article is not worth the preparations that make long ones quick.
    """

    hits: int
    rows: int
    pairs: int
    quick: int


def limits_of(query: Query) -> Limits:
    """The limits of a whole query, by its words and its NEARs."""
    return _limits(*_size(query))


@lru_cache(maxsize=1_000)
def _limits(words: int, nears: int) -> Limits:
    return Limits(
        min(MOST_HITS, max(20, _HITS // words)),
        max(100, _STEPS // words),
        max(10, _PAIRS // max(1, nears)),
        max(50, _QUICK_STEPS // words),
    )


def words_of(query: Query) -> int:
    """How many words and tests a query has."""
    return _size(query)[0]


def _size(query: Query) -> tuple[int, int]:
    """How many words and tests a query has, and how many NEARs."""
    match query:
        case And(parts) | Or(parts):
            words = nears = 0
            for part in parts:
                more, further = _size(part)
                words += more
                nears += further
            return words, nears
        case Near(left, right):
            (words, nears), (more, further) = _size(left), _size(right)
            return words + more, nears + further + 1
        case Field(name, part) if name in TESTS:
            return _values(part), 0
        case Not(part) | Field(_, part):
            return _size(part)
        case Reference():
            return 1, 0
        case _:
            return terms(query), 0


def _values(query: Query) -> int:
    match query:
        case And(parts) | Or(parts):
            return sum(map(_values, parts))
        case Not(part) | Field(_, part):
            return _values(part)
        case _:
            return 1
