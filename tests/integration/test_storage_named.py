"""What sources, watches and channels share, and the counter of the watches, the same on both databases."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from news.errors import ConflictError, NotFoundError
from storage import Database
from storage.database import Transaction
from tests.samples import HOUR, MINUTE, NOON, a_channel, a_source, a_watch

KINDS = [
    pytest.param(lambda transaction: transaction.sources, a_source, id="source"),
    pytest.param(lambda transaction: transaction.watches, a_watch, id="watch"),
    pytest.param(lambda transaction: transaction.channels, a_channel, id="channel"),
]
Repository = Callable[[Transaction], Any]
Make = Callable[[str], Any]
of_every_kind = pytest.mark.parametrize(("repository", "make"), KINDS)


@of_every_kind
async def test_a_name_that_is_taken_is_a_conflict(database: Database, repository: Repository, make: Make) -> None:
    async with database.write() as transaction:
        things = repository(transaction)
        number = await things.put(make("one"), NOON)
        with pytest.raises(ConflictError, match=f"a {things.noun} named 'one' exists already") as caught:
            await things.put(make("one"), NOON)
        assert f"vigie {things.noun} edit" in caught.value.hint
        assert [thing.id for thing in await things.all()] == [number]


@of_every_kind
async def test_a_change_to_a_name_that_is_taken_is_a_conflict(
    database: Database, repository: Repository, make: Make
) -> None:
    async with database.write() as transaction:
        await repository(transaction).put(make("one"), NOON)
        number = await repository(transaction).put(make("two"), NOON)
    with pytest.raises(ConflictError, match="named 'one' exists already"):
        async with database.write() as transaction:
            await repository(transaction).change(number, name="one")
    async with database.read() as transaction:
        assert (await repository(transaction).by_id(number)).name == "two"


@of_every_kind
async def test_an_unknown_name_brings_the_known_ones_to_mind(
    database: Database, repository: Repository, make: Make
) -> None:
    async with database.write() as transaction:
        things = repository(transaction)
        for name in ("two", "one", "removed"):
            number = await things.put(make(name), NOON)
        await things.remove(number)
        with pytest.raises(NotFoundError, match=f"no {things.noun} named 'tow'") as caught:
            await things.get("tow")
        assert caught.value.hint == "there are: one, two"


@of_every_kind
async def test_where_there_is_none_the_hint_says_how_to_add_one(
    database: Database, repository: Repository, make: Make
) -> None:
    async with database.read() as transaction:
        things = repository(transaction)
        with pytest.raises(NotFoundError) as caught:
            await things.get("one")
        assert f"vigie {things.noun} add" in caught.value.hint


@of_every_kind
async def test_an_unknown_id_is_named_in_the_error(database: Database, repository: Repository, make: Make) -> None:
    async with database.read() as transaction:
        with pytest.raises(NotFoundError, match="with id 7"):
            await repository(transaction).by_id(7)


@of_every_kind
async def test_all_are_listed_by_name(database: Database, repository: Repository, make: Make) -> None:
    async with database.write() as transaction:
        for name in ("b", "c", "a"):
            await repository(transaction).put(make(name), NOON)
        assert [thing.name for thing in await repository(transaction).all()] == ["a", "b", "c"]


@of_every_kind
async def test_the_removed_are_out_of_sight_and_come_back_under_their_name(
    database: Database, repository: Repository, make: Make
) -> None:
    async with database.write() as transaction:
        things = repository(transaction)
        number = await things.put(make("one"), NOON)
        await things.remove(number)
        assert await things.all() == []
        with pytest.raises(NotFoundError):
            await things.get("one")
        assert (await things.by_id(number)).name == "one"
        assert await things.put(make("one"), NOON + HOUR) == number
        assert [thing.id for thing in await things.all()] == [number]
        with pytest.raises(ConflictError):
            await things.put(make("one"), NOON + HOUR)


@of_every_kind
async def test_a_pause_lasts_until_it_is_lifted(database: Database, repository: Repository, make: Make) -> None:
    async with database.write() as transaction:
        things = repository(transaction)
        number = await things.put(make("one"), NOON)
        await things.pause(number, True, NOON)
        assert (await things.get("one")).paused
        await things.pause(number, False, NOON)
        assert not (await things.get("one")).paused


async def test_a_watch_comes_back_as_it_was_put(database: Database) -> None:
    watch = replace(a_watch(), channels=("bureau", "été"), watchlist="Asie", origin="file", paused=True)
    async with database.write() as transaction:
        number = await transaction.watches.put(watch, NOON)
        assert await transaction.watches.get("Corée") == replace(watch, id=number, added_at=NOON)


async def test_a_channel_comes_back_as_it_was_put(database: Database) -> None:
    settings = {"url": "https://hooks.example/é", "timeout": 20, "to": ["a@b.example"], "tls": {"check": True}}
    channel = replace(a_channel(), settings=settings, origin="file", paused=True)
    async with database.write() as transaction:
        number = await transaction.channels.put(channel, NOON)
        assert await transaction.channels.get("bureau") == replace(channel, id=number)


async def test_to_resume_a_channel_forgives_what_vigie_paused_it_for(database: Database) -> None:
    async with database.write() as transaction:
        number = await transaction.channels.put(a_channel(), NOON)
        await transaction.channels.change(number, paused_because="410 Gone")
        await transaction.channels.pause(number, True, NOON)
        assert (await transaction.channels.get("bureau")).paused_because == "410 Gone"
        await transaction.channels.pause(number, False, NOON)
        assert (await transaction.channels.get("bureau")).paused_because == ""


async def test_a_channel_that_is_added_again_is_forgiven(database: Database) -> None:
    async with database.write() as transaction:
        number = await transaction.channels.put(a_channel(), NOON)
        await transaction.channels.change(number, paused_because="410 Gone")
        await transaction.channels.remove(number)
        await transaction.channels.put(a_channel(), NOON)
        assert (await transaction.channels.get("bureau")).paused_because == ""


async def test_the_watches_version_rises_with_every_change(database: Database) -> None:
    async with database.write() as transaction:
        watches = transaction.watches
        versions = [await watches.version()]
        number = await watches.put(a_watch(), NOON)
        versions.append(await watches.version())
        await watches.change(number, query="fusée")
        versions.append(await watches.version())
        await watches.pause(number, True, NOON)
        versions.append(await watches.version())
        await watches.pause(number, False, NOON)
        versions.append(await watches.version())
        await watches.remove(number)
        versions.append(await watches.version())
        await watches.put(a_watch(), NOON + MINUTE)
        versions.append(await watches.version())
    assert versions == sorted(set(versions))


async def test_what_is_no_change_leaves_the_watches_version(database: Database) -> None:
    async with database.write() as transaction:
        await transaction.watches.put(a_watch(), NOON)
        version = await transaction.watches.version()
        with pytest.raises(ConflictError):
            await transaction.watches.put(a_watch(), NOON)
        await transaction.sources.put(a_source(), NOON)
        await transaction.channels.put(a_channel(), NOON)
        assert await transaction.watches.version() == version


async def test_every_process_sees_the_watches_version_once_it_is_committed(
    database: Database, database_url: str
) -> None:
    other = await Database.open(database_url)
    try:
        async with database.write() as transaction:
            await transaction.watches.put(a_watch(), NOON)
            async with other.read() as reading:
                assert await reading.watches.version() == 0
            version = await transaction.watches.version()
        async with other.read() as reading:
            assert await reading.watches.version() == version
    finally:
        await other.close()
