"""What a site's memory is worth: later pages of one site, read with what the earlier ones taught, and without.

    python -m bench.site_memory [CORPUS...] [--fewest 3]

First made-up sites (`bench/made_sites.py`): twelve articles each, then twelve more after a redesign, by the number of
the page. Then, of the corpora, the hosts of which there are enough pages: each is read with a memory of all the others
of its host, training and test hosts apart. Last, what the memory costs a page.
"""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.corpus import AnnotatedPage, CorpusError, annotated_pages
from bench.extraction_split import Side, page_side, recorded
from bench.made_sites import LANGUAGES, LAYOUTS, MadePage, made_site
from bench.shingles import Overlap, overlap, score
from extraction.article import Reading, extract_article, read
from extraction.memory import imprint, learned, recurring
from news.article import Article, Page
from news.guidance import UNGUIDED, Guidance

Memory = Mapping[str, Any]

NOW = datetime(2026, 11, 21, tzinfo=UTC)
_SEEDS = range(3)
_PAGES = 12  # before the redesign, and after it
_TOLD = (1, 2, 3, 4, 5, 6, 7, 10)
_TURNS = 20  # in which the cost of a page is measured


@dataclass(frozen=True, slots=True)
class Pair:
    """One page read without memory and with it."""

    name: str
    without: Overlap
    within: Overlap


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", metavar="CORPUS", type=Path, nargs="*", help="an archive or a folder")
    parser.add_argument("--fewest", type=int, default=3, help="pages that a host must have")
    options = parser.parse_args()
    print(*_of_made_sites(), sep="\n", flush=True)
    try:
        groups = grouped(options.corpora, options.fewest)
    except CorpusError as error:
        sys.exit(str(error))
    for side, hosts in sorted(groups.items()):
        pairs = [pair for pages in hosts.values() for pair in left_one_out(pages)]
        print(f"\n{side}, {len(hosts)} hosts", *_compared(pairs), sep="\n", flush=True)
    pages = [page for hosts in groups.values() for group in hosts.values() for page in group]
    if pages:
        print("\n" + _cost(pages))


def _of_made_sites() -> list[str]:
    """A table of the made-up sites, by the number of the page."""
    found: dict[int, list[Pair]] = defaultdict(list)
    for at, layout in enumerate(LAYOUTS):
        for lang in LANGUAGES:
            for seed in _SEEDS:
                other = LAYOUTS[(at + seed + 1) % len(LAYOUTS)]
                new = made_site(other, lang, seed, _PAGES, is_new=True)
                for number, pair in enumerate(lived_through([*made_site(layout, lang, seed, _PAGES), *new]), 1):
                    found[number].append(pair)
    rows = ["| page | F1 without | F1 with | exact without | exact with |", "|---|---|---|---|---|"]
    for number, pairs in found.items():
        is_after, nth = number > _PAGES, (number - 1) % _PAGES + 1
        if nth in _TOLD:
            rows.append(f"| {nth}{' after the redesign' if is_after else ''} | {_figures(pairs)} |")
    return rows


def _figures(pairs: Sequence[Pair]) -> str:
    without, within = score([pair.without for pair in pairs]), score([pair.within for pair in pairs])
    return f"{without.f1:.4f} | {within.f1:.4f} | {without.exact:.3f} | {within.exact:.3f}"


def lived_through(pages: Iterable[MadePage]) -> list[Pair]:
    """The pages of a site in turn, each read with what those before it have taught."""
    memory: Memory = {}
    pairs = []
    for page in pages:
        plain = Page(page.url, page.body, "text/html")
        without, found = extract_article(plain), extract_article(plain, Guidance(memory=memory))
        pairs.append(Pair(page.url, overlap(_text(without), page.text), overlap(_text(found), page.text)))
        memory = after(memory, found)
    return pairs


def _text(found: object) -> str:
    return found.text if isinstance(found, Article) else ""


def after(memory: Memory, found: object) -> Memory:
    """The memory after what was found on a page."""
    return learned(memory, found.imprint, NOW) if isinstance(found, Article) else memory


def grouped(corpora: Iterable[Path], fewest: int) -> dict[str, dict[str, list[AnnotatedPage]]]:
    """The pages by side and host, of hosts that have so many with a text. Raises CorpusError."""
    sides = recorded()
    hosts: dict[tuple[Side, str], list[AnnotatedPage]] = defaultdict(list)
    for corpus in corpora:
        for page in annotated_pages(corpus):
            side = page_side(page.gold, sides)
            if side is not None and page.gold.text:
                hosts[side, page.gold.host.removeprefix("www.")].append(page)
    groups: dict[str, dict[str, list[AnnotatedPage]]] = defaultdict(dict)
    for (known, host), pages in hosts.items():
        if len(pages) >= fewest:
            groups[known][host] = pages
    return groups


def left_one_out(pages: Sequence[AnnotatedPage]) -> list[Pair]:
    """Each page of a host, read with a memory of all the others."""
    plain = [Page(page.gold.url, page.body, "text/html") for page in pages]
    first = [extract_article(page) for page in plain]
    pairs = []
    for at, page in enumerate(pages):
        memory: Memory = {}
        for number, found in enumerate(first):
            memory = after(memory, found) if number != at else memory
        found = extract_article(plain[at], Guidance(memory=memory))
        texts = [text for text in (page.gold.text, page.gold.alt) if text]
        pairs.append(Pair(page.gold.page, overlap(_text(first[at]), *texts), overlap(_text(found), *texts)))
    return pairs


def _compared(pairs: Sequence[Pair]) -> list[str]:
    """The figures, how many pages are the better and the worse for it, and which."""
    changed = [pair for pair in pairs if pair.within != pair.without]
    wins = sum(pair.within.f1 > pair.without.f1 for pair in changed)
    losses = sum(pair.within.f1 < pair.without.f1 for pair in changed)
    head = "| pages | F1 without | F1 with | exact without | exact with | better | worse |"
    rows = [head, "|---|---|---|---|---|---|---|", f"| {len(pairs)} | {_figures(pairs)} | {wins} | {losses} |"]
    return [*rows, *(f"{pair.name}: {pair.without.f1:.4f} to {pair.within.f1:.4f}" for pair in changed)]


def _cost(pages: Sequence[AnnotatedPage]) -> str:
    """Milliseconds of CPU a page for what the memory does on it: median, and 95th percentile."""
    memory: Memory = {}
    spent = []
    for page in pages:
        reading = read(Page(page.gold.url, page.body, "text/html"), UNGUIDED)
        if isinstance(reading, Reading) and reading.body.odds:
            started = time.process_time()
            for _ in range(_TURNS):
                memory_after = _turn(reading, memory)
            spent.append((time.process_time() - started) / _TURNS * 1_000)
            memory = memory_after
    spent.sort()
    return f"cost a page: {spent[len(spent) // 2]:.2f} ms in the median, {spent[int(0.95 * len(spent))]:.2f} ms at p95"


def _turn(reading: Reading, memory: Memory) -> Memory:
    """All that the memory does on a page."""
    lines, odds, least = reading.document.lines, reading.body.odds, reading.body.least
    recurring(memory, lines, odds, least)
    taken = [at for at, odd in enumerate(odds) if odd >= least]
    return learned(memory, imprint(reading.document.url, lines, odds, taken), NOW)


if __name__ == "__main__":
    main()
