"""Stories: articles on one event, found by the rare words that they have in common.

An article is a vector: its words by how often they stand in it and how rare they are in its language, the title's
twice, names half as much again, the best eighty of them. A story is the sum of its articles' vectors. A new article
joins the nearest story of its days, or begins one.
"""

from array import array
from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import inf, log, sqrt
from sys import intern

import numpy as np

from matching.analyzer import Token
from matching.document import Document
from matching.rarity import Rarity
from matching.terms import terms

Vector = Mapping[str, float]
"""Words and their weights, of length 1."""

# Chosen on the first half of the labelled topics, where all from .25 to .3 do as well; of those, one that rather parts
# than joins, for what is joined wrongly is not told.
COSINE = 0.28
WINDOW = timedelta(hours=72)

_TERMS = 80
_TERMS_OF_STORY = 240
_WORDS = 5_000  # of a text that are looked at
_TITLE = 2.0
_NAME = 1.5
_ENDS = frozenset('.!?…:;\n•|«»“”„"‹›([{—–')


def vector(read: Document, rarity: Rarity) -> dict[str, float]:
    """The article as it is compared."""
    counted: dict[str, float] = defaultdict(float)
    article = read.article
    title, text = read.named(("title",))[0], read.named(("text",))[0]
    for term, _ in terms(title.tokens):
        counted[term] += _TITLE
    for term, token in terms(text.tokens[:_WORDS]):
        counted[term] += _NAME if _is_name(token, article.text) else 1.0
    words = list(counted)
    weights = rarity.of(words, article.language)
    weighed = {word: (1 + log(counted[word])) * weight for word, weight in zip(words, weights, strict=True)}
    return unit(best(weighed, _TERMS))


def _is_name(token: Token, text: str) -> bool:
    """Whether it begins with a capital within a sentence."""
    if not token.exact[:1].isupper():
        return False
    before = text[max(0, token.start - 3) : token.start]
    stripped = before.rstrip(" \u00a0\u202f'’\t")
    return bool(stripped) and stripped[-1] not in _ENDS and "\n" not in before


def best(weights: Mapping[str, float], most: int) -> dict[str, float]:
    """The heaviest words; of two that weigh the same, the first in the alphabet."""
    if len(weights) <= most:
        return dict(weights)
    return dict(sorted(weights.items(), key=lambda one: (-one[1], one[0]))[:most])


def unit(weights: Mapping[str, float]) -> dict[str, float]:
    """The same direction, of length 1; nothing of nothing."""
    length = sqrt(sum(weight * weight for weight in weights.values()))
    return {word: weight / length for word, weight in weights.items()} if length else {}


def with_member(centroid: Mapping[str, float], member: Vector) -> dict[str, float]:
    """A story's sum with one more article; its heaviest words, rounded so that whoever keeps them keeps the same."""
    summed = dict(centroid)
    for word, weight in member.items():
        summed[word] = summed.get(word, 0.0) + weight
    return {word: round(weight, 5) for word, weight in best(summed, _TERMS_OF_STORY).items()}


@dataclass(frozen=True, slots=True)
class Nearness:
    """A story that is known, and the cosine of the angle between it and an article, 0 to 1."""

    story_id: int
    cosine: float


class StoryIndex:
    """The stories of the last days, turned round: from a word to the stories that hold it.

    `most` bounds them: those that nobody has written about for longest go first. A word of a story takes 20 bytes.
    """

    def __init__(self, most: int = 30_000) -> None:
        self._most = most
        self._slots: OrderedDict[int, int] = OrderedDict()  # of each story, the one last touched at the end
        self._words: dict[int, tuple[str, ...]] = {}
        self._free: list[int] = []
        self._ids = array("q")
        self._firsts = array("d")
        self._lasts = array("d")
        self._postings: dict[str, tuple[array[int], array[float]]] = {}

    def __len__(self) -> int:
        return len(self._slots)

    def put(self, story_id: int, first_at: float, last_at: float, centroid: Mapping[str, float]) -> None:
        """Take in a story, or what it has become: between which instants (seconds) its articles were told, its sum."""
        self._drop(story_id)
        slot = self._new_slot()
        self._slots[story_id] = slot
        words = {intern(word): weight for word, weight in unit(centroid).items()}
        self._words[slot] = tuple(words)
        self._ids[slot], self._firsts[slot], self._lasts[slot] = story_id, first_at, last_at
        for word, weight in words.items():
            slots, weights = self._postings.setdefault(word, (array("i"), array("d")))
            slots.append(slot)
            weights.append(weight)
        while len(self._slots) > self._most:
            self._drop(next(iter(self._slots)))

    def nearest(self, member: Vector, at: float) -> Nearness | None:
        """The story that an article told at an instant (seconds) belongs to; of two as near, the older one."""
        window = WINDOW.total_seconds()
        scores = np.zeros(len(self._ids))
        for word, weight in member.items():
            if (posting := self._postings.get(word)) is not None:
                scores[np.frombuffer(posting[0], np.int32)] += weight * np.frombuffer(posting[1], np.float64)
        firsts, lasts = np.frombuffer(self._firsts, np.float64), np.frombuffer(self._lasts, np.float64)
        open_ = (at >= firsts - window) & (at <= lasts + window) & (scores >= COSINE)
        if not open_.any():
            return None
        scores[~open_] = 0.0
        cosine = float(scores.max())
        return Nearness(min(self._ids[slot] for slot in np.flatnonzero(scores == cosine)), cosine)

    def expire(self, before: float) -> None:
        """Let go of the stories whose last article was told before an instant, those touched first before all."""
        while self._slots:
            story_id, slot = next(iter(self._slots.items()))
            if self._lasts[slot] >= before:
                return
            self._drop(story_id)

    def _new_slot(self) -> int:
        if self._free:
            return self._free.pop()
        self._ids.append(0)
        self._firsts.append(0.0)
        self._lasts.append(0.0)
        return len(self._ids) - 1

    def _drop(self, story_id: int) -> None:
        slot = self._slots.pop(story_id, None)
        if slot is None:
            return
        for word in self._words.pop(slot):
            slots, weights = self._postings[word]
            place = slots.index(slot)
            slots[place], weights[place] = slots[-1], weights[-1]
            slots.pop()
            weights.pop()
            if not slots:
                del self._postings[word]
        self._firsts[slot], self._lasts[slot] = inf, -inf
        self._free.append(slot)
