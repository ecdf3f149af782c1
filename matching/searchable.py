"""The query as a full-text index can answer it: a superset of the matches, in the very tokens that are stored."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from matching.pattern import Pattern, Spellings, pattern
from news.query import And, Exact, Field, Near, Not, Or, Phrase, Prefix, Query, Word
from news.search import SearchAll, SearchAny, SearchEverything, SearchField, SearchPlan, SearchTerm

_EVERYTHING = SearchEverything()


def superset(query: Query) -> SearchPlan:
    """A plan that finds every article that the query matches, and others: what it cannot ask, it leaves out.

    NOT and the tests of `lang:`, `site:`, `source:` and the like are dropped, NEAR is read as AND, `=Word` without
    case and accents.
    """
    return _plan(query, "any")


def _plan(query: Query, field: SearchField) -> SearchPlan:
    match query:
        case And(parts):
            return _all([_plan(part, field) for part in parts])
        case Or(parts):
            return _any([_plan(part, field) for part in parts])
        case Near(left, right):
            return _all([_plan(left, field), _plan(right, field)])
        case Not():
            return _EVERYTHING
        case Field(name, part):
            return _plan(part, name) if name == "title" or name == "text" else _EVERYTHING
        case Word() | Exact() | Prefix() | Phrase():
            return _pattern(pattern(query), field)


def _all(parts: Iterable[SearchPlan]) -> SearchPlan:
    narrowing = tuple(dict.fromkeys(part for part in parts if part != _EVERYTHING))
    return SearchAll(narrowing) if len(narrowing) > 1 else narrowing[0] if narrowing else _EVERYTHING


def _any(parts: Sequence[SearchPlan]) -> SearchPlan:
    branches = tuple(dict.fromkeys(parts))
    if _EVERYTHING in branches:
        return _EVERYTHING
    return SearchAny(branches) if len(branches) > 1 else branches[0]


def _pattern(wanted: Pattern, field: SearchField) -> SearchPlan:
    last = len(wanted.words) - 1
    words = [_word(word, field, wanted.open_ended and index == last) for index, word in enumerate(wanted.words)]
    if wanted.slop:
        return _all(words)
    rows = [
        _neighbours(one, other, field, wanted.open_ended and index == last)
        for index, (one, other) in enumerate(pairwise(wanted.words), start=1)
    ]
    compounds = [plan for word, plan in zip(wanted.words, words, strict=True) if len(word) > 1]
    return _all(rows + compounds if rows else words)


def _word(spellings: Spellings, field: SearchField, open_ended: bool) -> SearchPlan:
    """Any spelling of one word; `open_ended` where the word is only a beginning."""
    return _any([_row([token.folded for token in spelling], field, open_ended) for spelling in spellings])


def _neighbours(one: Spellings, other: Spellings, field: SearchField, open_ended: bool) -> SearchPlan:
    """The end of one word directly before the beginning of the next, whichever way each is spelled."""
    ends = [left[-1].folded for left in one]
    return _any([
        _row([end, right[0].folded], field, open_ended and len(right) == 1) for end in ends for right in other
    ])  # fmt: skip


def _row(folded: Sequence[str], field: SearchField, open_ended: bool) -> SearchPlan:
    """Tokens in a row, two by two: a joined form is stored beside its neighbours, but in no longer row."""
    if len(folded) == 1:
        return SearchTerm((folded[0],), field, open_ended)
    last = len(folded) - 1
    return _all([
        SearchTerm(two, field, open_ended and index == last) for index, two in enumerate(pairwise(folded), start=1)
    ])  # fmt: skip
