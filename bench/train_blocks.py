"""Train the block model of extraction on the training side of annotated corpora, and write extraction/model.json.

    python -m bench.train_blocks CORPUS... [--out FILE]

It needs LightGBM (pip install lightgbm), which Vigie itself does not. The corpora are archives or folders as
bench/corpus.py describes them; only the pages of the hosts on the training side of bench/extraction_split.json are
read. Two forests come of it: one that sees a page's own features alone, and one that sees what trafilatura takes of it
too, for the pages where the first is unsure. What is shipped was made from three corpora:

- the articles of the Web Content Extraction Benchmark's development part, by Murrough Foley, annotations CC-BY-4.0;
- the test pages of Fundus, by Max Dallabetta and others (flairNLP), MIT;
- the evaluation pages of trafilatura, by Adrien Barbaresi, Apache-2.0.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.block_labels import Label, is_on_page, labels
from bench.corpus import AnnotatedPage, annotated_pages, corpus_name
from bench.extraction_split import page_side, recorded
from extraction.body import declared_body, told, votes_of
from extraction.decoding import decoded
from extraction.document import parsed
from extraction.features import LOCAL, NAMES, features
from extraction.titles import candidates
from extraction.trees import LEAVES
from extraction.votes import VOTES, vote_columns

_OUT = Path(__file__).parents[1] / "extraction" / "model.json"
_SEED = 20261121
_ROUNDS = 200
_PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.08,
    "num_leaves": LEAVES,
    "min_data_in_leaf": 40,
    "lambda_l2": 5,
    "feature_fraction": 0.4,
    "extra_trees": True,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "max_bin": 127,
    "num_threads": 1,
    "deterministic": True,
    "seed": _SEED,
    "verbose": -1,
}
_OPAQUE = 0.3  # the weight of each page once more, as if its makers had named nothing
_SNIPPET = 5.0  # the weight of a block of which a snippet is annotated, as of a twentieth of an article
_DIGITS = 6

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Example:
    """A page's columns, the same if nothing on it had a name, and of each block whether it is own and its weight."""

    columns: Floats
    opaque: Floats
    own: NDArray[np.bool_]
    weights: NDArray[np.float64]


def main() -> None:
    """Read, train, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", metavar="CORPUS", type=Path, nargs="+", help="an archive or a folder")
    parser.add_argument("--out", type=Path, default=_OUT)
    options = parser.parse_args()
    examples = [example for path in options.corpora for example in _examples(path)]
    about = {
        "made by": "bench/train_blocks.py",
        "date": datetime.now(UTC).date().isoformat(),
        "data": [corpus_name(path) for path in options.corpora],
        "pages": len(examples),
        "rounds": _ROUNDS,
        "parameters": _PARAMETERS,
    }
    model = {"about": about, "features": NAMES, "votes": VOTES, **_trained(examples)}
    options.out.write_text(json.dumps(model, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{options.out}: {len(examples)} pages, {options.out.stat().st_size // 1024} KiB")


def _examples(corpus: Path) -> Iterator[Example]:
    sides = recorded()
    for page in annotated_pages(corpus):
        if page_side(page.gold, sides) == "train" and (example := _example(page)) is not None:
            yield example


def _example(page: AnnotatedPage) -> Example | None:
    document = parsed(page.gold.url, decoded(page.body, "text/html").replace("\x00", ""))
    if document is None or not document.walk.blocks:
        return None
    texts = [block.text for block in document.walk.blocks]
    found = labels(texts, page.gold)
    if not is_on_page(texts, found, page.gold):
        return None
    known = told(document, candidates(document), declared_body(document))
    columns, opaque = (features(document.walk, known, is_opaque) for is_opaque in (False, True))
    words = np.expm1(columns[:, LOCAL.index("words")].astype(np.float64))
    votes = vote_columns(document.walk, words, votes_of(document)).astype(np.float32)
    return Example(
        np.hstack([columns, votes]),
        np.hstack([opaque, votes]),
        np.array([label.is_own for label in found]),
        _weights(found, words, len((page.gold.text or page.gold.alt or "").split())),
    )


def _weights(found: Sequence[Label], words: NDArray[np.float64], annotated: int) -> NDArray[np.float64]:
    """A block counts by its words, a page as much as another, short ones somewhat less."""
    sure = np.array([label.weight for label in found])
    return sure * 100 * (words + 6) / (annotated + 150) if annotated else sure * _SNIPPET


def _trained(examples: Sequence[Example]) -> dict[str, Any]:
    columns = np.vstack([part for one in examples for part in (one.columns, one.opaque)])
    own = np.concatenate([part for one in examples for part in (one.own, one.own)])
    weights = np.concatenate([part for one in examples for part in (one.weights, one.weights * _OPAQUE)])
    known = weights > 0
    lightgbm: Any = import_module("lightgbm")
    found = {}
    for name, count in (("alone", len(NAMES)), ("voted", columns.shape[1])):
        rows = lightgbm.Dataset(columns[known, :count], own[known], weight=weights[known])
        booster = lightgbm.train(_PARAMETERS, rows, _ROUNDS)
        found[name] = [_tree(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]
    return found


def _tree(root: dict[str, Any]) -> list[Any]:
    """A tree as extraction/trees.py reads it: splits (column, limit, mask of the leaves that a no leaves), leaves."""
    splits: list[list[Any]] = []
    leaves: list[float] = []

    def gather(node: dict[str, Any]) -> None:
        if "leaf_value" in node:
            leaves.append(round(node["leaf_value"], _DIGITS))
            return
        first = len(leaves)
        gather(node["left_child"])
        struck = (1 << len(leaves)) - (1 << first)
        gather(node["right_child"])
        limit = float(f"{node['threshold']:.{_DIGITS}g}")
        splits.append([node["split_feature"], limit, ((1 << LEAVES) - 1) & ~struck])

    gather(root)
    return [splits, leaves]


if __name__ == "__main__":
    main()
