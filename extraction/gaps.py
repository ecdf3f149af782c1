"""What the extractor left out of an article, though all around it was taken: paragraphs, items, verses, the lead."""

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby

from extraction.blocks import Walk
from extraction.furniture import Known, is_byline
from extraction.lines import ENDS, PROSE, Line, key, word_count
from extraction.phrases import phrases

_FEWEST_WORDS = 4
_FEWEST_ALIKE = 2
_LIKELY_LIST = 0.25  # on the average of its items
_LINKED = 0.1  # of them
_LIKELY_EDGE = 0.2
_MOST_OF_EDGE = 2  # lines
_LIKELY_LEAD = 0.35
_FEWEST_WORDS_OF_LEAD = 6
_PICTURED = frozenset({"figure", "figcaption"})
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


def likely_lists(odds: Sequence[float], lines: Sequence[Line], own: AbstractSet[int]) -> list[int]:
    """The lines of lists that are likely as a whole, though each of their items says little: a recipe's ingredients.

    They stand right under a heading, in an element that holds prose of `own`, and are no links; and between its lines,
    or under a heading of its own at the end.
    """
    found: list[int] = []
    within = {lines[at].within for at in own if word_count(lines[at].text) >= PROSE}
    top, bottom = min(own, default=0), max(own, default=0)
    for listing, group in groupby(range(len(lines)), key=lambda at: lines[at].listing):
        items = list(group)
        over, first = lines[items[0] - 1], lines[items[0]]
        is_among = top < items[0] and (items[-1] < bottom or (items[0] <= bottom and items[0] - 1 in own))
        if listing < 0 or not is_among or own >= set(items) or first.within not in within:
            continue
        is_headed = over.is_heading and not over.is_linked and over.within == first.within
        is_linked = sum(lines[at].is_linked for at in items) > _LINKED * len(items)
        is_plain = not (is_linked or any(lines[at].in_chrome for at in items))
        if len(items) > 1 and is_headed and is_plain and sum(odds[at] for at in items) >= _LIKELY_LIST * len(items):
            found += [at for at in items if at not in own]
    return found


def lost_edges(odds: Sequence[float], lines: Sequence[Line], own: AbstractSet[int]) -> list[int]:
    """The first and last lines of the element that holds the first or last of `own`, if all are set as it is.

    Such are the last verses of a poem, and the oldest entry of a ticker: few, not unlikely, and among others as short.
    Under prose such a line is an agency's or an author's name.
    """
    if not own:
        return []
    alike = Counter((lines[at].place, lines[at].within) for at in own)
    short = Counter((lines[at].place, lines[at].within) for at in own if word_count(lines[at].text) < PROSE)
    found: list[int] = []
    for start, step in ((min(own), -1), (max(own), 1)):
        edge = lines[start]
        count = alike[edge.place, edge.within]
        if count < max(_FEWEST_ALIKE, len(own) / 2) or short[edge.place, edge.within] <= count / 2:
            continue
        at = start + step
        lost: list[int] = []
        while 0 <= at < len(lines) and lines[at].within == edge.within:
            lost.append(at)
            at += step
        is_alike = all(lines[each].place == edge.place and not lines[each].is_linked for each in lost)
        if len(lost) <= _MOST_OF_EDGE and is_alike and all(odds[each] >= _LIKELY_EDGE for each in lost):
            found += lost
    return found


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


def lost_lead(odds: Sequence[float], walk: Walk, lines: Sequence[Line], own: Sequence[int], known: Known) -> list[int]:
    """The first whole sentence between the title and the first line that was taken, in an element of its own.

    It is the article's lead, unless it leads elsewhere, stands in chrome or at a picture, or says who wrote, and when.
    """
    titles = {key(title) for title in (known.title, *known.other_titles) if title}
    tops = [at for at in range(own[0] + 1) if _is_title(lines[at], titles)] if own else []
    first = next((at for at in own if at > tops[-1]), 0) if tops else 0
    between = range(tops[-1] + 1, first) if tops else range(0)
    lead = next((at for at in between if _is_sentence(lines[at])), None)
    return [lead] if lead is not None and odds[lead] >= _LIKELY_LEAD and _is_plain(lead, walk, lines, known) else []


def _is_title(line: Line, titles: AbstractSet[str]) -> bool:
    return line.style.startswith("h1.") or key(line.text) in titles


def _is_sentence(line: Line) -> bool:
    return word_count(line.text) >= _FEWEST_WORDS_OF_LEAD and ENDS.search(line.text) is not None


def _is_plain(at: int, walk: Walk, lines: Sequence[Line], known: Known) -> bool:
    """Whether the line is nobody's but the author's."""
    text, block = lines[at].text, walk.blocks[at]
    is_set_apart = lines[at].in_chrome or block.linked > 0 or lines[at].row >= 0 or lines[at].listing >= 0
    is_furniture = phrases().is_boilerplate(text) or is_byline(text, known)
    is_caption = any(walk.tags[node] in _PICTURED for node in walk.around(block.node))
    return not (is_set_apart or is_furniture or is_caption)
