"""The known words of one language and what each is found by, in twelve bytes a word.

A dictionary of strings would take hundreds of megabytes. Here a word is its fingerprint, and what it is found by is an
edit of its folded form, of which a language has some thousands: `coréennes` loses four letters.
"""

import json
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from typing import Any, BinaryIO, Self
from zlib import crc32

import numpy as np
import numpy.typing as npt

from matching.fold import fold

Edit = tuple[tuple[int, str], ...]
"""For each key beside the folded form: how many letters are cut from its end, and what is put there."""

Entry = tuple[str, tuple[str, ...]]
"""A word as it is written, and the folded lemmas that it is found by."""

# The endings by which the base of an unknown word is guessed, longest first, and what may be made of each.
_ENDINGS = (5, 4, 3, 2)
_SAMPLE = 3  # one word of so many is looked at for what endings mean
_RARE = 3
_SMALL_SHARE = 0.02
_MOST_EDITS = 6
_SHORTEST_BASE = 3

_Prints = npt.NDArray[np.uint64]
_Numbers = npt.NDArray[np.uint32]


class WordTable:
    """Looks words up by their written form, and by their folded form where nobody writes them otherwise.

    Words that are different as they are written, and alike without accents (`élève`, `élevé`), are found together by
    their folded form (`eleve`), unless that is a word itself (`marche`).
    """

    def __init__(self, prints: _Prints, edit_of: _Numbers, edits: list[Edit], endings: dict[str, Edit]) -> None:
        # Views, for numpy would wrap each number that a look-up compares.
        self._prints = prints.data
        self._edit_of = edit_of.data
        self._edits = edits
        self._endings = endings

    def __len__(self) -> int:
        return len(self._prints)

    @classmethod
    def load(cls, file: BinaryIO) -> Self:
        """A table that was saved. Raises ValueError, KeyError or OSError where the file is not one, or damaged."""
        with np.load(file, allow_pickle=False) as saved:
            prints, edit_of = saved["prints"], saved["edit_of"]
            told = json.loads(saved["edits"].tobytes())
        edits = [_as_edit(edit) for edit in told["edits"]]
        return cls(prints, edit_of, edits, {ending: _as_edit(edit) for ending, edit in told["endings"].items()})

    def save(self, file: BinaryIO) -> None:
        """Write the table so that `load` gives it back."""
        told = json.dumps({"edits": self._edits, "endings": self._endings}).encode()
        np.savez(
            file,
            prints=np.asarray(self._prints),
            edit_of=np.asarray(self._edit_of),
            edits=np.frombuffer(told, np.uint8),
        )

    def find(self, word: str, folded: str) -> tuple[str, ...] | None:
        """What a word in this spelling is found by beside its folded form; None where it is not known."""
        wanted = _print(word)
        index = bisect_left(self._prints, wanted)
        if index == len(self._prints) or self._prints[index] != wanted:
            return None
        return tuple(folded[: len(folded) - cut] + end for cut, end in self._edits[self._edit_of[index]])

    def guess(self, folded: str) -> tuple[str, ...] | None:
        """The known base of an unknown word and its keys, by what its ending means in other words; None without one."""
        for length in _ENDINGS:
            for cut, end in self._endings.get(folded[-length:], ()):
                base = folded[: len(folded) - cut] + end
                found = self.find(base, base) if len(folded) - cut >= _SHORTEST_BASE else None
                if found is not None:
                    return base, *found
        return None


