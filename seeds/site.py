"""A news site on loopback made from the seeds: it publishes an article whenever it is told to."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Self

from aiohttp import web

from news.clock import Clock
from seeds.listings import news_sitemap, robots_txt, rss
from seeds.pages import MAGAZINE_SITE, render, render_home
from seeds.programme import Programme
from seeds.texts import SeedArticle

HOST = "127.0.0.1"
NAME = MAGAZINE_SITE

_BETWEEN_OLD_ARTICLES = timedelta(hours=3)
_RELATED = 3
_NOT_HERE = "There is nothing at this address."


class DemoSite:
    """Front page, feed, news sitemap, robots.txt and articles, from `async with` until its end.

    `asked` counts requests by path; `unchanged` the polls that were answered 304.
    """

    def __init__(self, clock: Clock, programme: Programme) -> None:
        self.asked: Counter[str] = Counter()
        self.unchanged = 0
        self._clock = clock
        self._to_come = list(programme.to_come)
        now = clock.now()
        ages = range(len(programme.history), 0, -1)
        self._published = [
            _dated(article, now - age * _BETWEEN_OLD_ARTICLES)
            for article, age in zip(programme.history, ages, strict=True)
        ]
        self._old = len(self._published)
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, 0).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def address(self) -> str:
        """Host and port, as an allow-list takes them."""
        return f"{HOST}:{self._port}"

    @property
    def base_url(self) -> str:
        """Where it is, without a slash at the end."""
        return f"http://{self.address}"

    @property
    def published(self) -> tuple[SeedArticle, ...]:
        """What can be read on it, the newest first."""
        return tuple(reversed(self._published))

    @property
    def history(self) -> tuple[SeedArticle, ...]:
        """What could be read on it from the first, the oldest first."""
        return tuple(self._published[: self._old])

    @property
    def to_come(self) -> int:
        """How many articles it has yet to publish."""
        return len(self._to_come)

    def url_of(self, article: SeedArticle) -> str:
        """Where a published article is."""
        return self.base_url + article.path

    def publish_next(self) -> SeedArticle:
        """Publish the next article of the programme, dated now. Raises IndexError where none is left."""
        article = _dated(self._to_come.pop(0), self._clock.now())
        self._published.append(article)
        return article

    def page(self, article: SeedArticle) -> str:
        """The article's page as it stands: its cards lead to the newest of the others."""
        others = [other for other in self.published if other.slug != article.slug]
        return render(article, self.base_url, others[:_RELATED])

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked[request.path] += 1
        fixed: dict[str, Callable[[], web.Response]] = {
            "/": lambda: _html(render_home(self.published, self.base_url)),
            "/robots.txt": lambda: web.Response(text=robots_txt(self.base_url)),
            "/feed/": lambda: self._listing(request, rss, "application/rss+xml"),
            "/feed.xml": lambda: self._listing(request, rss, "application/rss+xml"),
            "/news-sitemap.xml": lambda: self._listing(request, news_sitemap, "application/xml"),
        }
        if request.path in fixed:
            return fixed[request.path]()
        for article in self._published:
            if article.path == request.path:
                return _html(self.page(article))
        return web.Response(status=404, text=_NOT_HERE)

    def _listing(self, request: web.Request, listing: Callable[..., str], content_type: str) -> web.Response:
        """The listing, or 304 for those who say that they have it as it stands."""
        tag, newest = str(len(self._published)), self._published[-1].published_at.replace(microsecond=0)
        unchanged = _knows(request, tag, newest)
        self.unchanged += unchanged
        response = web.Response(status=304) if unchanged else web.Response(content_type=content_type, charset="utf-8")
        if not unchanged:
            response.text = listing(self.published, self.base_url, NAME)
        response.etag = tag
        response.last_modified = newest
        return response


def _knows(request: web.Request, tag: str, newest: datetime) -> bool:
    """Whether the asker has the listing as it stands; where it sends a tag, that decides (RFC 9110, 13.2.2)."""
    if request.if_none_match is not None:
        return any(known.value in (tag, "*") for known in request.if_none_match)
    return request.if_modified_since is not None and newest <= request.if_modified_since


def _html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html", charset="utf-8")


def _dated(article: SeedArticle, published_at: datetime) -> SeedArticle:
    return replace(article, published_at=published_at)
