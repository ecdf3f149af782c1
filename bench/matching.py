"""What it costs to ask all watches about an article: the index, beside SQLite's FTS5 and every query in turn.

    python -m bench.matching [CORPUS] [--watches 1000 10000 100000 1000000] [--articles 200] [--draw selective broad]
                             [--dictionary] [--lucene JAR...]

The queries are the mix of `bench/query_mix.py`, the articles those of `bench/made_articles.py`; with a CORPUS (see
`bench/corpus.py`) its annotated texts, their words and pairs of words. Each size runs in a process of its own. Times
are CPU time of that process, a mean over the articles: *cold* with nothing remembered of any word before each article,
*first* for articles that are new to an index that has read others, *warm* for those that it has read before; the spans
of the hits are found besides, and are a column of their own. Memory is what the process grew by when all articles had
been read: the trees of the queries, the index, and the words that it remembers. All sets of matches are compared. At a
million watches the others are asked about a single article. With --dictionary words are found in all their forms, as
the service does; the dictionary is loaded beforehand, and only the evaluator can be compared then.
"""

import argparse
import gc
import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from pathlib import Path
from time import process_time

from bench.corpus import annotations
from bench.made_articles import made_articles
from bench.other_matchers import in_fts5, in_lucene
from bench.query_mix import QueryMix
from matching import Document, WatchIndex, document, parse, search_terms, spans
from matching.analyzer import Lexicon, folded_only, forget
from matching.lexicon import DictionaryLexicon
from news.article import Article
from news.query import Query

# The rank from which on words are drawn, so that an article matches 493 or 1,462 of 100,000 queries (made articles).
_FIRST = {"selective": 3_000, "broad": 640}
_SEEN = 300  # articles read before one that is new
_COLD = 30
_CHANGED = 2_000
_MOST_ASKED = 200_000  # queries put one by one, all articles together, one article at least: the others take their time
_SEED = 7


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured: milliseconds an article, microseconds a watch, MB, and queries matched by an article."""

    watches: int
    draw: str
    matched: float
    cold: float
    first: float
    warm: float
    spans: float
    in_turn: float | None
    fts5: float | None
    lucene: float | None
    build: float
    memory: float
    add: float
    remove: float


_COLUMNS = {
    "watches": "{:,}", "draw": "{}", "matched": "{:,.0f}", "cold": "{:.2f}", "first": "{:.2f}", "warm": "{:.2f}",
    "spans": "{:.1f}", "in_turn": "{:.0f}", "fts5": "{:.0f}", "lucene": "{:.1f}", "build": "{:.1f} s",
    "memory": "{:.0f} MB", "add": "{:.0f} µs", "remove": "{:.0f} µs",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """What is to be measured."""

    watches: int
    draw: str
    articles: int
    corpus: Path | None
    lucene: tuple[Path, ...]
    dictionary: bool = False


def measured(options: Options) -> Figures:
    """One row: so many watches of one draw."""
    documents, mix = _material(options)
    asked, before, fresh = documents[: options.articles], documents[-_SEEN:], documents[options.articles : -_SEEN]
    written = mix.queries(options.watches + _CHANGED)
    gc.collect()
    empty = _resident()
    index, trees, build = _built(written[: options.watches])
    gc.collect()
    gc.freeze()  # as a service does that has loaded its watches
    _mean(index.matching, before[:2])
    cold = _cold(index, asked[:_COLD])
    _mean(index.matching, before)
    first = _mean(index.matching, fresh)
    _mean(index.matching, asked)
    warm = min(_mean(index.matching, asked) for _ in range(3))
    gc.collect()
    memory = _resident() - empty
    found = [index.matching(one) for one in asked]
    with_spans = _mean(index.match, [_anew(one) for one in asked[:20]])
    others = _others(options, dict(enumerate(trees)), asked, [set(numbers) for numbers in found])
    gc.collect()
    gc.freeze()
    add, remove = _changed(index, written[options.watches :], options.watches, asked[0])
    matched = sum(map(len, found)) / len(found)
    return Figures(
        options.watches,
        options.draw,
        matched,
        cold,
        first,
        warm,
        with_spans - warm,
        *others,
        build,
        memory,
        add,
        remove,
    )


def _material(options: Options) -> tuple[list[Document], QueryMix]:
    if options.corpus is not None:
        texts = [gold for gold in annotations(options.corpus) if gold.text]
        articles: Sequence[Article] = [
            Article(g.url, g.url, g.title or "", g.text or "", (), None, g.lang) for g in texts
        ]
        articles = [articles[n % len(articles)] for n in range(2 * options.articles + _SEEN)]
        words, expressions = _ranked(articles)
        first = _FIRST[options.draw] // 10
    else:
        paper, articles = made_articles(2 * options.articles + _SEEN, _SEED)
        words, expressions, first = paper.words, paper.expressions, _FIRST[options.draw]
    lexicon: Lexicon = folded_only
    if options.dictionary:
        lexicon = dictionary = DictionaryLexicon()
        for language in {article.language for article in articles}:
            dictionary.load(language)
    return [document(article, "", lexicon) for article in articles], QueryMix(words, expressions, first, _SEED)


def _anew(read: Document) -> Document:
    """The article as nobody has looked at it."""
    return document(read.article, "", read.streams[0].lexicon)


def _ranked(articles: Iterable[Article]) -> tuple[list[str], list[str]]:
    """The words and the pairs of words of texts by how many hold them; pairs that only one text holds are none."""
    words: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for article in articles:
        found = search_terms(article.text).split()
        words.update({word for word in found if len(word) > 2 and word.isalpha()})
        pairs.update({f"{one} {other}" for one, other in pairwise(found)})
    return [word for word, _ in words.most_common()], [pair for pair, times in pairs.most_common() if times > 1]


def _built(written: Sequence[str]) -> tuple[WatchIndex, list[Query], float]:
    """The index, the queries' trees, and the CPU seconds that putting them took, without parsing."""
    index = WatchIndex()
    trees: list[Query] = []
    seconds = 0.0
    for number, text in enumerate(written):
        tree = parse(text)
        started = process_time()
        index.put(number, tree)
        seconds += process_time() - started
        trees.append(tree)
    return index, trees, seconds


