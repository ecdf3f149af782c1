"""A plan in the language of PostgreSQL: a tsquery, and conditions for what that cannot tell.

The words of an article stand in one tsvector; the label of a word says in which of its columns it is: A title, B text,
C and D their further keys. Which words are side by side is read in the stored text, for a tsvector keeps 256 positions
of a word at most, and no search may miss.
"""

import re

from sqlalchemy import ColumnElement, Text, and_, cast, func, literal, or_, true
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.sql.expression import ColumnClause, not_

from news.search import (
    SearchAll,
    SearchAny,
    SearchBut,
    SearchEverything,
    SearchFact,
    SearchField,
    SearchNear,
    SearchNothing,
    SearchPlan,
    SearchRow,
    SearchTerm,
)
from storage.fts5 import EVERY, fact

LONGEST = 255
"""Characters of a lexeme, which holds 2,046 bytes."""
_MOST_BYTES = 900_000  # of a tsvector, which holds a megabyte with all that belongs to it
_EACH = 16  # bytes beside the lexeme itself
LONGEST_NEAR = 255
"""Words between, as many as a regular expression may count."""
_LABELS: dict[tuple[SearchField, bool], str] = {
    ("any", False): "", ("title", False): "AC", ("text", False): "BD",
    ("any", True): "CD", ("title", True): "C", ("text", True): "D",
}  # fmt: skip
_SPECIAL = re.compile(r"[^\w]")

words: ColumnClause[str] = ColumnClause("words", TSVECTOR())
_title, _body, _beside_title, _beside_body = (
    literal(" ") + ColumnClause(name, Text()) + literal(" ")
    for name in ("title", "body", "beside_title", "beside_body")
)
_COLUMNS = {
    "any": (_title, _body, _beside_title, _beside_body), "title": (_title, _beside_title),
    "text": (_body, _beside_body),
}  # fmt: skip
_TEXTS = {"any": (_title, _body), "title": (_title,), "text": (_body,)}


def tsvector(row: SearchRow, facts: str) -> str | None:
    """The words of an article as a tsvector is written; None where it could not hold them all."""
    labels: dict[str, str] = {}
    columns = (row.title, "A"), (row.text, "B"), (row.beside_title, "C"), (f"{row.beside_text} {facts}", "D")
    for text, label in columns:
        for token in text.split():
            lexeme = token[:LONGEST]
            known = labels.get(lexeme, "")
            if label not in known:
                labels[lexeme] = known + label
    if sum(len(lexeme.encode()) + _EACH for lexeme in labels) > _MOST_BYTES:
        return None
    return " ".join(_quoted(lexeme) + ":" + _places(label) for lexeme, label in labels.items())


def condition(plan: SearchPlan) -> ColumnElement[bool]:
    """What is true of the rows that the plan finds."""
    whole = _tsquery(plan)
    if whole is not None:
        return _held(whole)
    match plan:
        case SearchNear(one, other, distance, field):
            return and_(_held(_tokens((*one, *other), field, False)), _near(one, other, distance, field))
        case SearchTerm(tokens, field, prefix):
            return and_(_held(_tokens(tokens, field, prefix)), _in_a_row(tokens, field, prefix))
        case SearchAll(parts):
            return and_(*_conditions(parts, SearchAll))
        case SearchAny(parts):
            return or_(*_conditions(parts, SearchAny))
        case SearchBut(part):
            return not_(condition(part))
        case _:
            raise AssertionError("everything else is a tsquery")


def _conditions(parts: tuple[SearchPlan, ...], join: type[SearchAll] | type[SearchAny]) -> list[ColumnElement[bool]]:
    """Those parts that a tsquery can ask in one, and the others each by itself."""
    together = tuple(part for part in parts if _tsquery(part) is not None)
    others = [condition(part) for part in parts if _tsquery(part) is None]
    if not together:
        return others
    return [condition(join(together) if len(together) > 1 else together[0]), *others]


def _tsquery(plan: SearchPlan) -> str | None:
    """The plan as a tsquery; None where rows of words are in it."""
    match plan:
        case SearchTerm(tokens, field, prefix, aside):
            return _lexeme(tokens[0], _LABELS[field, aside], prefix) if len(tokens) == 1 else None
        case SearchNear():
            return None
        case SearchFact(name, value):
            return _quoted(fact(name, value))
        case SearchAll(parts) | SearchAny(parts):
            asked = [_tsquery(part) for part in parts]
            sign = " & " if isinstance(plan, SearchAll) else " | "
            return None if None in asked else "(" + sign.join(filter(None, asked)) + ")"
        case SearchBut(part):
            inner = _tsquery(part)
            return None if inner is None else f"({_quoted(EVERY)} & !{inner})"
        case SearchEverything():
            return _quoted(EVERY)
        case SearchNothing():
            return _quoted(f"{EVERY}0")


def _tokens(tokens: tuple[str, ...], field: SearchField, prefix: bool) -> str:
    last = len(tokens) - 1
    labels = _LABELS[field, False]
    return " & ".join(_lexeme(token, labels, prefix and index == last) for index, token in enumerate(tokens))


def _in_a_row(tokens: tuple[str, ...], field: SearchField, prefix: bool) -> ColumnElement[bool]:
    row = f" {' '.join(tokens)}" + ("" if prefix else " ")
    return or_(*(func.strpos(text, row) > 0 for text in _COLUMNS[field]))


def _near(one: tuple[str, ...], other: tuple[str, ...], distance: int, field: SearchField) -> ColumnElement[bool]:
    if distance > LONGEST_NEAR:
        return true()  # no plan is sure of that
    between = f"(?: [^ ]+){{0,{distance}}}"
    left, right = _expression(one), _expression(other)
    found = f"{left}{between}{right} |{right}{between}{left} "
    return or_(*(text.op("~", is_comparison=True)(found) for text in _TEXTS[field]))


def _expression(tokens: tuple[str, ...]) -> str:
    return "".join(f" {_SPECIAL.sub(_escaped, token)}" for token in tokens)


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found.group()}"


def _held(query: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = words.op("@@", is_comparison=True)(cast(literal(query), TSQUERY))
    return found


def _lexeme(token: str, labels: str, prefix: bool) -> str:
    sign = f":{'*' if prefix else ''}{labels}" if prefix or labels else ""
    return _quoted(token[:LONGEST]) + sign


def _places(labels: str) -> str:
    return ",".join(f"{place}{label}" for place, label in enumerate(labels, start=1))


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
