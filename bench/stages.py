"""Where the time of Vigie's extraction goes: milliseconds of CPU per page for each of its stages.

    python -m bench.stages CORPUS... [--side train]

A stage's time is its own: what it has other stages do is theirs. The first page is extracted once before, so that
nothing that is loaded at first is counted.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from statistics import fmean, median
from typing import Any

from bench.corpus import AnnotatedPage, CorpusError
from bench.extraction import chosen_pages
from extraction.article import extract_article
from news.article import Page

# The name that a stage is called by, and the module that calls it.
STAGES = (
    ("decoding", "extraction.article", "decoded"),
    ("parsing", "extraction.document", "_tree"),
    ("walk", "extraction.document", "walked"),
    ("lines", "extraction.document", "lines_of"),
    ("meta tags", "extraction.document", "_meta"),
    ("elements", "extraction.document", "elements_of"),
    ("JSON-LD", "extraction.document", "nodes_of"),
    ("its article", "extraction.document", "article_data"),
    ("titles", "extraction.metadata", "headlines"),
    ("authors", "extraction.metadata", "signed"),
    ("section", "extraction.metadata", "section"),
    ("tags", "extraction.metadata", "tags"),
    ("date", "extraction.metadata", "published"),
    ("date of change", "extraction.metadata", "modified"),
    ("address", "extraction.metadata", "canonical"),
    ("image, paywall", "extraction.metadata", "image"),
    ("language", "extraction.metadata", "told_language"),
    ("features", "extraction.likelihood", "features"),
    ("trees", "extraction.trees", "Forest.odds"),
    ("trafilatura", "extraction.body", "_extracted"),
    ("votes", "extraction.likelihood", "vote_columns"),
    ("what was lost", "extraction.body", "composed"),
    ("line rules", "extraction.article", "reasons"),
    ("verdict", "extraction.article", "signals"),
    ("imprint", "extraction.article", "_imprint"),
)
_REST = "the rest"


class Stopwatch:
    """Shares the CPU's time out to whichever stage runs; of one page, what each has had since the last `read`."""

    def __init__(self, clock: Callable[[], float] = time.process_time) -> None:
        self._clock = clock
        self._running = [_REST]
        self._since = clock()
        self._spent: dict[str, float] = {}

    def _switch(self) -> None:
        now = self._clock()
        self._spent[self._running[-1]] = self._spent.get(self._running[-1], 0.0) + now - self._since
        self._since = now

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, its time the stage's."""

        def stage(*args: Any, **kwargs: Any) -> Any:
            self._switch()
            self._running.append(name)
            try:
                return function(*args, **kwargs)
            finally:
                self._switch()
                self._running.pop()

        return stage

    def read(self) -> dict[str, float]:
        """The seconds of each stage that has run, and start again."""
        self._switch()
        spent, self._spent = self._spent, {}
        return spent


@contextmanager
def watched(watch: Stopwatch) -> Iterator[None]:
    """While it lasts, every stage of the extraction runs on the watch."""
    kept = []
    for name, module, path in STAGES:
        *owner, attribute = path.split(".")
        holder: Any = import_module(module)
        for part in owner:
            holder = getattr(holder, part)
        kept.append((holder, attribute, getattr(holder, attribute)))
        setattr(holder, attribute, watch.timed(name, kept[-1][2]))
    try:
        yield
    finally:
        for holder, attribute, function in kept:
            setattr(holder, attribute, function)


def measured(pages: Sequence[AnnotatedPage], watch: Stopwatch) -> list[dict[str, float]]:
    """The seconds of each stage, page by page."""
    spent = []
    for page in (pages[0], *pages):
        extract_article(Page(page.gold.url, page.body, "text/html"))
        spent.append(watch.read())
    return spent[1:]


def table(spent: Sequence[dict[str, float]]) -> str:
    """A line for each stage: mean, median and 95th percentile in milliseconds, and its share of the whole."""
    names = [*(name for name, _, _ in STAGES), _REST]
    whole = [sum(page.values()) for page in spent]
    rows = [(name, [page.get(name, 0.0) for page in spent]) for name in names] + [("all", whole)]
    lines = ["| Stage | mean ms | median | p95 | share |", "|---|---|---|---|---|"]
    for name, seconds in rows:
        p95 = sorted(seconds)[int(0.95 * (len(seconds) - 1))]
        share = sum(seconds) / sum(whole)
        lines.append(
            f"| {name} | {fmean(seconds) * 1e3:.2f} | {median(seconds) * 1e3:.2f} | {p95 * 1e3:.2f} | {share:.0%} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", metavar="CORPUS", type=Path, nargs="+", help="an archive or a folder")
    parser.add_argument("--side", choices=("test", "train", "all"), default="train")
    options = parser.parse_args()
    try:
        pages = [page for path in options.corpora for page in chosen_pages(path, options.side)]
    except CorpusError as error:
        sys.exit(str(error))
    if not pages:
        sys.exit(f"No page of these corpora is on the side '{options.side}'.")
    watch = Stopwatch()
    with watched(watch):
        print(table(measured(pages, watch)))


if __name__ == "__main__":
    main()
