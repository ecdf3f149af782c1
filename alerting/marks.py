"""Text in pieces, each a hit or not, made safe to print: what the templates walk through. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from news.article import Span
from news.errors import BadUrlError
from news.url import checked

# Control characters, the separators that some programs take for line ends, and the marks that turn the direction of
# whatever follows them.
_UNPRINTABLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `hit` where it is what the watch was looking for."""

    text: str
    hit: bool = False


def printable(text: str) -> str:
    """The text with each run of control and direction characters as one space; its line ends stay."""
    return _UNPRINTABLE.sub(" ", text)


def one_line(text: str) -> str:
    """The text, printable, with each run of white space as one space."""
    return " ".join(printable(text).split())


def pieces(text: str, spans: Iterable[Span]) -> tuple[Piece, ...]:
    """The whole text in order, cut at the spans; spans that overlap are one, and what lies outside is left out."""
    found: list[Piece] = []
    done = 0
    for start, end in _merged(spans, len(text)):
        found += [Piece(printable(text[done:start])), Piece(printable(text[start:end]), hit=True)]
        done = end
    found.append(Piece(printable(text[done:])))
    return tuple(piece for piece in found if piece.text)


def shortened(told: Sequence[Piece], length: int) -> tuple[Piece, ...]:
    """The pieces, or as many of them as make `length` characters, the last of which is then an ellipsis."""
    if sum(len(piece.text) for piece in told) <= length:
        return tuple(told)
    kept: list[Piece] = []
    room = length - 1
    for piece in told:
        if room <= 0:
            break
        kept.append(Piece(piece.text[:room], piece.hit))
        room -= len(piece.text)
    return (*kept, Piece("…")) if length > 0 else ()


def safe_link(url: str) -> str:
    """The URL if a reader may be led there, or nothing: `javascript:` and its like are never linked."""
    try:
        return checked(url)
    except BadUrlError:
        return ""


def when(instant: datetime | None) -> str:
    """The instant in words, by the clock of its own zone and with that zone's name; empty where there is none."""
    if instant is None:
        return ""
    name = instant.tzname() or "UTC"
    # A zone without letters to its name is called by its distance alone: +0545.
    return f"{instant:%Y-%m-%d %H:%M} {name if name[0].isalpha() else f'UTC{name}'}"


def words_hit(told: Sequence[Piece]) -> tuple[str, ...]:
    """What was hit, each wording once, in order; blind to case."""
    distinct: dict[str, str] = {}
    for piece in told:
        if piece.hit:
            words = " ".join(piece.text.split())
            distinct.setdefault(words.casefold(), words)
    return tuple(distinct.values())


def _merged(spans: Iterable[Span], length: int) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted((max(0, span.start), min(span.end, length)) for span in spans):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
