"""Links, from the poll that brings them to their end, the same on both databases."""

import pytest

from news.errors import BadUrlError
from news.source import FoundLink, Link
from storage import Database
from storage.database import Transaction
from tests.samples import HOUR, MINUTE, NOON, a_source, put_article


@pytest.fixture
async def source_id(database: Database) -> int:
    """A source without links."""
    async with database.write() as transaction:
        return await transaction.sources.put(a_source(), NOON)


async def _find(transaction: Transaction, source_id: int, *paths: str, is_history: bool = False) -> None:
    found = [FoundLink(f"https://phare.example/{path}") for path in paths]
    await transaction.links.add_unknown(source_id, "feed", found, is_history=is_history, now=NOON)


async def _due(transaction: Transaction, source_id: int, limit: int = 9) -> list[str]:
    return [
        link.url.removeprefix("https://phare.example/") for link in await transaction.links.due(source_id, NOON, limit)
    ]


async def test_a_found_link_is_pending_and_due_at_once(database: Database, source_id: int) -> None:
    async with database.write() as transaction:
        found = FoundLink("https://phare.example/a", title="Un titre", published_at=NOON - HOUR)
        await transaction.links.add_unknown(source_id, "sitemap", [found], is_history=True, now=NOON)
        [link] = await transaction.links.due(source_id, NOON, 9)
        assert link == Link(
            id=link.id,
            source_id=source_id,
            url="https://phare.example/a",
            road="sitemap",
            roads=("sitemap",),
            is_history=True,
            next_try_at=NOON,
            published_at=NOON - HOUR,
        )


async def test_a_link_found_again_brings_nothing_new_however_it_is_spelt(database: Database, source_id: int) -> None:
    async with database.write() as transaction:
        await _find(transaction, source_id, "a", "a?utm_source=rss", "a#comments", "a/", is_history=True)
        again = [FoundLink("http://phare.example/a?fbclid=1"), FoundLink("https://phare.example/b")]
        await transaction.links.add_unknown(source_id, "section", again, is_history=False, now=NOON)
        known, new = await transaction.links.due(source_id, NOON, 9)
        assert (known.url, known.road, known.is_history) == ("https://phare.example/a", "feed", True)
        assert (new.url, new.road, new.is_history) == ("https://phare.example/b", "section", False)


async def test_a_link_that_is_settled_is_not_fetched_again_when_found_again(database: Database, source_id: int) -> None:
    async with database.write() as transaction:
        await _find(transaction, source_id, "a")
        [link] = await transaction.links.due(source_id, NOON, 9)
        await transaction.links.settle(link.id, "refused", NOON)
        await _find(transaction, source_id, "a")
        assert await _due(transaction, source_id) == []


async def test_two_sources_may_find_the_same_link(database: Database, source_id: int) -> None:
    async with database.write() as transaction:
        other = await transaction.sources.put(a_source("another"), NOON)
        await _find(transaction, source_id, "a")
        await _find(transaction, other, "a", "b")
        assert await _due(transaction, source_id) == ["a"]
        assert await _due(transaction, other) == ["a", "b"]
        owners = {link.source_id for link in await transaction.links.with_url("http://phare.example/a?utm_campaign=x")}
        assert owners == {source_id, other}


async def test_due_links_come_in_the_order_found_and_as_many_as_asked_for(database: Database, source_id: int) -> None:
    async with database.write() as transaction:
        await _find(transaction, source_id, "c", "a", "b")
        await _find(transaction, source_id, "0")
        assert await _due(transaction, source_id) == ["c", "a", "b", "0"]
        assert await _due(transaction, source_id, limit=2) == ["c", "a"]


async def test_a_postponed_link_waits_for_its_next_try(database: Database, source_id: int) -> None:
    async with database.write() as transaction:
        await _find(transaction, source_id, "a", "b")
        [a, b] = await transaction.links.due(source_id, NOON, 9)
        await transaction.links.postpone(a.id, NOON + HOUR, "503")
        await transaction.links.postpone(b.id, NOON + MINUTE, "robots.txt cannot be read", counts=False)
        assert await transaction.links.due(source_id, NOON, 9) == []
        [later] = await transaction.links.due(source_id, NOON + MINUTE, 9)
        assert (later.id, later.attempts, later.last_error) == (b.id, 0, "robots.txt cannot be read")
        first = (await transaction.links.due(source_id, NOON + HOUR, 9))[0]
        assert (first.id, first.attempts, first.next_try_at, first.last_error) == (a.id, 1, NOON + HOUR, "503")
        assert await transaction.links.next_fetches([source_id]) == {source_id: NOON + MINUTE}


async def test_a_settled_link_is_never_due_and_knows_its_article(database: Database, source_id: int) -> None:
    async with database.write() as transaction:
        await _find(transaction, source_id, "1")
        [link] = await transaction.links.due(source_id, NOON, 9)
        article_id = await put_article(transaction, 1, source_id)
        await transaction.links.postpone(link.id, NOON, "503")
        await transaction.links.settle(link.id, "fetched", NOON, article_id=article_id)
        [settled] = await transaction.links.with_url(link.url)
        assert (settled.state, settled.attempts, settled.next_try_at) == ("fetched", 2, None)
        assert (settled.last_error, settled.article_id) == ("", article_id)
        assert await transaction.links.due(source_id, NOON + HOUR, 9) == []
        assert await transaction.links.next_fetches([source_id]) == {}


async def test_links_are_counted_by_state_and_the_troubled_are_listed_latest_first(
    database: Database, source_id: int
) -> None:
    async with database.write() as transaction:
        await _find(transaction, source_id, "a", "b", "c", "d")
        [a, b, c, _] = await transaction.links.due(source_id, NOON, 9)
        await transaction.links.settle(a.id, "dead", NOON, error="404")
        await transaction.links.settle(b.id, "refused", NOON)
        await transaction.links.postpone(c.id, NOON + HOUR, "503")
        counts = await transaction.links.state_counts([source_id, source_id + 1])
        assert counts == {(source_id, "dead"): 1, (source_id, "refused"): 1, (source_id, "pending"): 2}
        troubled = await transaction.links.troubled(source_id, 9)
        assert [(link.id, link.last_error) for link in troubled] == [(c.id, "503"), (a.id, "404")]
        assert len(await transaction.links.troubled(source_id, 1)) == 1


async def test_the_longest_url_that_vigie_takes_is_kept_whole_and_told_apart(
    database: Database, source_id: int
) -> None:
    longest = "x" * (8_192 - len("https://phare.example/"))
    async with database.write() as transaction:
        await _find(transaction, source_id, longest, longest[:-1] + "y", longest)
        assert await _due(transaction, source_id) == [longest, longest[:-1] + "y"]


async def test_a_longer_url_is_refused_and_nothing_of_its_poll_is_kept(database: Database, source_id: int) -> None:
    with pytest.raises(BadUrlError, match="10022 characters"):
        async with database.write() as transaction:
            await _find(transaction, source_id, "a")
            await _find(transaction, source_id, "x" * 10_000)
    async with database.read() as transaction:
        assert await transaction.links.state_counts([source_id]) == {}


async def test_a_poll_that_brings_a_thousand_links_is_kept_in_order(database: Database, source_id: int) -> None:
    paths = [str(number) for number in range(1_000)]
    async with database.write() as transaction:
        await _find(transaction, source_id, *paths)
        await _find(transaction, source_id, *paths)
        assert await _due(transaction, source_id, limit=2_000) == paths
