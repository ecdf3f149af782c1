"""A news site on loopback that tests script: articles, a feed with validators, sitemaps, and any misbehaviour."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Self

from aiohttp import web

HOST = "127.0.0.1"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

_BODY = (
    "Le gouvernement a fortement exhorté au retrait immédiat des troupes, a déclaré le ministère dans un communiqué "
    "publié vendredi, et prendra les mesures appropriées au fur et à mesure que la situation évolue."
)


class LocalSite:
    """Serves what it is given. `asked` counts requests by path; `scripts` answers paths in the test's own way."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.conditional: Counter[str] = Counter()
        self.scripts: dict[str, Answer] = {}
        self.articles: dict[str, str] = {}
        self.listed: list[str] = []
        self.robots = "User-agent: *\nAllow: /\n"
        self.agents: set[str] = set()
        self.open = 0
        self.most_open = 0
        self._dates: dict[str, datetime] = {}
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Stop to answer."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def address(self) -> str:
        """Host and port, as an allow-list takes them."""
        return f"{HOST}:{self.port}"

    def url(self, path: str = "/") -> str:
        """A URL of the site."""
        return f"http://{HOST}:{self.port}{path}"

    def publish(self, slug: str, title: str, body: str = _BODY, published_at: datetime | None = None) -> str:
        """Publish an article and list it in the feed; its URL."""
        path = f"/{slug}"
        paragraphs = "".join(f"<p>{escape(body)}</p>" for _ in range(3))
        self.articles[path] = (
            f"<html lang=fr><head><title>{escape(title)} - Le Site</title></head><body><nav>Accueil</nav>"
            f"<article><h1>{escape(title)}</h1>{paragraphs}</article></body></html>"
        )
        self.listed.insert(0, path)
        self._dates[path] = published_at or datetime.now(UTC)
        return self.url(path)

    def feed(self) -> str:
        """The RSS feed as it stands."""
        items = "".join(
            f"<item><title>{escape(path)}</title><link>{self.url(path)}</link>"
            f"<pubDate>{format_datetime(self._dates[path])}</pubDate></item>"
            for path in self.listed
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Le Site</title>{items}</channel></rss>'

    def home(self) -> str:
        """The home page, which names the feed."""
        links = "".join(f'<a href="{path}">{path}</a>' for path in self.listed)
        return (
            '<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head>'
            f"<body>{links}</body></html>"
        )

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.asked[request.path] += 1
        self.agents.add(request.headers.get("User-Agent", ""))
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            if request.path in self.scripts:
                return await self.scripts[request.path](request)
            return self._usual(request)
        finally:
            self.open -= 1

    def _usual(self, request: web.Request) -> web.Response:
        if request.path == "/robots.txt":
            return web.Response(text=self.robots)
        if request.path == "/":
            return web.Response(text=self.home(), content_type="text/html")
        if request.path == "/feed.xml":
            return self._feed(request)
        if request.path in self.articles:
            return web.Response(text=self.articles[request.path], content_type="text/html")
        return web.Response(status=404, text="not here")

    def _feed(self, request: web.Request) -> web.Response:
        etag = f'"{len(self.listed)}"'
        if request.headers.get("If-None-Match") == etag:
            self.conditional["/feed.xml"] += 1
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(text=self.feed(), content_type="application/rss+xml", headers={"ETag": etag})


def answering(status: int, text: str = "", **headers: str) -> Answer:
    """A script that always answers so."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=text, headers=sent)

    return answer


def once(first: Answer, site: LocalSite, path: str) -> Answer:
    """A script for the first request only; after that the path answers as usual."""

    async def answer(request: web.Request) -> web.StreamResponse:
        site.scripts.pop(path, None)
        return await first(request)

    return answer
