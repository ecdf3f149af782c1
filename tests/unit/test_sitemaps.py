"""Sitemaps of every kind, as sites write them and as attackers do."""

import contextlib
import gzip
import pickle
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.entries import read_entries
from crawler.sitemaps import MOST_CHILDREN, MOST_LINKS, ParsedSitemap, parse_sitemap
from news.errors import FeedError

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://news.example/maps/sitemap.xml"
SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def urlset(*entries: str) -> bytes:
    """A sitemap of these `url` elements' contents."""
    return f"<urlset {SPACES}>{''.join(f'<url>{entry}</url>' for entry in entries)}</urlset>".encode()


def index(*entries: str) -> bytes:
    """An index of these `sitemap` elements' contents."""
    return f"<sitemapindex {SPACES}>{''.join(f'<sitemap>{each}</sitemap>' for each in entries)}</sitemapindex>".encode()


def loc(address: str, lastmod: str = "") -> str:
    """An entry's address, and its date where one is given."""
    return f"<loc>{address}</loc>" + (f"<lastmod>{lastmod}</lastmod>" if lastmod else "")


def read(body: bytes) -> ParsedSitemap:
    """The sitemap at the usual address, at the usual time."""
    return parse_sitemap(body, URL, NOW)


def addresses(body: bytes) -> list[str]:
    """The links' URLs."""
    return [link.url for link in read(body).links]


def test_links_come_newest_first_and_undated_ones_last() -> None:
    sitemap = read(urlset(loc("/a"), loc("/b", "2026-11-01"), loc("/c", "2026-11-19T08:00+01:00"), loc("/d")))
    assert [link.url[-1] for link in sitemap.links] == ["c", "b", "a", "d"]
    assert sitemap.modified == (
        datetime(2026, 11, 19, 7, tzinfo=UTC),
        datetime(2026, 11, 1, tzinfo=UTC),
        None,
        None,
    )
    assert not sitemap.is_news
    assert all(link.published_at is None for link in sitemap.links)
    assert pickle.loads(pickle.dumps(sitemap)) == sitemap


def test_a_news_sitemap_tells_titles_and_times_of_publication() -> None:
    news = (
        "<news:news><news:publication><news:name>News</news:name><news:language>fr</news:language></news:publication>"
        "<news:publication_date>2026-11-20T09:30:00+01:00</news:publication_date>"
        "<news:title>Feu &amp; eau &amp;eacute;</news:title></news:news>"
    )
    sitemap = read(urlset(loc("/a", "2026-11-20T10:00:00Z") + news))
    assert sitemap.is_news
    assert sitemap.links[0].title == "Feu & eau é"
    assert sitemap.links[0].published_at == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


def test_a_picture_is_not_the_page() -> None:
    image = "<image:image><image:loc>https://cdn.example/a.jpg</image:loc></image:image>"
    assert addresses(urlset(image + loc("/a"), image)) == ["https://news.example/a"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("https://news.example/a", "https://news.example/a"),
        ("\n  https://news.example/a?utm_source=x\n", "https://news.example/a"),
        ("a", "https://news.example/maps/a"),
        ("/a?x=1&amp;y=2", "https://news.example/a?x=1&y=2"),
        ("/a?x=1&y=2", "https://news.example/a?x=1&y=2"),
        ("<![CDATA[/a?x=1&y=2]]>", "https://news.example/a?x=1&y=2"),
        ("/a\x0bb", "https://news.example/ab"),
        ("/été", "https://news.example/%C3%A9t%C3%A9"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("", None),
        ("/" + "a" * 100_000, None),
    ],
)
def test_where_an_entry_leads(written: str, expected: str | None) -> None:
    assert addresses(urlset(loc(written), loc("/z"))) == ([expected] if expected else []) + ["https://news.example/z"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-11", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-19", datetime(2026, 11, 19, tzinfo=UTC)),
        ("2026-11-19T08:00Z", datetime(2026, 11, 19, 8, tzinfo=UTC)),
        ("2026-11-19 08:00:00.1234567+02:00", datetime(2026, 11, 19, 6, 0, 0, 123456, tzinfo=UTC)),
        ("Thu, 19 Nov 2026 08:00:00 GMT", datetime(2026, 11, 19, 8, tzinfo=UTC)),
        ("2026-13", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("2099-01-01", None),
        ("soon", None),
    ],
)
def test_dates_are_read_in_every_spelling_or_not_believed(written: str, expected: datetime | None) -> None:
    assert read(urlset(loc("/a", written))).modified == (expected,)


def test_recent_links_are_those_since_a_date_and_those_without_one() -> None:
    sitemap = read(urlset(loc("/old", "2026-10-01"), loc("/new", "2026-11-19"), loc("/undated")))
    recent = sitemap.recent_only(datetime(2026, 11, 1, tzinfo=UTC))
    assert [link.url for link in recent] == ["https://news.example/new", "https://news.example/undated"]


def test_an_index_names_news_first_then_the_latest_and_lists_last() -> None:
    body = index(
        loc("/page-sitemap.xml", "2026-11-20"),
        loc("/sitemap-2024-05.xml", "2026-11-20"),
        loc("/sitemap-2026-11.xml", "2026-11-19"),
        loc("/post-sitemap2.xml", "2026-11-18"),
        loc("/post-sitemap.xml", "2025-01-01"),
        loc("/tag-sitemap.xml"),
        loc("/newsletter.xml"),
        loc("/google-news.xml.gz"),
        loc("/google-news.xml.gz"),
    )
    names = [child.rpartition("/")[2] for child in read(body).children]
    assert names[0] == "google-news.xml.gz"
    assert names[1:5] == ["post-sitemap2.xml", "sitemap-2026-11.xml", "post-sitemap.xml", "sitemap-2024-05.xml"]
    assert set(names[-2:]) == {"page-sitemap.xml", "tag-sitemap.xml"}
    assert len(names) == 8


