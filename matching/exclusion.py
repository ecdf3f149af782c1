"""Exclusion: which words set one article apart from the others that a watch finds. Pure.

A word that says much of this article and stands in few of the others is worth leaving out; one that most of the others
hold is what the watch is about.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import log

from matching.analyzer import Lexicon, Token, tokens
from matching.document import Document
from matching.parser import parse
from matching.rarity import Rarity
from matching.stopwords import STOPWORDS
from matching.terms import terms
from news.query import And, Exact, Near, Not, Or, Phrase, Prefix, Query, Reference, Word

MOST_SHARED = 0.5
"""The largest share of the other matches that a word may stand in."""

_SHORTEST = 3
_TITLE = 3  # times that a word of the title counts
_FRENCH = ("ET", "OU", "SAUF", "NON", "PRES")
_ENGLISH = ("AND", "OR", "NOT", "NEAR")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word as the article writes it, and in how many of the other articles it stands."""

    word: str
    shared: int


def words_of(document: Document) -> frozenset[str]:
    """The words by which an article is compared."""
    return frozenset(term for stream in document.streams[:2] for term, _ in terms(stream.tokens))


def candidates(
    article: Document, others: Sequence[Collection[str]], query: Query, most: int = 8
) -> tuple[Candidate, ...]:
    """The words that set the article apart from others, of which each is given by its words; the best first."""
    tokens_of_title, tokens_of_text = (stream.tokens for stream in article.streams[:2])
    weights: Counter[str] = Counter()
    written: dict[str, Token] = {}
    for found, times in ((tokens_of_title, _TITLE), (tokens_of_text, 1)):
        for term, token in terms(found):
            if _may_be_left_out(token):
                weights[term] += times
                written.setdefault(term, token)
    asked = _words(query, article.article.language, article.streams[0].lexicon)
    names = [term for term, token in written.items() if not asked & {*token.keys}]
    shared = Counter(term for other in others for term in other if term in written)
    rarity = Rarity().of(names, article.article.language)
    scored = {
        term: (1 + log(weights[term])) * rare * log((len(others) + 2) / (shared[term] + 1))
        for term, rare in zip(names, rarity, strict=True)
        if not others or shared[term] <= MOST_SHARED * len(others)
    }
    best = sorted(scored, key=lambda term: (-scored[term], term))[:most]
    return tuple(Candidate(written[term].exact, shared[term]) for term in best)


def excluding(query: str, word: str, language: str | None) -> str:
    """The query without what holds this word; in brackets where it would otherwise mean something else.

    Raises QueryError where either is no query, ValueError where the word is no single word.
    """
    left_out = parse(word)
    if not isinstance(left_out, Word):
        raise ValueError("only a single word is left out")
    whole = parse(query)
    meant = And((*(whole.parts if isinstance(whole, And) else (whole,)), Not(left_out)))
    tail = f"{_operator(query, language)} {word}"
    plain = f"{query.strip()} {tail}"
    return plain if parse(plain) == meant else f"({query.strip()}) {tail}"


def _operator(query: str, language: str | None) -> str:
    words = query.replace("(", " ").replace(")", " ").split()
    if any(word in _FRENCH for word in words):
        return "SAUF"
    if any(word in _ENGLISH for word in words):
        return "NOT"
    return "SAUF" if language == "fr" else "NOT"


def _may_be_left_out(token: Token) -> bool:
    word = token.exact
    return (
        len(word) >= _SHORTEST and word.isalpha() and token.folded not in STOPWORDS and word not in _FRENCH + _ENGLISH
    )


def _words(query: Query, language: str | None, lexicon: Lexicon) -> set[str]:
    """What the words are found by that a query names, wherever they stand in it."""
    if isinstance(query, Word | Exact | Prefix | Phrase):
        return {key for token in tokens(query.text, language, lexicon) for key in token.keys}
    if isinstance(query, And | Or):
        parts: tuple[Query, ...] = query.parts
    elif isinstance(query, Near):
        parts = (query.left, query.right)
    else:
        parts = () if isinstance(query, Reference) else (query.part,)
    return {word for part in parts for word in _words(part, language, lexicon)}