def _cold(index: WatchIndex, documents: Sequence[Document]) -> float:
    seconds = 0.0
    for one in documents:
        index.forget()
        forget()
        seconds += _mean(index.matching, [one])
    return seconds / len(documents)


def _mean(ask: Callable[[Document], object], documents: Sequence[Document]) -> float:
    """CPU milliseconds a document."""
    started = process_time()
    for one in documents:
        ask(one)
    return (process_time() - started) * 1_000 / len(documents)


def _changed(index: WatchIndex, written: Sequence[str], begin: int, read: Document) -> tuple[float, float]:
    """CPU microseconds to add a watch, what the next article pays for it included, and to remove one."""
    trees = [parse(text) for text in written]
    index.matching(read)

    def add(_: object) -> None:
        for number, tree in enumerate(trees, begin):
            index.put(number, tree)
        index.matching(read)

    def remove(_: object) -> None:
        for number in range(begin, begin + len(trees)):
            index.drop(number)
        index.matching(read)

    return _mean(add, [read]) * 1_000 / len(trees), _mean(remove, [read]) * 1_000 / len(trees)


def _others(
    options: Options, queries: dict[int, Query], asked: Sequence[Document], found: Sequence[set[int]]
) -> tuple[float | None, float | None, float | None]:
    """Milliseconds an article: every query in turn, FTS5, Lucene. Raises SystemExit where a set differs."""
    few = asked[: max(1, min(len(asked), _MOST_ASKED // options.watches))]
    fts5: float | None = None
    lucene: float | None = None
    if options.lucene and not options.dictionary:
        seconds, theirs = in_lucene(options.lucene, queries, asked)
        lucene = seconds * 1_000
        _same("Lucene", _without_joined(queries, asked, found, theirs), theirs)
    if not options.dictionary:
        seconds, theirs = in_fts5(queries, few)
        fts5 = seconds * 1_000
        _same("FTS5", _without_joined(queries, few, found, theirs), theirs)
    one_by_one: list[set[int]] = []

    def ask_all(one: Document) -> None:
        one_by_one.append({number for number, query in queries.items() if spans(query, one) is not None})

    in_turn = _mean(ask_all, [_anew(one) for one in few])
    _same("in turn", found, one_by_one)
    return in_turn, fts5, lucene


def _without_joined(
    queries: dict[int, Query], asked: Sequence[Document], found: Sequence[set[int]], theirs: Sequence[set[int]]
) -> list[set[int]]:
    """What is found; of queries on which another index differs, in the article without hyphens.

    Two words with a hyphen may be a third one together, which an index with one token a position cannot know.
    """
    again: list[set[int]] = []
    for one, ours, other in zip(asked, found, theirs, strict=False):
        title, text = one.article.title.replace("-", " "), one.article.text.replace("-", " ")
        article = replace(one.article, title=title, text=text)
        apart = document(article, "", one.streams[0].lexicon)
        again.append({n for n in ours | other if n in ours & other or spans(queries[n], apart) is not None})
    return again


def _same(name: str, found: Sequence[set[int]], theirs: Sequence[set[int]]) -> None:
    for number, (ours, other) in enumerate(zip(found, theirs, strict=False)):
        if ours != other:
            raise SystemExit(f"{name}, article {number}: {len(ours)} matches here, {len(other)} there: {ours ^ other}")


def _resident() -> float:
    """MB of memory that the process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Print the table, a row as soon as it is measured."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("corpus", nargs="?", type=Path, help="annotated pages, in place of made articles")
    parser.add_argument("--watches", nargs="+", type=int, default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--draw", nargs="+", choices=list(_FIRST), default=list(_FIRST))
    parser.add_argument("--dictionary", action="store_true", help="find words in all their forms")
    parser.add_argument("--lucene", nargs="+", type=Path, default=[], metavar="JAR")
    given = parser.parse_args()
    print("| " + " | ".join(_COLUMNS).replace("_", " ") + " |\n" + "|---" * len(_COLUMNS) + "|")
    context = multiprocessing.get_context("spawn")
    for watches in given.watches:
        for draw in given.draw:
            options = Options(watches, draw, given.articles, given.corpus, tuple(given.lucene), given.dictionary)
            with ProcessPoolExecutor(1, mp_context=context) as process:
                row = process.submit(measured, options).result()
            values = {one.name: getattr(row, one.name) for one in fields(row)}
            cells = ("–" if values[name] is None else form.format(values[name]) for name, form in _COLUMNS.items())
            print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
