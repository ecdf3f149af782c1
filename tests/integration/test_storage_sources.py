"""Sources and their leases, the same on both databases."""

import asyncio
from dataclasses import replace
from datetime import datetime

from news.source import Feed, FoundLink, Source
from storage import Database
from tests.samples import HOUR, MINUTE, NOON, a_source, put_article


async def _due(database: Database, **due_at: datetime) -> None:
    """Put sources of these names, each due at its instant."""
    async with database.write() as transaction:
        for name, instant in due_at.items():
            number = await transaction.sources.put(a_source(name), NOON)
            await transaction.sources.change(number, due_at=instant)


async def _lease(database: Database, now: datetime = NOON, limit: int = 9, owner: str = "me") -> list[Source]:
    async with database.write() as transaction:
        return await transaction.sources.lease_due(now, limit, owner, until=now + MINUTE)


def _names(sources: list[Source]) -> list[str]:
    return [source.name for source in sources]


async def test_a_source_comes_back_as_it_was_put(database: Database) -> None:
    source = replace(a_source(), origin="file", interval=60, paused=True, alert_history=True)
    async with database.write() as transaction:
        number = await transaction.sources.put(source, NOON)
    async with database.read() as transaction:
        assert await transaction.sources.get("Le Phare") == replace(source, id=number, added_at=NOON, due_at=NOON)
        assert await transaction.sources.by_id(number) == await transaction.sources.get("Le Phare")


async def test_sources_whose_time_has_come_are_leased_the_longest_overdue_first(database: Database) -> None:
    await _due(database, third=NOON, first=NOON - HOUR, tomorrow=NOON + MINUTE, second=NOON - MINUTE)
    assert _names(await _lease(database)) == ["first", "second", "third"]


async def test_a_limited_lease_takes_the_longest_overdue(database: Database) -> None:
    await _due(database, third=NOON, second=NOON - MINUTE, first=NOON - HOUR)
    assert _names(await _lease(database, limit=2)) == ["first", "second"]
    assert _names(await _lease(database, limit=2)) == ["third"]


async def test_a_leased_source_is_nobody_elses_until_its_lease_expires(database: Database) -> None:
    await _due(database, it=NOON)
    assert _names(await _lease(database, owner="me")) == ["it"]
    assert await _lease(database, owner="you") == []
    assert await _lease(database, NOON + MINUTE / 2, owner="you") == []
    assert _names(await _lease(database, NOON + MINUTE, owner="you")) == ["it"]


async def test_any_due_sees_what_could_be_leased(database: Database) -> None:
    await _due(database, it=NOON)
    async with database.read() as transaction:
        assert not await transaction.sources.any_due(NOON - MINUTE)
        assert await transaction.sources.any_due(NOON)
    await _lease(database)
    async with database.read() as transaction:
        assert not await transaction.sources.any_due(NOON)
        assert await transaction.sources.any_due(NOON + MINUTE)


async def test_many_who_lease_at_once_share_the_sources_without_taking_one_twice(database: Database) -> None:
    await _due(database, **{f"source {number}": NOON for number in range(20)})
    shares = await asyncio.gather(*(_lease(database, limit=5, owner=f"worker {number}") for number in range(6)))
    leased = [name for share in shares for name in _names(share)]
    assert sorted(leased) == sorted(f"source {number}" for number in range(20))


async def test_only_the_owner_renews_a_lease(database: Database) -> None:
    await _due(database, it=NOON)
    [it] = await _lease(database, owner="me")
    async with database.write() as transaction:
        await transaction.sources.renew([it.id], "me", NOON + HOUR)
        await transaction.sources.renew([it.id], "you", NOON)
    assert await _lease(database, NOON + HOUR / 2) == []
    assert _names(await _lease(database, NOON + HOUR)) == ["it"]


async def test_a_process_that_stops_gives_back_its_own_leases_only(database: Database) -> None:
    await _due(database, a=NOON - MINUTE, b=NOON)
    await _lease(database, limit=1, owner="me")
    await _lease(database, limit=1, owner="you")
    async with database.write() as transaction:
        await transaction.sources.release_all("me")
    assert _names(await _lease(database)) == ["a"]


async def test_named_sources_are_leased_due_or_not_unless_visited_or_removed(database: Database) -> None:
    await _due(database, later=NOON + HOUR, visited=NOON, removed=NOON + HOUR)
    await _lease(database, owner="you")
    async with database.write() as transaction:
        everything = [source.id for source in await transaction.sources.all()]
        await transaction.sources.remove((await transaction.sources.get("removed")).id)
        leased = await transaction.sources.lease(everything, NOON, "me", NOON + MINUTE)
        assert _names(leased) == ["later"]
        assert await transaction.sources.lease(everything, NOON, "you", NOON + MINUTE) == []


async def test_a_visit_that_ends_keeps_its_outcome_and_gives_the_lease_back(database: Database) -> None:
    await _due(database, it=NOON)
    [it] = await _lease(database, owner="me")
    async with database.write() as transaction:
        outcome = {
            "due_at": NOON + HOUR,
            "watched_since": NOON,
            "last_visit_at": NOON,
            "failures": 2,
            "last_error": "x",
        }
        await transaction.sources.end_visit(it.id, "me", **outcome)
        expected = replace(it, due_at=NOON + HOUR, watched_since=NOON, last_visit_at=NOON, failures=2, last_error="x")
        assert await transaction.sources.get("it") == expected
        assert _names(await transaction.sources.lease([it.id], NOON, "you", NOON + MINUTE)) == ["it"]


