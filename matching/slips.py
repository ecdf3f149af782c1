"""Slips: what a query says that its author hardly meant. It is no error; a remark beside it may help."""

from itertools import pairwise

from matching.lexer import OPERATORS, lexemes

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
