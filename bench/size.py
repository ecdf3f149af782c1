"""How much an article costs on the disk, by table and index, and how long pruning holds others up.

`python -m bench.size [--articles N] [--database URL]`: made articles go the way that crawled ones go, from the poll
that lists them to the outbox; a tenth of them match a watch and are told. SQLite in a temporary file unless a URL
names an empty PostgreSQL database.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any, cast

from bench.made_articles import made_articles
from cli.archive import quiet_logs
from crawler.visit import Poll
from matching.lexicon import DictionaryLexicon
from news.alert import Channel
from news.article import Article
from news.clock import ManualClock
from news.retention import Retention
from news.source import Feed, FoundLink, Source
from news.watch import Watch
from scheduler.revisit import Revisits
from service.board import WatchBoard
from service.collect import Collector
from service.prune import Pruner
from service.reader import Reader
from service.revise import Reviser
from storage import Database
from storage.sizes import Size, sizes

_BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
_EVERY = timedelta(minutes=30)  # so that most of them are old enough to be compared with no more
_YEAR = timedelta(days=365)
_WANTED = "zibeline"  # which no made word is
_MATCHED = 10  # one in so many
_LISTED = 25  # links that a poll brings at once


_NOBODY = cast(Any, object())  # nothing is asked of it: articles come as they are, and are looked at once


def main() -> None:
    """Measure, and print tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=5_000)
    parser.add_argument("--database", default="", metavar="URL")
    options = parser.parse_args()
    quiet_logs()
    with tempfile.TemporaryDirectory(prefix="vigie-size-") as folder:
        url = options.database or f"sqlite:///{Path(folder) / 'vigie.db'}"
        asyncio.run(_measure(url, options.articles))


async def _measure(url: str, count: int) -> None:
    database = await Database.open(url)
    clock = ManualClock(_BEGIN)
    before = {size.name: size.bytes for size in await _sizes(database)}
    characters = await _fill(database, clock, count)
    grown = [replace(one, bytes=one.bytes - before.get(one.name, 0)) for one in await _sizes(database)]
    print(f"{count} articles of {characters / count:,.0f} characters in the mean, one in {_MATCHED} matched and told\n")
    _show(grown, count)
    await _prune(database, clock, count)
    await database.close()


async def _sizes(database: Database) -> list[Size]:
    async with database.read() as tx:
        return await sizes(tx.connection)


async def _fill(database: Database, clock: ManualClock, count: int) -> int:
    """Store so many articles; their characters together."""
    source = await _furnish(database)
    reader, board, nobody = Reader(DictionaryLexicon()), WatchBoard(), _NOBODY
    collector = Collector(
        database, nobody, board, Reviser(database, nobody, board, clock, Revisits(3), reader), clock, reader
    )
    await board.keep_up(database)
    characters = 0
    articles = list(_articles(count))
    for start in range(0, count, _LISTED):
        some = articles[start : start + _LISTED]
        async with database.read() as tx:
            [feed] = await tx.feeds.of(source.id)
        listed = tuple(FoundLink(one.canonical_url, one.title, clock.now()) for one in some)
        await collector.polled(source, Poll(replace(feed, last_success_at=_BEGIN), listed), is_last=True)
        by_url = {one.canonical_url: one for one in some}
        for link in await collector.due_links(source, _LISTED):
            clock.set(clock.now() + _EVERY)
            article = by_url[link.url]
            await collector.arrived(source, link, article)
            characters += len(article.title) + len(article.text)
    return characters


def _articles(count: int) -> Iterator[Article]:
    _, made = made_articles(count, seed=7)
    for number, article in enumerate(made):
        wanted = f"\n\nUne {_WANTED} passe." if number % _MATCHED == 0 else ""
        url = f"https://www.example.com/actualites/2026/11/{article.title[:40].replace(' ', '-')}-{number}.html"
        yield replace(article, url=url, canonical_url=url, text=article.text + wanted, language="fr")


async def _furnish(database: Database) -> Source:
    """A source with one feed, a watch and a channel."""
    async with database.write() as tx:
        number = await tx.sources.put(Source(0, "Le Phare", "https://www.example.com/"), _BEGIN)
        await tx.sources.change(number, watched_since=_BEGIN - _YEAR)
        await tx.feeds.replace(number, [Feed("https://www.example.com/feed", "feed")])
        await tx.watches.put(Watch(0, "Fourrures", _WANTED), _BEGIN)
        await tx.channels.put(Channel(0, "bureau", "webhook", {"url": "https://hooks.example/"}), _BEGIN)
        return await tx.sources.by_id(number)


def _show(grown: list[Size], count: int) -> None:
    tables: dict[str, list[Size]] = {}
    for size in grown:
        tables.setdefault(size.table, []).append(size)
    weight = {name: sum(size.bytes for size in parts) for name, parts in tables.items()}
    print("| Table | Bytes an article | Of which indexes |\n|---|---:|---:|")
    for name in sorted(weight, key=lambda table: -weight[table]):
        indexes = sum(size.bytes for size in tables[name] if size.name != name) if name != "article_search" else 0
        if weight[name] / count >= 1:
            print(f"| `{name}` | {weight[name] / count:,.0f} | {indexes / count:,.0f} |")
    print(f"| together | {sum(weight.values()) / count:,.0f} | |\n")


async def _prune(database: Database, clock: ManualClock, count: int) -> None:
    """Let everything go that no watch matched; how fast, and for how long writers waited at the most."""
    clock.set(clock.now() + 3 * _YEAR)
    longest = 0.0

    async def pause(seconds: float) -> None:
        nonlocal longest
        longest = max(longest, seconds)

    began = perf_counter()
    gone = sum(share.count for share in await Pruner(database, clock, Retention(2 * _YEAR), pause).prune())
    took = perf_counter() - began
    async with database.read() as tx:
        free = await tx.pruning.free_bytes()
    print(f"pruned {gone} articles in {took:.1f} s, {gone / took:,.0f} a second", end="; ")
    print(f"the longest transaction took {longest * 1_000:.0f} ms", end="; ")
    print(f"{free / count:,.0f} bytes an article are free in the file, {await _left(database)} articles left")


async def _left(database: Database) -> int:
    async with database.read() as tx:
        return await tx.articles.count()


if __name__ == "__main__":
    main()