async def test_a_visit_that_lost_its_lease_changes_nothing_when_it_ends(database: Database) -> None:
    await _due(database, it=NOON)
    await _lease(database, owner="me")
    [it] = await _lease(database, NOON + MINUTE, owner="you")
    async with database.write() as transaction:
        await transaction.sources.end_visit(it.id, "me", due_at=NOON + HOUR, failures=1)
        assert await transaction.sources.get("it") == it
    assert await _lease(database, NOON + MINUTE, owner="me") == []


async def test_a_paused_source_is_not_due_and_is_due_at_once_when_resumed(database: Database) -> None:
    await _due(database, it=NOON - HOUR)
    async with database.write() as transaction:
        it = await transaction.sources.get("it")
        await transaction.sources.pause(it.id, True, NOON)
        assert (await transaction.sources.get("it")).paused
        assert not await transaction.sources.any_due(NOON)
        assert await transaction.sources.overdue(NOON) == 0
    assert await _lease(database) == []
    async with database.write() as transaction:
        await transaction.sources.pause(it.id, False, NOON)
    assert [source.due_at for source in await _lease(database)] == [NOON]


async def test_overdue_sources_are_counted(database: Database) -> None:
    await _due(database, a=NOON - HOUR, b=NOON - MINUTE, c=NOON)
    async with database.read() as transaction:
        assert await transaction.sources.overdue(NOON) == 2


async def test_a_removed_source_leaves_the_lists_with_its_feeds_and_pending_links(database: Database) -> None:
    async with database.write() as transaction:
        number = await transaction.sources.put(a_source(), NOON)
        article_id = await put_article(transaction, 1, source_id=number)
        await transaction.feeds.replace(number, [Feed("https://phare.example/rss", "feed")])
        found = [FoundLink("https://phare.example/1"), FoundLink("https://phare.example/2")]
        await transaction.links.add_unknown(number, "feed", found, is_history=False, now=NOON)
        [fetched, _] = await transaction.links.due(number, NOON, 9)
        await transaction.links.settle(fetched.id, "fetched", NOON, article_id=article_id)
        await transaction.sources.remove(number)
    async with database.read() as transaction:
        assert await transaction.sources.all() == []
        assert await transaction.feeds.of(number) == []
        assert await transaction.links.state_counts([number]) == {(number, "fetched"): 1}
        assert (await transaction.articles.get(article_id)).source == "Le Phare"
        assert (await transaction.sources.by_id(number)).name == "Le Phare"
    assert await _lease(database) == []


async def test_a_removed_source_that_is_added_again_starts_afresh_under_its_old_id(database: Database) -> None:
    async with database.write() as transaction:
        number = await transaction.sources.put(a_source(), NOON)
        await transaction.sources.change(
            number, discovered_at=NOON, watched_since=NOON, failures=3, last_error="it was down", due_at=NOON + HOUR
        )
        await transaction.sources.remove(number)
        again = replace(a_source(url="https://phare.example/new/"), interval=60)
        assert await transaction.sources.put(again, NOON + MINUTE) == number
        expected = replace(again, id=number, added_at=NOON + MINUTE, due_at=NOON + MINUTE)
        assert await transaction.sources.get("Le Phare") == expected


async def test_a_visit_of_before_the_removal_has_no_say_in_the_source_that_is_added_again(database: Database) -> None:
    await _due(database, it=NOON)
    [it] = await _lease(database, owner="me")
    async with database.write() as transaction:
        await transaction.sources.remove(it.id)
        await transaction.sources.put(a_source("it"), NOON)
        await transaction.sources.end_visit(it.id, "me", discovered_at=NOON, watched_since=NOON)
        assert (await transaction.sources.get("it")).discovered_at is None
    assert _names(await _lease(database, owner="you")) == ["it"]


async def test_what_a_source_has_taught_comes_back_and_is_forgotten_when_it_is_added_again(database: Database) -> None:
    memory = {"seen": 3, "lines": {"0a": [1, 3, 3]}, "changed_at": None}
    async with database.write() as tx:
        number = await tx.sources.put(a_source(), NOON)
        assert await tx.sources.memory(number) is None
        await tx.sources.remember(number, memory)
    async with database.write() as tx:
        assert await tx.sources.memory(number) == memory
        await tx.sources.remove(number)
        await tx.sources.put(a_source(), NOON)
        assert await tx.sources.memory(number) is None


async def test_a_source_that_was_given_another_url_has_moved(database: Database) -> None:
    async with database.write() as transaction:
        number = await transaction.sources.put(a_source(), NOON)
        other = await transaction.sources.put(a_source("another"), NOON)
        places = {one: (await transaction.sources.by_id(one)).url for one in (number, other)}
        assert await transaction.sources.moved(places) == set()
        await transaction.sources.change(number, url="https://elsewhere.example/")
        assert await transaction.sources.moved(places) == {number}
