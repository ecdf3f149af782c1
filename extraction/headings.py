"""Section headings: those that the extractor dropped, and the lists of contents that repeat them."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from extraction.lines import PROSE, Line, key, word_count

_LONGEST_HEADING = 25  # words
_LONGEST_ENTRY = 20  # words, in a list of contents
_FEWEST_ENTRIES = 3
_LONGEST_LEAD = 5  # words of the line over a list of contents that says what it is
_FEWEST_ALIKE = 2  # headings taken, from which others set like them are known
_CAPTIONS = 3  # lines that may stand between a heading and its text: a picture's caption, its credit

_NUMBER = re.compile(r"\d{1,2}\s?[.):–-]\s+")


def _entry(text: str) -> str:
    """A heading as a list of contents has it: its number aside."""
    return key(_NUMBER.sub("", text, count=1) if _NUMBER.match(text) else text)


def _come_back(run: range, keys: Sequence[str], where: Mapping[str, Sequence[int]]) -> bool:
    """Whether all entries of a run stand below it in the same order, with text between them."""
    found: list[int] = []
    for entry in keys[run.start : run.stop]:
        places = where[entry]
        at = bisect_left(places, found[-1] + 1 if found else run.stop)
        if at == len(places):
            return False
        found.append(places[at])
    return found[-1] - found[0] >= 1.5 * (len(found) - 1)


def contents_run(texts: Sequence[str], elsewhere: AbstractSet[int] = frozenset()) -> range:
    """Where a list of contents stands: a run of short lines which all come back, in order, below it; or nowhere.

    The line over it that says what it is (`In this article`) is part of it. `elsewhere` are the numbers of lines that
    lead to other pages, so that nothing has come back there.
    """
    keys = [_entry(text) for text in texts]
    where: dict[str, list[int]] = {}
    for at, each in enumerate(keys):
        if at not in elsewhere:
            where.setdefault(each, []).append(at)
    last = {each: found[-1] for each, found in where.items()}
    start = 0
    while start < len(texts):
        end = start
        while end < len(texts) and last.get(keys[end], -1) > end and 0 < word_count(texts[end]) <= _LONGEST_ENTRY:
            end += 1
        if end - start >= _FEWEST_ENTRIES and _come_back(range(start, end), keys, where):
            return range(_lead(texts, start), end)
        start = max(end, start + 1)
    return range(0)


def _lead(texts: Sequence[str], start: int) -> int:
    """Where the list begins with the line over it, `In this article`, if there is one."""
    has_lead = start > 0 and 0 < word_count(texts[start - 1]) <= _LONGEST_LEAD
    return start - 1 if has_lead else start


def _is_over_text(at: int, lines: Sequence[Line], own: AbstractSet[int], headings: AbstractSet[int]) -> bool:
    """Whether a paragraph follows the heading, with nothing but captions between."""
    for below in range(at + 1, min(at + 2 + _CAPTIONS, len(lines))):
        if below in own:
            return True
        if below in headings or lines[below].is_linked:
            return False
    return False


def _places(lines: Sequence[Line], own: AbstractSet[int]) -> frozenset[str]:
    """Where lines stand that are headings whatever their tags: several short ones, each right over a longer one."""
    over = Counter(lines[at].place for at in own if at + 1 in own and word_count(lines[at + 1].text) >= PROSE)
    all_ = Counter(lines[at].place for at in own)
    long = {lines[at].place for at in own if word_count(lines[at].text) >= PROSE}
    return frozenset(
        place for place, count in over.items() if count >= _FEWEST_ALIKE and count == all_[place] and place not in long
    )


def _over_text(lines: Sequence[Line], own: AbstractSet[int], run: range) -> Iterator[int]:
    """The headings that were not taken, though text under them was."""
    listed = {_entry(lines[at].text) for at in run}
    known = _places(lines, own)
    headings = frozenset(
        at
        for at, line in enumerate(lines)
        if at not in run and (line.is_heading or line.place in known or (listed and _entry(line.text) in listed))
    )
    for at in sorted(headings - own):
        line = lines[at]
        is_free = not line.in_chrome and not line.is_linked and word_count(line.text) <= _LONGEST_HEADING
        if is_free and _is_over_text(at, lines, own, headings):
            yield at


def lost_headings(lines: Sequence[Line], own: AbstractSet[int], run: range) -> list[int]:
    """The numbers of the headings that stand over lines of `own` and are not among them.

    Those set like another heading of the article, or right over its text; a header that stands twice is the site's.
    `run` is where a list of contents stands.
    """
    lost = list(_over_text(lines, own, run))
    said = Counter(key(lines[at].text) for at in lost)
    once = [at for at in lost if said[key(lines[at].text)] == 1]
    styles = Counter(lines[at].style for at in (*once, *own) if lines[at].is_heading or at in once)
    return [at for at in once if styles[lines[at].style] > 1 or at + 1 in own]
