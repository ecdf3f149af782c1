"""What extraction does with pages that are broken at random: how many raise, how long the slowest takes.

    python -m bench.mutations [CORPUS...] [--count 10000] [--seed 1] [--only NUMBER]

The pages that are broken are those of the corpora (archives or folders as bench/corpus.py describes them) and as many
generated from the seeds; without a corpus, those alone. `bench/mutating.py` holds the ways of breaking. Each is read in
this process, so that nothing hides what it raises. `--only` reads a single one again and prints what it is.
"""

import argparse
import faulthandler
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.corpus import CorpusError, annotated_pages
from bench.mutating import MutatedPage, mutated
from bench.pages import pages as generated_pages
from extraction.article import extract_article
from news.article import NoArticle, Page

LONGEST = 10.0  # seconds of a page, after which the service would kill its reader
_GENERATED = 40  # pages, beside those of the corpora
_SLOWEST = 5  # that are told
_URL = "https://site.example/2026/11/{}/"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one page: `article`, the reason why not, or `raised`; seconds; and what broke, if anything."""

    number: int
    verdict: str
    seconds: float
    size: int
    mutations: tuple[str, ...]
    fault: str = ""

    def __str__(self) -> str:
        page = f"{self.number} ({'+'.join(self.mutations)}, {self.size / 1000:.0f} kB)"
        return f"{page}: {self.verdict} {self.seconds:.2f} s {self.fault}".strip()


def main() -> None:
    """Break, read and print; the exit status is 1 where a page raised or took too long."""
    options = _options()
    try:
        pages = _pages(options.corpora)
    except CorpusError as error:
        sys.exit(str(error))
    numbers = range(options.count) if options.only is None else [options.only]
    found = list(_told(outcomes(pages, options.seed, numbers), len(numbers)))
    print(f"seed {options.seed}, {len(pages)} pages to break")
    print(*report(found), sep="\n")
    sys.exit(any(map(_is_fault, found)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", metavar="CORPUS", type=Path, nargs="*", help="an archive or a folder")
    parser.add_argument("--count", type=int, default=10_000, help="of mutated pages")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", metavar="NUMBER", type=int, help="the number of the one page to read")
    return parser.parse_args()


def _pages(corpora: Iterable[Path]) -> list[bytes]:
    """The pages to break. Raises CorpusError."""
    annotated = [page.body for path in corpora for page in annotated_pages(path)]
    return annotated + generated_pages(_GENERATED, None)[0]


def outcomes(pages: Sequence[bytes], seed: int, numbers: Iterable[int]) -> Iterator[Outcome]:
    """What comes of the mutated pages of these numbers."""
    for number in numbers:
        yield _outcome(number, mutated(pages, seed, number))


def _outcome(number: int, page: MutatedPage) -> Outcome:
    faulthandler.dump_traceback_later(2 * LONGEST)  # says where a page hangs that never ends
    started = time.process_time()
    try:
        found = extract_article(Page(_URL.format(number), page.body, page.content_type))
    except Exception as error:  # what must not be, and is counted
        verdict, fault = "raised", repr(error)[:300]
    else:
        verdict = found.reason if isinstance(found, NoArticle) else "article"
        fault = found.detail if isinstance(found, NoArticle) and verdict == "crashed" else ""
    faulthandler.cancel_dump_traceback_later()
    return Outcome(number, verdict, time.process_time() - started, len(page.body), page.mutations, fault)


def _is_fault(outcome: Outcome) -> bool:
    return bool(outcome.fault) or outcome.seconds > LONGEST


def _told(found: Iterable[Outcome], count: int) -> Iterator[Outcome]:
    """The outcomes as they are, faults told at once; where a page never ends, its number stands last."""
    for turn, outcome in enumerate(found, 1):
        if _is_fault(outcome):
            print(f"\r{outcome}", file=sys.stderr)
        print(f"\r{turn} of {count} pages", end="", file=sys.stderr, flush=True)
        yield outcome
    print(file=sys.stderr)


def report(found: Sequence[Outcome]) -> Iterator[str]:
    """The lines that say what came of the pages."""
    slowest = sorted(found, key=lambda outcome: -outcome.seconds)
    counts = Counter(outcome.verdict for outcome in found).most_common()
    raised = sum(outcome.verdict in ("raised", "crashed") for outcome in found)
    late = sum(outcome.seconds > LONGEST for outcome in found)
    middle = slowest[len(slowest) // 2].seconds
    yield f"{len(found)} mutated pages: {raised} raised, {late} took longer than {LONGEST:.0f} s"
    yield f"median {1000 * middle:.0f} ms, p99 {1000 * slowest[len(slowest) // 100].seconds:.0f} ms"
    yield ", ".join(f"{verdict} {count}" for verdict, count in counts)
    yield from (f"slow: {outcome}" for outcome in slowest[:_SLOWEST])


if __name__ == "__main__":
    main()
