"""The trees: read from JSON, asked of many rows at once, and true to what each single tree says."""

import random
from typing import Any

import numpy as np
import pytest

from extraction.features import NAMES
from extraction.trees import LEAVES, ModelError, forest, forests, shipped
from extraction.votes import VOTES

Tree = list[Any]
FULL = (1 << LEAVES) - 1


def grown(random_: random.Random, leaves: int) -> tuple[Tree, Any]:
    """A tree as the model has it, and the same as nested tuples (column, limit, yes, no) or leaves' values."""
    splits: list[Any] = []
    values: list[float] = []

    def grow(count: int) -> Any:
        if count == 1:
            values.append(round(random_.uniform(-1, 1), 3))
            return values[-1]
        column, limit, left = random_.randrange(3), random_.choice([-1.0, 0.0, 0.5]), random_.randrange(1, count)
        first = len(values)
        yes = grow(left)
        struck = (1 << len(values)) - (1 << first)
        no = grow(count - left)
        splits.append([column, limit, FULL & ~struck])
        return column, limit, yes, no

    nested = grow(leaves)
    return [splits, values], nested


def followed(tree: Any, row: Any) -> float:
    while isinstance(tree, tuple):
        column, limit, yes, no = tree
        tree = yes if row[column] <= limit else no
    return float(tree)


def test_rows_end_in_the_leaf_that_following_the_splits_leads_to() -> None:
    random_ = random.Random(3)
    trees = [grown(random_, leaves) for leaves in (1, 2, 3, 7, 15, 16, 16)]
    rows = np.array([[random_.choice([-2, -1, 0, 0.4, 0.5, 3]) for _ in range(3)] for _ in range(5_000)], dtype="f4")
    sums = np.array([sum(followed(nested, row) for _, nested in trees) for row in rows])
    assert np.allclose(forest([tree for tree, _ in trees]).odds(rows), 1 / (1 + np.exp(-sums)), atol=1e-5)


def test_no_rows_have_no_odds() -> None:
    assert forest([[[], [0.5]]]).odds(np.zeros((0, 3), dtype=np.float32)).tolist() == []


def test_a_tree_of_too_many_leaves_is_refused() -> None:
    with pytest.raises(ModelError, match="17 leaves"):
        forest([[[[0, 0.0, FULL]] * 16, [0.0] * 17]])


@pytest.mark.parametrize(("names", "votes"), [(["a"], ["v"]), (["a", "b"], ["w"]), (["b", "a"], ["v"])])
def test_a_model_of_other_columns_is_refused(names: list[str], votes: list[str]) -> None:
    model = {"features": ["a", "b"], "votes": ["v"], "alone": [[[], [0.0]]], "voted": [[[], [0.0]]]}
    assert len(forests(model, ["a", "b"], ["v"])) == 2
    with pytest.raises(ModelError, match="other features"):
        forests(model, names, votes)


def test_the_model_that_is_shipped_fits_the_columns_that_the_code_computes() -> None:
    alone, voted = shipped(NAMES, VOTES)
    assert alone.features.max() < len(NAMES) <= voted.features.max() < len(NAMES) + len(VOTES)
