"""How long a backtest takes on a large archive, for queries that the index narrows well, a little, and not at all.

The articles are made by `bench.made_articles`: so many distinct texts, each stored under several addresses, a thousand
articles a day, four to a story. Each query is put to the archive by a process
of its own, as `vigie watch test` does it: loading the language counts.
"""

import argparse
import asyncio
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.made_archive import MadeArticle, fill_sqlite
from bench.made_articles import MadeArticles
from matching import DictionaryLexicon, document, search_row
from news.article import Article
from news.search import SearchRow
from storage import Database

_SEED = 5
_DISTINCT = 1_000
_A_DAY = 1_000
_A_STORY = 4  # articles
_LAST = datetime(2026, 11, 21, 12, tzinfo=UTC)
_TARGET = 10.0  # seconds


def main() -> None:
    """Build the archive, unless it is there, and time each query."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="Where the archive is kept for the next run; else it is temporary.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder: Path = asked.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        paper = MadeArticles(_SEED)
        if not (folder / "vigie.db").exists():
            started = time.monotonic()
            _build(folder / "vigie.db", paper, asked.articles)
            print(f"archive of {asked.articles:,} articles built in {time.monotonic() - started:.0f} s")
        for name, query in _queries(paper).items():
            _measure(folder, name, query)


def _build(file: Path, paper: MadeArticles, articles: int) -> None:
    lexicon = DictionaryLexicon()
    texts: list[tuple[Article, SearchRow]] = []
    for number in range(min(_DISTINCT, articles)):
        article = paper.article(number)
        texts.append((article, search_row(document(article, "source 1", lexicon))))
    asyncio.run(_make(file))
    fill_sqlite(file, (_told(number, articles, *texts[number % len(texts)]) for number in range(articles)))
    connection = sqlite3.connect(file)
    connection.executemany(
        "INSERT INTO story (id, first_at, last_at, articles) VALUES (?, ?, ?, ?)",
        [(number, _written(_LAST), _written(_LAST), _A_STORY) for number in range(1, articles // _A_STORY + 2)],
    )
    connection.executemany(
        "INSERT INTO placing (article_id, story_id, told_at) VALUES (?, ?, ?)",
        [(one + 1, 1 + one // _A_STORY, _written(_seen_at(one, articles))) for one in range(articles)],
    )
    connection.commit()
    connection.close()


async def _make(file: Path) -> None:
    await (await Database.open(f"sqlite:///{file}")).close()


def _told(number: int, articles: int, article: Article, row: SearchRow) -> MadeArticle:
    url = f"https://www.made.example/{number}"
    return MadeArticle(replace(article, url=url, canonical_url=url), row, 1, _seen_at(number, articles))


def _seen_at(number: int, articles: int) -> datetime:
    return _LAST - timedelta(days=1) * ((articles - number) / _A_DAY)


def _written(instant: datetime) -> str:
    return instant.replace(tzinfo=None).isoformat(" ", "microseconds")


def _queries(paper: MadeArticles) -> dict[str, str]:
    """What is asked, by how far the index narrows it."""
    words = [word for word in paper.words if len(word) > 3]
    rare, medium, common = words[5_000], words[300], words[60]
    return {
        "a rare word": rare,
        "a common word": common,
        "AND of a common and a rare one": f"{common} AND {rare}",
        "OR of a hundred words": " OR ".join(words[500:600]),
        "NEAR of two common words": f"{common} NEAR/5 {words[65]}",
        "NEAR of two rarer words": f"{medium} NEAR/5 {words[310]}",
        "=Word, which the index cannot tell": f"={common.capitalize()}",
        "a prefix": f"{medium[:3]}*",
        "what nothing narrows": "site:made.example",
        "what matches nothing": "xylophones AND zeppelins",
    }


def _measure(folder: Path, name: str, query: str) -> None:
    command = [sys.executable, "-m", "cli", "watch", "test", query, "--data", str(folder), "--json"]
    started, before = time.monotonic(), _spent()
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds, spent = time.monotonic() - started, _spent() - before
    if ended.returncode:
        print(f"{name}: {ended.stderr.strip()}")
        return
    told = json.loads(ended.stdout)
    about = "about " if told["is_about"] else ""
    verdict = "" if spent <= _TARGET else "  OVER THE TARGET"
    print(f"{name:<40} {spent:5.1f} s of CPU {seconds:6.1f} s  {about}{told['matches']:,} matches{verdict}", flush=True)


def _spent() -> float:
    """The seconds of CPU of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
