"""Watches that use others: `watch:name` in a query, and what stands in its place when an article is asked."""

import difflib
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from matching.fields import TESTS
from matching.fold import fold
from matching.lexer import lexemes, name_written
from matching.limits import words_of
from matching.parser import MOST_TERMS, parse
from matching.pattern import terms
from matching.printer import canonical
from news.errors import QueryError
from news.query import And, Field, Near, Not, Or, Query, Reference
from news.text import clip

Named = Mapping[str, Query | QueryError]
"""What each watch looks for, by its name; the error, where its query does not parse."""

MOST_WITHIN = 10
# Before a query is printed and parsed, which go down into it, and so past what Python lets them.
_DEEPEST = 200
_LONGEST_CIRCLE = 200
_LONGEST_NAME = 80
_LIKE_ENOUGH = 0.6
_MOST_COMPARED = 5_000


def references(query: Query) -> tuple[str, ...]:
    """The names of the watches that a query itself uses, each once, in their order."""
    return tuple(dict.fromkeys(used.name for used in _all(query)))


def renamed(text: str, old: str, new: str) -> str:
    """The text of a query, a watch in it called by its new name. Raises QueryError; ValueError if it has quotes."""
    for lexeme in reversed(lexemes(text)):
        if lexeme.kind == "watch" and lexeme.text == old:
            field = text[lexeme.at : text.index(":", lexeme.at) + 1]
            text = text[: lexeme.at] + field + name_written(new) + text[lexeme.end :]
    return text


def resolved(query: Query, named: Named, of: str = "") -> Query:
    """The query with the trees of the watches that it uses in place of their names; `of` is the watch it belongs to.

    Raises QueryError, at the place of the name, where a watch is missing, broken, in a circle or too deep in others,
    and where the whole is nothing that could be written out as a query.
    """
    used = next(_all(query), None)
    if used is None:
        return query
    whole = _Resolution(named, of).whole(query)
    try:
        parse(canonical(whole))
    except QueryError as error:
        raise QueryError(f"with the watches in it written out, {error.message}", used.at, error.hint) from error
    return whole


class _Whole(NamedTuple):
    """A tree without names, its terms and levels, and how many watches lay within each other below it."""

    query: Query
    terms: int
    levels: int
    within: int = 0


class _Resolution:
    """That of one query; a watch that is used twice is resolved once. `used` has the place that errors name."""

    def __init__(self, named: Named, of: str) -> None:
        self.named = named
        self.of = of
        self.known: dict[str, _Whole] = {}
        self.used = Reference(of)

    def whole(self, query: Query) -> Query:
        path = (self.of,) if self.of else ()
        for self.used in _all(query):
            self._watch(self.used.name, path)
        return self._put_together(query).query

    def _watch(self, name: str, path: tuple[str, ...]) -> None:
        """Make the watch known, by way of those that it uses; `path` are those that led here."""
        if name in path:
            circle = clip(" → ".join((*path[path.index(name) :], name)), _LONGEST_CIRCLE)
            raise self._error(f"this leads in a circle: {circle}", "let one of them say by itself what it looks for")
        if name not in self.known:
            query = self._named(name, path)
            if len(path) < MOST_WITHIN:
                for used in _all(query):
                    self._watch(used.name, (*path, name))
                self.known[name] = self._put_together(query)
        if name not in self.known or len(path) + self.known[name].within >= MOST_WITHIN:
            hint = "let some of them say by themselves what they look for"
            raise self._error(f"over {MOST_WITHIN} watches lie within each other", hint)

    def _named(self, name: str, path: tuple[str, ...]) -> Query:
        found, told = self.named.get(name), clip(name, _LONGEST_NAME)
        if isinstance(found, QueryError):
            raise self._error(f"the query of the watch “{told}” is broken: {found.message}", "mend that one first")
        if found is None:
            by = f", which the watch “{path[-1]}” uses" if path not in ((), (self.of,)) else ""
            raise self._error(f"there is no watch “{told}”{by}", _nearest(name, self.used.word, self.named))
        return found

    def _put_together(self, query: Query) -> _Whole:
        """The query, what it uses being known. Raises QueryError before it grows beyond all bounds."""
        whole = self._with(query)
        if whole.terms > MOST_TERMS or whole.levels > _DEEPEST:
            much = f"{MOST_TERMS:,} terms" if whole.terms > MOST_TERMS else f"{_DEEPEST} levels"
            raise self._error(f"with the watches in it written out, it has over {much}", "make several watches of it")
        within = max((self.known[name].within for name in references(query)), default=-1) + 1
        return whole._replace(within=within)

    def _with(self, query: Query) -> _Whole:
        match query:
            case Reference(name):
                return self.known[name]
            case And(parts) | Or(parts):
                inner = [self._with(part) for part in parts]
                return _over(type(query)(tuple(one.query for one in inner)), inner)
            case Near(left, right, distance, ordered):
                inner = [self._with(left), self._with(right)]
                return _over(Near(inner[0].query, inner[1].query, distance, ordered), inner)
            case Not(part):
                one = self._with(part)
                return _over(Not(one.query), [one])
            case Field(name) if name in TESTS:
                return _Whole(query, words_of(query), 1)
            case Field(name, part):
                one = self._with(part)
                return _over(Field(name, one.query), [one])
            case _:
                return _Whole(query, terms(query), 0)

    def _error(self, message: str, hint: str) -> QueryError:
        return QueryError(message, self.used.at, hint)


def _over(query: Query, inner: list[_Whole]) -> _Whole:
    return _Whole(query, sum(one.terms for one in inner), max(one.levels for one in inner) + 1)


def _all(query: Query) -> Iterator[Reference]:
    match query:
        case Reference():
            yield query
        case And(parts) | Or(parts):
            for part in parts:
                yield from _all(part)
        case Near(left, right):
            yield from _all(left)
            yield from _all(right)
        case Not(part) | Field(_, part):
            yield from _all(part)


def _nearest(name: str, word: str, named: Named) -> str:
    """The hint for a name that is not there: the one that looks most like it, if any does."""
    quote = "words with a colon go in quotes"
    forms = {fold(one): one for one in islice(named, _MOST_COMPARED)}
    close = difflib.get_close_matches(fold(name), forms, n=1, cutoff=_LIKE_ENOUGH)
    try:
        return (
            f"did you mean {word}:{name_written(forms[close[0]])} ? ({quote})" if close else f"add it first ({quote})"
        )
    except ValueError:  # it cannot be written, so nobody means it
        return f"add it first ({quote})"
