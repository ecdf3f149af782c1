"""Pruning: what is old goes with all that is its own, what is told stays, and nothing that went comes back as news."""

import random
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import func, select, text, update

from crawler.visit import Poll
from matching.lexicon import DictionaryLexicon
from news.alert import Alert
from news.article import Article, Span
from news.clock import ManualClock
from news.errors import NotFoundError
from news.retention import Retention
from news.search import SearchFilter, SearchRow, SearchTerm
from news.site import Host, RobotsFile
from news.source import Feed, FoundLink, Source
from news.story import Placing
from news.telling import Telling
from news.watch import Match
from scheduler.revisit import Revisits
from service import prune
from service.board import WatchBoard
from service.collect import Collector
from service.prune import Pruner, Share
from service.reader import Reader
from service.revise import Reviser
from storage import Database, Transaction, tables
from storage.contents import own_tables
from storage.sizes import sizes
from tests.samples import NOON, a_channel, a_source, a_watch, an_article, claim, put_article, told_of

DAY = timedelta(days=1)
YEAR = 365 * DAY
NOW = NOON + 3 * YEAR
SITE = "https://phare.example"
OLD = Retention(articles=2 * YEAR, matched=5 * YEAR)
FEED = Feed(f"{SITE}/feed", "feed")
NAMED_ROWS = (
    tables.revision, tables.placing, tables.story, tables.match, tables.telling, tables.alert, tables.thread,
    tables.unindexed,
)  # fmt: skip


class _Pauses:
    """What is called between two transactions."""

    def __init__(self) -> None:
        self.times = 0

    async def __call__(self, seconds: float) -> None:
        assert seconds >= 0
        self.times += 1


def _pruner(database: Database, retention: Retention = OLD, clock: ManualClock | None = None) -> Pruner:
    return Pruner(database, clock or ManualClock(NOW), retention, _Pauses())


def _counts(shares: list[Share]) -> dict[str, int]:
    found: dict[str, int] = {}
    for share in shares:
        found[share.what] = found.get(share.what, 0) + share.count
    return found


async def _titles(database: Database) -> list[str]:
    async with database.read() as tx:
        return sorted(one.article.title for one in await tx.articles.latest(99))


async def _put(tx: Transaction, source_id: int, title: str, age: timedelta, watch_id: int | None = None) -> int:
    """An article of that age with an index row, a place and, for a watch, a match."""
    seen_at = NOW - age
    article = an_article(f"{SITE}/{title}", title)
    number = await tx.articles.add(article, source_id, seen_at, seen_at)
    assert number is not None
    await tx.search.add(number, SearchRow(title, "texte"), source_id)
    story_id = await tx.stories.begin(seen_at, None)
    await tx.stories.put(number, story_id, Placing(story_id), seen_at, None)
    if watch_id is not None:
        await tx.matches.add(Match(watch_id, number, (Span("title", 0, 2),), seen_at))
    return number


@pytest.fixture
async def archive(database: Database) -> AsyncIterator[Database]:
    """Two sources; articles of one, three and six years, with matches and without."""
    async with database.write() as tx:
        one = await tx.sources.put(a_source(), NOON)
        other = await tx.sources.put(a_source("La Digue", "https://digue.example/"), NOON)
        watch = await tx.watches.put(a_watch(), NOON)
        await tx.channels.put(a_channel(), NOON)
        for years in (1, 3, 6):
            await _put(tx, one, f"sans{years}", years * YEAR)
            await _put(tx, one, f"avec{years}", years * YEAR, watch)
            await _put(tx, other, f"digue{years}", years * YEAR)
    yield database


async def test_what_would_go_is_counted_and_nothing_goes(archive: Database) -> None:
    shares = await _pruner(archive).plan()
    assert [(one.what, one.before, one.count, one.by_source) for one in shares] == [
        ("articles", NOW - 2 * YEAR, 4, {"Le Phare": 2, "La Digue": 2}),
        ("matched articles", NOW - 5 * YEAR, 1, {"Le Phare": 1}),
    ]
    assert len(await _titles(archive)) == 9


async def test_articles_with_matches_are_kept_longer(archive: Database) -> None:
    assert _counts(await _pruner(archive).prune()) == {"articles": 4, "matched articles": 1}
    assert await _titles(archive) == ["avec1", "avec3", "digue1", "sans1"]
    assert _counts(await _pruner(archive).prune()) == {"articles": 0, "matched articles": 0}


async def test_without_an_age_for_them_articles_with_matches_stay_for_good(archive: Database) -> None:
    await _pruner(archive, Retention(articles=30 * DAY)).prune()
    assert await _titles(archive) == ["avec1", "avec3", "avec6"]


