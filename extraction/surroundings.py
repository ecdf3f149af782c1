"""Where a page's blocks stand: in which elements, how near the bulk of its prose, beside what."""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from extraction.blocks import Walk
from extraction.signs import GROUPS, signs

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

_FAR = 9  # steps up the tree; what is farther is nowhere near
_PROSE = np.log1p(15)  # words
_LINKED = 0.5  # of the characters
_WINDOW = 5  # blocks
_KINDS = ("p", "div", "li", "td", "blockquote", "figcaption", "section", "article", "body", "br", "ul", "ol", "main",
          "dd", "dt", "pre", "tr", "th", "figure", "header", "footer", "aside", "nav", "form")  # fmt: skip
AROUND = ("article", "main", "section", "aside", "nav", "footer", "header", "form", "figure", "ul", "ol", "table",
          "blockquote", "dl", "p")  # fmt: skip
PLACES = (
    "tag", "parent_tag", "grandparent_tag", "heading", "depth", "siblings", "alone", "parent_share",
    "grandparent_share", "great_share", "parent_linked", "grandparent_linked", "parent_blocks", "path_share",
    "path_blocks", "path_linked", "style_share", "style_blocks", "style_linked", "steps_to_core", "core_depth",
    "core_share", "inline_sign", "row", "rows_below", "words_above", "since_title",
)  # fmt: skip
WHOLE = ("page_words", "page_prose", "page_blocks", "page_linked", "has_declared")
SHIFTS = (-3, -2, -1, 1, 2, 3)


def _shared(values: Sequence[Hashable]) -> Numbers:
    """The same small number for the same value."""
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(value, len(known)) for value in values], dtype=np.int64)


def _numbered(tags: Sequence[str], known: Sequence[str]) -> Numbers:
    """The place of each tag among those that are known, -1 for others."""
    numbers = {tag: number for number, tag in enumerate(known)}
    return np.array([numbers.get(tag, -1) for tag in tags], dtype=np.int64)


