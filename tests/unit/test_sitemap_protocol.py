"""The protocol of sitemaps.org as a table: what it allows is read, what it forbids does no harm."""

import gzip
from datetime import UTC, datetime

import pytest

from crawler.sitemaps import ParsedSitemap, parse_sitemap
from news.errors import FeedError

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://news.example/sitemap.xml"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def urlset(entries: str, spaces: str = SPACE) -> bytes:
    """A sitemap of these entries."""
    return f"{HEAD}<urlset {spaces}>{entries}</urlset>".encode()


def index(entries: str) -> bytes:
    """An index of these entries."""
    return f"{HEAD}<sitemapindex {SPACE}>{entries}</sitemapindex>".encode()


A = "<url><loc>https://news.example/a</loc></url>"
FULL = """<url><loc>https://news.example/a</loc><lastmod>2026-11-19</lastmod><changefreq>monthly</changefreq>
<priority>0.8</priority></url>"""
ALTERNATE = '<xhtml:link rel="alternate" hreflang="fr" href="https://news.example/fr/a"/>'
RSS = b'<rss version="2.0"><channel><item><link>https://news.example/a</link></item></channel></rss>'
ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="https://news.example/a"/></entry></feed>'
PAGE = "https://news.example/a"
UMLAUT = "https://news.example/%C3%BCmlat"
LONG = f"https://news.example/{'a' * 2000}"

# What the protocol says, a file that does it, and the pages that must be found in it.
PAGES = [
    ("loc is required, the rest is optional", urlset(A), [PAGE]),
    ("lastmod, changefreq and priority may be there", urlset(FULL), [PAGE]),
    ("entities are escaped: ampersand", urlset(A.replace("/a<", "/a?b=1&amp;c=2<")), [f"{PAGE}?b=1&c=2"]),
    ("entities are escaped: quotes", urlset(A.replace("/a<", "/a&apos;&quot;<")), [f"{PAGE}'%22"]),
    ("entities are escaped: angle brackets", urlset(A.replace("/a<", "/a&lt;&gt;<")), [f"{PAGE}%3C%3E"]),
    ("URLs are escaped: as the protocol's example", urlset(A.replace("/a<", "/%C3%BCmlat<")), [UMLAUT]),
    ("URLs are escaped: or not", urlset(A.replace("/a<", "/ümlat<")), [UMLAUT]),
    ("the file is UTF-8, with a mark", b"\xef\xbb\xbf" + urlset(A), [PAGE]),
    ("the namespace is named", urlset(A, ""), [PAGE]),
    ("the namespace is that of 0.84", urlset(A, 'xmlns="http://www.google.com/schemas/sitemap/0.84"'), [PAGE]),
    ("schemas may be named", urlset(A, f'{SPACE} xmlns:xsi="x" xsi:schemaLocation="a b"'), [PAGE]),
    ("others may extend it", urlset(A.replace("</url>", f"{ALTERNATE}</url>"), f'{SPACE} xmlns:xhtml="x"'), [PAGE]),
    ("white space counts for nothing", urlset(A.replace("<loc>", "<loc>\n  ").replace("</loc>", "\n</loc>")), [PAGE]),
    ("a URL is listed once", urlset(A * 3), [PAGE]),
    ("a URL has fewer than 2,048 characters", urlset(A.replace("/a<", f"{LONG[20:]}<")), [LONG]),
    ("all URLs are of one host: the crawler judges", urlset(A.replace("news", "www")), ["https://www.example/a"]),
    ("a URL begins with its scheme", urlset(A.replace("https://news.example", "")), [PAGE]),
    ("a URL without loc", urlset(f"<url/>{A}"), [PAGE]),
    ("an empty loc", urlset(f"<url><loc/></url>{A}"), [PAGE]),
    ("an entry commented out", urlset(f"<!-- {A.replace('/a', '/b')} -->{A}"), [PAGE]),
    ("CDATA", urlset(A.replace("<loc>", "<loc><![CDATA[").replace("</loc>", "]]></loc>")), [PAGE]),
    ("none at all", urlset(""), []),
    ("gzip is allowed", gzip.compress(urlset(A)), [PAGE]),
    ("a text file has a URL a line", b"https://news.example/a\nhttps://news.example/b\n", [PAGE, "https://news.example/b"]),
    ("a text file is UTF-8, with a mark", "\ufeffhttps://news.example/é\r\n".encode(), ["https://news.example/%C3%A9"]),
    ("a text file may be gzipped", gzip.compress(b"https://news.example/a\n"), [PAGE]),
    ("RSS 2.0 is allowed", RSS, [PAGE]),
    ("Atom is allowed", ATOM, [PAGE]),
]  # fmt: skip
CHILD = "https://news.example/1.xml.gz"
CHILDREN = [
    ("loc is required", index(f"<sitemap><loc>{CHILD}</loc></sitemap>"), [CHILD]),
    (
        "lastmod may be there",
        index("<sitemap><loc>/1.xml</loc><lastmod>2004-10-01T18:23:17+00:00</lastmod></sitemap>"),
        ["https://news.example/1.xml"],
    ),
    ("a sitemap is listed once", index("<sitemap><loc>/1.xml</loc></sitemap>" * 2), ["https://news.example/1.xml"]),
    ("one without loc", index("<sitemap/>"), []),
]  # fmt: skip
DATES = [
    ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
    ("2026-11", datetime(2026, 11, 1, tzinfo=UTC)),
    ("2026-11-19", datetime(2026, 11, 19, tzinfo=UTC)),
    ("2026-11-19T19:20+01:00", datetime(2026, 11, 19, 18, 20, tzinfo=UTC)),
    ("2026-11-19T19:20:30+01:00", datetime(2026, 11, 19, 18, 20, 30, tzinfo=UTC)),
    ("2026-11-19T19:20:30.45+01:00", datetime(2026, 11, 19, 18, 20, 30, 450_000, tzinfo=UTC)),
    ("2026-11-19T19:20:30Z", datetime(2026, 11, 19, 19, 20, 30, tzinfo=UTC)),
]
REFUSED = [
    ("no XML, no URLs", b"Not found"),
    ("another root", b"<opml/>"),
    ("a web page", b"<!doctype html><title>Not found</title>"),
    ("declares entities", b'<!DOCTYPE urlset [<!ENTITY a "b">]>' + urlset(A)),
    ("larger than 50 MiB when opened", gzip.compress(b"<urlset>" + b" " * (50 * 2**20))),
]


