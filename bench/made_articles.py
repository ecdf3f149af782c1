"""Articles that nobody wrote: words by Zipf's law, fixed expressions among them, signs and accents as French has them.

What a matcher meets in them is like news in what costs time: some 430 different words in 850, a third of them in the
hundred commonest, elisions, hyphens, capitals, figures; and expressions that come again, for phrases to find.
"""

import random
from bisect import bisect
from collections.abc import Iterator, Sequence
from itertools import accumulate

from news.article import Article

_WORDS = 60_000
_EXPRESSIONS = 20_000
_MEAN_LENGTH = 5_200  # characters
# ruff: noqa: SIM905 (lists of so short words are no pleasure to read)
_COMMON = (
    "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec son ont aux "
    "été sa cette mais ou comme nous tout leur ses elle deux y fait même ces sans peut après aussi dont entre où contre"
).split()
_ONSETS = "b c ch d f g gr j l m n p pr qu r s st t tr v é".split()
_VOWELS = "a e i o u ou ai é è on en in".split()
_CODAS = "ent er eur s t tion ment age ique e es".split()


class MadeArticles:
    """An endless paper. `words` and `expressions` are by falling frequency."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.words = list(dict.fromkeys((*_COMMON, *self._invented())))[:_WORDS]
        self._weights = list(accumulate(1 / (rank + 2.7) ** 1.15 for rank in range(len(self.words))))
        self.expressions = self._fixed()
        self._expression_weights = list(accumulate(1 / (rank + 20) ** 0.8 for rank in range(_EXPRESSIONS)))

    def _invented(self) -> Iterator[str]:
        """Words that grow longer as they grow rarer."""
        for number in range(2 * _WORDS):
            syllables = 1 + (number > 150) + (self._random.random() < number / _WORDS)
            stem = "".join(self._random.choice(_ONSETS) + self._random.choice(_VOWELS) for _ in range(syllables))
            yield stem + self._random.choice(_CODAS)

    def _fixed(self) -> list[str]:
        lengths = self._random.choices((2, 3), (7, 3), k=_EXPRESSIONS)
        return [self._new_expression(length) for length in lengths]

    def _new_expression(self, length: int) -> str:
        """Rare words; of three, the middle one may be any."""
        return " ".join(self._word() if index == 1 and length == 3 else self._rare() for index in range(length))

    def _rare(self) -> str:
        return self.words[int(len(_COMMON) * (len(self.words) / len(_COMMON)) ** self._random.random())]

    def _word(self) -> str:
        return self.words[bisect(self._weights, self._random.random() * self._weights[-1], hi=len(self.words) - 1)]

    def _expression(self) -> str:
        place = self._random.random() * self._expression_weights[-1]
        return self.expressions[bisect(self._expression_weights, place, hi=_EXPRESSIONS - 1)]

    def article(self, number: int) -> Article:
        """One article, its length spread widely around the mean."""
        size = max(600, min(40_000, self._random.lognormvariate(0, 0.6) * _MEAN_LENGTH * 0.77))
        paragraphs: list[str] = []
        while sum(map(len, paragraphs)) < size:
            paragraphs.append(" ".join(self._sentence() for _ in range(self._random.randint(1, 5))))
        url = f"https://www.made.example/{number}"
        return Article(url, url, self._sentence()[:80].rstrip("."), "\n\n".join(paragraphs), (), None, "fr")

    def _sentence(self) -> str:
        random_ = self._random
        pieces = [self._piece() for _ in range(random_.randint(8, 30))]
        for _ in range(len(pieces) // 9):
            index = random_.randrange(len(pieces))
            pieces[index] += ","
        text = " ".join(pieces)
        return text[0].upper() + text[1:] + "."

    def _piece(self) -> str:
        chance = self._random.random()
        word = self._expression() if chance < 0.08 else self._word()
        if 0.08 <= chance < 0.12:
            return f"{self._random.choice('ldn')}’{word}"
        if 0.12 <= chance < 0.13:
            return f"{word}-{self._word()}"
        if 0.13 <= chance < 0.14:
            return f"{self._random.randint(1, 90)} 000"
        return word.capitalize() if 0.14 <= chance < 0.2 else word


def made_articles(count: int, seed: int) -> tuple[MadeArticles, Sequence[Article]]:
    """The paper, and so many of its articles."""
    paper = MadeArticles(seed)
    return paper, [paper.article(number) for number in range(count)]
