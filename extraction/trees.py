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
_ROWS = 512  # at once: what is computed of more fits no cache
_MODEL = "model.json"
_ALL = (1 << LEAVES) - 1


class ModelError(VigieError):
    """A model that does not fit this code: made of other features, or with trees too large."""


def _first_left() -> NDArray[np.uint8]:
    """The place of the first leaf that is left, for each 16-bit number of those that are struck out."""
    left = ~np.arange(1 << LEAVES)
    places: NDArray[np.uint8] = np.log2(left & -left).astype(np.uint8)
    return places


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Trees as arrays, the n-th split of each tree in the n-th row.

    `features` (15 x trees) are column numbers, `limits` (15 x trees x 1) the largest value that says yes, `struck` (the
    same) the leaves that a no strikes out, a bit for each. `values` (trees x 16) is what the leaves add to the log
    odds, `firsts` the first leaf that is left of the sixteen, by what is struck.
    """

    features: NDArray[np.int64]
    limits: NDArray[np.float32]
    struck: NDArray[np.uint16]
    values: NDArray[np.float32]
    firsts: NDArray[np.uint8]

    def odds(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """How likely each row is, from 0 to 1."""
        parts = [self._sums(rows[start : start + _ROWS]) for start in range(0, len(rows), _ROWS)]
        odds: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.concatenate([np.zeros(0), *parts])))
        return odds

    def _sums(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        columns = np.ascontiguousarray(rows.T)
        struck = np.zeros((len(self.values), len(rows)), dtype=np.uint16)
        for features, limits, leaves in zip(self.features, self.limits, self.struck, strict=True):
            struck |= (columns[features] > limits) * leaves
        places = self.firsts.take(struck) + np.arange(0, self.values.size, LEAVES)[:, None]
        sums: NDArray[np.float64] = self.values.take(places).sum(axis=0, dtype=np.float64)
        return sums


def forest(trees: Sequence[Any]) -> Forest:
    """The forest of parsed trees, each a list of splits (column, limit, mask) and a list of its leaves' values."""
    shape = (LEAVES - 1, len(trees), 1)
    features, limits = np.zeros(shape[:2], np.int64), np.full(shape, np.inf, np.float32)
    struck, values = np.zeros(shape, np.uint16), np.zeros((len(trees), LEAVES), np.float32)
    for number, (splits, leaves) in enumerate(trees):
        if len(leaves) > LEAVES:
            raise ModelError(f"Tree {number} of {_MODEL} has {len(leaves)} leaves, {LEAVES} is the most.")
        values[number, : len(leaves)] = leaves
        for place, (feature, limit, left) in enumerate(splits):
            features[place, number], limits[place, number], struck[place, number] = feature, limit, _ALL & ~left
    return Forest(features, limits, struck, values, _first_left())


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