async def test_a_source_may_have_an_age_of_its_own(archive: Database) -> None:
    await _pruner(archive, Retention(articles=5 * YEAR, sources={"La Digue": 30 * DAY, "Inconnue": DAY})).prune()
    assert await _titles(archive) == ["avec1", "avec3", "avec6", "sans1", "sans3"]


async def test_one_source_alone_is_pruned(archive: Database) -> None:
    kept = Retention(articles=30 * DAY, matched=30 * DAY, sources={"Le Phare": 2 * YEAR})
    assert _counts(await _pruner(archive, kept).plan("La Digue")) == {"articles": 3, "matched articles": 0}
    await _pruner(archive, kept).prune("La Digue")
    assert len(await _titles(archive)) == 6
    with pytest.raises(NotFoundError):
        await _pruner(archive, kept).plan("Le Fare")


async def test_nothing_of_an_article_is_left_but_the_memory_of_its_addresses(archive: Database) -> None:
    async with archive.write() as tx:
        [stored] = [one for one in await tx.articles.latest(99) if one.article.title == "avec6"]
        [channel] = await tx.channels.all()
        [watch] = await tx.watches.all()
        await tx.revisions.add(stored.id, stored.article, stored.article, "text", NOON, NOON)
        await tx.tellings.add([Telling(watch.id, stored.id, channel.id, "told")])
        await tx.search.wait(stored.id)
        await tx.outbox.add(Alert("Corée", "missile", NOON, told_of(stored.id)), watch.id, [])
        await tx.links.add_unknown(
            stored.source_id, "feed", [FoundLink(stored.article.url)], is_history=False, now=NOON
        )
        [link] = await tx.links.with_url(stored.article.url)
        await tx.links.settle(link.id, "fetched", NOON, article_id=stored.id, revisit_at=NOW)
    await _pruner(archive, Retention(articles=DAY, matched=DAY)).prune()
    async with archive.read() as tx:
        for table in NAMED_ROWS:
            assert await tx.connection.scalar(select(func.count()).select_from(table)) == 0, table.name
        assert await tx.connection.scalar(text("SELECT count(*) FROM article_search")) == 0
        assert await tx.search.ids(SearchTerm(("texte",)), SearchFilter(), 99) == []
        [link] = await tx.links.with_url(stored.article.url)
        assert (link.state, link.article_id, link.revisit_at) == ("fetched", None, None)
        assert await tx.links.due_revisits(stored.source_id, NOW, 9) == []
        if tx.connection.dialect.name == "sqlite":
            assert (await tx.connection.execute(text("PRAGMA foreign_key_check"))).all() == []


async def test_the_index_finds_what_stays_and_is_whole(archive: Database) -> None:
    await _pruner(archive).prune()
    async with archive.write() as tx:
        found = await tx.articles.some(await tx.search.ids(SearchTerm(("texte",)), SearchFilter(), 99))
        assert sorted(one.article.title for one in found) == ["avec1", "avec3", "digue1", "sans1"]
        if tx.connection.dialect.name == "sqlite":
            await tx.connection.execute(text("INSERT INTO article_search(article_search) VALUES('integrity-check')"))


async def test_what_is_still_to_be_told_or_listed_keeps_its_article(archive: Database) -> None:
    async with archive.write() as tx:
        by_title = {one.article.title: one for one in await tx.articles.latest(99)}
        [channel], [watch] = await tx.channels.all(), await tx.watches.all()
        listed, held = by_title["avec6"].id, by_title["avec3"].id
        await tx.outbox.add(Alert("Corée", "missile", NOON, told_of(listed)), watch.id, [channel.id])
        await tx.tellings.add([Telling(watch.id, held, channel.id, "held", "digest", NOW)])
    await _pruner(archive, Retention(matched=300 * DAY)).prune()
    assert await _titles(archive) == ["avec3", "avec6", "digue1", "digue3", "digue6", "sans1", "sans3", "sans6"]


async def test_a_story_counts_what_it_has_left_and_a_copy_of_what_went_is_none(database: Database) -> None:
    async with database.write() as tx:
        source_id = await tx.sources.put(a_source(), NOON)
        watch_id = await tx.watches.put(a_watch(), NOON)
        first = await put_article(tx, 1, source_id)
        second = await put_article(tx, 2, source_id)
        await tx.matches.add(Match(watch_id, second, (), NOON))
        story_id = await tx.stories.begin(NOON, None)
        await tx.stories.put(first, story_id, Placing(story_id), NOON, None)
        await tx.stories.join(story_id, NOON, None)
        await tx.stories.put(second, story_id, Placing(story_id, first, 0.8), NOON, None)
    await _pruner(database).prune()
    async with database.read() as tx:
        assert await tx.stories.place_of(second) == Placing(story_id, None, None)
        assert [one.articles for one in await tx.stories.latest(9)] == [1]
        assert await tx.stories.latest(9, least=2) == []


