"""Why a query does not match an article: the clause that failed, in words."""

from matching.document import Document
from matching.evaluate import ANYWHERE, Scope, find, narrowed
from matching.fields import TESTS
from matching.printer import canonical
from news.article import Article
from news.query import And, Exact, Field, FieldName, Near, Not, Or, Phrase, Query, Word
from news.text import clip
from news.url import host

_LONGEST_CLAUSE = 120
_WHERE: dict[FieldName, str] = {
    "title": "the title", "text": "the text", "source": "the source's name", "author": "an author's name",
}  # fmt: skip


def explain_miss(query: Query, document: Document) -> str:
    """The first clause that the article does not meet, as a sentence; empty where the query matches."""
    return "" if find(query, document, ANYWHERE) is not None else _miss(query, document, ANYWHERE)


def _miss(query: Query, document: Document, scope: Scope) -> str:
    """The sentence for a clause that is known not to match."""
    written = clip(canonical(query), _LONGEST_CLAUSE)
    match query:
        case And(parts):
            failed = next(part for part in parts if find(part, document, scope) is None)
            return _miss(failed, document, scope)
        case Or():
            return f"no branch of {written} is met"
        case Not(part):
            return f"{clip(canonical(part), _LONGEST_CLAUSE)} is met, and it is excluded"
        case Near(left, right):
            failing = [part for part in (left, right) if find(part, document, scope) is None]
            return _miss(failing[0], document, scope) if failing else f"both occur, but not so near: {written}"
        case Field(name) if name in TESTS:
            return f"{written} is not met: {_fact(name, document.article)}"
        case Field(name, part):
            return _miss(part, document, narrowed(name, scope))
        case _:
            return f"{written} does not occur in {_where(scope)}{_nearly(query, document, scope)}"


def _where(scope: Scope) -> str:
    return " or ".join(_WHERE[name] for name in scope) or "both fields at once"


def _nearly(query: Query, document: Document, scope: Scope) -> str:
    """What does occur, where it is the manner that failed."""
    if isinstance(query, Exact) and find(Word(query.text), document, scope) is not None:
        return ", only in another case, accent or form"
    if isinstance(query, Phrase):
        words = tuple(Word(word) for word in query.text.split())
        if find(And(words), document, scope) is not None:
            return ", though each of its words does"
    return ""


def _fact(name: FieldName, article: Article) -> str:
    """What the article is, where a test asked it to be something else."""
    if name == "lang":
        return f"its language is {article.language or 'unknown'}"
    return f"its site is {host(article.canonical_url)}" if name != "url" else f"its URL is {article.canonical_url}"
