"""A plan in the language of PostgreSQL: a tsquery, and conditions for what that cannot tell.

The words of an article stand in one tsvector; the label of a word says in which of its columns it is: A title, B text,
C and D their further keys. Which words are side by side is read in the stored text, for a tsvector keeps 256 positions
of a word at most, and no search may miss.
"""

import re

from sqlalchemy import ColumnElement, Integer, Text, and_, any_, cast, column, exists, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR
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
_MOST_READ = 24  # words that are looked for in texts one by one; for more, a tsvector is worth its unpacking
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
_ASIDE = {"any": (_beside_title, _beside_body), "title": (_beside_title,), "text": (_beside_body,)}
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
    """What is true of the rows that the plan finds.

    The index tells which words an article has, and nothing of where: that is read in the texts of those that it names.
    Of a tsvector it would have to be unpacked too, which takes longer, for of all columns it is the largest.
    """
    return and_(names(plan), *map(_read, _unsure(plan)))


def names(plan: SearchPlan) -> ColumnElement[bool]:
    """What is true of the rows that the index of words names, and of no fewer than the plan finds."""
    query = _tsquery(plan)
    return true() if query is None else _held(query)


def reads_texts(plan: SearchPlan) -> bool:
    """Whether texts, and not titles only, have to be read to find out which of the named rows the plan finds."""
    return any(_is_of_texts(part) for part in _unsure(plan))


def _is_of_texts(plan: SearchPlan) -> bool:
    match plan:
        case SearchTerm() | SearchNear():
            return plan.field != "title"
        case SearchAll(parts) | SearchAny(parts):
            return any(map(_is_of_texts, parts))
        case SearchBut(part):
            return _is_of_texts(part)
        case _:
            return False


def _unsure(plan: SearchPlan) -> list[SearchPlan]:
    """Those parts of an AND that the index of words alone cannot tell."""
    if _is_plain(plan):
        return []
    return [found for part in plan.parts for found in _unsure(part)] if isinstance(plan, SearchAll) else [plan]


def _is_plain(plan: SearchPlan) -> bool:
    """Whether the index of words alone can tell."""
    match plan:
        case SearchTerm(tokens, field, _, aside):
            return len(tokens) == 1 and field == "any" and not aside
        case SearchNear():
            return False
        case SearchAll(parts) | SearchAny(parts):
            return all(map(_is_plain, parts))
        case SearchBut(part):
            return _is_plain(part)
        case _:
            return True


def _words_in(plan: SearchPlan) -> int | None:
    """How many words have to be looked for; None where rows of words are among them, which no tsquery tells."""
    match plan:
        case SearchTerm(tokens):
            return 1 if len(tokens) == 1 else None
        case SearchNear():
            return None
        case SearchAll(parts) | SearchAny(parts):
            found = [_words_in(part) for part in parts]
            return None if None in found else sum(filter(None, found))
        case SearchBut(part):
            return _words_in(part)
        case _:
            return 0


def _tsquery(plan: SearchPlan, *, is_labelled: bool = False) -> str | None:
    """The plan as a tsquery; without labels it finds more where the plan is not plain; None where that is anything."""
    match plan:
        case SearchTerm(tokens, field, prefix, aside):
            return _tokens(tokens, prefix, _LABELS[field, aside] if is_labelled else "")
        case SearchNear(one, other):
            return _tokens((*one, *other), prefix=False)
        case SearchFact(name, value):
            return _quoted(fact(name, value))
        case SearchAll(parts):
            asked = [query for part in parts if (query := _tsquery(part, is_labelled=is_labelled)) is not None]
            return f"({' & '.join(asked)})" if asked else None
        case SearchAny(parts):
            queries = [_tsquery(part, is_labelled=is_labelled) for part in parts]
            return None if None in queries else f"({' | '.join(filter(None, queries))})"
        case SearchBut(part):
            inner = _tsquery(part, is_labelled=is_labelled) if is_labelled or _is_plain(part) else None
            return None if inner is None else f"({_quoted(EVERY)} & !{inner})"
        case SearchEverything():
            return _quoted(EVERY)
        case SearchNothing():
            return _quoted(f"{EVERY}0")


def _read(plan: SearchPlan) -> ColumnElement[bool]:
    """The plan, read in the texts of a row; what is no text, or would be too much to look for, in its words."""
    if (_words_in(plan) or 0) > _MOST_READ:
        return _held(_tsquery(plan, is_labelled=True) or "")
    match plan:
        case SearchTerm(tokens, field, prefix, aside):
            return _in_a_row(tokens, field, prefix, aside or tokens[0].startswith("="))
        case SearchNear(one, other, distance, field):
            return _near(one, other, distance, field)
        case SearchAll(parts):
            return and_(*map(_read, sorted(parts, key=lambda part: isinstance(part, SearchFact))))  # facts cost most
        case SearchAny(parts):
            return or_(*map(_read, parts))
        case SearchBut(part):
            return not_(_read(part))
        case _:
            return _held(_tsquery(plan) or "")


def _tokens(tokens: tuple[str, ...], prefix: bool, labels: str = "") -> str:
    last = len(tokens) - 1
    queries = [_lexeme(token, labels, prefix and index == last) for index, token in enumerate(tokens)]
    return queries[0] if len(queries) == 1 else f"({' & '.join(queries)})"


def _in_a_row(tokens: tuple[str, ...], field: SearchField, prefix: bool, aside: bool) -> ColumnElement[bool]:
    row = f" {' '.join(tokens)}" + ("" if prefix else " ")
    return or_(*(func.strpos(text, row) > 0 for text in (_ASIDE if aside else _COLUMNS)[field]))


def _near(one: tuple[str, ...], other: tuple[str, ...], distance: int, field: SearchField) -> ColumnElement[bool]:
    if distance > LONGEST_NEAR:
        return true()  # no plan is sure of that
    if len(one) == len(other) == 1 and one != other:
        return or_(*(_beside(text, one[0], other[0], distance) for text in _TEXTS[field]))
    between = f"(?: [^ ]+){{0,{distance}}}"
    left, right = _expression(one), _expression(other)
    found = f"{left}{between}{right} |{right}{between}{left} "
    return or_(*(text.op("~", is_comparison=True)(found) for text in _TEXTS[field]))


def _beside(text: ColumnElement[str], one: str, other: str, distance: int) -> ColumnElement[bool]:
    """Whether two words are near: told by their places, which takes a third of the time of a regular expression."""
    tokens = select(func.string_to_array(func.btrim(text), " ", type_=ARRAY(Text)).label("them")).offset(0).subquery()
    places = (
        func.unnest(func.array_positions(tokens.c.them, one)).table_valued(column("place", Integer)).render_derived()
    )
    place = places.c.place
    around = tokens.c.them[place - distance - 1 : place + distance + 1]
    near = exists(select(literal(1)).select_from(tokens.join(places, true())).where(literal(other) == any_(around)))
    return and_(func.strpos(text, f" {one} ") > 0, near)


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
