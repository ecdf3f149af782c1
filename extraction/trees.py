"""Gradient-boosted trees, read from JSON and asked of many rows at once.

No tree is walked. Every split is asked of every row; a split that says no strikes out the leaves on its yes side, and
the first leaf that is left in each tree is where the row ends. A tree has at most 16 leaves, so that what is left of
them fits one 16-bit number.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from news.errors import VigieError

LEAVES = 16
_ROWS = 2_048  # at once, so that a page of 100,000 blocks costs time, not memory
_MODEL = "model.json"
_ALL = np.uint16((1 << LEAVES) - 1)


class ModelError(VigieError):
    """A model that does not fit this code: made of other features, or with trees too large."""


def _first_bits() -> NDArray[np.uint8]:
    """The place of the lowest bit in each 16-bit number."""
    numbers = np.arange(1 << LEAVES)
    places: NDArray[np.uint8] = np.log2(np.maximum(1, numbers & -numbers)).astype(np.uint8)
    return places


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Trees as arrays, the n-th split of each tree in the n-th row; a split's mask is of the leaves that a no leaves.

    `features` (15 x trees) are column numbers, `limits` the largest value that says yes, `values` (trees x 16) what
    the leaves add to the log odds.
    """

    features: NDArray[np.int64]
    limits: NDArray[np.float32]
    masks: NDArray[np.uint16]
    values: NDArray[np.float32]
    firsts: NDArray[np.uint8]

    def odds(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """How likely each row is, from 0 to 1."""
        parts = [self._sums(rows[start : start + _ROWS]) for start in range(0, len(rows), _ROWS)]
        odds: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.concatenate([np.zeros(0), *parts])))
        return odds

    def _sums(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        columns = np.ascontiguousarray(rows.T)
        left = np.full((self.features.shape[1], len(rows)), _ALL, dtype=np.uint16)
        for features, limits, masks in zip(self.features, self.limits, self.masks, strict=True):
            is_no = columns[features] > limits[:, None]
            left &= np.where(is_no, masks[:, None], _ALL)
        leaves = self.firsts[left]
        sums: NDArray[np.float64] = np.take_along_axis(self.values, leaves, axis=1).sum(axis=0, dtype=np.float64)
        return sums


def forest(trees: Sequence[Any]) -> Forest:
    """The forest of parsed trees, each a list of splits (column, limit, mask) and a list of its leaves' values."""
    shape = (LEAVES - 1, len(trees))
    features, limits = np.zeros(shape, np.int64), np.full(shape, np.inf, np.float32)
    masks, values = np.full(shape, _ALL, np.uint16), np.zeros((len(trees), LEAVES), np.float32)
    for number, (splits, leaves) in enumerate(trees):
        if len(leaves) > LEAVES:
            raise ModelError(f"Tree {number} of {_MODEL} has {len(leaves)} leaves, {LEAVES} is the most.")
        values[number, : len(leaves)] = leaves
        for place, (feature, limit, mask) in enumerate(splits):
            features[place, number], limits[place, number], masks[place, number] = feature, limit, mask
    return Forest(features, limits, masks, values, _first_bits())


def forests(model: Mapping[str, Any], names: Sequence[str], votes: Sequence[str]) -> tuple[Forest, Forest]:
    """The two forests of a parsed model: that of the features alone, and that of the features and the votes.

    Raises ModelError where it was made of other columns than the code computes.
    """
    if list(model["features"]) != list(names) or list(model["votes"]) != list(votes):
        raise ModelError(f"{_MODEL} was made of other features than the code computes: run bench/train_blocks.py.")
    return forest(model["alone"]), forest(model["voted"])


@cache
def shipped(names: tuple[str, ...], votes: tuple[str, ...]) -> tuple[Forest, Forest]:
    """The forests that come with Vigie. Raises ModelError as `forests` does."""
    return forests(json.loads(files("extraction").joinpath(_MODEL).read_text(encoding="utf-8")), names, votes)
