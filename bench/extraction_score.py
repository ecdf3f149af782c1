"""What an extractor found on a page, measured against the annotation, and the figures over many pages."""

import math
import random
import re
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from bench.corpus import Gold
from bench.extractors import Found
from bench.shingles import Overlap, Score, overlap, score

RESAMPLES = 2_000
_SEED = 20261121
_BETWEEN_NAMES = re.compile(r"\s*(?:[;,&/]|\b(?:and|und|et|y)\b)\s*")


@dataclass(frozen=True, slots=True)
class Snippets:
    """How many snippets that must be in the text are, how many that must not are not, and of how many."""

    found: int = 0
    wanted: int = 0
    avoided: int = 0
    unwanted: int = 0

    @property
    def accuracy(self) -> float:
        """The share of all snippets that are where they should be; 0 where there are none."""
        return (self.found + self.avoided) / max(1, self.wanted + self.unwanted)


@dataclass(frozen=True, slots=True)
class PageScore:
    """One page by one extractor; None where nothing is annotated. `seconds` are of the CPU."""

    lang: str
    seconds: float
    is_empty: bool = False
    overlap: Overlap | None = None
    snippets: Snippets | None = None
    title: bool | None = None
    author: bool | None = None
    date: bool | None = None


@dataclass(frozen=True, slots=True)
class Speed:
    """CPU per page in milliseconds, and how many pages one core does in a second."""

    median: float
    p95: float
    per_second: float


def page_score(gold: Gold, found: Found, seconds: float, gives_metadata: bool = True) -> PageScore:
    """What was found on a page, against its annotation; title, author and date where they were asked for."""
    texts = [text for text in (gold.text, gold.alt) if text]
    return PageScore(
        lang=gold.lang,
        seconds=seconds,
        is_empty=not found.text.strip(),
        overlap=overlap(found.text, *texts) if texts else None,
        snippets=_snippets(gold, found.text) if gold.present or gold.absent else None,
        title=_plain(found.title) == _plain(gold.title) if gives_metadata and gold.title else None,
        author=_names(found.authors) == _names(gold.authors) if gives_metadata and gold.authors else None,
        date=is_same_day(gold.date, found.published) if gives_metadata and gold.date else None,
    )


def _snippets(gold: Gold, text: str) -> Snippets:
    """White space is as good as any other: a snippet may go over the end of a line."""
    said = _spaced(text)
    return Snippets(
        sum(_spaced(snippet) in said for snippet in gold.present),
        len(gold.present),
        sum(_spaced(snippet) not in said for snippet in gold.absent),
        len(gold.absent),
    )


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _plain(text: str | None) -> str:
    """Without regard to capitals and white space, which sites set as they like."""
    return _spaced(text or "").casefold()


def _names(authors: Iterable[str]) -> frozenset[str]:
    """The names, whether they came one by one or in a list with commas; their order says nothing."""
    names = (_plain(name) for author in authors for name in _BETWEEN_NAMES.split(author))
    return frozenset(name for name in names if name)


def is_same_day(annotated: str, published: datetime | date | None) -> bool:
    """Whether it is the annotated day, in its time zone or, of an instant that lost its zone, in UTC."""
    if published is None:
        return False
    try:
        wanted = datetime.fromisoformat(annotated)
    except ValueError:  # only a month is known, or a year
        return published.isoformat().startswith(annotated)
    days = {published}
    if isinstance(published, datetime):
        days = {published.astimezone(zone).date() for zone in (UTC, wanted.tzinfo or UTC)}
    return wanted.date() in days


def text_score(pages: Iterable[PageScore]) -> Score | None:
    """F1 and its parts over the pages whose text is annotated; None where none is."""
    overlaps = [page.overlap for page in pages if page.overlap is not None]
    return score(overlaps) if overlaps else None


def snippet_score(pages: Iterable[PageScore]) -> Snippets | None:
    """The snippets of all pages in one sum; None where none are annotated."""
    counts = [page.snippets for page in pages if page.snippets is not None]
    if not counts:
        return None
    return Snippets(
        sum(one.found for one in counts),
        sum(one.wanted for one in counts),
        sum(one.avoided for one in counts),
        sum(one.unwanted for one in counts),
    )


def share(answers: Iterable[bool | None]) -> float | None:
    """The share of the right among the answers that can be judged; None where none can."""
    judged = [answer for answer in answers if answer is not None]
    return sum(judged) / len(judged) if judged else None


def speed(pages: Sequence[PageScore]) -> Speed:
    """The time of the pages, of which there must be one at least."""
    spent = sorted(page.seconds for page in pages)
    slow = spent[math.ceil(0.95 * len(spent)) - 1]
    return Speed(statistics.median(spent) * 1_000, slow * 1_000, len(spent) / max(sum(spent), 1e-9))


def paired_interval(
    pages: Sequence[PageScore],
    others: Sequence[PageScore],
    measure: Callable[[Sequence[PageScore]], float],
    resamples: int = RESAMPLES,
) -> tuple[float, float]:
    """The 95 % interval of a difference between two extractors over the same pages, drawn anew with replacement."""
    chance = random.Random(_SEED)
    differences = []
    for _ in range(resamples):
        drawn = chance.choices(range(len(pages)), k=len(pages))
        differences.append(measure([pages[at] for at in drawn]) - measure([others[at] for at in drawn]))
    differences.sort()
    return differences[int(0.025 * resamples)], differences[math.ceil(0.975 * resamples) - 1]
