"""A real WebSub hub on loopback, which verifies intent and distributes; and a Vigie that hubs can reach."""

import asyncio
import hashlib
import hmac
import socket
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from alerting.guard import GuardedDialler
from cli.network import system_resolve
from extraction.extractor import PoolExtractor
from extraction.pool import WorkerPool
from matching import DictionaryLexicon
from news.address import AllowList
from news.clock import ManualClock
from news.guard import Guard
from news.ports import Workers
from news.source import Feed, Link, Source
from scheduler.revisit import Revisits
from service.board import WatchBoard
from service.collect import Collector
from service.hub import GuardedHub
from service.push import Pushes
from service.reader import Reader
from service.revise import Reviser
from service.subscribe import Subscriber
from storage import Database
from storage.subscriptions import Subscription
from tests.samples import NOON, a_source
from web.app import make_app
from web.server import WebServer

HOST = "127.0.0.1"
FEED = "https://phare.example/rss"
TOPIC = "https://phare.example/the-feed"
LOOPBACK = ("127.0.0.0/8",)


@dataclass(frozen=True)
class HubReply:
    """What the hub answers. `echoes` repeats the form that it was sent."""

    status: int = 202
    location: str = ""
    echoes: bool = False


class LocalHub:
    """`async with LocalHub() as hub`, then `hub.url`. `replies` are what it answers first; after them it takes all.

    It calls back after its answer (`is_hasty`: before) and grants `lease` seconds; `answers` are what it heard then.
    """

    def __init__(
        self, *replies: HubReply, lease: str = "864000", is_hasty: bool = False, calls_back: bool = True
    ) -> None:
        self.replies = deque(replies)
        self.lease, self.is_hasty, self.calls_back = lease, is_hasty, calls_back
        self.forms: list[dict[str, str]] = []
        self.answers: list[tuple[int, str, str]] = []
        self.port = 0
        self._calls: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/{path:.*}", self._asked)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, 0).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.settled()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"http://{HOST}:{self.port}/hub"

    async def settled(self) -> None:
        """Wait until it has called everyone back."""
        while self._calls:
            await asyncio.gather(*self._calls)

    async def _asked(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.forms.append(form)
        reply = self.replies.popleft() if self.replies else HubReply()
        if reply.status == 202 and self.calls_back:
            call = asyncio.create_task(self.verify(form))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)
            if self.is_hasty:
                await call
        headers = {"Location": reply.location} if reply.location else {}
        return web.Response(status=reply.status, headers=headers, text=str(form) if reply.echoes else "said")

    async def verify(self, form: dict[str, str], **changed: str) -> None:
        """Call back about a form; `hub_topic="…"` asks about another topic, an empty value leaves a question out."""
        asked = {"hub.mode": form["hub.mode"], "hub.topic": form["hub.topic"], "hub.challenge": "défi <b>&1"}
        if form["hub.mode"] == "subscribe":
            asked["hub.lease_seconds"] = self.lease
        asked |= {name.replace("hub_", "hub."): value for name, value in changed.items()}
        query = urlencode({name: value for name, value in asked.items() if value})
        self.answers.append(await get(f"{form['hub.callback']}?{query}"))

    async def distribute(
        self, body: bytes, method: str = "sha256", content_type: str = "application/rss+xml", secret: str | None = None
    ) -> int:
        """Push to whoever asked last; the status that came back."""
        form = self.forms[-1]
        key = form["hub.secret"] if secret is None else secret
        signature = f"{method}={hmac.new(key.encode(), body, getattr(hashlib, method)).hexdigest()}"
        headers = {"Content-Type": content_type, "X-Hub-Signature": signature}
        return await post(form["hub.callback"], body, headers)


async def get(url: str) -> tuple[int, str, str]:
    """Status, content type and body."""
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, response.content_type, await response.text()


async def post(url: str, body: Any, headers: dict[str, str] | None = None) -> int:
    """The status."""
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as response:
        return response.status