async def test_the_size_of_every_table_is_known(archive: Database) -> None:
    async with archive.read() as tx:
        found = await sizes(tx.connection)
    assert set(own_tables()) <= {size.table for size in found}
    by_name = {size.name: size for size in found}
    assert by_name["ix_article_title_key"].table == "article"
    assert sum(size.bytes for size in found) > 100_000


async def test_the_index_gives_its_room_back_where_much_has_gone(tmp_path: Path, migrated_sqlite: Path) -> None:
    database = await Database.open(f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'vigie.db')}")
    dice = random.Random(1)
    async with database.write() as tx:
        source_id = await tx.sources.put(a_source(), NOON)
        for number in range(120):
            await put_article(tx, number, source_id)
            words = " ".join(f"mot{dice.randrange(9_000)}" for _ in range(300))
            await tx.search.add(number + 1, SearchRow(f"titre{number}", words), source_id)
    size = "SELECT sum(length(block)) FROM article_search_data"
    async with database.read() as tx:
        before = await tx.connection.scalar(text(size)) or 0
    await _pruner(database, Retention(YEAR)).prune()
    async with database.read() as tx:
        assert await tx.connection.scalar(text("SELECT count(*) FROM article_search")) == 0
        assert (await tx.connection.scalar(text(size)) or 0) < before / 10
    await database.close()


