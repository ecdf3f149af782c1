"""What surrounds the service in the kill harness: a site with a ledger, and receivers that note what they took."""

import random
from collections import Counter, defaultdict
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Any, Self

from aiohttp import web
from standardwebhooks import Webhook

HOST = "127.0.0.1"
WATCHES = {"Corée": ("hook", "shaky"), "Ministre": ("hook",)}
_LETTERS = "bcdfglmnprstv"
_LISTED = 300  # in the feed: a hundred rounds at least, so that no article leaves it unseen


class World:
    """The site at `/`, and receivers at `/to/hook` and `/to/shaky`, which refuses one message in ten at first.

    `ledger` has for each article's path the watches that want it; `accepted` for each channel and message id how often
    it was taken, `told` what it told: the watch and the article's path.
    """

    def __init__(self, seed: int, secret: str) -> None:
        self.ledger: dict[str, tuple[str, ...]] = {}
        self.accepted: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.told: dict[tuple[str, str], tuple[str, str]] = {}
        self.faults: list[str] = []
        self.port = 0
        self._refused: set[str] = set()
        self._random = random.Random(seed)
        self._webhook = Webhook(secret)
        self._pages: dict[str, str] = {}
        self._items: list[str] = []
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/to/{channel}", self._receive)
        app.router.add_get("/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, 0).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def url(self, path: str) -> str:
        """Where something of it is."""
        return f"http://{HOST}:{self.port}{path}"

    def publish(self, *watches: str) -> None:
        """Publish an article that these watches want: an event of its own, in words that no other article has."""
        path = f"/article-{len(self._items)}"
        title = f"{' '.join(watches)} {self._words(6)}"
        paragraphs = "".join(f"<p>{self._words(60)}.</p>" for _ in range(3))
        self._pages[path] = (
            f"<html lang=fr><head><title>{escape(title)}</title></head><body>"
            f"<article><h1>{escape(title)}</h1>{paragraphs}</article></body></html>"
        )
        now = format_datetime(datetime.now(UTC))
        self._items.insert(
            0, f"<item><title>{escape(title)}</title><link>{self.url(path)}</link><pubDate>{now}</pubDate></item>"
        )
        self.ledger[path] = watches

    def _words(self, count: int) -> str:
        return " ".join(
            "".join(self._random.choice(_LETTERS) + self._random.choice("aeiou") for _ in range(4))
            for _ in range(count)
        )

    async def _serve(self, request: web.Request) -> web.Response:
        if request.path == "/feed.xml":
            items = "".join(self._items[:_LISTED])
            feed = f'<rss version="2.0"><channel><title>Le Site</title>{items}</channel></rss>'
            return web.Response(text=feed, content_type="application/rss+xml")
        if request.path not in self._pages:
            return web.Response(status=404)
        return web.Response(text=self._pages[request.path], content_type="text/html")

    async def _receive(self, request: web.Request) -> web.Response:
        channel, key = request.match_info["channel"], request.headers.get("webhook-id", "")
        try:
            payload: dict[str, Any] = self._webhook.verify(await request.read(), dict(request.headers))
        except Exception as error:
            self.faults.append(f"{channel} got what it cannot verify: {error}")
            return web.Response(status=400)
        # Once only: after a second refusal the next try is five minutes away, and nobody waits for that here.
        if channel == "shaky" and key not in self._refused and self._random.random() < 0.1:
            self._refused.add(key)
            return web.Response(status=503)
        told = payload.get("data", payload)
        article = (told["watch"], told["article"]["url"].removeprefix(self.url("")))
        if self.told.setdefault((channel, key), article) != article:
            self.faults.append(f"{channel} got two messages under the id {key}")
        self.accepted[channel][key] += 1
        return web.Response(text="taken")
