"""Which blocks of a page are its article's, by the annotated text: what the block model is trained on.

The blocks whose words all stand in the annotated text, in its order, are the article's: the heaviest chain of such
blocks is taken, so that of a headline that stands on the page five times one is the article's. Of the others, long ones
are the article's where most of their runs of four words are in the annotated text (a drop cap or a note within cost a
few). Where only snippets are annotated, the blocks that hold one are known, and no others.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bench.corpus import Gold

_WORD = re.compile(r"\w+")
_RUN = 4  # words
_FEWEST_WORDS = 6  # of a block that may be the article's in part
_MOSTLY, _PARTLY = 0.6, 0.25
_UNSURE = 0.3
_ON_PAGE = 0.5  # of the annotated words
_ONE_OF_TWO = 0.2  # where two annotated texts disagree: a summary, which may be taken or not
_MOST_PLACES = 40  # that one block is tried at
_SHORTEST_SNIPPET = 3  # characters
_SHORTEST_WANTED = 15


@dataclass(frozen=True, slots=True)
class Label:
    """Whether a block is the article's, and how much that counts; nothing where it is not known."""

    is_own: bool
    weight: float


class _Best:
    """The heaviest chain that ends at or before a place, for growing chains: a Fenwick tree of maxima."""

    def __init__(self, size: int) -> None:
        self._chains: list[tuple[float, int]] = [(0.0, -1)] * (size + 2)

    def until(self, place: int) -> tuple[float, int]:
        best, at = (0.0, -1), place + 1
        while at > 0:
            best = max(best, self._chains[at])
            at -= at & -at
        return best

    def put(self, place: int, chain: tuple[float, int]) -> None:
        at = place + 1
        while at < len(self._chains):
            self._chains[at] = max(self._chains[at], chain)
            at += at & -at


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _joined(words: Sequence[str]) -> str:
    return f" {' '.join(words)} "


def _places(text: str, part: str) -> list[int]:
    found: list[int] = []
    at = text.find(part)
    while at >= 0 and len(found) < _MOST_PLACES:
        found.append(at)
        at = text.find(part, at + 1)
    return found


def _chain(blocks: Sequence[Sequence[str]], text: str) -> frozenset[int]:
    """The numbers of the blocks that follow each other in the text; of two that say the same, the later."""
    links: list[tuple[int, int]] = []  # a block, and the link before it
    best = _Best(len(text))
    for number, words in enumerate(blocks):
        part = _joined(words)
        ends = []
        for place in _places(text, part) if words else ():
            weight, before = best.until(place)
            links.append((number, before))
            ends.append((place + len(part) - 1, (weight + len(words) + 1e-6 * number / len(blocks), len(links) - 1)))
        for end, chain in ends:
            best.put(end, chain)
    own, link = set(), best.until(len(text))[1]
    while link >= 0:
        number, link = links[link]
        own.add(number)
    return frozenset(own)


def _runs(words: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(words[start : start + _RUN]) for start in range(len(words) - _RUN + 1)]


def text_labels(texts: Sequence[str], annotated: str) -> list[Label]:
    """The labels of a page's blocks by one annotated text."""
    wanted = _words(annotated)
    blocks = [_words(text) for text in texts]
    own = _chain(blocks, _joined(wanted))
    said = {tuple(blocks[number]) for number in own}
    known = set(_runs(wanted))

    def label(number: int, words: Sequence[str]) -> Label:
        if number in own:
            return Label(True, 1.0)
        if len(words) < _FEWEST_WORDS or tuple(words) in said:
            return Label(False, 1.0 if words else 0.1)
        runs = _runs(words)
        share = sum(run in known for run in runs) / len(runs)
        if share >= _MOSTLY:
            return Label(True, share)
        return Label(share > 1 / 2, _UNSURE if share > _PARTLY else 1.0)

    return [label(number, words) for number, words in enumerate(blocks)]


def _snippet_labels(texts: Sequence[str], gold: Gold) -> list[Label]:
    present = [snippet for one in gold.present if len(snippet := " ".join(one.split())) >= _SHORTEST_WANTED]
    absent = [snippet for one in gold.absent if len(snippet := " ".join(one.split())) >= _SHORTEST_SNIPPET]

    def label(text: str) -> Label:
        is_own, is_not = any(one in text for one in present), any(one in text for one in absent)
        return Label(is_own, float(is_own != is_not))

    return [label(text) for text in texts]


def labels(texts: Sequence[str], gold: Gold) -> list[Label]:
    """The labels of a page's blocks, by what is annotated on it."""
    annotated = [text for text in (gold.text, gold.alt) if text]
    if not annotated:
        return _snippet_labels(texts, gold)
    found = text_labels(texts, annotated[0])
    for other in annotated[1:]:
        pairs = zip(found, text_labels(texts, other), strict=True)
        found = [one if one.is_own == two.is_own else Label(one.is_own, one.weight * _ONE_OF_TWO) for one, two in pairs]
    return found


def is_on_page(texts: Sequence[str], found: Sequence[Label], gold: Gold) -> bool:
    """Whether the annotated text stands on the page: one that came without it would teach that nothing is own."""
    annotated = next((text for text in (gold.text, gold.alt) if text), "")
    own = sum(len(_words(text)) for text, label in zip(texts, found, strict=True) if label.is_own)
    return own >= _ON_PAGE * len(_words(annotated))
