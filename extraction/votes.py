"""What another extractor took of a page, as columns for the model that is asked where the first one is unsure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from extraction.blocks import Walk

Floats = NDArray[np.float64]

VOTES = (
    "voted", "voted-2", "voted-1", "voted+1", "voted+2", "voted_beside", "voted_alike", "voted_share", "voted_words",
    "voted_above",
)  # fmt: skip
_TELLING = 12  # letters from which a text says where it is from


def _squeezed(text: str) -> str:
    return "".join(text.casefold().split())


def _shifted(votes: Floats, shift: int) -> Floats:
    """The votes of the blocks so far below (above, if negative); less than 0 beyond the page."""
    moved = np.full(len(votes), -0.2)
    if abs(shift) < len(votes):
        to, at = (slice(-shift, None), slice(None, shift)) if shift < 0 else (slice(None, -shift), slice(shift, None))
        moved[to] = votes[at]
    return moved


def _others(votes: Floats, words: Floats, groups: NDArray[np.int64]) -> Floats:
    """The share of words that is voted for among the other blocks of each block's group."""
    voted, total = np.bincount(groups, votes * words), np.bincount(groups, words)
    share: Floats = (voted[groups] - votes * words) / np.maximum(total[groups] - words, 0.5)
    return share


def _alike(walk: Walk) -> NDArray[np.int64]:
    """The same number for blocks whose elements are called the same, two up."""
    known: dict[tuple[str, str], int] = {}
    own = [f"{tag}.{name}" for tag, name in zip(walk.tags, walk.classes, strict=True)]
    pairs = [(own[block.node], own[walk.parents[block.node]]) for block in walk.blocks]
    return np.array([known.setdefault(pair, len(known)) for pair in pairs], dtype=np.int64)


def vote_columns(walk: Walk, words: Floats, paragraphs: Sequence[str]) -> Floats:
    """The columns VOTES. `words` are counts, `paragraphs` what the other took."""
    taken = {_squeezed(paragraph) for paragraph in paragraphs}
    whole = "\n".join(_squeezed(paragraph) for paragraph in paragraphs)
    texts = [_squeezed(block.text) for block in walk.blocks]
    votes = np.array([text in taken or (len(text) > _TELLING and text in whole) for text in texts], dtype=np.float64)
    parents = np.array([max(0, walk.parents[block.node]) for block in walk.blocks], dtype=np.int64)
    alike = _alike(walk)
    voted, total = float((votes * words).sum()), max(1.0, float(words.sum()))
    columns = [
        votes,
        *(_shifted(votes, shift) for shift in (-2, -1, 1, 2)),
        _others(votes, words, parents),
        _others(votes, words, alike),
        np.full(len(votes), voted / total),
        np.full(len(votes), np.log1p(len(whole) / 5)),
        np.cumsum(votes * words) / max(1.0, voted),
    ]
    return np.stack(columns, axis=1)
