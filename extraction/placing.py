"""Where the extractor's paragraphs stand among the lines of their page."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from extraction.lines import PROSE, Line, key, word_count

_TELLING = 60  # letters of a line that tell it from the others


@dataclass(frozen=True, slots=True)
class Placed:
    """A paragraph and the number of its line; one that no line accounts for has that of the paragraph before it.

    `why` says in a few words who took it.
    """

    at: int
    text: str
    why: str = ""


def _telling(text: str) -> str:
    return key(text)[:_TELLING]


def _anchors(paragraphs: Sequence[str], where: Mapping[str, Sequence[int]]) -> dict[int, int]:
    """The lines of the prose, which hardly ever stands twice: by paragraph number, rising."""
    anchors: dict[int, int] = {}
    last = -1
    for number, paragraph in enumerate(paragraphs):
        found = where.get(_telling(paragraph), ()) if word_count(paragraph) >= PROSE else ()
        at = next((at for at in found if at > last), None)
        if at is not None:
            anchors[number] = last = at
    return anchors


def placed(paragraphs: Sequence[str], lines: Sequence[Line], why: str = "") -> list[Placed]:
    """The paragraphs with their lines, in order; -1 before the first that is found.

    A short line that stands more than once (in a list of contents, then as a heading) is the one nearest to the prose
    below it.
    """
    where: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        where.setdefault(_telling(line.text), []).append(at)
    places = _anchors(paragraphs, where)
    above = list(accumulate((places.get(number, -1) for number in range(len(paragraphs))), max))
    below = len(lines)
    for number in reversed(range(len(paragraphs))):
        if number not in places:
            found = where.get(_telling(paragraphs[number]), ())
            between = [at for at in found if above[number] < at < below]
            if between:
                places[number] = between[0] if above[number] == above[-1] else between[-1]
        below = places.get(number, below)
    rising = accumulate((places.get(number, -1) for number in range(len(paragraphs))), max)
    return [Placed(at, paragraph, why) for at, paragraph in zip(rising, paragraphs, strict=True)]


def run_of(texts: Sequence[str], lines: Sequence[Line], start: int = 0) -> Sequence[int]:
    """The numbers of the lines that an element's own blocks are, from a line on; -1 for those that are none.

    An element that begins no line of its own is part of one.
    """
    for at in range(start, len(lines) - len(texts) + 1):
        if texts and lines[at].text == texts[0] and [line.text for line in lines[at : at + len(texts)]] == list(texts):
            return range(at, at + len(texts))
    return [next((at for at in range(start, len(lines)) if text in lines[at].text), -1) for text in texts]


def set_apart(paragraphs: Sequence[Sequence[Placed]], lines: Sequence[Line]) -> frozenset[str]:
    """The paragraphs that stand in other places than the bulk of the prose, as far as lines account for them."""
    texts = [(part.text, lines[part.at].place) for parts in paragraphs for part in parts if part.at >= 0]
    prose = Counter(place for text, place in texts if word_count(text) >= PROSE)
    most = max(prose.values(), default=0)
    return frozenset(text for text, place in texts if 2 * prose[place] < most)


def taken(paragraphs: Iterable[Placed]) -> frozenset[int]:
    """The lines that the paragraphs stand for."""
    return frozenset(paragraph.at for paragraph in paragraphs if paragraph.at >= 0)