def test_an_index_is_capped() -> None:
    sitemap = read(index(*(loc(f"/{n}.xml") for n in range(MOST_CHILDREN + 5))))
    assert (len(sitemap.children), sitemap.is_truncated, sitemap.links) == (MOST_CHILDREN, True, ())


def test_of_too_many_links_the_newest_are_kept() -> None:
    entries = [loc(f"/{n}", "2020-01-01") for n in range(MOST_LINKS)]
    sitemap = read(urlset(*entries, loc("/last", "2026-11-19")))
    assert len(sitemap.links) == MOST_LINKS
    assert sitemap.links[0].url == "https://news.example/last"
    assert sitemap.is_truncated


def test_a_million_entries_are_not_all_read() -> None:
    started = time.process_time()
    body = urlset(*(loc(f"/{n}") for n in range(200_000)))
    entries = read_entries(body, NOW)
    sitemap = read(body)
    assert time.process_time() - started < 10.0
    assert (len(entries.entries), entries.is_truncated) == (50_000, True)
    assert (len(sitemap.links), sitemap.is_truncated) == (MOST_LINKS, True)


@pytest.mark.parametrize("root", ['<urlset xmlns="x">', "<urlset>", "<?xml version='1.0'?><!-- made by x --><urlset>"])
def test_an_empty_sitemap_is_fine(root: str) -> None:
    assert read(f"{root}</urlset>".encode()) == ParsedSitemap()


def test_names_count_and_namespaces_do_not() -> None:
    body = b'<s:urlset xmlns:s="http://www.google.com/schemas/sitemap/0.84"><s:url><s:loc>/a</s:loc></s:url></s:urlset>'
    assert addresses(body) == ["https://news.example/a"]


def test_a_sitemap_broken_off_gives_its_whole_entries() -> None:
    body = urlset(loc("/article-1"), loc("/article-2"))
    sitemap = read(body[: body.rindex(b"-2")])
    assert [link.url for link in sitemap.links] == ["https://news.example/article-1"]
    assert sitemap.is_truncated


def test_a_comment_after_the_end_is_no_break() -> None:
    assert not read(urlset(loc("/a")) + b"<!-- in 0.2 s -->").is_truncated


def test_plain_text_is_a_url_a_line() -> None:
    sitemap = read("\ufeffhttps://news.example/a\r\n\r\nhttps://news.example/b\nnonsense\n".encode())
    assert [link.url for link in sitemap.links] == ["https://news.example/a", "https://news.example/b"]


def test_a_feed_will_do_for_a_sitemap() -> None:
    body = b'<rss version="2.0"><channel><item><title>A</title><link>/a</link></item></channel></rss>'
    assert addresses(body) == ["https://news.example/a"]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_the_charset_is_the_declared_one(charset: str) -> None:
    text = f'<?xml version="1.0" encoding="{charset.removesuffix("-sig")}"?><urlset><url><loc>/é</loc></url></urlset>'
    assert addresses(text.encode(charset)) == ["https://news.example/%C3%A9"]


def test_gzip_is_opened_whatever_it_is_called() -> None:
    body = urlset(loc("/a"))
    assert addresses(gzip.compress(body)) == ["https://news.example/a"]
    assert addresses(gzip.compress(body[:50]) + gzip.compress(body[50:])) == ["https://news.example/a"]


def test_gzip_cut_short_gives_what_is_there() -> None:
    body = gzip.compress(urlset(*(loc(f"/article-{n * 7919}") for n in range(5_000))))
    sitemap = read(body[: len(body) // 2])
    assert sitemap.is_truncated
    assert 0 < len(sitemap.links) < 5_000


BILLION = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
BAD = {
    "empty": b"",
    "html": b"<!DOCTYPE html><html><body>404</body></html>",
    "text": b"Service unavailable",
    "other xml": b"<opml><body/></opml>",
    "broken off at once": b"<urlset><url><loc>https://news.example/half",
    "bomb": gzip.compress(b"<urlset>" + b" " * 60_000_000),
    "gzip in gzip": gzip.compress(gzip.compress(b"<urlset></urlset>")),
    "damaged gzip": b"\x1f\x8b" + b"\x08" * 40,
    "many members": gzip.compress(b"") * 200_000,
    "billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{BILLION}]><urlset>&l9;</urlset>'.encode(),
    "xxe": b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><urlset><url><loc>/&f;</loc></url></urlset>',
    "parameter entity": b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/"> %p;]><urlset></urlset>',
    "xxe in gzip": gzip.compress(b'<!DOCTYPE x [<!ENTITY f "g">]><urlset></urlset>'),
    "nested": b"<urlset>" + b"<url>" * 300_000,
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD.keys())
def test_what_is_no_sitemap_is_refused_soon_and_with_a_sentence(body: bytes) -> None:
    started = time.process_time()
    with pytest.raises(FeedError) as refused:
        read(body)
    assert time.process_time() - started < 2.0
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("name", "reason"), [("bomb", "holds more than"), ("gzip in gzip", "another gzip file")])
def test_gzip_is_refused_for_the_right_reason(name: str, reason: str) -> None:
    with pytest.raises(FeedError, match=reason):
        read(BAD[name])


@given(
    st.binary(max_size=200), st.sampled_from([b"", b"<urlset><url>", b"<sitemapindex>", b"http://h/\n", b"\x1f\x8b"])
)
def test_any_bytes_are_a_sitemap_or_a_feed_error(tail: bytes, start: bytes) -> None:
    for body in (start + tail, gzip.compress(start + tail)):
        with contextlib.suppress(FeedError):
            assert isinstance(read(body), ParsedSitemap)
