"""What tells an article's blocks from the others, as numbers: a row for each block, a column for each feature.

Nothing here is learned; the trees in `model.json` are, from these columns in this order.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from extraction.blocks import Block, Walk
from extraction.lines import ENDS
from extraction.signs import GROUPS
from extraction.stopwords import STOPWORDS
from extraction.surroundings import AROUND, PLACES, SHIFTS, WHOLE, Surroundings

Matrix = NDArray[np.float32]

_IDEOGRAM = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_TIME = re.compile(r"\b\d{1,2}[:.h]\d{2}\b|\b(?:19|20)\d\d\b")
_DIGIT = re.compile(r"\d")
_FIRST = itemgetter(0)

LOCAL = (
    "characters", "words", "linked", "bold", "stopwords", "commas", "stops", "ends", "colon", "cut", "upper", "lower",
    "digit", "digits", "capitals", "quote", "bars", "copyright", "question", "length", "shout", "time", "in_title",
    "of_title", "in_description", "declared", "said", "first_seen",
)  # fmt: skip
SHIFTED = ("words", "linked", "stopwords", "ends", "stops", "tag", "heading")
NAMES: tuple[str, ...] = (
    *LOCAL,
    *PLACES,
    *(f"near_{tag}" for tag in AROUND),
    *(f"sign_{group[0]}" for group in GROUPS),
    *WHOLE,
    *(f"{name}{shift:+d}" for shift in SHIFTS for name in (*SHIFTED, "same_path", "same_parent")),
    "prose_above",
    "prose_below",
)


_SHORT = 200  # characters
_MENU = 8  # words; of a link that has no more nothing else is asked: it is in a menu, and most blocks of a page are
_OF_MENUS = (0.0,) * 18
_SOME = 40  # words at the start, enough to tell how a text is written
_TELLING = 12  # letters from which a text says where it is from
_HEAD = 40  # letters of a description that tell it
_MOST_TITLE_WORDS = 33


@dataclass(frozen=True, slots=True)
class Told:
    """What the page's metadata tells of the text: its titles, its description, the body that it declares."""

    titles: tuple[str, ...] = ()
    description: str = ""
    declared: str = ""


def features(walk: Walk, told: Told, is_opaque: bool = False) -> Matrix:
    """The matrix of a walk. `is_opaque`: as if the page's makers had named nothing."""
    local = _local(walk.blocks, told)
    page = Surroundings(walk, local[:, LOCAL.index("words")], local[:, LOCAL.index("linked")], is_opaque)
    columns = np.hstack([local, page.places(), page.above(), page.whole(bool(told.declared))])
    numbers = [NAMES.index(name) for name in SHIFTED if name in NAMES]
    return np.hstack([columns, page.neighbours(columns[:, numbers]), page.prose_around()]).astype(np.float32)


def _local(blocks: Sequence[Block], told: Told) -> Matrix:
    """The columns LOCAL."""
    titles = [frozenset(title.casefold().split()) for title in told.titles]
    title = max(titles, key=len, default=frozenset())
    description, declared = _squeezed(told.description), _squeezed(told.declared)
    folded = [block.text.casefold().split() for block in blocks]
    squeezed = ["".join(words) for words in folded]
    seen, met = Counter(squeezed), set()
    rows = []
    for block, words, plain in zip(blocks, folded, squeezed, strict=True):
        row = _said(block, words)
        common = len(title.intersection(words)) if len(words) < _MOST_TITLE_WORDS else 0
        is_telling = len(plain) > _TELLING
        row += (
            common / len(words) if words else 0.0,
            common / len(title) if title else 0.0,
            is_telling and (plain in description or (len(description) > _HEAD and description[:_HEAD] in plain)),
            (plain in declared if is_telling else 0.5) if declared else -1.0,
            min(seen[plain], 5),
            plain not in met,
        )
        met.add(plain)
        rows.append(row)
    columns = np.array(rows, dtype=np.float32).reshape(len(blocks), len(LOCAL))
    columns[:, :2] = np.log1p(columns[:, :2])
    return columns


def _squeezed(text: str) -> str:
    return "".join(text.casefold().split())


def _marks(text: str, is_short: bool) -> tuple[int, int, bool, int, bool]:
    """The commas, the stops within, whether it quotes, the bars, whether it claims rights; the last two of lines."""
    commas = text.count(",")
    stops = text.count(". ") + text.count("? ") + text.count("! ")
    bars = text.count("|") if is_short else 0
    is_quoted = '"' in text
    is_copyright = is_short and ("(c)" in text or "All rights" in text)
    if text.isascii():
        return commas, stops, is_quoted, bars, is_copyright
    commas += text.count("、") + text.count("،")
    bars += sum(map(text.count, "·•»›")) if is_short else 0
    is_quoted = is_quoted or "“" in text or "„" in text or "«" in text
    return commas, stops + text.count("。"), is_quoted, bars, is_copyright or "©" in text


def _said(block: Block, words: Sequence[str]) -> list[float]:
    """The features of a block's text alone; `words` are its words in lower case."""
    text = block.text
    size = len(text)
    is_short = size < _SHORT
    count: float = len(words)
    if count <= _MENU and block.linked >= size:
        return [size, count, 1.0, 0.0, *_OF_MENUS]
    if not text.isascii() and (ideograms := len(_IDEOGRAM.findall(text))):
        count += ideograms / 2
    commas, stops, is_quoted, bars, is_copyright = _marks(text, is_short)
    starts = list(map(_FIRST, text.split(None, _SOME)[:_SOME]))
    start, end, tail = text[0], text[-1], text[-6:]
    return [
        size,
        count,
        min(1.0, block.linked / size),
        min(1.0, block.bold / size),
        sum(map(STOPWORDS.__contains__, words)) / count,
        commas / count,
        stops / count,
        ENDS.search(tail) is not None,
        end == ":",
        end == "…" or tail.endswith("..."),
        start.isupper(),
        start.islower(),
        start.isdigit(),
        sum(map(str.isdigit, starts)) / len(starts),
        sum(map(str.isupper, starts)) / len(starts),
        is_quoted,
        bars,
        is_copyright,
        "?" in text,
        size / len(words),
        is_short and text.isupper(),
        is_short and _DIGIT.search(text) is not None and _TIME.search(text) is not None,
    ]
