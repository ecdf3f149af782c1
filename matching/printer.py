"""A query's tree in writing: as the one text that parses back to it, and as lines for people to read."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from matching.fields import TESTS
from matching.lexer import name_written
from news.query import And, Exact, Field, Near, Not, Or, Phrase, Prefix, Query, Reference, Word

_NONE: Mapping[str, Query] = MappingProxyType({})
_OR, _AND, _NEAR, _UNARY, _PRIMARY = range(5)


def canonical(query: Query) -> str:
    """The query in its normal form: English operators, every AND written, no bracket more than is needed.

    `parse(canonical(query)) == query` for every query that `parse` gives, unless the ANDs make it too long to be one.
    """
    return _text(query, _OR)


def _text(query: Query, binding: int) -> str:
    """The query, in brackets if what stands around it binds tighter than it does."""
    written, own = _bare(query)
    return written if own >= binding else f"({written})"


def _bare(query: Query) -> tuple[str, int]:
    match query:
        case Or(parts):
            return " OR ".join([_text(part, _AND) for part in parts]), _OR
        case And(parts):
            return " AND ".join([_text(part, _NEAR) for part in parts]), _AND
        case Near(left, right):
            return f"{_text(left, _NEAR)} {_operator(query)} {_text(right, _UNARY)}", _NEAR
        case Not(part):
            return f"NOT {_text(part, _UNARY)}", _UNARY
        case Field(name, part):
            return f"{name}:{_text(part, _PRIMARY)}", _UNARY
        case Reference(name):
            return f"watch:{name_written(name)}", _UNARY
        case _:
            return _leaf(query), _PRIMARY


def _leaf(leaf: Word | Exact | Prefix | Phrase) -> str:
    match leaf:
        case Word(text):
            return text
        case Exact(text):
            return f"={text}"
        case Prefix(text):
            return f"{text}*"
        case Phrase(text, inflected, slop):
            return f'"{text}"~{slop}' if inflected else f'"{text}"'


def _operator(query: Near) -> str:
    return f"{'ONEAR' if query.ordered else 'NEAR'}/{query.distance}"


def tree_lines(query: Query, named: Mapping[str, Query] = _NONE) -> list[str]:
    """The tree, a line a node, drawn for a terminal: how the query was understood.

    Under the name of a watch stands its own tree, of those that are given; no circle may lead through them.
    """
    return list(_drawn(query, named))


def _drawn(query: Query, named: Mapping[str, Query]) -> Iterator[str]:
    """Depth first; the stack holds a node, the drawing before it, and the drawing before what is under it."""
    stack: list[tuple[Query, str, str, bool]] = [(query, "", "", False)]
    while stack:
        node, lead, under, is_value = stack.pop()
        yield lead + label(node, is_value=is_value)
        inner, is_value = _inner(node, named), is_value or is_test(node)
        for index in range(len(inner) - 1, -1, -1):
            is_last = index == len(inner) - 1
            branch, below = ("└─ ", "   ") if is_last else ("├─ ", "│  ")
            stack.append((inner[index], under + branch, under + below, is_value))


def _inner(query: Query, named: Mapping[str, Query]) -> tuple[Query, ...]:
    match query:
        case Reference(name) if name in named:
            return (named[name],)
        case And(parts) | Or(parts):
            return parts
        case Near(left, right):
            return left, right
        case Not(part) | Field(_, part):
            return (part,)
        case _:
            return ()


_IN_FIELD = {
    "title": "in the title", "text": "in the text", "lang": "in the language", "source": "the source is named",
    "site": "on the site", "country": "from the country", "author": "an author is named", "url": "in its URL",
}  # fmt: skip


def is_test(query: Query) -> bool:
    """Whether a node tests the article itself, so that values stand under it and not words to look for."""
    return isinstance(query, Field) and query.name in TESTS


def label(query: Query, *, is_value: bool = False) -> str:
    """What one node asks, in words, without what stands under it; `is_value` of what stands under a test."""
    match query:
        case And():
            return "all of"
        case Or():
            return "any of"
        case Not():
            return "not"
        case Near(_, _, distance, ordered):
            return f"at most {_words(distance)} apart{', in this order' if ordered else ''}"
        case Field(name):
            return _IN_FIELD[name]
        case Reference(name):
            return f"what the watch “{name}” looks for"
        case _:
            return f"“{query.text}”" if is_value else _leaf_label(query)


def _leaf_label(leaf: Word | Exact | Prefix | Phrase) -> str:
    match leaf:
        case Word(text):
            return f"the word “{text}”"
        case Exact(text):
            return f"exactly “{text}”, case and accents kept"
        case Prefix(text):
            return f"words that begin with “{text}”"
        case Phrase(text, inflected, slop):
            form = "in any form" if inflected else "in these forms"
            return f"the phrase “{text}” {form}" + (f", at most {_words(slop)} between" if slop else "")


def _words(number: int) -> str:
    return "1 word" if number == 1 else f"{number} words"
