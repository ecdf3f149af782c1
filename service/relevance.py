"""Relevance: how much an article is about what was asked, told by its words alone.

A word counts by how often it stands in the article against its length, and by how rare it is among the articles
compared (BM25); in the title it counts three times. The figures are the same on every database.
"""

from collections.abc import Iterable, Iterator, Sequence
from math import log

from news.search import IndexedWords, SearchAll, SearchAny, SearchNear, SearchPlan, SearchTerm

_IN_TITLE = 3
_SATURATION, _LENGTH = 1.2, 0.75  # BM25's k1 and b
_MOST_TERMS = 50


def ranked(plan: SearchPlan, found: Sequence[IndexedWords], unindexed: Iterable[int]) -> list[tuple[float, int]]:
    """Scores and ids, the best first, of two alike the newer; those whose words nobody knows have 0 and come last."""
    terms = list(dict.fromkeys(_terms(plan)))[:_MOST_TERMS]
    counts = [[_times(term, words) for term in terms] for words in found]
    weights = [_rarity(sum(row[index] > 0 for row in counts), len(found)) for index in range(len(terms))]
    usual = sum(len(words.text) for words in found) / len(found) if found else 1
    scores = dict.fromkeys(unindexed, 0.0)
    for words, row in zip(found, counts, strict=True):
        long = _SATURATION * (1 - _LENGTH + _LENGTH * len(words.text) / usual)
        score = sum(weight * times / (times + long) for weight, times in zip(weights, row, strict=True))
        scores.setdefault(words.id, round(score, 9))
    return sorted(((score, number) for number, score in scores.items()), reverse=True)


def _terms(plan: SearchPlan) -> Iterator[SearchTerm]:
    """What the query wants; what it excludes says nothing of what is found."""
    match plan:
        case SearchTerm():
            yield plan
        case SearchNear(one, other, _, field):
            yield from (SearchTerm(row, field) for row in (one, other))
        case SearchAll(parts) | SearchAny(parts):
            for part in parts:
                yield from _terms(part)


def _times(term: SearchTerm, words: IndexedWords) -> int:
    """How often it stands there; as a key of other words, or joined, once."""
    row = f" {' '.join(term.tokens)}" + ("" if term.prefix else " ")
    in_title, in_text = term.field != "text", term.field != "title"
    times = in_title * _IN_TITLE * words.title.count(row) + in_text * words.text.count(row)
    times += in_title * _IN_TITLE * (row in words.beside_title) + in_text * (row in words.beside_text)
    return times


def _rarity(holding: int, among: int) -> float:
    return log(1 + (among - holding + 0.5) / (holding + 0.5))