class Surroundings:
    """One page's blocks and nodes as arrays. `words` (log1p of a count) and `linked` (a share) are of the blocks."""

    def __init__(self, walk: Walk, words: NDArray[np.float32], linked: NDArray[np.float32], is_opaque: bool) -> None:
        self._walk = walk
        self._classes = [""] * len(walk.tags) if is_opaque else walk.classes
        self._bits = np.zeros(len(walk.tags), np.int64)
        if not is_opaque:
            self._bits = np.array([signs(name) if name else 0 for name in walk.names], dtype=np.int64)
        self._inline = [0 if is_opaque or not block.name else signs(block.name) for block in walk.blocks]
        self._node = np.array([block.node for block in walk.blocks], dtype=np.int64)
        self._parent = np.maximum(np.array(walk.parents, dtype=np.int64), 0)  # the outermost is its own
        self._words = np.expm1(words.astype(np.float64))
        self._linked: Floats = self._words * linked
        self._prose = np.where((words >= _PROSE) & (linked < _LINKED), self._words, 0.0)
        self._first, self._end = np.array(walk.first, dtype=np.int64), np.array(walk.end, dtype=np.int64)
        self._depth = self._depths()
        self._levels = [np.flatnonzero(self._depth == depth) for depth in range(1, int(self._depth.max(initial=0)) + 1)]
        self._path = self._paths()
        self._core = self._core_node()

    def _depths(self) -> Numbers:
        depths: list[int] = []
        for parent in self._walk.parents:
            depths.append(depths[parent] + 1 if parent >= 0 else 0)
        return np.array(depths, dtype=np.int64)

    def _paths(self) -> Numbers:
        """The number of each node's tag path from the outermost."""
        known: dict[tuple[int, str], int] = {}
        paths: list[int] = []
        for parent, tag in zip(self._walk.parents, self._walk.tags, strict=True):
            paths.append(known.setdefault((paths[parent] if parent >= 0 else -1, tag), len(known)))
        return np.array(paths, dtype=np.int64)

    def _within(self, values: Floats) -> Floats:
        """The sum over the blocks in each node."""
        sums = np.concatenate([[0.0], np.cumsum(values)])
        within: Floats = sums[self._end] - sums[self._first]
        return within

    def _distances(self, marked: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The steps up from each node to the nearest that is marked, for each column."""
        steps = np.where(marked, 0, _FAR)
        for level in self._levels:
            steps[level] = np.minimum(steps[level], steps[self._parent[level]] + 1)
        return np.minimum(steps, _FAR)

    def above(self) -> NDArray[np.int64]:
        """The steps from each block up to an article, a list, a footer, and so on; and to a name with each hint."""
        tags = _numbered(self._walk.tags, AROUND)[:, None] == np.arange(len(AROUND))
        bits = (self._bits[:, None] >> np.arange(len(GROUPS))) & 1
        return self._distances(np.hstack([tags, bits.astype(bool)]))[self._node]

    def _core_node(self) -> int:
        """The node that holds most prose, near by: its own blocks count whole, those farther below ever less."""
        scores = np.zeros(len(self._depth))
        node, weight = self._node, self._prose
        for _ in range(4):
            scores += np.bincount(node, weight, len(scores))
            node, weight = self._parent[node], weight * 0.7
        return int(scores.argmax())

    def _to_core(self) -> tuple[Numbers, Numbers]:
        """Of each node, the steps up to an element around the core, and that element's number."""
        core = np.zeros((len(self._depth), 1), dtype=bool)
        core[list(self._walk.around(self._core))] = True
        meets = np.where(core[:, 0], np.arange(len(core)), -1)
        for level in self._levels:
            meets[level] = np.where(meets[level] < 0, meets[self._parent[level]], meets[level])
        return self._depth - self._depth[meets], meets

    def _shares(self, numbers: Numbers) -> list[Floats]:
        """Of the group that each block is in: its share of the prose, its blocks (log), its linked share."""
        prose, words, linked = (np.bincount(numbers, each) for each in (self._prose, self._words, self._linked))
        share = prose / max(1.0, float(self._prose.sum()))
        each = [share, np.log1p(np.bincount(numbers)), linked / np.maximum(1.0, words)]
        return [values[numbers] for values in each]

    def _kinds(self) -> Numbers:
        return _numbered(self._walk.tags, _KINDS)

    def _headings(self) -> list[int]:
        """The level of the heading that a node is or stands near in, 0 where it does not."""
        levels: list[int] = []
        for tag, parent in zip(self._walk.tags, self._walk.parents, strict=True):
            own = int(tag[1]) if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456" else 0
            levels.append(own or (levels[parent] if parent >= 0 else 0))
        return levels

    def _styles(self) -> Numbers:
        tags, classes, parents = self._walk.tags, self._classes, self._walk.parents
        own = _shared(list(zip(tags, classes, strict=True))).tolist()
        return _shared([(own[node], own[parents[node]], own[parents[parents[node]]]) for node in self._node.tolist()])

    def _rows(self, headings: Numbers) -> list[Floats]:
        """How far down the page each block stands, and how many words (log) below its first h1, negative above."""
        count = len(self._node)
        above = np.cumsum(self._words) - self._words
        total = max(1.0, float(self._words.sum()))
        firsts = np.flatnonzero(headings == 1)
        since = above - above[firsts[0]] if len(firsts) else np.zeros(count)
        rows = np.arange(count, dtype=np.float64)
        return [rows / max(1, count), np.log1p(count - rows), above / total, np.sign(since) * np.log1p(np.abs(since))]

    def places(self) -> Floats:
        """The columns PLACES."""
        node = self._node
        parent = self._parent[node]
        grand, kinds = self._parent[parent], self._kinds()
        great = self._parent[grand]
        prose = self._within(self._prose) / max(1.0, float(self._prose.sum()))
        linked = self._within(self._linked) / np.maximum(1.0, self._within(self._words))
        headings = np.array(self._headings(), dtype=np.int64)[node]
        size = self._end - self._first
        steps, meets = self._to_core()
        deepest = self._depth[self._core]
        inline = [(bits & -bits).bit_length() for bits in self._inline]
        columns = [
            kinds[node], kinds[parent], kinds[grand], headings, self._depth[node],
            np.bincount(self._parent, minlength=len(self._parent))[parent], size[node] == 1,
            prose[parent], prose[grand], prose[great], linked[parent], linked[grand], np.log1p(size[parent]),
            *self._shares(self._path[node]), *self._shares(self._styles()),
            steps[node], deepest - self._depth[meets[node]], prose[meets[node]], inline, *self._rows(headings),
        ]  # fmt: skip
        return np.stack([np.asarray(column, dtype=np.float64) for column in columns], axis=1)

    def whole(self, has_declared: bool) -> Floats:
        """The columns WHOLE, the same in each row."""
        words, prose = float(self._words.sum()), float(self._prose.sum())
        linked = float(self._linked.sum()) / max(1.0, words)
        row = [np.log1p(words), np.log1p(prose), np.log1p(len(self._node)), linked, float(has_declared)]
        return np.tile(np.array(row), (len(self._node), 1))

    def neighbours(self, columns: Floats) -> Floats:
        """The columns of the blocks above and below, -1 beyond the page, and whether they are set as the block is."""
        count = len(self._node)
        groups = np.stack([self._path[self._node], self._parent[self._node]], axis=1)
        parts = []
        for shift in SHIFTS:
            part = np.full((count, columns.shape[1] + groups.shape[1]), -1.0)
            to, at = (
                (slice(-shift, None), slice(None, shift)) if shift < 0 else (slice(None, -shift), slice(shift, None))
            )
            if abs(shift) < count:
                part[to] = np.hstack([columns[at], groups[at] == groups[to]])
            parts.append(part)
        return np.hstack(parts)

    def prose_around(self) -> Floats:
        """The words of prose (log) in the few blocks above and in the few below."""
        sums = np.concatenate([np.zeros(_WINDOW), np.cumsum(self._prose)])
        above = sums[_WINDOW:] - self._prose - np.concatenate([np.zeros(1), sums])[: len(self._prose)]
        ends = np.minimum(np.arange(len(self._prose)) + _WINDOW, len(self._prose) - 1)
        below = sums[_WINDOW:][ends] - sums[_WINDOW:]
        around: Floats = np.log1p(np.maximum(0.0, np.stack([above, below], axis=1)))
        return around
