"""What the verdict makes of pages: of annotated ones, which are all articles, and of made-up ones that are none.

    python -m bench.verdicts CORPUS...

Without a corpus, the made-up pages alone.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.corpus import annotated_pages, corpus_name
from bench.other_pages import other_pages
from extraction.article import extract_article
from news.article import Article, NoArticle, Page

_UNSURE = 0.6


@dataclass(frozen=True, slots=True)
class Judged:
    """A page's name, what it is, and what the verdict says: `article` or a reason."""

    name: str
    wanted: str
    found: str
    confidence: float


def judged(name: str, page: Page, wanted: str) -> Judged:
    """The verdict on a page."""
    found: Article | NoArticle = extract_article(page)
    said = "article" if isinstance(found, Article) else found.reason
    return Judged(name, wanted, said, 1.0 if found.confidence is None else found.confidence)


def of_corpus(path: Path) -> Iterator[Judged]:
    """The verdicts on the pages of a corpus, each of which is an article to its makers."""
    for page in annotated_pages(path):
        yield judged(f"{corpus_name(path)} {page.gold.page}", Page(page.gold.url, page.body), "article")


def of_other_pages(seed: int = 1) -> Iterator[Judged]:
    """The verdicts on the made-up pages."""
    return (judged(other.name, other.page, other.reason) for other in other_pages(seed))


def report(title: str, found: Iterable[Judged]) -> str:
    """A table by what the pages are, and the pages whose verdict is another."""
    rows = list(found)
    lines = [f"## {title}", "", "| are | pages | found so | not sure (< 0.6) | taken for |", "|---|---|---|---|---|"]
    for wanted, number in Counter(row.wanted for row in rows).most_common():
        these = [row for row in rows if row.wanted == wanted]
        wrong = Counter(row.found for row in these if row.found != wanted)
        right, unsure = number - wrong.total(), sum(row.confidence < _UNSURE for row in these)
        taken = ", ".join(f"{count} {reason}" for reason, count in wrong.most_common())
        lines.append(f"| {wanted} | {number} | {right} ({right / number:.2%}) | {unsure} | {taken} |")
    wrong_ones = [row for row in rows if row.found != row.wanted]
    lines += ["", *(f"- {row.name}: {row.found} ({row.confidence:.2f})" for row in wrong_ones)]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="*", type=Path, metavar="CORPUS")
    for corpus in parser.parse_args().corpora:
        print(report(corpus_name(corpus), of_corpus(corpus)))
    for seed in (1, 2, 3):
        print(report(f"made-up pages, seed {seed}", of_other_pages(seed)))


if __name__ == "__main__":
    main()
