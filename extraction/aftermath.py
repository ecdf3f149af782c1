"""Where an article ends in its page: at the header of comments or of related articles, if strangers' text follows."""

from collections import Counter
from collections.abc import Sequence
from itertools import islice

from extraction.lines import PROSE, Line, word_count
from extraction.phrases import phrases
from extraction.placing import Placed, taken

_MOST_HEADERS = 30  # that are looked at, each with all that was taken
_SHARE = 0.4  # of all words; where more follows a header such as 'Comments', it heads a section
_SHARE_ELSEWHERE = 0.6  # the same, where nothing below is set as the prose above
_FEW = 4  # times fewer paragraphs set in a way, and it is not the article's
_SHARE_OF_CARDS = 0.8  # the same, where each paragraph below follows the link that it introduces


def _share_below(header: int, lines: Sequence[Line], own: Sequence[int]) -> float:
    words = {at: word_count(lines[at].text) for at in own}
    return sum(count for at, count in words.items() if at > header) / (sum(words.values()) or 1)


def _is_cut(at: int, lines: Sequence[Line]) -> bool:
    """Whether it is a teaser: it breaks off, under a link that leads to the rest."""
    return at > 0 and lines[at - 1].is_linked and lines[at].text.endswith(("…", "..."))


def _is_end(header: int, lines: Sequence[Line], own: Sequence[int]) -> bool:
    """Whether what was taken below the header is no text of the article's: little, and set elsewhere or by links."""
    prose = [at for at in own if word_count(lines[at].text) >= PROSE]
    below = [at for at in prose if at > header]
    share = _share_below(header, lines, own)
    above = Counter(lines[at].place for at in prose if at < header)
    places = {place for place, count in above.items() if _FEW * count >= max(above.values())}
    is_elsewhere = bool(places) and all(lines[at].is_linked or lines[at].place not in places for at in below)
    if phrases().is_comments(lines[header].text):
        return share <= (_SHARE_ELSEWHERE if is_elsewhere else _SHARE)
    if len(below) > 1 and all(lines[at - 1].is_linked for at in below):
        return share <= _SHARE_OF_CARDS
    if share <= _SHARE and below and all(_is_cut(at, lines) for at in below):
        return True
    return share <= _SHARE_ELSEWHERE and is_elsewhere


def end_of(paragraphs: Sequence[Placed], lines: Sequence[Line]) -> int | None:
    """The number of the header at which the article ends, if there is one.

    A box of related articles within the article is no end of it: paragraphs set like those above follow.
    """
    own = sorted(taken(paragraphs))
    within = range(own[0] + 1, own[-1] + 1) if own else ()
    headers = (at for at in within if phrases().is_ending(lines[at].text))
    return next((at for at in islice(headers, _MOST_HEADERS) if _is_end(at, lines, own)), None)
