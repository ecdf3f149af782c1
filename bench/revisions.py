"""How well changes of articles are told apart: real texts, changed in known ways, asked of `compare`.

    python -m bench.revisions [--corpora FOLDER] [--show 0]

The ways and their parameters were written down before the first run. The texts are split in two halves by their number:
the rules were mended by looking at the even ones, so the odd ones are the figure that counts.
"""

import argparse
import json
import random
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.rewriting import WAYS, Case, Pool, host_blocks
from extraction.article import extract_article
from extraction.revision.compare import ChangeKind, compare
from news.article import Article, Page

_KINDS: tuple[ChangeKind, ...] = ("none", "typo", "template", "headline", "text")
_SEED = 20261121
_MOST = 300
_SHORTEST = 500  # characters
_ENGLISH = 60  # of the English corpus, so that it does not outweigh the others


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, default=Path("../shared/corpora"), help="annotated pages")
    parser.add_argument("--show", type=int, default=0, help="print so many wrong verdicts on the even texts")
    options = parser.parse_args()
    if not options.corpora.is_dir():
        sys.exit(f"No annotated pages at {options.corpora}: nothing to measure on (--corpora names their folder).")
    articles = list(_articles(options.corpora))[:_MOST]
    languages = Counter(article.language for article in articles)
    print(f"{len(articles)} texts: " + ", ".join(f"{name} {count}" for name, count in languages.most_common()))
    cases = list(_cases(articles))
    started = time.process_time()
    verdicts = [(case, compare(case.old, case.new, case.elsewhere)) for _, case in cases]
    spent = time.process_time() - started
    found = [(number, case, change.kind) for (number, case), (_, change) in zip(cases, verdicts, strict=True)]
    for half, name in ((0, "even texts (looked at)"), (1, "odd texts (held out)")):
        _print_table(name, [(case, kind) for number, case, kind in found if number % 2 == half])
    _print_ways(found)
    print(f"\n{spent / len(cases) * 1000:.2f} ms of CPU a comparison, {len(cases)} comparisons")
    _show(found, options.show)


def _articles(corpora: Path) -> Iterator[Article]:
    yield from _of(corpora / "fundus.tar.xz")
    english = (article for article in _of(corpora / "wcxb-articles.tar.xz"))
    yield from (article for _, article in zip(range(_ENGLISH), english, strict=False))
    yield from _of(corpora / "trafilatura.tar.xz", only="fr")


def _of(archive: Path, only: str | None = None) -> Iterator[Article]:
    """The articles of an archive: the text that its makers annotated, else what Vigie extracts."""
    with tarfile.open(archive) as opened:
        members = {member.name.removeprefix("./"): member for member in opened}
        gold = next(member for name, member in members.items() if name.endswith("gold.jsonl"))
        for line in _read(opened, gold).decode().split("\n"):
            row: dict[str, Any] = json.loads(line) if line else {}
            if not line or (only and row.get("lang") != only):
                continue
            article = _annotated(row) if row.get("text") else _extracted(row, opened, members)
            if article is not None and len(article.text) >= _SHORTEST and article.title:
                yield article


def _read(opened: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = opened.extractfile(member)
    assert stream is not None  # a plain file
    return stream.read()


def _annotated(row: dict[str, Any]) -> Article:
    authors = row.get("author") or ()
    names = (authors,) if isinstance(authors, str) else tuple(authors)
    return Article(row["url"], row["url"], row["title"] or "", row["text"], authors=names, language=row["lang"])


def _extracted(row: dict[str, Any], opened: tarfile.TarFile, members: dict[str, tarfile.TarInfo]) -> Article | None:
    member = next(member for name, member in members.items() if name.endswith(row["page"]))
    url = row.get("url") or f"https://www.example.fr/{row['page']}"
    article = extract_article(Page(url, _read(opened, member), "text/html"))
    return replace(article, language=row["lang"]) if isinstance(article, Article) else None


def _cases(articles: list[Article]) -> Iterator[tuple[int, Case]]:
    for number, article in enumerate(articles):
        chance = random.Random(_SEED + number)
        others = [other for other in articles if other.language == article.language and other is not article]
        others = others if len(others) > 1 else [other for other in articles if other is not article]
        pool = Pool(others, host_blocks(others, random.Random(article.url)))
        for way in WAYS:
            case = way(article, pool, chance)
            if case is not None:
                yield number, case


def _print_table(name: str, found: list[tuple[Case, ChangeKind]]) -> None:
    counts = Counter((case.truth, kind) for case, kind in found)
    print(f"\n{name}\n\n| made \\ found | " + " | ".join(_KINDS) + " | right |\n|---|" + "---|" * (len(_KINDS) + 1))
    for truth in _KINDS:
        row = [counts[truth, kind] for kind in _KINDS]
        share = counts[truth, truth] / max(1, sum(row))
        print(f"| {truth} | " + " | ".join(map(str, row)) + f" | {share:.1%} |")


def _print_ways(found: list[tuple[int, Case, ChangeKind]]) -> None:
    print("\n| way | made as | cases (odd) | right | (even) |\n|---|---|---|---|---|")
    for name, truth in dict.fromkeys((case.way, case.truth) for _, case, _ in found):
        halves = [
            [kind == truth for number, case, kind in found if case.way == name and number % 2 == half]
            for half in (0, 1)
        ]
        shares = [sum(half) / max(1, len(half)) for half in halves]
        print(f"| {name} | {truth} | {len(halves[1])} | {shares[1]:.1%} | {shares[0]:.1%} |")


def _show(found: list[tuple[int, Case, ChangeKind]], most: int) -> None:
    wrong = [(case, kind) for number, case, kind in found if number % 2 == 0 and kind != case.truth]
    random.Random(_SEED).shuffle(wrong)
    for case, kind in wrong[:most]:
        change = compare(case.old, case.new, case.elsewhere)
        print(f"\n{case.way} ({case.old.language}): {case.truth}, found {kind}: {case.note}")
        print("  -", change.removed[:2], "\n  +", change.added[:2])


if __name__ == "__main__":
    main()
