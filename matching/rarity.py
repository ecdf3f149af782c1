"""How much a word tells of an article: little where every text holds it, much where hardly any does.

Two counts make one: the background, which is shipped, and what the archive itself has learned of its language.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import log

from matching.background import Table, background, languages

FEWEST_LEARNED = 300  # articles of a language without a background, before its words can be weighed
_MOST_WORDS = 40_000  # learned of a language
_MOST_DOCUMENTS = 200_000  # from there on what is learned counts half, so that the archive can change its mind
_NOTHING = Table(0, {})


class Rarity:
    """The weight of each word, by language; `learned` is what the archive knows."""

    def __init__(self, learned: Mapping[str, Table] | None = None) -> None:
        self._learned = dict(learned or {})

    def knows(self, language: str | None) -> bool:
        """Whether the words of a language can be weighed; where not, all its articles look alike."""
        if language is None or background(language) is not None:
            return True
        return self._learned.get(language, _NOTHING).documents >= FEWEST_LEARNED

    def of(self, words: Iterable[str], language: str | None) -> list[float]:
        """The weight of each word: the logarithm of how many texts there are for each that holds it.

        Of an article without a language, a word counts as it does where it is the most common.
        """
        if language is None:
            tables = [table for one in languages() if (table := background(one)) is not None]
            return [min(_weight(word, table, _NOTHING) for table in tables) for word in words]
        table = background(language) or _NOTHING
        learned = self._learned.get(language, _NOTHING)
        return [_weight(word, table, learned) for word in words]


def _weight(word: str, table: Table, learned: Table) -> float:
    documents = table.documents + learned.documents
    return log((documents + 1) / (table.counts.get(word, 0) + learned.counts.get(word, 0) + 0.5))


def grown(known: Table | None, documents: int, counts: Counter[str]) -> Table:
    """What is known of a language with more articles: how many, and in how many each word stands. It stays bounded."""
    before = known or _NOTHING
    merged = Counter(before.counts)
    merged.update(counts)
    total = before.documents + documents
    if total > _MOST_DOCUMENTS:
        merged = Counter({word: times // 2 for word, times in merged.items() if times > 1})
        total //= 2
    return Table(total, dict(sorted(merged.items(), key=lambda one: (-one[1], one[0]))[:_MOST_WORDS]))
