"""Whether a query matches an article, and where: the verdict that everything faster has to agree with."""

from collections.abc import Iterable
from itertools import chain
from typing import assert_never

from matching.document import Document, Stream
from matching.fields import TESTS, holds
from matching.limits import MOST_HITS, Limits, limits_of
from matching.nearness import Nearness, unresolved
from matching.occurrence import alone
from matching.pattern import pattern
from news.article import Span
from news.query import And, Exact, Field, FieldName, Near, Not, Or, Phrase, Prefix, Query, Reference, Word

Scope = tuple[FieldName, ...]
ANYWHERE: Scope = ("title", "text")
Hits = list[tuple[Span, ...]]
"""The places of each word, phrase or NEAR that is met."""


def spans(query: Query, document: Document, most: int = MOST_HITS) -> tuple[Span, ...] | None:
    """The hits that explain the match, in order, none overlapping another; None where the query does not match.

    A match without a word in title or text (`lang:fr`, `source:Reuters`) has no spans. So many at most are given, and
    of a part of a query of hundreds of words fewer: the first ones.
    """
    limits = limits_of(query)
    if most > MOST_HITS:  # for who has the time, and wants them all
        limits = limits._replace(hits=most)
    found = Finder(document, limits).find(query, ANYWHERE)
    return None if found is None else _merged(together(found))[:most]


def together(found: Hits) -> Iterable[Span]:
    """The spans of all hits, those of equal parts once."""
    return chain.from_iterable({id(hits): hits for hits in found}.values())


def narrowed(name: FieldName, scope: Scope) -> Scope:
    """The scope within `name:`; title and text narrow each other to nothing, source and author stand apart."""
    return (name,) if name in scope or name in ("source", "author") else ()


class Finder:
    """Puts a query, and parts of it, to one article; nothing is looked for twice."""

    def __init__(self, document: Document, limits: Limits) -> None:
        self.document = document
        self.nearness = Nearness(limits)
        self._known: dict[tuple[int, Scope], tuple[Query, Hits | None]] = {}
        self._known_places: dict[tuple[Query, Scope], Hits | None] = {}
        self._known_tests: dict[tuple[int, FieldName], tuple[Query, bool]] = {}

    def find(self, query: Query, scope: Scope) -> Hits | None:
        """The hits of the query's positive words within these fields, as they come; None where it does not match."""
        if isinstance(query, Word | Phrase | Exact | Prefix | Near):
            return self._places(query, scope)
        key = id(query), scope
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = query, self._found(query, scope)  # the query, lest another gets its id
        return known[1]

    def _found(self, query: Query, scope: Scope) -> Hits | None:
        match query:
            case And(parts):
                return self._all(parts, scope)
            case Or(parts):
                hits = [hit for part in parts if (hit := self.find(part, scope)) is not None]
                return list(chain.from_iterable(hits)) if hits else None
            case Not(part):
                return [] if self.find(part, scope) is None else None
            case Field(name, part) if name in TESTS:
                return [] if self.passes(name, part) else None
            case Field(name, part):
                return self.find(part, narrowed(name, scope))
            case Reference():
                raise unresolved(query)
            case _:
                return self._places(query, scope)

    def _all(self, parts: tuple[Query, ...], scope: Scope) -> Hits | None:
        found: Hits = []
        for part in parts:
            hits = self.find(part, scope)
            if hits is None:
                return None
            found += hits
        return found

    def passes(self, name: FieldName, part: Query) -> bool:
        """Whether the article passes a test such as `lang:(fr OR en)`."""
        known = self._known_tests.get((id(part), name))
        if known is None:
            known = self._known_tests[id(part), name] = part, self._passes(name, part)
        return known[1]

    def _passes(self, name: FieldName, part: Query) -> bool:
        match part:
            case And(parts):
                return all(self.passes(name, inner) for inner in parts)
            case Or(parts):
                return any(self.passes(name, inner) for inner in parts)
            case Not(inner):
                return not self.passes(name, inner)
            case Field(other, inner):
                return self.passes(other, inner)
            case Near():
                return self.passes(name, part.left) and self.passes(name, part.right)
            case Word(text) | Exact(text) | Prefix(text) | Phrase(text):
                return holds(name, text, self.document.article)
            case Reference():
                raise unresolved(part)
            case _:
                assert_never(part)

    def _places(self, query: Word | Exact | Prefix | Phrase | Near, scope: Scope) -> Hits | None:
        key = query, scope
        if key in self._known_places:
            return self._known_places[key]
        found: list[Span] = []
        is_met = False
        for stream in self.document.streams:
            if stream.name in scope:
                hits = self._in_stream(query, stream)
                if hits is not None:
                    is_met = True
                    found += hits
        self._known_places[key] = [tuple(found)] if is_met else None
        return self._known_places[key]

    def _in_stream(self, query: Word | Exact | Prefix | Phrase | Near, stream: Stream) -> list[Span] | None:
        """The first hits in one stream; None where there are none, no spans where they are not in title or text."""
        name = stream.name
        tokens = None if isinstance(query, Near) else alone(pattern(query), stream)
        marks = self.nearness.marks(query, stream) if tokens is None else []
        if not tokens and not marks:
            return None
        if name != "title" and name != "text":
            return []
        if tokens is not None:
            return [Span(name, token.start, token.end) for token in tokens[: self.nearness.limits.hits]]
        words = stream.words
        return [Span(name, words[first].start, words[after - 1].end) for first, after in marks]


def _merged(found: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in reading order, the title first, overlapping ones made one."""
    merged: list[Span] = []
    for span in sorted(found, key=lambda span: (span.field != "title", span.start, span.end)):
        last = merged[-1] if merged else None
        if last is not None and last.field == span.field and span.start < last.end:
            merged[-1] = Span(span.field, last.start, max(last.end, span.end))
        else:
            merged.append(span)
    return tuple(merged)
