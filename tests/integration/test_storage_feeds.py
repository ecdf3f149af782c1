"""Feeds and their validators, the same on both databases."""

from dataclasses import replace

import pytest

from news.source import Feed
from storage import Database
from tests.samples import MINUTE, NOON, a_source

RSS = Feed("https://phare.example/rss", "feed")
MAP = Feed("https://phare.example/news.xml", "sitemap")
FRONT = Feed("https://phare.example/", "section")


@pytest.fixture
async def source_id(database: Database) -> int:
    """A source that has RSS and MAP for feeds."""
    async with database.write() as transaction:
        number = await transaction.sources.put(a_source(), NOON)
        await transaction.feeds.replace(number, [RSS, MAP])
    return number


async def _polled(database: Database, feed: Feed) -> None:
    async with database.write() as transaction:
        await transaction.feeds.polled(feed, NOON)


async def _feeds(database: Database, source_id: int) -> list[Feed]:
    async with database.read() as transaction:
        return await transaction.feeds.of(source_id)


async def test_feeds_are_listed_in_the_order_found(database: Database, source_id: int) -> None:
    rss, sitemap = await _feeds(database, source_id)
    assert [replace(rss, id=0), replace(sitemap, id=0)] == [RSS, MAP]


async def test_an_answer_leaves_its_validators(database: Database, source_id: int) -> None:
    [rss, sitemap] = await _feeds(database, source_id)
    await _polled(database, replace(rss, etag='"1"', last_modified="Sat, 14 Nov 2026 12:00:00 GMT"))
    expected = replace(
        rss, etag='"1"', last_modified="Sat, 14 Nov 2026 12:00:00 GMT", last_polled_at=NOON, last_success_at=NOON
    )
    assert await _feeds(database, source_id) == [expected, sitemap]


async def test_an_error_keeps_the_validators_of_the_last_answer(database: Database, source_id: int) -> None:
    [rss, _] = await _feeds(database, source_id)
    await _polled(database, replace(rss, etag='"1"', last_modified="yesterday"))
    async with database.write() as transaction:
        await transaction.feeds.polled(replace(rss, last_error="503"), NOON + MINUTE)
    [failed, _] = await _feeds(database, source_id)
    assert (failed.etag, failed.last_modified) == ('"1"', "yesterday")
    assert (failed.last_polled_at, failed.last_success_at, failed.last_error) == (NOON + MINUTE, NOON, "503")


async def test_the_next_answer_clears_the_error(database: Database, source_id: int) -> None:
    [rss, _] = await _feeds(database, source_id)
    await _polled(database, replace(rss, last_error="503"))
    await _polled(database, replace(rss, etag='"2"'))
    assert (await _feeds(database, source_id))[0].last_error == ""


async def test_a_feed_that_is_found_again_keeps_its_validators(database: Database, source_id: int) -> None:
    [rss, _] = await _feeds(database, source_id)
    await _polled(database, replace(rss, etag='"1"', last_modified="yesterday"))
    async with database.write() as transaction:
        await transaction.feeds.replace(source_id, [FRONT, RSS])
    [kept, new] = await _feeds(database, source_id)
    assert (kept.id, kept.url, kept.etag, kept.last_modified) == (rss.id, rss.url, '"1"', "yesterday")
    assert (new.url, new.road, new.etag) == (FRONT.url, "section", "")


async def test_a_feed_that_moved_to_https_is_polled_there_and_keeps_its_row(database: Database) -> None:
    async with database.write() as transaction:
        number = await transaction.sources.put(a_source(), NOON)
        await transaction.feeds.replace(number, [Feed("http://phare.example/rss", "section")])
        [before] = await transaction.feeds.of(number)
        await transaction.feeds.replace(number, [RSS])
        assert await transaction.feeds.of(number) == [replace(before, url=RSS.url, road="feed")]


async def test_a_feed_that_is_read_in_another_way_starts_without_validators(database: Database) -> None:
    async with database.write() as transaction:
        number = await transaction.sources.put(a_source(), NOON)
        await transaction.feeds.replace(number, [replace(RSS, road="section")])
        [before] = await transaction.feeds.of(number)
        await transaction.feeds.polled(replace(before, etag='"1"', last_modified="yesterday"), NOON)
        await transaction.feeds.replace(number, [RSS])
        assert await transaction.feeds.of(number) == [replace(before, road="feed", last_polled_at=NOON)]


async def test_one_feed_under_two_spellings_is_one(database: Database, source_id: int) -> None:
    async with database.write() as transaction:
        await transaction.feeds.replace(source_id, [RSS, Feed("http://phare.example/rss?utm_source=x", "feed")])
        assert len(await transaction.feeds.of(source_id)) == 1


async def test_no_feeds_replace_them_all(database: Database, source_id: int) -> None:
    async with database.write() as transaction:
        await transaction.feeds.replace(source_id, [])
        assert await transaction.feeds.of(source_id) == []


async def test_the_same_feed_may_belong_to_two_sources(database: Database, source_id: int) -> None:
    async with database.write() as transaction:
        other = await transaction.sources.put(a_source("another"), NOON)
        await transaction.feeds.replace(other, [RSS])
        await transaction.feeds.replace(other, [])
    assert [feed.url for feed in await _feeds(database, source_id)] == [RSS.url, MAP.url]
