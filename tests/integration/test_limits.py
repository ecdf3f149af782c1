"""Encodings, redirects and settings: what Vigie's own middlewares make of answers, without a wire."""

import zlib
from gzip import compress
from pathlib import Path
from typing import Any, get_args

import brotli  # type: ignore[import-untyped]
import pytest
from backports import zstd
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError, IgnoreRequest
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.statscollectors import DummyStatsCollector
from scrapy.utils.misc import load_object
from twisted.web.client import HTTPConnectionPool

from crawler.budget import LONGEST_FOLLOWED
from crawler.fetching import Answer, answer_or_failure
from crawler.handler import MOST_HEADER_BYTES, forget_closed
from crawler.middlewares.compression import MOST_LAYERS, CompressionMiddleware
from crawler.middlewares.redirects import RedirectMiddleware
from crawler.settings import PAGE_BYTES, SITEMAP_BYTES, CrawlLimits, scrapy_settings
from crawler.spiders.news import NewsSpider
from news.caps import CapName
from news.clock import SystemClock
from news.errors import BadUrlError
from news.url import LONGEST_URL
from tests.hostile import bomb

URL = "http://example.com/a"
BODY = "<p>Déjà vu</p>".encode() * 1_000


def _raw_deflate(body: bytes) -> bytes:
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    return deflater.compress(body) + deflater.flush()


ENCODED = {
    "gzip": compress(BODY),
    "x-gzip": compress(BODY),
    "GZip": compress(BODY),
    "deflate": zlib.compress(BODY),
    " deflate": _raw_deflate(BODY),
    "br": brotli.compress(BODY),
    "zstd": zstd.compress(BODY),
    "gzip, br": brotli.compress(compress(BODY)),
    "deflate, gzip, zstd": zstd.compress(compress(zlib.compress(BODY))),
    "identity": BODY,
    "gzip, identity": compress(BODY),
}


def test_of_many_hosts_those_are_forgotten_to_which_no_connection_is_open() -> None:
    pool = HTTPConnectionPool(None)  # type: ignore[no-untyped-call]
    places = {("http", f"h{number}.example", 80): ["a connection"] if number % 3 == 0 else [] for number in range(9)}
    pool._connections = dict(places)
    forget_closed(pool, most=9)
    assert pool._connections == places
    forget_closed(pool, most=8)
    assert pool._connections == {place: kept for place, kept in places.items() if kept}


@pytest.fixture
def crawler() -> Crawler:
    made = Crawler(NewsSpider, Settings(scrapy_settings(CrawlLimits())))
    made.stats = DummyStatsCollector(made)
    return made


def _answer(body: bytes, *encodings: str, status: int = 200) -> Response:
    return Response(URL, status=status, body=body, headers={"Content-Encoding": list(encodings)})


async def _decoded(crawler: Crawler, answer: Response, **meta: Any) -> bytes:
    decoded = await CompressionMiddleware(crawler).process_response(Request(URL, meta=meta), answer)
    assert isinstance(decoded, Response)
    return decoded.body


@pytest.mark.parametrize("encodings", ENCODED)
async def test_every_encoding_is_opened_alone_and_in_a_chain(crawler: Crawler, encodings: str) -> None:
    assert await _decoded(crawler, _answer(ENCODED[encodings], encodings)) == BODY


async def test_encodings_may_stand_in_headers_of_their_own(crawler: Crawler) -> None:
    assert await _decoded(crawler, _answer(brotli.compress(compress(BODY)), "gzip", "br")) == BODY


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
async def test_an_answer_without_a_body_has_nothing_to_open(crawler: Crawler, encoding: str) -> None:
    assert await _decoded(crawler, _answer(b"", encoding, status=304)) == b""


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw deflate", "br", "zstd"])
@pytest.mark.parametrize(("limit", "cap"), [(PAGE_BYTES, "page size"), (SITEMAP_BYTES, "sitemap size")])
async def test_a_bomb_is_stopped_at_the_limit_of_its_request(
    crawler: Crawler, encoding: str, limit: int, cap: str
) -> None:
    named = encoding.rpartition(" ")[2]
    with pytest.raises(DownloadCancelledError) as stopped:
        await _decoded(crawler, _answer(bomb(encoding), named), download_maxsize=limit)
    assert getattr(stopped.value.__cause__, "cap", None) == cap


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
async def test_what_is_not_in_the_encoding_it_claims_says_so(crawler: Crawler, encoding: str) -> None:
    with pytest.raises(DownloadFailedError, match=f"said to be in {encoding} and cannot be decoded"):
        await _decoded(crawler, _answer(BODY, encoding))


