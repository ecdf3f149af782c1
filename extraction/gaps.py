"""Paragraphs that the extractor left out between two that it took, though the page sets them all alike."""

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby

from extraction.lines import PROSE, Line, word_count

_FEWEST_WORDS = 4
_FEWEST_ALIKE = 2
_SHARE = 0.6  # of the prose set in one way; where less was taken, the extractor had its reasons


def _prose(numbers: Sequence[int], lines: Sequence[Line]) -> Counter[str]:
    return Counter(lines[at].place for at in numbers if word_count(lines[at].text) >= PROSE)


def lost_paragraphs(lines: Sequence[Line], own: AbstractSet[int]) -> list[int]:
    """The numbers of the lines between the first and the last of `own` that are set as most of its prose is."""
    between = range(min(own), max(own)) if own else range(0)
    mine, alike = _prose(sorted(own), lines), _prose(between, lines)
    places = {place for place, count in mine.items() if count >= max(_FEWEST_ALIKE, _SHARE * alike[place])}

    def is_lost(at: int) -> bool:
        line = lines[at]
        is_plain = not (line.is_linked or line.in_chrome or line.is_heading)
        return at not in own and is_plain and line.place in places and word_count(line.text) >= _FEWEST_WORDS

    return [at for at in between if is_lost(at)]


def lost_items(lines: Sequence[Line], own: AbstractSet[int]) -> list[int]:
    """The numbers of the lines that were left out of a list of which most was taken: items that say little."""
    lost: list[int] = []
    for place, group in groupby(range(len(lines)), key=lambda at: lines[at].place):
        if not place.rpartition(">")[2].startswith("li."):
            continue
        items = list(group)
        words = {at: word_count(lines[at].text) for at in items}
        mine = sum(words[at] for at in items if at in own)
        if mine >= _SHARE * sum(words.values()) > 0:
            lost += [at for at in items if at not in own and not (lines[at].is_linked or lines[at].in_chrome)]
    return lost
