"""Subscriptions to hubs, the same on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from news.source import Feed
from storage import Database, Transaction
from storage.sources import Standing
from storage.subscriptions import Pushed, WantedPush
from tests.samples import HOUR, MINUTE, NOON, a_source

HUB = "https://hub.example/"
URL = "https://phare.example/rss"
DAY = timedelta(days=1)


async def put_feed(tx: Transaction, name: str = "Le Phare", hub: str = HUB) -> int:
    """A source with one feed that names the hub; the source's id."""
    number = await tx.sources.put(a_source(name), NOON)
    await tx.feeds.replace(number, [Feed(URL, "feed")])
    [feed] = await tx.feeds.of(number)
    await tx.feeds.polled(replace(feed, hub=hub), NOON)
    return number


async def subscribe(tx: Transaction, token: str = "token") -> int:
    """Keep a subscription for the one feed that has none; its id."""
    [wanted] = await tx.subscriptions.missing(10)
    await tx.subscriptions.add(wanted, token, "secret", NOON)
    found = await tx.subscriptions.by_token(token)
    assert found is not None
    return found.id


async def test_a_feed_without_a_hub_or_of_a_paused_source_wants_no_subscription(database: Database) -> None:
    async with database.write() as tx:
        await put_feed(tx, "none", hub="")
        await tx.sources.pause(await put_feed(tx, "paused"), True, NOON)
        assert await tx.subscriptions.missing(10) == []
        await put_feed(tx)
        [wanted] = await tx.subscriptions.missing(10)
        assert (wanted.hub, wanted.topic) == (HUB, URL)


async def test_a_feed_has_one_subscription(database: Database) -> None:
    async with database.write() as tx:
        source = await put_feed(tx)
        await subscribe(tx)
        [feed] = await tx.feeds.of(source)
        await tx.subscriptions.add(WantedPush(feed.id, HUB, URL), "second", "secret", NOON)
        assert await tx.subscriptions.by_token("second") is None
        [one] = (await tx.subscriptions.of(source)).values()
        assert (one.token, one.source, one.feed_url, one.state) == ("token", "Le Phare", URL, "new")


async def test_the_longest_overdue_are_asked_first(database: Database) -> None:
    async with database.write() as tx:
        for number in range(3):
            await put_feed(tx, f"source {number}")
            one = await subscribe(tx, f"token {number}")
            await tx.subscriptions.verified(one, NOON, NOON + HOUR, NOON - number * MINUTE)
    async with database.read() as tx:
        assert [one.token for one in await tx.subscriptions.due(NOON, 2)] == ["token 2", "token 1"]
        assert await tx.subscriptions.due(NOON - 3 * MINUTE, 10) == []


async def test_whoever_asks_second_is_told_so(database: Database) -> None:
    async with database.write() as tx:
        source = await put_feed(tx)
        await subscribe(tx)
        [one] = (await tx.subscriptions.of(source)).values()
        assert await tx.subscriptions.ask(one, NOON, NOON + HOUR)
        assert not await tx.subscriptions.ask(one, NOON, NOON + HOUR)
        [asked] = (await tx.subscriptions.of(source)).values()
        assert (asked.state, asked.failures, asked.next_try_at) == ("asked", 1, NOON + HOUR)


async def test_those_put_off_wait_as_if_they_had_been_asked(database: Database) -> None:
    async with database.write() as tx:
        source = await put_feed(tx)
        one = await subscribe(tx)
        await tx.subscriptions.put_off([one], NOON - MINUTE, NOON + HOUR, "seen to by another")
        [known] = (await tx.subscriptions.of(source)).values()
        assert (known.failures, known.next_try_at, known.last_error) == (0, NOON, "")
        await tx.subscriptions.put_off([one], NOON, NOON + HOUR, "down")
        [waits] = (await tx.subscriptions.of(source)).values()
        assert (waits.state, waits.failures, waits.next_try_at, waits.last_error) == ("new", 1, NOON + HOUR, "down")


async def test_a_token_that_no_database_keeps_is_nobodys(database: Database) -> None:
    async with database.write() as tx:
        await put_feed(tx)
        await subscribe(tx)
        for token in ("\x00", "tok\x00en", "\ud800", "x" * 5_000):
            assert await tx.subscriptions.by_token(token) is None


async def test_a_source_that_a_spider_reads_wants_no_subscription(database: Database) -> None:
    async with database.write() as tx:
        source = await put_feed(tx)
        await tx.sources.change(source, spider="mine:Spider")
        assert await tx.subscriptions.missing(10) == []
        await tx.sources.change(source, spider="")
        await subscribe(tx)
        assert await tx.subscriptions.unwanted() == []
        await tx.sources.change(source, spider="mine:Spider")
        assert [one.token for one in await tx.subscriptions.unwanted()] == ["token"]


