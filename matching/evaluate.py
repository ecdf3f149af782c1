"""Whether a query matches an article, and where: the verdict that everything faster has to agree with."""

from itertools import chain
from typing import assert_never

from matching.document import Document, Stream
from matching.fields import TESTS, holds
from matching.occurrence import Occurrence, near, occurrences, outermost
from matching.pattern import pattern
from news.article import Article, Span
from news.query import And, Exact, Field, FieldName, Near, Not, Or, Phrase, Prefix, Query, Reference, Word

Scope = tuple[FieldName, ...]
ANYWHERE: Scope = ("title", "text")


def spans(query: Query, document: Document) -> tuple[Span, ...] | None:
    """The hits that explain the match, in order, none overlapping another; None where the query does not match.

    A match without a word in title or text (`lang:fr`, `source:Reuters`) has no spans.
    """
    found = find(query, document, ANYWHERE)
    return None if found is None else _merged(found)


def find(query: Query, document: Document, scope: Scope) -> list[Span] | None:
    """The hits of the query's positive words within these fields, as they come; None where it does not match."""
    match query:
        case And(parts):
            return _find_all(parts, document, scope)
        case Or(parts):
            hits = [hit for part in parts if (hit := find(part, document, scope)) is not None]
            return list(chain.from_iterable(hits)) if hits else None
        case Not(part):
            return [] if find(part, document, scope) is None else None
        case Field(name, part) if name in TESTS:
            return [] if passes(name, part, document.article) else None
        case Field(name, part):
            return find(part, document, narrowed(name, scope))
        case _:
            streams = document.named(scope)
            hit_in = [(stream, hit) for stream in streams for hit in places(query, stream)]
            return [span for stream, hit in hit_in for span in _spans(stream, hit)] if hit_in else None


def _find_all(parts: tuple[Query, ...], document: Document, scope: Scope) -> list[Span] | None:
    found: list[Span] = []
    for part in parts:
        hits = find(part, document, scope)
        if hits is None:
            return None
        found += hits
    return found


def narrowed(name: FieldName, scope: Scope) -> Scope:
    """The scope within `name:`; title and text narrow each other to nothing, source and author stand apart."""
    return (name,) if name in scope or name in ("source", "author") else ()


def passes(name: FieldName, part: Query, article: Article) -> bool:
    """Whether the article passes a test such as `lang:(fr OR en)`."""
    match part:
        case And(parts):
            return all(passes(name, inner, article) for inner in parts)
        case Or(parts):
            return any(passes(name, inner, article) for inner in parts)
        case Not(inner):
            return not passes(name, inner, article)
        case Field(other, inner):
            return passes(other, inner, article)
        case Near():
            return passes(name, part.left, article) and passes(name, part.right, article)
        case Word(text) | Exact(text) | Prefix(text) | Phrase(text):
            return holds(name, text, article)
        case Reference():
            raise unresolved(part)
        case _:
            assert_never(part)


def places(query: Query, stream: Stream) -> list[Occurrence]:
    """Where in one stream a word, a phrase, a proximity or an OR of them stands."""
    match query:
        case Word() | Exact() | Prefix() | Phrase():
            return occurrences(pattern(query), stream)
        case Near(left, right, distance, ordered):
            return near(_operand(left, stream), _operand(right, stream), distance, ordered)
        case Or(parts):
            return sorted({occurrence for part in parts for occurrence in places(part, stream)})
        case Field(name, part):
            return places(part, stream) if stream.name == name else []
        case And() | Not():
            return []
        case Reference():
            raise unresolved(query)
        case _:
            assert_never(query)


def unresolved(reference: Reference) -> TypeError:
    """The error of whoever puts a query to an article before its references are resolved."""
    return TypeError(f"{reference} stands for another query, which has to take its place first")


def _operand(query: Query, stream: Stream) -> list[Occurrence]:
    found = places(query, stream)
    return outermost(found) if len(found) > len(stream.tokens) else found


def _spans(stream: Stream, occurrence: Occurrence) -> list[Span]:
    name = stream.name
    if name != "title" and name != "text":
        return []
    return [Span(name, mark.start, mark.end) for mark in occurrence.marks]


def _merged(found: list[Span]) -> tuple[Span, ...]:
    """The spans in reading order, the title first, overlapping ones made one."""
    merged: list[Span] = []
    for span in sorted(found, key=lambda span: (span.field != "title", span.start, span.end)):
        last = merged[-1] if merged else None
        if last is not None and last.field == span.field and span.start < last.end:
            merged[-1] = Span(span.field, last.start, max(last.end, span.end))
        else:
            merged.append(span)
    return tuple(merged)
