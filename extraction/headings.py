"""Section headings: those that the extractor dropped, and the lists of contents that repeat them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from extraction.lines import Line, key, word_count

_LONGEST_HEADING = 25  # words
_LONGEST_ENTRY = 20  # words, in a list of contents
_FEWEST_ENTRIES = 3
_CAPTIONS = 3  # lines that may stand between a heading and its text: a picture's caption, its credit


def _come_back(entries: Sequence[str], after: Sequence[str]) -> bool:
    """Whether all entries stand below in the same order, with text between them."""
    found: list[int] = []
    for entry in entries:
        start = found[-1] + 1 if found else 0
        if entry not in after[start:]:
            return False
        found.append(after.index(entry, start))
    return found[-1] - found[0] >= 1.5 * (len(found) - 1)


def contents_run(texts: Sequence[str]) -> range:
    """Where a list of contents stands: a run of short lines which all come back, in order, below it; or nowhere."""
    keys = [key(text) for text in texts]
    last = {each: at for at, each in enumerate(keys)}
    start = 0
    while start < len(texts):
        end = start
        while end < len(texts) and last[keys[end]] > end and 0 < word_count(texts[end]) <= _LONGEST_ENTRY:
            end += 1
        if end - start >= _FEWEST_ENTRIES and _come_back(keys[start:end], keys[end:]):
            return range(start, end)
        start = max(end, start + 1)
    return range(0)


def _is_over_text(at: int, lines: Sequence[Line], own: AbstractSet[int], headings: AbstractSet[int]) -> bool:
    """Whether a paragraph follows the heading, with nothing but captions between."""
    for below in range(at + 1, min(at + 2 + _CAPTIONS, len(lines))):
        if below in own:
            return True
        if below in headings or lines[below].is_linked:
            return False
    return False


def _over_text(lines: Sequence[Line], own: AbstractSet[int]) -> Iterator[int]:
    """The headings that were not taken, though text under them was."""
    run = contents_run([line.text for line in lines])
    listed = {key(lines[at].text) for at in run}
    headings = frozenset(
        at for at, line in enumerate(lines) if at not in run and (line.is_heading or key(line.text) in listed)
    )
    for at in sorted(headings - own):
        line = lines[at]
        is_free = not line.in_chrome and not line.is_linked and word_count(line.text) <= _LONGEST_HEADING
        if is_free and _is_over_text(at, lines, own, headings):
            yield at


def lost_headings(lines: Sequence[Line], own: AbstractSet[int]) -> list[int]:
    """The numbers of the headings that stand over lines of `own` and are not among them.

    Those set like another heading of the article, or right over its text; a header that stands twice is the site's.
    """
    lost = list(_over_text(lines, own))
    said = Counter(key(lines[at].text) for at in lost)
    once = [at for at in lost if said[key(lines[at].text)] == 1]
    styles = Counter(lines[at].style for at in (*once, *own) if lines[at].is_heading or at in once)
    return [at for at in once if styles[lines[at].style] > 1 or at + 1 in own]
