"""What is quoted of an article: passages around the hits, their spans moved along. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from news.article import Span

LENGTH = 300
SHORT = 160
_BEFORE_FIRST_HIT = 80 / 300  # of the length
_ELLIPSIS = "…"
_LONGEST_WORD = 40
# Where a quotation may begin: at a word, or at what opens one, but never at a closing quote left behind by the cut.
_BEGINNING = re.compile(r"""(?<=\s)[\w«“„‘"'(\[]""")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage with an ellipsis where it was cut, its paragraphs one to a line.

    `spans` (of field `text`) count its own characters.
    """

    text: str
    spans: tuple[Span, ...] = ()


def excerpt(text: str, spans: Iterable[Span], length: int = LENGTH) -> Excerpt:
    """About `length` characters of the text: around the first span, or its beginning where no span is of the text."""
    return snippets(text, spans, length, most=1)[0]


def snippets(text: str, spans: Iterable[Span], length: int = SHORT, most: int = 3) -> tuple[Excerpt, ...]:
    """At most so many passages of about `length` characters, in order: around the first hits, and what follows them.

    Hits that are close share a passage, and passages that meet are one. Without a hit it is the text's beginning.
    """
    hits = sorted(span for span in spans if span.field == "text" and 0 <= span.start < span.end <= len(text))
    windows: list[tuple[int, int]] = []
    for hit in hits or [Span("text", 0, 0)]:
        if windows and hit.start < windows[-1][1]:
            continue
        if not most:
            break
        most -= 1
        start, end = _window(text, hit, length)
        if windows and not text[windows[-1][1] : start].strip():
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((start, end))
    return tuple(_quoted(text, hits, start, end) for start, end in windows)


def _quoted(text: str, hits: Sequence[Span], start: int, end: int) -> Excerpt:
    passage, places = _tidied(text[start:end])
    before = _ELLIPSIS if text[:start].strip() else ""
    after = _ELLIPSIS if text[end:].strip() else ""
    shift = len(before)
    moved = (
        Span("text", shift + places[max(hit.start, start) - start], shift + places[min(hit.end, end) - start])
        for hit in hits
        if hit.start < end and hit.end > start
    )
    return Excerpt(f"{before}{passage}{after}", tuple(span for span in moved if span.start < span.end))


def _window(text: str, first: Span, length: int) -> tuple[int, int]:
    """Where to cut, at word boundaries; the beginning of the hit is always within."""
    if len(text) <= length:
        return _without_space(text, 0, len(text))
    start = max(0, min(first.start - round(length * _BEFORE_FIRST_HIT), len(text) - length))
    end = start + length
    if start:
        start = _word_after(text, start, first.start)
    if end < len(text):
        end = _word_before(text, end, min(first.end, end))
    return _without_space(text, start, end)


def _word_after(text: str, start: int, limit: int) -> int:
    """The start of the next word, unless that is past `limit` or far away (a script written without spaces)."""
    found = _BEGINNING.search(text, start, min(limit, start + _LONGEST_WORD) + 1)
    return found.start() if found else start


def _word_before(text: str, end: int, limit: int) -> int:
    """The end of the last whole word, under the same conditions."""
    for place in range(end, max(limit, end - _LONGEST_WORD) - 1, -1):
        if text[place].isspace():
            return place
    return end


def _without_space(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _tidied(passage: str) -> tuple[str, list[int]]:
    """The passage with each run of white space as one space or line end, and where each character and its end went."""
    kept: list[str] = []
    places: list[int] = []
    for character in passage:
        places.append(len(kept))
        if not character.isspace():
            kept.append(character)
        elif kept and kept[-1] not in " \n":
            kept.append("\n" if character == "\n" else " ")
        elif kept and character == "\n":
            kept[-1] = "\n"
    places.append(len(kept))
    return "".join(kept), places
