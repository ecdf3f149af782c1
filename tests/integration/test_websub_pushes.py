"""What hubs push: signed or not, too much, too often, and what becomes of it."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from fastapi import Request, Response

from extraction.pool import WorkerPool
from news.ports import Workers
from news.source import Feed
from service import push
from storage import Database
from tests.hubs import FEED, LocalHub, ReachableVigie, post, pushed, reachable, rss, subscribed
from tests.samples import NOON, put_article
from tests.worker_jobs import nothing
from web import websub

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
async def pool() -> AsyncIterator[WorkerPool]:
    """One worker process."""
    workers = WorkerPool(1, 10, rehearsal=nothing)
    await workers.warm()
    yield workers
    await workers.close()


@pytest.fixture
async def vigie(database: Database, pool: WorkerPool) -> AsyncIterator[ReachableVigie]:
    """Vigie, with one source."""
    async with reachable(database, pool) as started:
        yield started


@pytest.fixture
async def hub() -> AsyncIterator[LocalHub]:
    """A hub that behaves."""
    async with LocalHub() as started:
        yield started


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_what_a_hub_pushes_is_kept_and_its_source_visited_at_once(
    vigie: ReachableVigie, hub: LocalHub, method: str
) -> None:
    await subscribed(vigie, hub)
    vigie.wait(minutes=10)
    now = vigie.clock.now()
    body = rss("https://phare.example/a", "https://elsewhere.example/b", "/c", "file:///etc/passwd")
    assert await pushed(vigie, hub, body, method=method) == 202
    links = await vigie.links()
    assert [link.url for link in links] == [
        "https://phare.example/a", "https://elsewhere.example/b", "https://phare.example/c",
    ]  # fmt: skip
    assert [link.road for link in links] == ["feed"] * 3
    assert not any(link.is_history for link in links)
    assert (await vigie.source()).due_at == now
    assert (await vigie.source()).last_news_at == now
    assert (await vigie.subscribed()).last_push_at == now


async def test_a_push_leaves_the_validators_of_the_feed(vigie: ReachableVigie, hub: LocalHub) -> None:
    await subscribed(vigie, hub)
    async with vigie.database.read() as tx:
        before = await tx.feeds.of(vigie.source_id)
    vigie.wait(minutes=10)
    await pushed(vigie, hub, rss("https://phare.example/a"))
    async with vigie.database.read() as tx:
        assert await tx.feeds.of(vigie.source_id) == before


async def test_a_pushed_json_feed_and_a_pushed_charset_are_read(vigie: ReachableVigie, hub: LocalHub) -> None:
    await subscribed(vigie, hub)
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": "https://phare.example/é"}]}
    await pushed(vigie, hub, json.dumps(feed).encode(), content_type="application/feed+json")
    assert [link.url for link in await vigie.links()] == ["https://phare.example/%C3%A9"]


async def test_a_push_of_what_is_known_asks_for_no_visit(vigie: ReachableVigie, hub: LocalHub) -> None:
    await subscribed(vigie, hub)
    await pushed(vigie, hub, rss("https://phare.example/a"))
    later = vigie.clock.now() + HOUR
    async with vigie.database.write() as tx:
        await tx.sources.change(vigie.source_id, due_at=later)
    vigie.wait(minutes=1)
    await pushed(vigie, hub, rss("https://phare.example/a"))
    assert (await vigie.source()).due_at == later
    assert (await vigie.subscribed()).last_push_at == vigie.clock.now()


async def test_a_push_of_what_has_changed_asks_for_a_visit_when_it_may_be_looked_at_again(
    vigie: ReachableVigie, hub: LocalHub
) -> None:
    await subscribed(vigie, hub)
    await pushed(vigie, hub, rss("https://phare.example/a"))
    vigie.wait(minutes=1)
    [link], seen = await vigie.links(), vigie.clock.now()
    async with vigie.database.write() as tx:
        article = await put_article(tx, 1, vigie.source_id)
        await tx.links.settle(link.id, "fetched", seen, article_id=article, revisit_at=seen + 9 * HOUR)
        await tx.sources.change(vigie.source_id, due_at=seen + 9 * HOUR)
    vigie.wait(minutes=20)
    changed = vigie.clock.now() - timedelta(minutes=10)
    item = f"<link>https://phare.example/a</link><atom:updated>{changed.isoformat()}</atom:updated>"
    space = 'xmlns:atom="http://www.w3.org/2005/Atom"'
    await pushed(vigie, hub, f'<rss version="2.0" {space}><channel><item>{item}</item></channel></rss>'.encode())
    assert (await vigie.source()).due_at == seen + HOUR
    async with vigie.database.read() as tx:
        assert await tx.links.next_revisits([vigie.source_id]) == {vigie.source_id: seen + HOUR}


@pytest.mark.parametrize("body", [b"", b"something is new", b"<html><body>new</body></html>", b"<rss"])
async def test_a_push_without_a_feed_only_has_the_source_visited(
    vigie: ReachableVigie, hub: LocalHub, body: bytes
) -> None:
    await subscribed(vigie, hub)
    assert await pushed(vigie, hub, body) == 202
    assert await vigie.links() == []
    assert (await vigie.source()).due_at == NOON


@pytest.mark.parametrize(
    "header", [{}, {"X-Hub-Signature": "sha256=" + "0" * 64}, {"X-Hub-Signature": "md5=00"}, {"X-Hub-Signature": ""}]
)
async def test_a_push_without_a_right_signature_is_answered_alike_ignored_and_told(
    vigie: ReachableVigie, hub: LocalHub, header: dict[str, str]
) -> None:
    await subscribed(vigie, hub)
    for _ in range(2):
        assert await post(hub.forms[-1]["hub.callback"], rss("https://phare.example/a"), header) == 202
    await vigie.pushes.finish()
    assert await vigie.links() == []
    assert (await vigie.source()).due_at == NOON + HOUR
    assert (await vigie.subscribed()).last_push_at is None
    await vigie.pushes.tick()
    assert "2 pushes without a valid signature" in (await vigie.subscribed()).last_error


async def test_a_signature_with_another_secret_is_none(vigie: ReachableVigie, hub: LocalHub) -> None:
    await subscribed(vigie, hub)
    assert await pushed(vigie, hub, rss("https://phare.example/a"), secret="guessed") == 202
    assert await vigie.links() == []


async def test_of_two_pushes_within_five_seconds_the_second_only_has_the_source_visited(
    vigie: ReachableVigie, hub: LocalHub
) -> None:
    await subscribed(vigie, hub)
    await pushed(vigie, hub, rss())
    async with vigie.database.write() as tx:
        await tx.sources.change(vigie.source_id, due_at=NOON + HOUR)
    vigie.wait(seconds=4)
    for number in range(3):
        assert await pushed(vigie, hub, rss(f"https://phare.example/{number}")) == 202
    assert await vigie.links() == []
    assert (await vigie.source()).due_at == NOON + timedelta(seconds=5)
    vigie.wait(seconds=1)
    await pushed(vigie, hub, rss("https://phare.example/a"))
    assert [link.url for link in await vigie.links()] == ["https://phare.example/a"]


async def test_when_a_feed_was_pushed_is_known_for_no_longer_than_it_matters(
    vigie: ReachableVigie, hub: LocalHub
) -> None:
    await subscribed(vigie, hub)
    for _ in range(2):
        await pushed(vigie, hub, rss())
    await vigie.pushes.tick()
    assert (len(vigie.pushes._taken), len(vigie.pushes._hastened)) == (1, 1)
    vigie.wait(seconds=11)
    await vigie.pushes.tick()
    assert (vigie.pushes._taken, vigie.pushes._hastened) == ({}, {})


class Stuck:
    """Workers that work only once they are let go."""

    def __init__(self) -> None:
        self.begun, self.free = asyncio.Event(), asyncio.Event()

    async def run(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
        """Wait, then work here."""
        self.begun.set()
        await self.free.wait()
        return function(*arguments, **named)


async def test_what_comes_while_too_much_waits_only_has_the_source_visited(
    database: Database, pool: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "MOST_WAITING", 1)
    stuck = Stuck()
    async with LocalHub() as hub, reachable(database, pool, workers=cast(Workers, stuck)) as vigie:
        await subscribed(vigie, hub)
        for number in range(3):
            assert await hub.distribute(rss(f"https://phare.example/{number}")) == 202
            await stuck.begun.wait()
            vigie.wait(seconds=6)
        stuck.free.set()
        await vigie.pushes.finish()
        assert [link.url for link in await vigie.links()] == ["https://phare.example/0", "https://phare.example/1"]
        assert (await vigie.source()).due_at == NOON + timedelta(seconds=12)


async def test_what_waits_at_a_stop_has_its_source_visited_at_the_next_start(
    database: Database, pool: WorkerPool
) -> None:
    stuck = Stuck()
    stuck.free.set()
    async with LocalHub() as hub, reachable(database, pool, workers=cast(Workers, stuck)) as vigie:
        await subscribed(vigie, hub)
        await pushed(vigie, hub, rss("https://phare.example/known"))
        async with database.write() as tx:
            await tx.sources.change(vigie.source_id, due_at=NOON + HOUR)
        stuck.free.clear()
        stuck.begun.clear()
        for name in ("known", "new"):
            vigie.wait(seconds=6)
            assert await hub.distribute(rss(f"https://phare.example/{name}")) == 202
            await stuck.begun.wait()
        vigie.pushes.wind_down()
        stuck.free.set()
        await vigie.pushes.finish()
        assert [link.url for link in await vigie.links()] == ["https://phare.example/known"]
        assert (await vigie.source()).due_at == vigie.clock.now()


async def test_a_body_that_breaks_off_is_no_fault_of_ours() -> None:
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": b"<rss", "more_body": True}, {"type": "http.disconnect"},
    ]  # fmt: skip

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    answer = await websub._body(Request({"type": "http", "headers": []}, receive))
    assert isinstance(answer, Response)
    assert answer.status_code == 400


async def _said_to(vigie: ReachableVigie, callback: str, header: str, body: bytes) -> bytes:
    """What is answered to a request that has no end."""
    port = int(vigie.public_url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    path = callback.removeprefix(vigie.public_url)
    writer.write(f"POST {path} HTTP/1.1\r\nHost: vigie\r\n{header}\r\n\r\n".encode() + body)
    answer = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return answer


async def test_a_body_over_ten_mebibytes_is_refused_while_it_comes(vigie: ReachableVigie, hub: LocalHub) -> None:
    await subscribed(vigie, hub)
    callback = hub.forms[-1]["hub.callback"]
    size = push.LARGEST_PUSH + 1
    assert b"413" in await _said_to(vigie, callback, f"Content-Length: {size}", b"x")
    chunk = f"{size:x}\r\n".encode() + b"x" * size
    assert b"413" in await _said_to(vigie, callback, "Transfer-Encoding: chunked", chunk)
    assert await post(callback, io.BytesIO(b"x" * push.LARGEST_PUSH)) == 202


async def test_a_body_that_does_not_come_is_not_waited_for(
    vigie: ReachableVigie, hub: LocalHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    await subscribed(vigie, hub)
    monkeypatch.setattr(websub, "_SECONDS_A_PUSH", 0.05)
    callback = hub.forms[-1]["hub.callback"]
    assert b"408" in await _said_to(vigie, callback, "Content-Length: 100", b"x")


async def test_while_too_many_bodies_are_read_a_hub_is_asked_to_come_again(
    database: Database, pool: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websub, "_READ_AT_ONCE", 0)
    async with LocalHub() as hub, reachable(database, pool) as vigie:
        await subscribed(vigie, hub)
        assert await hub.distribute(rss("https://phare.example/a")) == 503


async def test_a_source_counts_as_pushed_while_all_its_feeds_were_pushed_within_a_week(
    vigie: ReachableVigie, hub: LocalHub
) -> None:
    await subscribed(vigie, hub)

    async def is_pushed() -> bool:
        async with vigie.database.read() as tx:
            return await tx.subscriptions.is_pushed(vigie.source_id, vigie.clock.now())

    assert not await is_pushed()
    await pushed(vigie, hub, rss("https://phare.example/a"))
    assert await is_pushed()
    vigie.wait(days=7)
    assert not await is_pushed()
    await pushed(vigie, hub, rss("https://phare.example/b"))
    assert await is_pushed()
    vigie.wait(days=3)
    assert not await is_pushed(), "the lease has ended"


@pytest.mark.parametrize(
    ("road", "hints", "still"),
    [("feed", {}, False), ("sitemap", {"is_news": True}, False), ("sitemap", {}, True), ("section", {}, True)],
)
async def test_a_second_road_that_is_polled_each_time_has_to_be_pushed_too(
    vigie: ReachableVigie, hub: LocalHub, road: Any, hints: dict[str, Any], still: bool
) -> None:
    await subscribed(vigie, hub)
    await pushed(vigie, hub, rss("https://phare.example/a"))
    async with vigie.database.write() as tx:
        await tx.feeds.replace(vigie.source_id, [Feed(FEED, "feed"), Feed("https://phare.example/2", road)])
        second = (await tx.feeds.of(vigie.source_id))[1]
        await tx.feeds.polled(replace(second, hints=hints), NOON)
        assert await tx.subscriptions.is_pushed(vigie.source_id, NOON) is still