class Builder:
    """Makes a table of entries."""

    def __init__(self) -> None:
        self._edits: list[Edit] = [()]
        self._numbers: dict[Edit, int] = {(): 0}
        self._meanings: Counter[tuple[str, tuple[int, str]]] = Counter()

    def table(self, entries: Iterable[Entry]) -> WordTable:
        """The table; reads the entries once."""
        written, folded = self._read(entries)
        extra = self._without_accents(*folded, written[0])
        prints, numbers = np.concatenate([written[0], extra[0]]), np.concatenate([written[1], extra[1]])
        order = np.argsort(prints, kind="stable")
        return WordTable(prints[order], numbers[order], self._edits, _frequent(self._meanings))

    def _read(self, entries: Iterable[Entry]) -> tuple[tuple[_Prints, _Numbers], tuple[_Prints, _Numbers]]:
        """Prints and edits of the written forms; and of the folded ones where they differ."""
        prints, numbers = array("Q"), array("I")
        folded_prints, folded_numbers = array("Q"), array("I")
        for count, (word, lemmas) in enumerate(entries):
            folded = fold(word)
            edits = tuple([_edit(folded, lemma) for lemma in lemmas if lemma != folded])
            if edits and count % _SAMPLE == 0:
                self._meanings.update((folded[-length:], edits[0]) for length in _ENDINGS)
            number = self._number(edits)
            prints.append(_print(word))
            numbers.append(number)
            if folded != word:
                folded_prints.append(_print(folded))
                folded_numbers.append(number)
        return (_prints(prints), _numbers(numbers)), (_prints(folded_prints), _numbers(folded_numbers))

    def _without_accents(self, prints: _Prints, numbers: _Numbers, written: _Prints) -> tuple[_Prints, _Numbers]:
        """One entry for each folded form that is no word itself: all that any of its words is found by."""
        is_new = ~np.isin(prints, written)
        prints, numbers = prints[is_new], numbers[is_new]
        order = np.lexsort((numbers, prints))
        prints, numbers = prints[order], numbers[order]
        kept, starts = np.unique(prints, return_index=True)
        if not len(kept):
            return kept, numbers
        ends = np.append(starts[1:], len(prints))
        found = numbers[starts].copy()
        for index in np.flatnonzero(numbers[starts] != numbers[ends - 1]):
            together = (self._edits[number] for number in dict.fromkeys(numbers[starts[index] : ends[index]].tolist()))
            found[index] = self._number(tuple(dict.fromkeys(edit for edits in together for edit in edits)))
        return kept, found

    def _number(self, edit: Edit) -> int:
        number = self._numbers.setdefault(edit, len(self._edits))
        if number == len(self._edits):
            self._edits.append(edit)
        return number


def _print(word: str) -> int:
    """A word's fingerprint of 64 bits, the same in every process, unlike Python's own hash."""
    written = word.encode("utf-8", "surrogatepass")
    return crc32(written) << 32 | crc32(written[::-1])


def _frequent(meanings: "Counter[tuple[str, tuple[int, str]]]") -> dict[str, Edit]:
    """For each ending the edits that it often stands for, the most frequent first."""
    total: Counter[str] = Counter()
    for (ending, _), count in meanings.items():
        total[ending] += count
    found: dict[str, Edit] = {}
    for (ending, edit), count in meanings.most_common():
        known = found.get(ending, ())
        if count >= max(_RARE, _SMALL_SHARE * total[ending]) and edit[0] <= len(ending) and len(known) < _MOST_EDITS:
            found[ending] = (*known, edit)
    return found


def _edit(folded: str, lemma: str) -> tuple[int, str]:
    shared = _shared(folded, lemma)
    return len(folded) - shared, lemma[shared:]


def _shared(one: str, other: str) -> int:
    """How many letters two words have in common at their beginning."""
    if one.startswith(other):
        return len(other)
    shared = 0
    for left, right in zip(one, other, strict=False):  # a generator would cost twice the time, millions of times
        if left != right:
            break
        shared += 1
    return shared


def _prints(found: "array[int]") -> _Prints:
    return np.frombuffer(found, dtype=np.uint64) if found else np.empty(0, np.uint64)


def _numbers(found: "array[int]") -> _Numbers:
    return np.frombuffer(found, dtype=np.uint32) if found else np.empty(0, np.uint32)


def _as_edit(told: list[list[Any]]) -> Edit:
    return tuple((int(cut), str(end)) for cut, end in told)
