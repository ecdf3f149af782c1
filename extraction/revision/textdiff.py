"""Two texts set side by side: their normal form, their sentences and words, and the runs of words that differ. Pure.

Everything is linear in the length of the texts, or bounded by `most`: no text makes a comparison take long.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from news.text import clip

_QUOTES = "\"'`´‘’‚‛“”„‟«»‹›「」『』《》〈〉＂＇′″ʼ"
_DASHES = "-‐‑‒–—―−﹘﹣－"
_BULLETS = "•·▪▫◦‣●○■□►▶*|"
_UNSEEN = "\u00ad\u0640\u180e\ufeff"


def _table() -> dict[int, str | None]:
    """What each character is read as: digits of every script as ASCII, one quote, one dash, nothing unseen."""
    table: dict[int, str | None] = {}
    for code in range(0x10000):
        category = unicodedata.category(chr(code))
        if category == "Nd" and code > 0x7F:
            table[code] = str(unicodedata.decimal(chr(code)))
        elif category == "Cf":
            table[code] = None
    table |= {ord(one): "'" for one in _QUOTES} | {ord(one): "-" for one in _DASHES}
    return table | {ord(one): " " for one in _BULLETS} | {ord(one): None for one in _UNSEEN}


_READ_AS = _table()
_RUNS = re.compile(r"(['-])\1+")

# Vowel signs and accents belong to the word that they stand in.
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
_ALONE = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(
    rf"(?:(?<!\w)-)?\d+(?:[.,:/']\d+)*|[{_ALONE}]|[^\W\d_{_ALONE}]+(?:[{_MARKS}]+[^\W\d_{_ALONE}]*)*|[%€$£¥₽₹‰°]"
)
_SENTENCE_END = re.compile(r"(?<=[.!?…؟।۔])[\"'’”»)\]]*\s+|(?<=[。！？])")
_EXACTLY_COUNTED = 200_000


def plain(text: str) -> str:
    """The text in Unicode's compatible form (NFKC), with plain quotes, dashes and digits, single spaces."""
    # Twice, because the form makes new quotes and digits out of other characters.
    read = unicodedata.normalize("NFKC", text.translate(_READ_AS)).translate(_READ_AS)
    return _RUNS.sub(r"\1", " ".join(read.split()))


def key(text: str) -> str:
    """What two texts that say the same have in common: no white space, no case, no typography."""
    folded = unicodedata.normalize("NFKC", plain(text).casefold())
    return _RUNS.sub(r"\1", "".join(folded.split()))


def paragraphs(text: str) -> list[str]:
    """The lines that hold something, as they are."""
    return [line.strip() for line in text.splitlines() if line and not line.isspace()]


def sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph as they are written, white space folded; an abbreviation may cut one in two."""
    return [part.strip() for part in _SENTENCE_END.split(" ".join(paragraph.split())) if part and part.strip()]


def leftovers(
    old: Sequence[str], new: Sequence[str], by: Callable[[str], str] = key, most: int | None = None
) -> tuple[list[str], list[str]]:
    """What of the old has no counterpart in the new, and the reverse, each in order; one counterpart serves once.

    Counterparts have the same `by`, wherever they stand. Where more than `most` are not alike to the letter, they are
    not looked at more closely.
    """
    if by is key:
        old, new = _without(old, Counter(new)), _without(new, Counter(old))
    if most is not None and max(len(old), len(new)) > most:
        return list(old), list(new)
    before, after = [by(one) for one in old], [by(one) for one in new]
    return _unpaired(old, before, Counter(after)), _unpaired(new, after, Counter(before))


def _without(these: Iterable[str], those: Counter[str]) -> list[str]:
    return _unpaired(list(these), list(these), those)


def _unpaired(these: Sequence[str], keys: Sequence[str], others: Counter[str]) -> list[str]:
    found = []
    for one, known in zip(these, keys, strict=True):
        if others[known] > 0:
            others[known] -= 1
        elif known:
            found.append(one)
    return found


@dataclass(frozen=True, slots=True)
class Word:
    """A word, a number, a sign or (where words are not parted) a character, and whether it opens a sentence."""

    text: str
    is_first: bool = False

    @property
    def folded(self) -> str:
        """Without case."""
        return self.text.casefold()

    @property
    def is_capitalised(self) -> bool:
        """Whether it begins with a capital."""
        return self.text[0].isupper()


def words(text: str) -> Iterator[Word]:
    """The words of one sentence."""
    for number, found in enumerate(_TOKEN.finditer(plain(text))):
        yield Word(found.group(), number == 0)


def vocabulary(texts: Iterable[str]) -> Counter[str]:
    """How often each word stands in the texts, case aside."""
    return Counter(_TOKEN.findall(plain("\n".join(texts)).casefold()))


def word_count(text: str) -> int:
    """How many words a text has; of a very long one, what its beginning leads one to expect."""
    counted = len(_TOKEN.findall(text[:_EXACTLY_COUNTED]))
    return counted if len(text) <= _EXACTLY_COUNTED else counted * len(text) // _EXACTLY_COUNTED


def clipped(texts: Sequence[str], most: int, longest: int) -> tuple[str, ...]:
    """The first `most` of the texts, none longer than `longest` characters."""
    return tuple(clip(text, longest) for text in texts[:most])


@dataclass(frozen=True, slots=True)
class Run:
    """Where two sequences differ: items `old_start` to `old_end` (exclusive) became those of the other."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def runs(old: Sequence[str], new: Sequence[str], most: int) -> list[Run] | None:
    """Where the sequences differ, in order, by at most `most` items left out or put in; None where it takes more.

    Myers' greedy search, given up after `most` rounds: at most (2 · most + 1) · (len(old) + len(new)) comparisons.
    """
    search = _Search(old, new)
    for round_ in range(most + 1):
        if search.advance(round_):
            return search.runs()
    return None


class _Search:
    """Myers' search: how far each diagonal (place in the old less place in the new) leads, round after round."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        self._old, self._new = old, new
        self._reached: dict[int, int] = {}
        self._history: list[dict[int, int]] = []

    def advance(self, round_: int) -> bool:
        """Go one step further on every diagonal, and say whether the ends of both are reached."""
        self._history.append(dict(self._reached))
        for diagonal in range(-round_, round_ + 1, 2):
            if round_ == 0:
                x = 0
            elif (step := self._step(self._reached, diagonal)) is not None:
                x = step[0]
            else:
                continue
            self._reached[diagonal] = x = self._slide(x, x - diagonal)
            if x == len(self._old) and x - diagonal == len(self._new):
                return True
        return False

    def _slide(self, x: int, y: int) -> int:
        while x < len(self._old) and y < len(self._new) and self._old[x] == self._new[y]:
            x, y = x + 1, y + 1
        return x

    def _step(self, reached: dict[int, int], diagonal: int) -> tuple[int, bool] | None:
        """The furthest place on a diagonal one step leads to, and whether the step puts an item in."""
        above, below = reached.get(diagonal + 1), reached.get(diagonal - 1)
        put_in = above if above is not None and above - diagonal <= len(self._new) else None
        left_out = below + 1 if below is not None and below < len(self._old) else None
        if left_out is not None and (put_in is None or left_out > put_in):
            return left_out, False
        return None if put_in is None else (put_in, True)

    def runs(self) -> list[Run]:
        """The way back, steps that touch taken together, first to last."""
        found: list[Run] = []
        x, y = len(self._old), len(self._new)
        for reached in reversed(self._history[1:]):
            # None only for a way that the search did not come by.
            end_x, is_put_in = self._step(reached, x - y) or (x, False)
            end_y = end_x - (x - y)
            x, y = (end_x, end_y - 1) if is_put_in else (end_x - 1, end_y)
            if found and (found[-1].old_start, found[-1].new_start) == (end_x, end_y):
                end_x, end_y = found[-1].old_end, found[-1].new_end
                found.pop()
            found.append(Run(x, end_x, y, end_y))
        return found[::-1]
