"""How well, and how fast, articles are extracted from annotated pages: Vigie beside the libraries that do it too.

    python -m bench.extraction CORPUS... [--side test] [--only NAME] [--json]

A corpus is an archive or a folder as bench/corpus.py describes it; its pages are parted by host as
`bench/extraction_split.json` has it, and what was trained on one side is measured on the other. The extractors take
turns page by page, so that noise of the machine hits all alike, and are some pages apart from each other, so that none
finds in a cache what another has just worked out. The time is that of the CPU, from the bytes of a page to its text,
and for Vigie and trafilatura to title, authors and date too. Nothing is asked of any server.
"""

import argparse
import gc
import json
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from bench.corpus import AnnotatedPage, CorpusError, annotated_pages, corpus_name
from bench.extraction_report import summary, tables
from bench.extraction_score import PageScore, page_score
from bench.extraction_split import page_side, recorded
from bench.extractors import Extractor, Found, installed

_TOLD_EVERY = 20  # pages

Scores = dict[str, list[PageScore]]


def main() -> None:
    """Measure and print."""
    options = _options()
    socket.getaddrinfo = _no_server
    extractors, missing = installed()
    for name in missing:
        print(f"{name} is not installed and left out (pip install 'vigie[bench]').", file=sys.stderr)
    chosen = [one for one in extractors if not options.only or one.name in options.only]
    if unknown := set(options.only) - {one.name for one in extractors}:
        names = ", ".join(one.name for one in extractors)
        sys.exit(f"No extractor here is called {', '.join(sorted(unknown))}: there are {names}.")
    summaries = []
    for path in options.corpora:
        try:
            pages = chosen_pages(path, options.side)
        except CorpusError as error:
            sys.exit(str(error))
        if not pages:
            sys.exit(f"No page of {path} is on the side '{options.side}'.")
        summaries.append(summary(corpus_name(path), options.side, measured(pages, chosen, corpus_name(path))))
        if not options.json:
            print(tables(summaries[-1]), flush=True)
    if options.json:
        print(json.dumps(summaries, indent=1, ensure_ascii=False))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", metavar="CORPUS", type=Path, nargs="+", help="an archive or a folder")
    parser.add_argument("--side", choices=("test", "train", "all"), default="test")
    parser.add_argument("--only", metavar="NAME", action="append", default=[], help="an extractor; may be repeated")
    parser.add_argument("--json", action="store_true", help="print all figures as JSON instead of tables")
    return parser.parse_args()


def chosen_pages(path: Path, side: str) -> list[AnnotatedPage]:
    """The pages of one side of a corpus, or all. Raises CorpusError."""
    sides = recorded()
    return [page for page in annotated_pages(path) if side in ("all", page_side(page.gold, sides))]


def measured(pages: Sequence[AnnotatedPage], extractors: Sequence[Extractor], name: str = "") -> Scores:
    """The scores of every extractor, in the order of the pages."""
    found: dict[str, dict[int, PageScore]] = {extractor.name: {} for extractor in extractors}
    for extractor in extractors:
        _timed(extractor, pages[0])  # what it loads and compiles at first is not counted
    gc.collect()
    gc.freeze()  # what is there already is not gone through again in the time of some extractor
    apart = max(1, len(pages) // max(1, len(extractors)))
    for turn in range(len(pages)):
        for place, extractor in enumerate(extractors):
            at = (turn + place * apart) % len(pages)
            result, seconds = _timed(extractor, pages[at])
            found[extractor.name][at] = page_score(pages[at].gold, result, seconds, extractor.gives_metadata)
        if turn % _TOLD_EVERY == 0:
            print(f"\r{name}: {turn} of {len(pages)} pages", end="", file=sys.stderr, flush=True)
    gc.unfreeze()
    print(f"\r{name}: {len(pages)} of {len(pages)} pages", file=sys.stderr, flush=True)
    return {name: [scores[at] for at in range(len(pages))] for name, scores in found.items()}


def _timed(extractor: Extractor, page: AnnotatedPage) -> tuple[Found, float]:
    """What was found, and the seconds of CPU; a library that fails on a page, which is told, found nothing."""
    started = time.process_time()
    try:
        found = extractor.extract(page)
    except Exception as error:  # whatever a library raises is its result, and the others go on
        found = Found("")
        print(f"\n{extractor.name} failed on {page.gold.page}: {error!r}"[:300], file=sys.stderr)
    return found, time.process_time() - started


def _no_server(host: Any, *_: Any, **__: Any) -> NoReturn:
    raise socket.gaierror(f"{host} is not asked: pages are measured as they were kept")


if __name__ == "__main__":
    main()
