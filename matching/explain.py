"""Why a query matches an article, or does not: each clause of its tree judged, and the one that failed in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from matching.document import Document
from matching.evaluate import ANYWHERE, Finder, Scope, narrowed
from matching.fields import TESTS
from matching.limits import limits_of
from matching.nearly import between, instead, where
from matching.printer import canonical
from news.article import Article
from news.query import And, Exact, Field, FieldName, Near, Not, Or, Phrase, Prefix, Query, Word
from news.text import clip
from news.url import host

State = Literal["holds", "does not hold", "not needed"]

_LONGEST_CLAUSE = 120
_MOST_ALIKE = 20  # words for which one that is spelled alike is looked for; it takes longest
_MOST_INSTEAD = 200  # clauses for which it is looked what there is instead; nobody reads more of them


@dataclass(frozen=True, slots=True)
class Judged:
    """A clause of a query and how it fares in an article.

    `not needed`: it does not hold, and need not, for another branch of an OR does. `why` says of a clause that does not
    hold what there is instead, as far as that is known.
    """

    query: Query
    state: State
    why: str = ""
    parts: tuple["Judged", ...] = ()


def explain(query: Query, document: Document) -> Judged:
    """The whole tree, judged; its root holds where the query matches."""
    return _Judge(Finder(document, limits_of(query))).judged(query, ANYWHERE, needed=True)


def explain_miss(query: Query, document: Document) -> str:
    """The first clause that the article does not meet, as a sentence; empty where the query matches."""
    finder = Finder(document, limits_of(query))
    return "" if finder.find(query, ANYWHERE) is not None else _miss(query, finder, ANYWHERE)


class _Judge:
    """Judges the clauses of one query over one article."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._alike_left = _MOST_ALIKE
        self._instead_left = _MOST_INSTEAD

    def judged(self, query: Query, scope: Scope, *, needed: bool) -> Judged:
        holds = self._finder.find(query, scope) is not None
        state: State = "holds" if holds else "does not hold" if needed else "not needed"
        parts = tuple(self._parts(query, scope, holds=holds, needed=needed))
        return Judged(query, state, self._why(query, scope) if state == "does not hold" else "", parts)

    def _parts(self, query: Query, scope: Scope, *, holds: bool, needed: bool) -> Iterator[Judged]:
        match query:
            case And(parts):
                for part in parts:
                    yield self.judged(part, scope, needed=needed)
            case Or(parts):
                for part in parts:
                    yield self.judged(part, scope, needed=needed and not holds)
            case Near(left, right):
                yield self.judged(left, scope, needed=needed)
                yield self.judged(right, scope, needed=needed)
            case Not(part):
                yield self.judged(part, scope, needed=False)
            case Field(name, part) if name in TESTS:
                yield self._tested(name, part, needed=needed)
            case Field(name, part):
                yield self.judged(part, narrowed(name, scope), needed=needed)

    def _tested(self, name: FieldName, query: Query, *, needed: bool) -> Judged:
        """The values of a test such as `lang:(fr OR en)`."""
        holds = self._finder.passes(name, query)
        state: State = "holds" if holds else "does not hold" if needed else "not needed"
        inner: tuple[Query, ...] = query.parts if isinstance(query, And | Or) else ()
        needs = needed and not (isinstance(query, Or) and holds)
        if isinstance(query, Not):
            inner, needs = (query.part,), False
        return Judged(query, state, parts=tuple(self._tested(name, part, needed=needs) for part in inner))

    def _why(self, query: Query, scope: Scope) -> str:
        match query:
            case Word() | Exact() | Prefix() | Phrase():
                self._alike_left -= 1
                self._instead_left -= 1
                if self._instead_left < 0:
                    return ""
                return instead(query, self._finder, scope, alike=self._alike_left >= 0)
            case Near(left, right):
                both = all(self._finder.find(part, scope) is not None for part in (left, right))
                self._instead_left -= both
                return between(query, self._finder, scope) if both and self._instead_left >= 0 else ""
            case Field(name) if name in TESTS:
                return _fact(name, self._finder.document.article)
            case Not():
                return "what it excludes is there"
            case _:
                return ""


def _miss(query: Query, finder: Finder, scope: Scope) -> str:
    """The sentence for a clause that is known not to match."""
    written = clip(canonical(query), _LONGEST_CLAUSE)
    match query:
        case And(parts):
            failed = next(part for part in parts if finder.find(part, scope) is None)
            return _miss(failed, finder, scope)
        case Or():
            return f"no branch of {written} is met{_within(scope)}"
        case Not(part):
            return f"{clip(canonical(part), _LONGEST_CLAUSE)} is met{_within(scope)}, and it is excluded"
        case Near(left, right):
            failing = [part for part in (left, right) if finder.find(part, scope) is None]
            if failing:
                return _miss(failing[0], finder, scope)
            gap = between(query, finder, scope)
            return f"both sides of {written} occur{_within(scope)}, but not so near: {gap}"
        case Field(name) if name in TESTS:
            return f"{written} is not met: {_fact(name, finder.document.article)}"
        case Field(name, part):
            return _miss(part, finder, narrowed(name, scope))
        case Word() | Exact() | Prefix() | Phrase():
            found = instead(query, finder, scope)
            return f"{written} does not occur in {where(scope)}" + (f", {found}" if found else "")
        case _:
            return f"{written} is not met"


def _within(scope: Scope) -> str:
    """The fields in which something is looked for, where they are not the usual ones."""
    return "" if scope == ANYWHERE else f" in {where(scope)}"


def _fact(name: FieldName, article: Article) -> str:
    """What the article is, where a test asked it to be something else."""
    if name == "lang":
        return f"its language is {article.language or 'unknown'}"
    return f"its site is {host(article.canonical_url)}" if name != "url" else f"its URL is {article.canonical_url}"
