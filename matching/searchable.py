"""The query as a full-text index can answer it, in the very tokens that are stored, and an article as it is stored."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from itertools import chain, pairwise, product
from math import prod
from pathlib import Path

from matching.analyzer import Lexicon, Token
from matching.characters import is_apart
from matching.document import Document
from matching.fields import TESTS
from matching.narrowing import bounded
from matching.pattern import Pattern, Spellings, pattern
from news.query import And, Exact, Field, FieldName, Near, Not, Or, Phrase, Prefix, Query, Reference, Word
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
    SearchPlans,
    SearchRow,
    SearchTerm,
)

_EVERYTHING, _NOTHING = SearchEverything(), SearchNothing()
_OPEN = SearchPlans(_NOTHING, _EVERYTHING)
_ANALYZER = 1  # to be raised with every change to what tokens or keys a text has, or how they are stored
_DEEPEST = 10  # levels of a query that an index is asked; FTS5's parser gives up at some thirty brackets
_MOST_ROWS = 16
_FARTHEST = 255  # words between, as many as both databases can count
_LONGEST_TOKEN = 255  # what PostgreSQL tells apart


def search_plans(query: Query, lexicon: Lexicon, languages: Sequence[str]) -> SearchPlans:
    """The plans that enclose a query, over articles in these languages (without regions) or in none that is known.

    The lexicon has these languages at hand, or loads them now.
    """
    return bounded(_Planner(lexicon, languages).plans(query, "any", _DEEPEST))


def search_row(read: Document) -> SearchRow:
    """An article as it is indexed."""
    title, text = read.streams[:2]
    return SearchRow(
        " ".join(token.folded for token in title.tokens if token.length == 1),
        " ".join(token.folded for token in text.tokens if token.length == 1),
        _beside(title.tokens),
        _beside(text.tokens),
        primary(read.article.language),
        analyzer(),
    )


@cache
def analyzer() -> str:
    """The name of what makes tokens and keys: where it changes, articles have to be indexed again."""
    corrected = zlib.crc32((Path(__file__).parent / "corrections.toml").read_bytes())
    return f"{_ANALYZER} simplemma {version('simplemma')} PyStemmer {version('PyStemmer')} corrections {corrected:08x}"


def primary(language: str | None) -> str:
    """A language tag without its region: `pt` for `pt-BR`; empty for None."""
    return (language or "").replace("_", "-").partition("-")[0].casefold()


def _beside(found: Sequence[Token]) -> str:
    """The joined forms, each between its neighbours, and the further keys of all words."""
    words = [token for token in found if token.length == 1]
    joined = {token.position: token for token in found if token.length > 1}
    stored: list[str] = []
    for token in joined.values():
        stored += ["|", *(word.folded for word in words[max(token.position - 1, 0) : token.position])]
        stored += [token.folded, *(word.folded for word in words[token.after : token.after + 1])]
        if (following := joined.get(token.after)) is not None:
            stored += ["|", token.folded, following.folded]
    keys = dict.fromkeys(chain.from_iterable(token.keys[1:] for token in found if len(token.keys) > 1))
    return " ".join([*stored, *(f"={key}" for key in keys)])


@dataclass(frozen=True, slots=True)
class _Rows:
    """One side of a NEAR: the rows of tokens that it is as a rule, each in these languages (None: all), and where else
    it may be found.
    """

    rows: tuple[tuple[tuple[str, ...], tuple[str, ...] | None], ...]
    aside: SearchPlan


class _Planner:
    def __init__(self, lexicon: Lexicon, languages: Sequence[str]) -> None:
        self._lexicon = lexicon
        self._languages = tuple(dict.fromkeys(language for language in languages if language))

    def plans(self, query: Query, field: SearchField, depth: int) -> SearchPlans:
        """The plans for a part of a query; further down than `depth`, whatever it may be."""
        if not depth:
            return _OPEN
        match query:
            case And(parts):
                return _both(_all, [self.plans(part, field, depth - 1) for part in parts])
            case Or(parts):
                return _both(_any, [self.plans(part, field, depth - 1) for part in parts])
            case Near():
                return self._near(query, field, depth)
            case Not(part):
                return _but(self.plans(part, field, depth - 1))
            case Field(name, part):
                return self._in_field(name, part, field, depth)
            case Reference():
                return _OPEN
            case Word() | Exact() | Prefix() | Phrase():
                return self._leaf(pattern(query), field)

    def _in_field(self, name: FieldName, part: Query, field: SearchField, depth: int) -> SearchPlans:
        if name in TESTS:
            return _test(name, part, depth)
        if (name != "title" and name != "text") or field not in (name, "any"):
            return _OPEN
        return self.plans(part, name, depth - 1)

    def _near(self, query: Near, field: SearchField, depth: int) -> SearchPlans:
        """Rows of tokens near each other, or one side where it has no place of its own, and the other anywhere."""
        left, right = (self.plans(side, field, depth - 1).possible for side in (query.left, query.right))
        one, other = self._rows(query.left, field), self._rows(query.right, field)
        if one is None or other is None or len(one.rows) * len(other.rows) > _MOST_ROWS:
            return SearchPlans(_NOTHING, _all([left, right]))
        pairs = [(first, second) for first in one.rows for second in other.rows]
        near = [_pair(first, second, query.distance, field) for first, second in pairs]
        apart = all(set(first[0]).isdisjoint(second[0]) for first, second in pairs)
        is_sure = apart and not query.ordered and query.distance <= _FARTHEST
        possible = _any([*near, _all([one.aside, right]), _all([left, other.aside])])
        return SearchPlans(_any(near) if is_sure else _NOTHING, possible)

    def _rows(self, query: Query, field: SearchField) -> _Rows | None:
        """One side of a NEAR, unless it is more than a word or a phrase without hyphens, or an OR of such."""
        match query:
            case Or(parts):
                sides = [self._rows(part, field) for part in parts]
                known = [side for side in sides if side is not None]
                if len(known) < len(sides):
                    return None
                rows = tuple(dict.fromkeys(chain.from_iterable(side.rows for side in known)))
                return _Rows(rows, _any([side.aside for side in known]))
            case Word() | Phrase(slop=0):
                wanted = pattern(query)
                if not wanted.words or any(len(word) > 1 for word in wanted.words):
                    return None
                words = [word[0][0] for word in wanted.words]
            case _:
                return None
        if wanted.manner == "this form" or all(is_apart(word.folded[0]) for word in words):
            aside = [SearchTerm((word.folded,), field, aside=True) for word in words]
            return _Rows(((tuple(word.folded for word in words), None),), _any(aside))
        return self._word_rows(words[0], field) if len(words) == 1 else None

    def _word_rows(self, word: Token, field: SearchField) -> _Rows:
        having = self._further(word)
        elsewhere = [_key(word.folded, field, None, aside=True)]
        elsewhere += [_key(key, field, languages, aside=True) for key, languages in having.items()]
        return _Rows((((word.folded,), None), *(((key,), where) for key, where in having.items())), _any(elsewhere))

    def _leaf(self, wanted: Pattern, field: SearchField) -> SearchPlans:
        if not wanted.words:
            return SearchPlans(_NOTHING, _NOTHING)
        if wanted.manner == "any form":
            return self._in_any_form(wanted, field)
        possible = _in_this_form(wanted, field)
        return SearchPlans(_in_rows(wanted, field) if wanted.manner == "this form" else _NOTHING, possible)

    def _in_any_form(self, wanted: Pattern, field: SearchField) -> SearchPlans:
        if len(wanted.words) == 1 and all(len(spelling) == 1 for spelling in wanted.words[0]):
            alone = _any([self._keyed(spelling[0], field) for spelling in wanted.words[0]])
            return SearchPlans(alone, alone)
        parts: list[SearchPlan] = []
        in_row: set[int] = set()
        for index, (one, other) in enumerate(pairwise(wanted.words)):
            if not wanted.slop and _is_apart(one) and _is_apart(other):
                parts.append(SearchTerm((one[0][0].folded, other[0][0].folded), field))
                in_row |= {index, index + 1}
        parts += [self._word(word, field) for index, word in enumerate(wanted.words) if index not in in_row]
        return SearchPlans(_in_rows(wanted, field), _all(parts))

    def _word(self, spellings: Spellings, field: SearchField) -> SearchPlan:
        return _any([_all([self._keyed(token, field) for token in spelling]) for spelling in spellings])

    def _keyed(self, word: Token, field: SearchField) -> SearchPlan:
        """One word in any form: by its folded form in every language, by its other keys in those where it has them."""
        others = [_key(key, field, languages) for key, languages in self._further(word).items()]
        return _any([_key(word.folded, field, None), *others])

    def _further(self, word: Token) -> dict[str, tuple[str, ...]]:
        having: dict[str, tuple[str, ...]] = {}
        for language in self._languages:
            for key in self._lexicon(word.exact, word.folded, language)[1:]:
                having[key] = (*having.get(key, ()), language)
        return having


def _key(key: str, field: SearchField, languages: tuple[str, ...] | None, *, aside: bool = False) -> SearchPlan:
    """Words that have this key, in articles in these languages (None: in all)."""
    return _within(_any([SearchTerm((key,), field, aside=aside), SearchTerm((f"={key}",), field)]), languages)


def _pair(
    one: tuple[tuple[str, ...], tuple[str, ...] | None],
    other: tuple[tuple[str, ...], tuple[str, ...] | None],
    distance: int,
    field: SearchField,
) -> SearchPlan:
    near = SearchNear(one[0], other[0], distance, field)
    return _within(_within(near, one[1]), other[1])


def _within(plan: SearchPlan, languages: tuple[str, ...] | None) -> SearchPlan:
    if languages is None:
        return plan
    return _all([plan, _any([SearchFact("lang", language) for language in languages])])


def _test(name: FieldName, part: Query, depth: int) -> SearchPlans:
    """A test of the article itself; what the index holds of it is its language."""
    if not depth:
        return _OPEN
    match part:
        case And(parts):
            return _both(_all, [_test(name, inner, depth - 1) for inner in parts])
        case Or(parts):
            return _both(_any, [_test(name, inner, depth - 1) for inner in parts])
        case Not(inner):
            return _but(_test(name, inner, depth - 1))
        case Word(text) | Exact(text) | Prefix(text) | Phrase(text) if name == "lang":
            fact = SearchFact("lang", primary(text)) if primary(text) else _NOTHING
            return SearchPlans(fact, fact)
        case _:
            return _OPEN


_Join = Callable[[Sequence[SearchPlan]], SearchPlan]


def _both(join: _Join, parts: Sequence[SearchPlans]) -> SearchPlans:
    return SearchPlans(join([part.sure for part in parts]), join([part.possible for part in parts]))


def _but(plans: SearchPlans) -> SearchPlans:
    return SearchPlans(_not(plans.possible), _not(plans.sure))


def _not(plan: SearchPlan) -> SearchPlan:
    match plan:
        case SearchEverything():
            return _NOTHING
        case SearchNothing():
            return _EVERYTHING
        case SearchBut(part):
            return part
        case _:
            return SearchBut(plan)


def _all(parts: Sequence[SearchPlan]) -> SearchPlan:
    flat = chain.from_iterable(part.parts if isinstance(part, SearchAll) else (part,) for part in parts)
    narrowing = tuple(dict.fromkeys(part for part in flat if part != _EVERYTHING))
    if _NOTHING in narrowing:
        return _NOTHING
    return SearchAll(narrowing) if len(narrowing) > 1 else narrowing[0] if narrowing else _EVERYTHING


def _any(parts: Sequence[SearchPlan]) -> SearchPlan:
    flat = chain.from_iterable(part.parts if isinstance(part, SearchAny) else (part,) for part in parts)
    branches = tuple(dict.fromkeys(part for part in flat if part != _NOTHING))
    if _EVERYTHING in branches:
        return _EVERYTHING
    return SearchAny(branches) if len(branches) > 1 else branches[0] if branches else _NOTHING


def _in_rows(wanted: Pattern, field: SearchField) -> SearchPlan:
    """What surely is the pattern: all its tokens one after the other, in whichever spellings."""
    if prod(len(spellings) for spellings in wanted.words) > _MOST_ROWS:
        return _NOTHING
    rows = (tuple(token.folded for token in chain.from_iterable(row)) for row in product(*wanted.words))
    return _any([
        SearchTerm(row, field, wanted.open_ended) for row in rows if max(map(len, row)) <= _LONGEST_TOKEN
    ])  # fmt: skip


def _is_apart(word: Spellings) -> bool:
    """Whether it is a character of a script without spaces, which has no other forms."""
    return is_apart(word[0][0].folded[0])


def _in_this_form(wanted: Pattern, field: SearchField) -> SearchPlan:
    last = len(wanted.words) - 1
    words = [_this(word, field, wanted.open_ended and index == last) for index, word in enumerate(wanted.words)]
    if wanted.slop:
        return _all(words)
    rows = [
        _neighbours(one, other, field, wanted.open_ended and index == last)
        for index, (one, other) in enumerate(pairwise(wanted.words), start=1)
    ]
    compounds = [plan for word, plan in zip(wanted.words, words, strict=True) if len(word) > 1]
    return _all(rows + compounds if rows else words)


def _this(word: Spellings, field: SearchField, open_ended: bool) -> SearchPlan:
    return _any([_row([token.folded for token in spelling], field, open_ended) for spelling in word])


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
