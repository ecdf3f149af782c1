"""Why each block of a page stayed or went, told from the reading that extraction itself makes."""

from collections.abc import Iterator
from dataclasses import dataclass

from extraction.article import Reading, read
from extraction.body import Body
from extraction.lines import Line
from extraction.placing import Placed
from news.article import Article, NoArticle, Page
from news.guidance import UNGUIDED, Guidance


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one block, and why, in words; `odds` from 0 to 1 are the model's, None where it was not asked."""

    text: str
    kept: bool
    why: str
    odds: float | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The blocks of a page, first those that the user's rules dropped, then the rest from top to bottom; the outcome.

    What stays without a line of the page to account for it, such as JSON-LD's own body, comes last.
    """

    blocks: tuple[Fate, ...]
    found: Article | NoArticle


def explained(page: Page, guidance: Guidance = UNGUIDED) -> Explanation:
    """Each block and its fate; a page that cannot be read has none. It never raises, whatever the bytes are."""
    reading = read(page, guidance)
    if isinstance(reading, NoArticle):
        return Explanation((), reading)
    dropped = (Fate(text, kept=False, why=f"rule drop: {css}") for text, css in reading.document.dropped)
    return Explanation((*dropped, *_of_lines(reading)), reading.found)


def _of_lines(reading: Reading) -> Iterator[Fate]:
    lines, body = reading.document.lines, reading.body
    taken: dict[int, tuple[Placed, str]] = {}
    elsewhere: list[tuple[Placed, str]] = []
    for parts, reason in zip(body.parts, reading.reasons, strict=True):
        for part in parts:
            if part.at < 0 or part.at in taken:
                elsewhere.append((part, reason))
            else:
                taken[part.at] = part, reason
    for at, line in enumerate(lines):
        odds = round(body.odds[at], 2) if at < len(body.odds) else None
        if at in taken:
            part, reason = taken[at]
            yield Fate(line.text, not reason, reason or _by_whom(body, part, line), odds)
        else:
            yield Fate(line.text, kept=False, why=body.gone.get(at) or _not_taken(body, at), odds=odds)
    for part, reason in elsewhere:
        yield Fate(part.text, not reason, reason or part.why)


def _by_whom(body: Body, part: Placed, line: Line) -> str:
    if part.why != "model":
        return part.why
    if body.odds[part.at] >= body.least:
        return _of_model(body, part.at)
    return "with its table" if line.row >= 0 else "with its list" if line.listing >= 0 else "with lines set alike"


def _not_taken(body: Body, at: int) -> str:
    return "outside the rule body" if body.is_ruled else _of_model(body, at)


def _of_model(body: Body, at: int) -> str:
    """Who judged a line: the model, whose odds stand beside it, and trafilatura where it was asked."""
    if at < len(body.voted):
        return "model, trafilatura: " + ("voted" if body.voted[at] else "no vote")
    return "model"