async def test_no_answer_is_opened_more_than_three_times(crawler: Crawler) -> None:
    with pytest.raises(DownloadFailedError, match="encoded 4 times over"):
        await _decoded(crawler, _answer(b"x", "gzip, gzip, gzip, gzip"))


async def test_a_large_answer_is_opened_aside(crawler: Crawler) -> None:
    noise = bytes(range(256)) * 4_000
    stored = zlib.compress(noise, 0)
    assert await _decoded(crawler, _answer(stored, "deflate")) == noise


def _redirected(crawler: Crawler, location: str, way: list[str], **headers: str) -> Request | Response:
    middleware = RedirectMiddleware(crawler.settings)
    middleware.crawler = crawler
    answer = Response(URL, status=302, headers={"Location": location, **headers})
    meta = {"redirect_urls": way, "redirect_times": len(way), "redirect_ttl": 10 - len(way)} if way else {}
    return middleware.process_response(Request(URL, meta=meta), answer)


def test_a_redirect_is_followed(crawler: Crawler) -> None:
    followed = _redirected(crawler, "/b", [])
    assert isinstance(followed, Request)
    assert followed.url == "http://example.com/b"


@pytest.mark.parametrize("location", ["/a", "/a#top", "http://example.com/b"])
def test_a_redirect_to_where_we_were_is_a_circle(crawler: Crawler, location: str) -> None:
    with pytest.raises(IgnoreRequest) as ended:
        _redirected(crawler, location, ["http://example.com/b"])
    assert str(ended.value.__cause__) == "redirects in a circle"


def test_a_circle_with_a_cookie_says_what_may_be_the_matter(crawler: Crawler) -> None:
    with pytest.raises(IgnoreRequest) as ended:
        _redirected(crawler, "/a", [], **{"Set-Cookie": "seen=1"})
    assert "for want of a cookie" in str(ended.value.__cause__)


def test_the_eleventh_redirect_is_one_too_many(crawler: Crawler) -> None:
    with pytest.raises(IgnoreRequest) as ended:
        _redirected(crawler, "/c", [f"http://example.com/{number}" for number in range(10)])
    assert str(ended.value.__cause__) == "redirects more than 10 times"


def test_a_redirect_to_nowhere_is_a_bad_url(crawler: Crawler) -> None:
    with pytest.raises(BadUrlError):
        _redirected(crawler, "http://[::bad", [])


def test_a_validator_with_a_nul_or_without_end_is_not_kept() -> None:
    headers = {"ETag": b'"a\x00b"', "Last-Modified": "x" * 2_000, "Content-Type": "text/html;\tcharset=utf-8"}
    answer = answer_or_failure(Response(URL, headers=headers), SystemClock().now())
    assert answer == Answer(URL, b"", content_type="text/html;\tcharset=utf-8")


def test_every_cap_is_documented() -> None:
    text = Path("docs/limits.md").read_text(encoding="utf-8")
    assert [name for name in get_args(CapName) if f"`{name}`" not in text] == []


@pytest.mark.parametrize(
    "told",
    [
        f"{LONGEST_FOLLOWED:,} characters",
        f"{LONGEST_URL:,} characters",
        f"| {MOST_HEADER_BYTES // 1024} KiB |",
        f"one in the other | | {MOST_LAYERS} |",
        f"| `page size` | {PAGE_BYTES // 1024**2} MiB |",
        f"| `sitemap size` | {SITEMAP_BYTES // 1024**2} MiB |",
        f"| `idle` | {CrawlLimits().idle_timeout:g} s |",
        f"| `time` | {CrawlLimits().timeout:g} s |",
        f"| `pages per visit` | {CrawlLimits().pages_per_visit} |",
    ],
)
def test_the_limits_documented_are_those_in_force(told: str) -> None:
    assert told in Path("docs/limits.md").read_text(encoding="utf-8")


def test_only_http_is_spoken_and_only_by_the_handler_with_limits() -> None:
    handlers = {scheme: path for scheme, path in scrapy_settings(CrawlLimits())["DOWNLOAD_HANDLERS"].items() if path}
    assert handlers == dict.fromkeys(("http", "https"), "crawler.handler.BoundedHandler")


def test_every_middleware_that_is_named_exists() -> None:
    """A name of Scrapy's that is misspelt would leave its own middleware on beside ours."""
    for path in scrapy_settings(CrawlLimits())["DOWNLOADER_MIDDLEWARES"]:
        assert load_object(path)
