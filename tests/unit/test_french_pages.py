"""Forty French pages with gold that was written before the extractor saw them: how near it comes, and that it keeps so.

`tests/pages/french/README.md` says what the gold holds. The floors are what was measured, less what noise may take; who
raises the figures raises the floors.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from statistics import fmean

import trafilatura

from bench.shingles import overlap
from extraction.article import extract_article
from extraction.decoding import decoded
from news.article import Article, Page

FOLDER = Path(__file__).parents[1] / "pages" / "french"
FLOOR = 0.908  # of the mean F1
AHEAD = 0.05  # of trafilatura's
EXACT_TEXTS = 8
TITLES = 39
AUTHORS = 28
DAYS = 36


@dataclass(frozen=True)
class Outcome:
    """What came of one page."""

    name: str
    article: Article | None
    f1: float
    reference: float
    is_exact: bool
    has_title: bool
    has_authors: bool
    has_day: bool

    def __str__(self) -> str:
        named = (
            ("text", self.is_exact),
            ("title", self.has_title),
            ("authors", self.has_authors),
            ("day", self.has_day),
        )
        right = " ".join(name for name, is_right in named if is_right)
        return f"{self.name:45} {self.f1:.3f} (trafilatura {self.reference:.3f}) right: {right}"


def plain(text: str) -> list[str]:
    """The paragraphs; in the gold, a space stands between the cells of a table."""
    return [" ".join(paragraph.replace(" | ", " ").split()) for paragraph in text.split("\n\n")]


def is_same_day(found: datetime | None, wanted: str | None) -> bool:
    """Whether the dates are at most a day apart: what a date without a time or zone leaves open."""
    if found is None or wanted is None:
        return found is None and wanted is None
    return abs((found - datetime.fromisoformat(wanted)).total_seconds()) < 86_400


def outcome(path: Path) -> Outcome:
    gold = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    body = path.read_bytes()
    found = extract_article(Page(gold["url"], body, "text/html"))
    article = found if isinstance(found, Article) else None
    text = article.text if article else ""
    page = decoded(body, "text/html")
    other = trafilatura.extract(page, url=gold["url"], include_comments=False, favor_precision=True) or ""
    wanted = " ".join(plain(gold["text"]))
    return Outcome(
        name=path.stem,
        article=article,
        f1=overlap(" ".join(plain(text)), wanted).f1,
        reference=overlap(" ".join(plain(other)), wanted).f1,
        is_exact=plain(text) == plain(gold["text"]),
        has_title=article is not None and plain(article.title) == plain(gold["title"]),
        has_authors=article is not None and list(article.authors) == gold["authors"],
        has_day=article is not None and is_same_day(article.published_at, gold["published"]),
    )


@cache
def outcomes() -> tuple[Outcome, ...]:
    return tuple(outcome(path) for path in sorted(FOLDER.glob("*.html")))


def table() -> str:
    return "\n" + "\n".join(map(str, outcomes()))


def test_each_of_the_forty_is_an_article() -> None:
    assert len(outcomes()) == 40
    assert [one.name for one in outcomes() if one.article is None] == []
    assert {one.article.language for one in outcomes() if one.article} == {"fr"}


def test_the_text_is_near_the_gold() -> None:
    assert fmean(one.f1 for one in outcomes()) >= FLOOR, table()


def test_the_text_is_nearer_than_trafilaturas() -> None:
    mean, reference = fmean(one.f1 for one in outcomes()), fmean(one.reference for one in outcomes())
    assert mean >= reference + AHEAD, table()


def test_as_many_are_exact_as_were() -> None:
    counts = {
        "texts": (sum(one.is_exact for one in outcomes()), EXACT_TEXTS),
        "titles": (sum(one.has_title for one in outcomes()), TITLES),
        "authors": (sum(one.has_authors for one in outcomes()), AUTHORS),
        "days": (sum(one.has_day for one in outcomes()), DAYS),
    }
    assert {name: (count, floor) for name, (count, floor) in counts.items() if count < floor} == {}, table()
