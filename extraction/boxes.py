"""Boxes within an article that are none of it: a newsletter's, one of related articles, what is said of a picture."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby

from extraction.blocks import Walk
from extraction.lines import PROSE, Line, key, word_count
from extraction.phrases import phrases

_MOST_WORDS = 60  # in a box
_MOST_WORDS_OF_CAPTIONS = 45
_STEPS = 3  # up from what gives it away
_SHARE = 0.35  # of what was taken; what holds more is no box
_LONGEST_LABEL = 6  # words of a header that says nothing but where its links lead
_MOST_CAPTIONS = 3  # lines
_SURE = 0.93  # what the model gives a better chance stays
_PICTURES = frozenset({"amp-img", "amp-video", "video"})


class _Boxes:
    """The boxes of one page: elements of few words, not set as the article's own prose is."""

    def __init__(self, walk: Walk, lines: Sequence[Line], own: Sequence[int]) -> None:
        self._walk, self._lines = walk, lines
        prose = Counter(lines[at].place for at in own if word_count(lines[at].text) >= PROSE)
        most = max(prose.values(), default=0)
        self._places = frozenset(place for place, count in prose.items() if 2 * count >= most)
        self._most = _SHARE * sum(word_count(lines[at].text) for at in own)

    def around(self, node: int, most_words: int) -> range:
        """The lines of the largest box that the node stands in, at most so many steps up."""
        found = range(0)
        for step, outer in enumerate(self._walk.around(node)):
            run = range(self._walk.first[outer], self._walk.end[outer])
            if step > _STEPS or not self._is_box(run, most_words):
                break
            found = run
        return found

    def may_hold(self, at: int, most_words: int) -> bool:
        """Whether the line may be one of a box."""
        return self._lines[at].place not in self._places and word_count(self._lines[at].text) <= most_words

    def _is_box(self, run: range, most_words: int) -> bool:
        most = min(most_words, self._most)
        if len(run) > most:
            return False
        is_apart = all(self._lines[at].place not in self._places for at in run)
        return is_apart and sum(word_count(self._lines[at].text) for at in run) <= most


def boxed(walk: Walk, lines: Sequence[Line], own: Sequence[int], odds: Sequence[float] = ()) -> dict[int, str]:
    """The lines of `own` that stand in such boxes, and why each goes; `odds` are what the model gives all lines."""
    boxes = _Boxes(walk, lines, own)
    mine = frozenset(at for at in own if at >= len(odds) or odds[at] < _SURE)
    if not mine:
        return {}
    found = {
        **dict.fromkeys(_said_of_pictures(walk, lines, boxes), "of a picture"),
        **dict.fromkeys(_asking(walk, lines, own, mine, boxes), "in a box that asks the reader"),
        **dict.fromkeys(_led_elsewhere(lines, mine), "link under a header of related articles"),
        **dict.fromkeys(_over_title(lines, own), "short line over the title"),
    }
    return {at: why for at, why in found.items() if at in mine}


def _said_of_pictures(walk: Walk, lines: Sequence[Line], boxes: _Boxes) -> Iterator[int]:
    nodes = {*walk.pictures, *(node for node, tag in enumerate(walk.tags) if tag in _PICTURES)}
    for node in sorted(nodes):
        run = boxes.around(node, _MOST_WORDS_OF_CAPTIONS)
        if len(run) <= _MOST_CAPTIONS and not any(lines[at].is_heading or lines[at].row >= 0 for at in run):
            yield from run


def _asking(
    walk: Walk, lines: Sequence[Line], own: Iterable[int], mine: AbstractSet[int], boxes: _Boxes
) -> Iterator[int]:
    """What stands with a field to fill in, and what of `mine` does with a plea, or over a button."""
    for node in walk.fields:
        yield from boxes.around(node, _MOST_WORDS)
    for at in own:
        if at + 1 < len(lines) and lines[at].row < 0 and boxes.may_hold(at, _MOST_WORDS):
            for beside in (at, at + 1):
                run = boxes.around(walk.blocks[beside].node, _MOST_WORDS)
                is_box = at in run and not mine.isdisjoint(run)
                if is_box and phrases().is_boilerplate(lines[beside].text):  # asked last: it takes longest
                    yield from run


def _led_elsewhere(lines: Sequence[Line], mine: AbstractSet[int]) -> Iterator[int]:
    """The links right under a header of related articles, which may be a link too, where any of `mine` is beside."""
    for is_linked, group in groupby(range(len(lines)), key=lambda at: lines[at].is_linked):
        run = list(group)
        if is_linked and not mine.isdisjoint(run):
            headers = (at for at in range(max(0, run[0] - 1), run[-1] + 1) if _is_header(lines[at].text))
            header = next(headers, len(lines))
            yield from (at for at in run if at >= header)


def _is_header(text: str) -> bool:
    listed = phrases()
    return listed.is_ending(text) or (word_count(text) <= _LONGEST_LABEL and listed.kind_of(text) == "read-also line")


def _over_title(lines: Sequence[Line], own: Sequence[int]) -> Iterator[int]:
    """The short lines over the only headline of the first rank, if all prose stands below it."""
    titles = [at for at, line in enumerate(lines) if line.style.startswith("h1.")]
    if len(titles) == 1:
        title = key(lines[titles[0]].text)
        over = [at for at in own if at < titles[0] and not key(lines[at].text).endswith(title)]  # not the crumbs
        if not any(word_count(lines[at].text) >= PROSE for at in over):
            yield from over
