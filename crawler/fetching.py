"""One fetch through Scrapy's engine, its end always a value: an answer or a failure."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.access import Access, access_of
from crawler.caching import max_age_of
from crawler.failure import FetchFailure, from_exception, from_status
from crawler.middlewares.access import access_meta
from news import url as urls
from news.article import Page
from news.clock import Clock
from news.errors import BadUrlError
from news.source import Feed, Source

_LONGEST_HEADER = 1_000  # characters
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sent, after redirects; `is_unchanged` for a 304, whose body is empty.

    `links` are its `Link` headers as they came, see crawler.linkheader. `max_age` is for how many seconds it says that
    it stays fresh, None where it says nothing.
    """

    url: str
    body: bytes
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    is_unchanged: bool = False
    links: tuple[str, ...] = ()
    max_age: int | None = None

    @property
    def page(self) -> Page:
        """The answer as a page to be extracted."""
        return Page(self.url, self.body, self.content_type)


def request_for(
    url: str, feed: Feed | None = None, max_bytes: int = 0, access: Access | None = None, **wiring: Any
) -> Request:
    """The request for a URL, conditional where a feed's validators are known; `wiring` is callback and the like.

    `access` is what the source's owner has given it, put on by AccessMiddleware.
    """
    headers = {}
    if feed is not None and feed.etag:
        headers["If-None-Match"] = feed.etag
    if feed is not None and feed.last_modified:
        headers["If-Modified-Since"] = feed.last_modified
    meta = ({"download_maxsize": max_bytes} if max_bytes else {}) | access_meta(access)
    return Request(url, headers=headers, meta=meta, dont_filter=True, **wiring)


def answer_or_failure(response: Response, now: datetime) -> Answer | FetchFailure:
    """What a response means for us."""
    header = {name: _text(response.headers.get(name)) for name in ("Content-Type", "ETag", "Last-Modified")}
    if response.status != 304 and not 200 <= response.status < 300:
        return from_status(response.status, response.url, _text(response.headers.get("Retry-After")), now)
    return Answer(
        url=response.url,
        body=response.body,
        content_type=header["Content-Type"],
        etag=header["ETag"],
        last_modified=header["Last-Modified"],
        is_unchanged=response.status == 304,
        links=tuple(line.decode("latin-1") for line in response.headers.getlist("Link")),
        max_age=_max_age(response),
    )


def _max_age(response: Response) -> int | None:
    lines = [line.decode("latin-1") for line in response.headers.getlist("Cache-Control")]
    return max_age_of(lines, _text(response.headers.get("Age")))


def _text(header: bytes | None) -> str:
    """A header as text; nothing where it holds what no header may, or more than anybody needs: it is kept and sent."""
    text = header.decode("latin-1") if header else ""
    return "" if _CONTROL.search(text) or len(text) > _LONGEST_HEADER else text


class Fetcher:
    """Fetches through the running engine; middlewares apply, spider callbacks do not."""

    def __init__(self, crawler: Crawler, clock: Clock, access: Access | None = None) -> None:
        self._crawler = crawler
        self._clock = clock
        self.access = access

    def of(self, source: Source) -> "Fetcher":
        """The fetcher for what belongs to a source. Raises ConfigError where its access cannot be read."""
        if not source.access and not source.accept_any_certificate:
            return self
        return Fetcher(self._crawler, self._clock, access_of(source))

    def request(self, url: str, feed: Feed | None = None, max_bytes: int = 0, **wiring: Any) -> Request:
        """The request that `get` would make, for whoever has the engine make it; `wiring` is callback and the like."""
        return request_for(url, feed, max_bytes, self.access, **wiring)

    async def get(self, url: str, feed: Feed | None = None, max_bytes: int = 0) -> Answer | FetchFailure:
        """Fetch a URL, conditionally where `feed` has validators. Never raises for what the network does."""
        try:
            request = self.request(urls.checked(url), feed, max_bytes, callback=NO_CALLBACK)
        except BadUrlError as error:
            return from_exception(error, url)
        try:
            response = await self._crawler.engine.download_async(request)
        except Exception as error:
            return from_exception(error, url)
        return answer_or_failure(response, self._clock.now())
