"""The queries that matching is measured with: a mix of shapes, over words drawn by their rank.

18 % ask one word, 25 a phrase, 17 an AND, 15 an OR, 10 an AND of two ORs, 6 a NOT, 5 a NEAR, 2.5 a prefix, 1.5 a word
of the title. Words are drawn evenly over the logarithm of their rank, from `first` on: the lower that is, the commoner
are the words, and the more queries an article matches.
"""

import random
from collections.abc import Callable, Sequence

_SHARES = {
    "word": 18.0, "phrase": 25.0, "all": 17.0, "any": 15.0, "any_and_any": 10.0, "without": 6.0, "near": 5.0,
    "prefix": 2.5, "title": 1.5,
}  # fmt: skip


class QueryMix:
    """Draws queries; `words` and `expressions` by falling frequency."""

    def __init__(self, words: Sequence[str], expressions: Sequence[str], first: int, seed: int) -> None:
        self._words = words
        self._expressions = expressions
        self._first = first
        self._random = random.Random(seed)

    def queries(self, count: int) -> list[str]:
        """So many queries, as they would be typed."""
        names = self._random.choices(list(_SHARES), list(_SHARES.values()), k=count)
        shapes: dict[str, Callable[[], str]] = {name: getattr(self, f"_{name}") for name in _SHARES}
        return [shapes[name]() for name in names]

    def _rank(self, count: int, first: int) -> int:
        return int(first * (count / first) ** self._random.random())

    def _word(self) -> str:
        return self._words[self._rank(len(self._words), self._first)]

    def _phrase(self) -> str:
        return f'"{self._expressions[self._rank(len(self._expressions), max(1, self._first // 3))]}"'

    def _all(self) -> str:
        return " ".join(self._word() for _ in range(self._random.choice((2, 2, 3))))

    def _any(self) -> str:
        return " OR ".join(self._word() for _ in range(self._random.randint(2, 4)))

    def _any_and_any(self) -> str:
        return f"({self._any()}) AND ({self._any()})"

    def _without(self) -> str:
        return f"{self._word()} -{self._word()}"

    def _near(self) -> str:
        return f"{self._word()} NEAR/{self._random.choice((2, 5, 10))} {self._word()}"

    def _prefix(self) -> str:
        return f"{self._word().ljust(5, 'e')[: self._random.randint(5, 7)]}*"

    def _title(self) -> str:
        return f"title:{self._word()}"
