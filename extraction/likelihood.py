"""How likely each block of a page is its article's: asked of the trees and, where they are unsure, of another too."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from extraction.blocks import Walk, beginning
from extraction.features import LOCAL, NAMES, Told, features
from extraction.trees import shipped
from extraction.votes import VOTES, vote_columns

Floats = NDArray[np.float64]

# Where the F1 that the trees expect of their own choice is less, the other extractor is asked. It is slow, and slower
# the larger the page is, so that on a page of many nodes more must be in doubt.
_SURE = 0.8
_MANY_NODES = 600
_VOTED = 0.67  # the weight of the trees that know what the other takes
_MOST_BLOCKS = 10_000  # an article is not below them, and the matrix is not to fill the memory


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """From 0 to 1, a number for each block; `sureness`, the F1 that they let expect; whether the other was asked.

    `voted` says of each block whether the other took it, and is empty where it was not asked.
    """

    odds: list[float]
    sureness: float
    was_asked: bool = False
    voted: tuple[bool, ...] = ()


def sureness(odds: Floats, words: Floats) -> float:
    """The F1 that the best choice of blocks has if the odds are right."""
    order = np.argsort(-odds, kind="stable")
    right, taken = np.cumsum((odds * words)[order]), np.cumsum(words[order])
    wanted = float((odds * words).sum())
    return float((2 * right / np.maximum(1e-9, taken + wanted)).max(initial=0.0))


def likelihoods(walk: Walk, told: Told, other: Callable[[], Sequence[str]]) -> Likelihoods:
    """The likelihoods of a walk. `other` gives the paragraphs that another extractor takes; it is slow."""
    if not walk.blocks:
        return Likelihoods([], 0.0)
    if len(walk.blocks) > _MOST_BLOCKS:
        found = likelihoods(beginning(walk, _MOST_BLOCKS), told, other)
        return replace(found, odds=found.odds + [0.0] * (len(walk.blocks) - _MOST_BLOCKS))
    alone, voted = shipped(NAMES, VOTES)
    matrix = features(walk, told)
    odds = alone.odds(matrix)
    words = np.expm1(matrix[:, LOCAL.index("words")].astype(np.float64))
    sure = sureness(odds, words + 1)
    if 1.0 - sure <= (1.0 - _SURE) * max(1.0, len(walk.tags) / _MANY_NODES):
        return Likelihoods(odds.tolist(), sure)
    votes = vote_columns(walk, words, other())
    odds = (1 - _VOTED) * odds + _VOTED * voted.odds(np.hstack([matrix, votes]).astype(np.float32))
    return Likelihoods(
        odds.tolist(), sureness(odds, words + 1), was_asked=True, voted=tuple((votes[:, 0] > 0).tolist())
    )