async def test_what_is_secret_is_in_no_error_of_the_database(database: Database) -> None:
    with pytest.raises(IntegrityError) as raised:
        async with database.write() as tx:
            await tx.subscriptions.add(WantedPush(999, HUB, URL), "canary-token", "canary-secret", NOON)
    assert "canary" not in str(raised.value)


async def test_a_subscription_goes_with_its_feed(database: Database) -> None:
    async with database.write() as tx:
        source = await put_feed(tx)
        await subscribe(tx)
        await tx.feeds.replace(source, [])
        assert await tx.subscriptions.by_token("token") is None
        assert await tx.subscriptions.forget_all() == 0


async def test_tokens_are_told_apart_by_their_end(database: Database) -> None:
    async with database.write() as tx:
        await put_feed(tx)
        await subscribe(tx)
        assert await tx.subscriptions.elsewhere("oken") == []
        assert len(await tx.subscriptions.elsewhere("toke")) == 1


async def test_which_sources_are_pushed_is_one_question(database: Database) -> None:
    async with database.write() as tx:
        numbers = [await put_feed(tx, "pushed")]
        one = await subscribe(tx, "a")
        await tx.subscriptions.verified(one, NOON, NOON + HOUR, NOON + MINUTE)
        await tx.subscriptions.pushed(one, NOON)
        numbers.append(await put_feed(tx, "never pushed"))
        await tx.subscriptions.verified(await subscribe(tx, "b"), NOON, NOON + HOUR, NOON + MINUTE)
        numbers.append(await put_feed(tx, "no hub", hub=""))
        numbers.append(await tx.sources.put(a_source("no feed"), NOON))
        assert await tx.subscriptions.pushed_of(numbers, NOON) == {numbers[0]: Pushed(NOON, NOON + HOUR)}
        assert await tx.subscriptions.pushed_of([], NOON) == {}
        assert await tx.subscriptions.pushed_of(numbers, NOON + HOUR) == {}


async def test_a_source_is_pushed_as_long_as_the_first_of_its_feeds_to_fall_silent(database: Database) -> None:
    async with database.write() as tx:
        source = await put_feed(tx)
        await tx.feeds.replace(source, [Feed(URL, "feed"), Feed(f"{URL}/2", "feed")])
        second = (await tx.feeds.of(source))[1]
        await tx.feeds.polled(replace(second, hub=HUB), NOON)
        for wanted in await tx.subscriptions.missing(2):
            await tx.subscriptions.add(wanted, wanted.topic, "secret", NOON)
        first, last = sorted((await tx.subscriptions.of(source)).values(), key=lambda one: one.id)
        await tx.subscriptions.verified(first.id, NOON, NOON + 30 * DAY, NOON + DAY)
        await tx.subscriptions.pushed(first.id, NOON)
        await tx.subscriptions.verified(last.id, NOON, NOON + 10 * DAY, NOON + DAY)
        assert await tx.subscriptions.pushed_of([source], NOON) == {}
        await tx.subscriptions.pushed(last.id, NOON + 5 * DAY)
        assert await tx.subscriptions.pushed_of([source], NOON + 6 * DAY) == {
            source: Pushed(NOON + 5 * DAY, NOON + 7 * DAY)
        }
        await tx.subscriptions.pushed(first.id, NOON + 4 * DAY)
        assert await tx.subscriptions.pushed_of([source], NOON + 6 * DAY) == {
            source: Pushed(NOON + 5 * DAY, NOON + 10 * DAY)
        }


async def test_sources_that_a_hub_may_push_to_are_told_as_they_stand(database: Database) -> None:
    async with database.write() as tx:
        numbers = [await put_feed(tx), await put_feed(tx, "no hub", hub=""), await put_feed(tx, "other")]
        await tx.sources.change(numbers[0], rhythm=[1], last_news_at=NOON - HOUR)
        for wanted in await tx.subscriptions.missing(2):
            await tx.subscriptions.add(wanted, str(wanted.feed_id), "secret", NOON)
        assert await tx.sources.pushable(numbers[:2]) == {numbers[0]: Standing([1], NOON - HOUR, NOON)}
        assert sorted(await tx.sources.pushable(numbers)) == [numbers[0], numbers[2]]
        assert await tx.sources.pushable([]) == {}


async def test_that_a_source_is_wanted_sooner_is_noted_while_it_is_visited(database: Database) -> None:
    async with database.write() as tx:
        source = await put_feed(tx)
        await tx.sources.lease([source], NOON, "me", NOON + MINUTE)
        await tx.sources.hasten([source], NOON + HOUR)
        assert (await tx.sources.by_id(source)).due_at == NOON + HOUR


async def test_a_source_is_hastened_and_never_held_back(database: Database) -> None:
    async with database.write() as tx:
        source = await put_feed(tx)
        await tx.sources.hasten([source], NOON + HOUR)
        assert (await tx.sources.by_id(source)).due_at == NOON
        await tx.sources.hasten([source], NOON - HOUR)
        assert (await tx.sources.by_id(source)).due_at == NOON - HOUR
