"""How near an extracted text comes to the annotated one, in shingles of four words.

The measure of scrapinghub's article-extraction-benchmark, written anew from its description. The words of a text are
its runs of letters, digits and underscores; its shingles are all runs of four words, counted as often as they stand
there; a text of fewer words is one shingle. On a page, precision is the share of the extracted shingles that are in
the annotation too, recall the share of the annotated ones that were extracted. Over pages both are averaged, so that a
long page counts as much as a short one, and F1 is made of the averages. A page of which nothing was extracted has a
recall of 0 and no precision.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"\w+")
_LENGTH = 4  # words

Shingles = Counter[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Overlap:
    """The shingles of a page: in both texts, in the extracted one only, in the annotated one only."""

    both: int
    extra: int
    missed: int

    @property
    def precision(self) -> float | None:
        """The share of what was extracted that is right; None where nothing was."""
        return self.both / (self.both + self.extra) if self.both + self.extra else None

    @property
    def recall(self) -> float | None:
        """The share of what is annotated that was extracted; None where nothing is."""
        return self.both / (self.both + self.missed) if self.both + self.missed else None

    @property
    def f1(self) -> float:
        """Twice the shared shingles by all of both texts; 1 where both are empty."""
        return 2 * self.both / (2 * self.both + self.extra + self.missed) if not self.is_exact else 1.0

    @property
    def is_exact(self) -> bool:
        """Whether both texts have the same shingles."""
        return not self.extra and not self.missed


@dataclass(frozen=True, slots=True)
class Score:
    """The measure over pages, each from 0 to 1; `exact` is the share of the pages that are right to the last word."""

    f1: float
    precision: float
    recall: float
    exact: float


def shingles(text: str) -> Shingles:
    """The runs of four words of a text, and how often each stands in it."""
    words = _WORD.findall(text)
    runs = (tuple(words[start : start + _LENGTH]) for start in range(max(1, len(words) - _LENGTH + 1)))
    return Counter(run for run in runs if run)


def overlap(extracted: str, *annotated: str) -> Overlap:
    """The shingles shared with the annotated text; with several, with that which the extracted one is nearest to."""
    found = shingles(extracted)
    return max((_shared(found, shingles(text)) for text in annotated), key=lambda one: one.f1)


def _shared(found: Shingles, wanted: Shingles) -> Overlap:
    both = (found & wanted).total()
    return Overlap(both, found.total() - both, wanted.total() - both)


def score(pages: Sequence[Overlap]) -> Score:
    """The measure over pages; 0 where there are none."""
    precision = _mean(page.precision for page in pages)
    recall = _mean(page.recall for page in pages)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Score(f1, precision, recall, _mean(float(page.is_exact) for page in pages))


def _mean(values: Iterable[float | None]) -> float:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else 0.0
