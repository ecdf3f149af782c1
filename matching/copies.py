"""Copies: the same text again, whole, cut or edited, found by the three-word runs that two texts share.

A text's print is a sample of its shingles: the hashes of all runs of three words, of which each eighth is kept by its
value, so that two texts keep the same ones; of shorter texts, which would keep too few, each fourth, each second or
all. Of two prints, as far as both are as thin as the thinner one, the shared part of the smaller says how much of the
shorter text stands in the longer. That is its containment; from .3 on the later text is a copy of the earlier one.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from matching.analyzer import Token
from matching.characters import is_apart

Print = NDArray[np.uint64]
"""Distinct hashes in rising order."""

CONTAINMENT = 0.3  # of the smaller print
WINDOW = timedelta(days=7)

_WORDS = 5_000  # of a text that are looked at
# How many shingles a text has at the most for all to be kept, each second, each fourth; of longer ones each eighth is.
_LENGTHS = (64, 256, 512)
_THINNEST = len(_LENGTHS)
_FEWEST_SHARED = 4
# Of characters that are tokens by themselves, six are about three words.
_WIDTH, _WIDTH_APART = 3, 6
_LONGEST_SEGMENT = 1_000_000  # hashes; to merge longer ones would hold up the loop
_EMPTY = np.zeros(0, np.uint64)


def fingerprint(words: Sequence[Token]) -> Print:
    """The print of a text, the same on every machine: of its words as they are folded, in any order of its shingles."""
    plain = [token for token in words[: 2 * _WORDS] if token.length == 1][:_WORDS]
    if len(plain) < _WIDTH:
        return _EMPTY
    hashes = np.fromiter((_hash(token.folded) for token in plain), np.uint64, len(plain))
    apart = np.fromiter((is_apart(token.exact[:1]) for token in plain), np.bool_, len(plain))
    runs = _runs(hashes, _WIDTH)[~apart[: len(plain) - _WIDTH + 1]]
    if apart.any() and len(plain) >= _WIDTH_APART:
        runs = np.concatenate([runs, _runs(hashes, _WIDTH_APART)[apart[: len(plain) - _WIDTH_APART + 1]]])
    distinct = np.unique(runs)
    thinness = sum(len(distinct) > length for length in _LENGTHS)
    return _thinned(distinct, thinness)


def _thinned(hashes: Print, thinness: int) -> Print:
    """Those that are kept of one in two, four or eight: the thinner sample is always part of the denser one."""
    kept: Print = hashes[hashes % np.uint64(1 << thinness) == 0]
    return kept


def _sizes(held: Print) -> list[int]:
    """How many hashes the print would have at each thinness; those denser than it is do not matter."""
    return [len(_thinned(held, thinness)) for thinness in range(_THINNEST + 1)]


def _thinness(held: Print) -> int:
    """How thin a print is, as its hashes tell."""
    together = int(np.bitwise_or.reduce(held))
    return next((bit for bit in range(_THINNEST) if together >> bit & 1), _THINNEST)


@lru_cache(maxsize=50_000)
def _hash(word: str) -> int:
    return crc32(word.encode(errors="replace"))


def _runs(hashes: Print, width: int) -> Print:
    """The hash of each run of so many words: 64 bits, every one of which hangs on every word and its place."""
    last = len(hashes) - width + 1
    mixed = np.zeros(last, np.uint64)
    for place in range(width):
        mixed = _mixed(mixed + hashes[place : place + last] + np.uint64(0x9E3779B97F4A7C15))
    return mixed


def _mixed(values: Print) -> Print:
    """The finalizer of SplitMix64 (Steele, Lea and Flood, 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


@dataclass(frozen=True, slots=True)
class Likeness:
    """An article that is known already, and the containment of the two prints, 0 to 1."""

    article_id: int
    containment: float


class CopyIndex:
    """The prints of the latest articles, turned round: from a hash to the articles that hold it.

    An article takes 8 bytes for each hash and 4 for its place, about 1.5 kB in all. Only the latest `most` articles are
    looked at, and those that came before them are let go of by and by.
    """

    def __init__(self, most: int = 50_000) -> None:
        self._most = most
        self._ids = array("q")
        self._times = array("d")
        self._sizes = [array("i") for _ in range(_THINNEST + 1)]  # at each thinness
        self._thinness = array("i")
        self._gone = 0  # articles before the first that is kept; places count from the very first
        self._segments: list[tuple[Print, NDArray[np.int32]]] = []

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, article_id: int, at: float, held: Print) -> None:
        """Take in an article that was told at an instant (seconds); articles come in the order of their placing."""
        place = self._gone + len(self._ids)
        self._ids.append(article_id)
        self._times.append(at)
        self._thinness.append(_thinness(held))
        for sizes, size in zip(self._sizes, _sizes(held), strict=True):
            sizes.append(size)
        if len(held):
            self._segments.append((held, np.full(len(held), place, np.int32)))
            self._merge()
        if len(self._ids) > self._most * 5 // 4:
            self.forget(len(self._ids) - self._most)

    def best(self, held: Print, since: float) -> Likeness | None:
        """The article of which this is a copy: that which it shares most with, and of several the first to come.

        Articles told before `since` (seconds) do not count.
        """
        shared = self._shared(held)
        if shared is None:
            return None
        likely = np.flatnonzero(shared >= _FEWEST_SHARED)
        likely = likely[likely >= len(self._ids) - self._most]
        likely = likely[np.frombuffer(self._times, np.float64)[likely] >= since]
        if not len(likely):
            return None
        thinness = np.maximum(np.frombuffer(self._thinness, np.int32)[likely], _thinness(held))
        theirs = np.stack([np.frombuffer(sizes, np.int32)[likely] for sizes in self._sizes])
        sizes = np.minimum(np.array(_sizes(held))[thinness], theirs[thinness, np.arange(len(likely))])
        contained = shared[likely] / sizes
        place = int(contained.argmax())
        found = float(contained[place])
        return Likeness(self._ids[int(likely[place])], found) if found >= CONTAINMENT else None

    def expire(self, before: float) -> None:
        """Let go of what was told before an instant; it waits for a later article that came sooner."""
        gone = next((place for place, at in enumerate(self._times) if at >= before), len(self._times))
        if gone > len(self._times) // 8:
            self.forget(gone)

    def forget(self, number: int) -> None:
        """Let go of the articles that came first, so many of them."""
        del self._ids[:number], self._times[:number], self._thinness[:number]
        for sizes in self._sizes:
            del sizes[:number]
        self._gone += number
        kept = [(hashes[places >= self._gone], places[places >= self._gone]) for hashes, places in self._segments]
        self._segments = [segment for segment in kept if len(segment[0])]

    def _shared(self, held: Print) -> NDArray[np.int64] | None:
        """How many hashes each article shares with this print, by place; None where none does."""
        found = [_places(hashes, places, held) for hashes, places in self._segments]
        if not any(map(len, found)):
            return None
        return np.bincount(np.concatenate(found) - self._gone, minlength=len(self._ids))

    def _merge(self) -> None:
        """Keep the segments few: each is twice as long as the next, so that a hash is moved a few times in all."""
        while len(self._segments) > 1:
            (older, before), (newer, after) = self._segments[-2:]
            if len(older) > min(2 * len(newer), _LONGEST_SEGMENT):
                return
            hashes, places = np.concatenate([older, newer]), np.concatenate([before, after])
            order = np.argsort(hashes, kind="stable")
            self._segments[-2:] = [(hashes[order], places[order])]


def _places(hashes: Print, places: NDArray[np.int32], held: Print) -> NDArray[np.int32]:
    """The places at which a sorted segment holds any of these hashes, as often as it does."""
    first, last = np.searchsorted(hashes, held, "left"), np.searchsorted(hashes, held, "right")
    met = last > first
    if not met.any():
        return places[:0]
    return np.concatenate([places[start:end] for start, end in zip(first[met], last[met], strict=True)])
