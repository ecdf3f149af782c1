"""A plan in the language of SQLite's FTS5.

An index row holds four columns of words, and the facts of the article, among them one that all articles have in common.
"""

from collections.abc import Sequence

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
    SearchTerm,
)

EVERY = "*"
"""The fact that is one of every article."""
_NONE = '"*0"'
_MARKS = {"lang": "@", "source": "#"}

# Without a filter a word is looked for in all columns; the facts are no words.
_COLUMNS: dict[SearchField, str] = {"any": "", "title": "{title beside_title} : ", "text": "{body beside_body} : "}
_ASIDE: dict[SearchField, str] = {
    "any": "{beside_title beside_body} : ", "title": "beside_title : ", "text": "beside_body : ",
}  # fmt: skip
_TEXTS: dict[SearchField, str] = {"any": "{title body} : ", "title": "title : ", "text": "body : "}


def fact(name: str, value: str) -> str:
    """A fact as it is stored: no token, for it begins with a sign."""
    return f"{_MARKS[name]}{value}"


def fts5(plan: SearchPlan) -> str:
    """The plan as FTS5 takes it; tokens hold no quotes, so quoting them is enough."""
    match plan:
        case SearchTerm(tokens, field, prefix, aside):
            return f"{(_ASIDE if aside else _COLUMNS)[field]}{_quoted(' '.join(tokens))}{'*' if prefix else ''}"
        case SearchNear(one, other, distance, field):
            rows = f"{_quoted(' '.join(one))} {_quoted(' '.join(other))}"
            return f"{_TEXTS[field]}NEAR({rows}, {distance})"
        case SearchFact(name, value):
            return _quoted(fact(name, value))
        case SearchAll(parts):
            return _all(parts)
        case SearchAny(parts):
            return "(" + " OR ".join(map(fts5, parts)) + ")"
        case SearchBut(part):
            return f"({_quoted(EVERY)} NOT {fts5(part)})"
        case SearchEverything():
            return _quoted(EVERY)
        case SearchNothing():
            return _NONE


def _all(parts: Sequence[SearchPlan]) -> str:
    wanted = [fts5(part) for part in parts if not isinstance(part, SearchBut)] or [_quoted(EVERY)]
    unwanted = [fts5(part.part) for part in parts if isinstance(part, SearchBut)]
    found = "(" + " AND ".join(wanted) + ")"
    return f"({found} NOT ({' OR '.join(unwanted)}))" if unwanted else found


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
