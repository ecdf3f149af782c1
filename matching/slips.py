"""Slips: what a query says that its author hardly meant. It is no error; a remark beside it may help."""

from itertools import pairwise

from matching.fields import TESTS
from matching.lexer import OPERATORS, lexemes
from news.query import And, Field, Not, Or, Query

_END_OPERAND = frozenset({"word", "exact", "prefix", "phrase", "watch", ")"})
_BEGIN_OPERAND = frozenset({"word", "exact", "prefix", "phrase", "watch", "(", "field", "not"})


def small_operators(query: str) -> tuple[str, ...]:
    """The words between others that would be operators in capitals (`and`, `ou`), each once. Raises QueryError."""
    found = lexemes(query)
    between = zip(pairwise(found), found[2:], strict=False)
    return tuple(
        dict.fromkeys(
            word.text
            for (before, word), after in between
            if word.kind == "word"
            and word.text.islower()
            and word.text.upper() in OPERATORS
            and before.kind in _END_OPERAND
            and after.kind in _BEGIN_OPERAND
        )
    )


def wants_all(query: Query) -> bool:
    """Whether the query, or a branch of its OR, asks for no word of an article, nor for its author."""
    match query:
        case And(parts):
            return all(map(wants_all, parts))
        case Or(parts):
            return any(map(wants_all, parts))
        case Field(name, part):
            return name in TESTS or name == "source" or wants_all(part)
        case _:
            return isinstance(query, Not)