class CountedSockets:
    """Makes sockets and counts them."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, family: int, kind: int, protocol: int) -> socket.socket:
        self.made += 1
        return socket.socket(family, kind, protocol)


@dataclass
class ReachableVigie:
    """A source with one feed, a web server, and ticks that come when told; `clock` stands still."""

    database: Database
    clock: ManualClock
    workers: Workers
    extractor: PoolExtractor
    allow: Sequence[str] = LOOPBACK
    public_url: str = ""
    sockets: CountedSockets = field(default_factory=CountedSockets)
    source_id: int = 0

    def wire(self) -> None:
        """Construct what cli's wiring constructs."""
        database, clock = self.database, self.clock
        guard = Guard(AllowList.parse(list(self.allow)), system_resolve)
        hub = GuardedHub(GuardedDialler(guard, self.sockets))
        board = WatchBoard()
        reader = Reader(DictionaryLexicon())
        reviser = Reviser(database, self.workers, board, clock, Revisits(most=3), reader)
        collector = Collector(database, self.extractor, board, reviser, clock, reader)
        self.subscriber = Subscriber(database, clock, hub, self.public_url)
        self.pushes = Pushes(database, clock, self.workers, collector)

    async def feed(self, hub: str, topic: str = TOPIC) -> None:
        """A poll has found that the feed names this hub; the source is not due for an hour."""
        now = self.clock.now()
        async with self.database.write() as tx:
            self.source_id = self.source_id or await tx.sources.put(a_source(), now)
            await tx.feeds.replace(self.source_id, [Feed(FEED, "feed")])
            [feed] = await tx.feeds.of(self.source_id)
            await tx.feeds.polled(replace(feed, hub=hub, topic=topic, etag='"1"'), now)
            later = now + timedelta(hours=1)
            await tx.sources.change(self.source_id, watched_since=now, discovered_at=now, due_at=later)

    async def ask(self, hub: LocalHub | None = None) -> None:
        """One tick, to its end, and the hub's calls back."""
        await self.subscriber.tick()
        await self.subscriber.finish()
        if hub is not None:
            await hub.settled()

    async def subscription(self) -> Subscription | None:
        """The one subscription, as it stands."""
        async with self.database.read() as tx:
            found = list((await tx.subscriptions.of(self.source_id)).values())
        return found[0] if found else None

    async def subscribed(self) -> Subscription:
        """The one subscription, which is there."""
        found = await self.subscription()
        assert found is not None
        return found

    async def source(self) -> Source:
        """The source as it stands."""
        async with self.database.read() as tx:
            return await tx.sources.by_id(self.source_id)

    async def links(self) -> list[Link]:
        """The links that wait to be fetched."""
        async with self.database.read() as tx:
            return await tx.links.due(self.source_id, self.clock.now(), 100)

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.clock.set(self.clock.now() + timedelta(**span))


@asynccontextmanager
async def reachable(
    database: Database, pool: WorkerPool, allow: Sequence[str] = LOOPBACK, workers: Workers | None = None
) -> AsyncIterator[ReachableVigie]:
    """A Vigie whose web server listens on loopback, and whose public URL is just that."""
    vigie = ReachableVigie(database, ManualClock(NOON), workers or pool, PoolExtractor(pool), allow)
    vigie.wire()

    async def ready() -> dict[str, str]:
        return {}

    server = WebServer(make_app(ready, vigie), HOST, 0)
    await server.start()
    vigie.public_url = server.url
    vigie.wire()
    try:
        yield vigie
    finally:
        vigie.subscriber.wind_down()
        vigie.pushes.wind_down()
        await vigie.subscriber.finish()
        await vigie.pushes.finish()
        await server.stop()


def rss(*links: str) -> bytes:
    """A feed of these links."""
    items = "".join(f"<item><title>Un</title><link>{link}</link></item>" for link in links)
    return f'<rss version="2.0"><channel><title>Le Phare</title>{items}</channel></rss>'.encode()


async def subscribed(vigie: ReachableVigie, hub: LocalHub) -> None:
    """The feed names the hub, which is asked and calls back."""
    await vigie.feed(hub.url)
    await vigie.ask(hub)
    assert (await vigie.subscribed()).state == "verified"


async def pushed(vigie: ReachableVigie, hub: LocalHub, body: bytes, **how: str) -> int:
    """The hub pushes, and Vigie works it off."""
    status = await hub.distribute(body, **how)
    await vigie.pushes.finish()
    return status