class _Unasked:
    """Stands where nothing is asked in these tests."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was asked")


def _collector(database: Database, clock: ManualClock) -> Collector:
    reader, board = Reader(DictionaryLexicon()), WatchBoard()
    reviser = Reviser(database, cast(Any, _Unasked()), board, clock, Revisits(0), reader)
    return Collector(database, cast(Any, _Unasked()), board, reviser, clock, reader)


async def _comes(collector: Collector, database: Database, source: Source, article: Article, at: str) -> bool:
    """A poll lists an address, the visit brings what stands there; whether it was fetched at all."""
    async with database.read() as tx:
        [feed] = await tx.feeds.of(source.id)
    await collector.polled(source, Poll(replace(feed, last_success_at=NOON), (FoundLink(at),)), is_last=True)
    links = await collector.due_links(source, 9)
    for link in links:
        await collector.arrived(source, link, article)
    return bool(links)


async def _alerts(database: Database) -> list[str]:
    async with database.read() as tx:
        return [one.alert.told.url for one in await tx.outbox.latest(99)]


async def test_what_was_pruned_does_not_come_back_by_any_road(database: Database) -> None:
    clock = ManualClock(NOON)
    async with database.write() as tx:
        source_id = await tx.sources.put(a_source(), NOON)
        await tx.sources.put(a_source("La Digue", "https://digue.example/"), NOON)
        for source in await tx.sources.all():
            await tx.sources.change(source.id, watched_since=NOON - YEAR)
            await tx.feeds.replace(source.id, [FEED])
        await tx.watches.put(a_watch(), NOON)
        await tx.channels.put(a_channel(), NOON)
        sources = {one.name: one for one in await tx.sources.all()}
    collector = _collector(database, clock)
    article = replace(an_article(f"{SITE}/page?id=7", "Un missile", "Un missile vole."), canonical_url=f"{SITE}/a")
    assert await _comes(collector, database, sources["Le Phare"], article, f"{SITE}/lu")
    assert await _alerts(database) == [f"{SITE}/a"]
    async with database.write() as tx:
        for delivery in await claim(tx, NOON + DAY):
            await tx.connection.execute(update(tables.delivery).values(state="sent", settled_at=NOON))
            assert delivery
        await tx.settled.forget(NOON + DAY, 9)
    clock.set(NOW)
    assert _counts(await _pruner(database, Retention(matched=YEAR)).prune()) == {"matched articles": 1}
    for name in ("Le Phare", "La Digue"):
        for at in (f"{SITE}/lu", f"{SITE}/page?id=7", f"{SITE}/a"):
            assert not await _comes(collector, database, sources[name], article, at), at
        assert await _comes(collector, database, sources[name], article, f"{SITE}/autre-{name[:2]}")
    assert await _titles(database) == []
    assert await _alerts(database) == []
    # Another article, of a site that gives all the same canonical address, is news.
    other = replace(article, url=f"{SITE}/neuf", title="Un missile de plus")
    assert await _comes(collector, database, sources["Le Phare"], other, f"{SITE}/neuf")
    assert await _alerts(database) == [f"{SITE}/neuf"]
    assert source_id == sources["Le Phare"].id


async def test_each_transaction_is_short_and_others_write_between_two(
    archive: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prune, "AT_ONCE", 2)
    written: list[int] = []

    async def pause(_seconds: float) -> None:
        async with archive.write() as tx:  # it would wait for good if the transaction were still open
            written.append(await tx.sources.put(a_source(f"Source {len(written)}"), NOON))

    told: list[int] = []
    pruner = Pruner(archive, ManualClock(NOW), OLD, pause)
    assert _counts(await pruner.prune(told=told.append)) == {"articles": 4, "matched articles": 1}
    assert told == [2, 4, 5]
    assert len(written) >= 3


async def test_one_who_is_asked_to_stop_begins_no_further_transaction(
    archive: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prune, "AT_ONCE", 1)

    async def stop(_seconds: float) -> None:
        pruner.wind_down()

    pruner = Pruner(archive, ManualClock(NOW), OLD, stop)
    await pruner.prune()
    assert len(await _titles(archive)) == 8


async def test_an_article_that_a_watch_matches_meanwhile_stays(archive: Database) -> None:
    async with archive.write() as tx:
        last = await tx.pruning.last_article(NOW)
        [rule] = (await _pruner(archive, Retention(articles=2 * YEAR))._rules(tx, [], "")).articles
        numbers = await tx.pruning.articles(rule, 0, last)
        [watch] = await tx.watches.all()
        await tx.matches.add(Match(watch.id, numbers[0], (), NOW))
        assert await tx.pruning.remove_articles(numbers, rule) == len(numbers) - 1
        assert (await tx.articles.get(numbers[0])).id == numbers[0]


async def test_links_that_led_to_no_article_go_when_they_are_old_and_others_never(archive: Database) -> None:
    states = ("refused", "dead", "pending", "fetched")
    async with archive.write() as tx:
        [source, *_] = await tx.sources.all()
        for age in (YEAR, 4 * YEAR):
            for state in states:
                url = f"{SITE}/{state}/{age.days}"
                await tx.links.add_unknown(source.id, "feed", [FoundLink(url)], is_history=False, now=NOW - age)
                [link] = await tx.links.with_url(url)
                if state != "pending":
                    await tx.links.settle(link.id, state, NOW)  # type: ignore[arg-type]
    pruner = _pruner(archive, Retention(links=2 * YEAR))
    assert _counts(await pruner.plan()) == _counts(await pruner.prune()) == {"links": 2}
    async with archive.read() as tx:
        urls = list(await tx.connection.scalars(select(tables.link.c.url)))
    assert sorted(urls) == sorted(
        f"{SITE}/{state}/{days}" for state in states for days in (365, 1460) if days < 700 or state in states[2:]
    )


async def test_the_service_prunes_once_a_day(archive: Database) -> None:
    clock = ManualClock(NOW)
    pruner = _pruner(archive, OLD, clock)
    await pruner.tick()
    assert len(await _titles(archive)) == 4
    later = NOW + 2 * YEAR + DAY
    clock.set(later)
    await pruner.tick()
    assert await _titles(archive) == ["avec1"]
    clock.set(later + 23 * DAY / 24)
    async with archive.write() as tx:
        await _put(tx, 1, "vieux", 3 * YEAR)
    await pruner.tick()
    assert await _titles(archive) == ["avec1", "vieux"]
    clock.set(later - DAY)  # it was set back: the next day would be long in coming
    await pruner.tick()
    assert await _titles(archive) == ["avec1"]


async def test_without_a_retention_no_article_goes_but_small_memories_wear_out(archive: Database) -> None:
    async with archive.write() as tx:
        [watch], [channel] = await tx.watches.all(), await tx.channels.all()
        for age, name in ((3 * YEAR, "old"), (DAY, "new")):
            await tx.sites.keep_hosts([Host(name, 1.0, 0.0, 0, None)], NOW - age)
            await tx.sites.keep_robots(RobotsFile(name, "", False, "", NOW - age))
            await tx.threads.count(watch.id, (NOW - age).date(), matches=1)
            for channels in ([], [channel.id]):
                await tx.outbox.add(Alert("", name, NOW - age, told_of(0), kind="failing"), None, channels)
    await _pruner(archive, Retention()).tick()
    assert len(await _titles(archive)) == 9
    async with archive.read() as tx:
        assert await tx.sites.host("old") is None
        assert await tx.sites.host("new") is not None
        assert await tx.sites.robots("old") is None
        assert await tx.sites.robots("new") is not None
        assert len((await tx.threads.volumes([watch.id], (NOW - 9 * YEAR).date()))[watch.id]) == 1
        kept = await tx.connection.scalars(select(tables.alert.c.query).order_by(tables.alert.c.id))
        assert list(kept) == ["old", "new", "new"]  # the old one stands in the list of deliveries