def read(body: bytes) -> ParsedSitemap:
    """The sitemap at the usual address."""
    return parse_sitemap(body, URL, NOW)


@pytest.mark.parametrize(("body", "pages"), [case[1:] for case in PAGES], ids=[case[0] for case in PAGES])
def test_the_pages_of_a_sitemap_are_found(body: bytes, pages: list[str]) -> None:
    sitemap = read(body)
    assert [link.url for link in sitemap.links] == pages
    assert (sitemap.children, sitemap.is_truncated) == ((), False)


@pytest.mark.parametrize(("body", "children"), [case[1:] for case in CHILDREN], ids=[case[0] for case in CHILDREN])
def test_the_sitemaps_of_an_index_are_found(body: bytes, children: list[str]) -> None:
    sitemap = read(body)
    assert (list(sitemap.children), sitemap.links) == (children, ())


@pytest.mark.parametrize(("written", "instant"), DATES)
def test_every_form_of_w3c_date_is_read(written: str, instant: datetime) -> None:
    assert read(urlset(FULL.replace("2026-11-19", written))).modified == (instant,)


@pytest.mark.parametrize("body", [case[1] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_is_no_sitemap_is_refused(body: bytes) -> None:
    with pytest.raises(FeedError):
        read(body)


def test_a_news_sitemap_says_when_and_what() -> None:
    news = (
        "<news:news><news:publication><news:name>N</news:name><news:language>en</news:language></news:publication>"
        "<news:publication_date>2026-11-20</news:publication_date><news:title>Fire</news:title></news:news></url>"
    )
    sitemap = read(urlset(A.replace("</url>", news), f"{SPACE} {NEWS}"))
    assert sitemap.is_news
    assert sitemap.links[0].title == "Fire"
    assert sitemap.links[0].published_at == datetime(2026, 11, 20, tzinfo=UTC)


def test_fifty_thousand_entries_are_read_and_the_newest_kept() -> None:
    entries = "".join(f"<url><loc>/{n}</loc></url>" for n in range(49_999))
    sitemap = read(urlset(f"{entries}{FULL}"))
    assert sitemap.links[0].url == PAGE
    assert sitemap.is_truncated
