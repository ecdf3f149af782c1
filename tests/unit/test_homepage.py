"""The feeds that a home page names, and the places where they are when it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.homepage import MOST_FEEDS, feed_urls, usual_feed_paths, usual_sitemap_paths

URL = "https://www.journal.example/"


def head(*elements: str) -> bytes:
    """A page with these elements in its head."""
    return f"<!DOCTYPE html><html><head>{''.join(elements)}</head><body></body></html>".encode()


def body(*elements: str) -> bytes:
    """A page with these elements in its body."""
    return f"<!DOCTYPE html><html><body>{''.join(elements)}</body></html>".encode()


@pytest.mark.parametrize(
    "element",
    [
        '<link rel="alternate" type="application/rss+xml" href="/f">',
        '<link rel="ALTERNATE" type="application/rss+xml; charset=utf-8" href=" /f ">',
        "<link href='/f' type=application/atom+xml rel='home alternate'>",
        '<link rel="alternate" type="application/feed+json" href="/f">',
        '<link rel="alternate" type="application/rdf+xml" href="/f" title="Journal">',
        '<link rel="feed" href="/f">',
        '<base href="https://www.journal.example/x/"><link rel="alternate" type="text/rss" href="../f">',
    ],
)
def test_a_feed_named_in_the_head_is_found(element: str) -> None:
    assert feed_urls(head(element), URL) == ("https://www.journal.example/f",)


@pytest.mark.parametrize(
    "element",
    [
        '<link rel="alternate" hreflang="fr" href="/fr/">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed?url=x">',
        '<link rel="alternate" type="text/html" href="/amp">',
        '<link rel="alternate stylesheet" type="text/css" href="/feed">',
        '<link rel="stylesheet" href="/rss.xml">',
        '<link rel="preload" type="application/rss+xml" href="/f">',
        '<link type="application/rss+xml" href="/f">',
        '<link rel="alternate" type="application/rss+xml" href="/comments/feed/">',
        '<link rel="alternate" type="application/rss+xml" href="/c" title="Journal » Comments Feed">',
        '<link rel="alternate" type="application/rss+xml" href="/c" title="Flux des commentaires">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
        '<link rel="alternate" type="application/rss+xml" href="file:///etc/passwd">',
        '<link rel="alternate" type="application/rss+xml" href="">',
        '<link rel="alternate" type="application/rss+xml">',
    ],
)
def test_what_is_no_feed_of_articles_is_left_out(element: str) -> None:
    assert feed_urls(head(element), URL) == ()


@pytest.mark.parametrize(
    ("href", "found"),
    [
        ("/rss", True),
        ("/rss.xml", True),
        ("/feed/", True),
        ("/politique/feed", True),
        ("/rss/politique.xml", True),
        ("/arc/outboundfeeds/rss/", True),
        ("/nature.rss", True),
        ("/?feed=rss2", True),
        ("https://rss.journal.example/feed.xml", True),
        ("https://feeds.feedburner.com/journal", True),
        ("https://other.example/rss.xml", False),
        ("/comments/feed/", False),
        ("/feedback", False),
        ("/feeding-the-world", False),
        ("/rss-explained-to-beginners.html", False),
        ("/contact", False),
    ],
)
def test_a_link_on_the_page_may_lead_to_a_feed(href: str, found: bool) -> None:
    assert bool(feed_urls(body(f'<a href="{href}">RSS</a>'), URL)) is found


def test_named_feeds_come_before_linked_ones_each_once() -> None:
    page = b"""<head><link rel=alternate type=application/rss+xml href=/b><link rel=alternate
    type=application/atom+xml href=/a></head><body><a href=/z/rss>z</a><a href=/b/feed>b</a><a href=/rss>r</a>
    <a href=/rss?utm_source=x>r</a><link rel=alternate type=application/rss+xml href=/b/></body>"""
    paths = [url.removeprefix("https://www.journal.example") for url in feed_urls(page, URL)]
    assert paths == ["/b", "/a", "/z/rss", "/b/feed", "/rss"]


def test_feeds_are_capped() -> None:
    links = (f'<link rel="alternate" type="application/rss+xml" href="/f{n}">' for n in range(100))
    assert len(feed_urls(head(*links), URL)) == MOST_FEEDS


@pytest.mark.parametrize(
    ("url", "first", "has"),
    [
        ("https://journal.example", "https://journal.example/feed", "https://journal.example/feeds/posts/default"),
        ("https://journal.example/fr/", "https://journal.example/fr/feed", "https://journal.example/rss.xml"),
        (
            "https://journal.example/fr/index.html",
            "https://journal.example/fr/feed",
            "https://journal.example/feed.json",
        ),
        ("http://localhost:8000/?x=1#y", "http://localhost:8000/feed", "http://localhost:8000/atom.xml"),
    ],
)
def test_the_usual_feeds_are_below_the_page_and_at_the_root(url: str, first: str, has: str) -> None:
    paths = usual_feed_paths(url)
    assert paths[0] == first
    assert has in paths
    assert len(set(paths)) == len(paths)


def test_the_usual_sitemaps_are_at_the_root_and_news_comes_first() -> None:
    paths = usual_sitemap_paths("https://journal.example/fr/une")
    assert "news" in paths[0]
    assert "https://journal.example/sitemap.xml" in paths
    assert all(path.count("/") == 3 for path in paths)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_page(page: bytes) -> None:
    assert isinstance(feed_urls(page, URL), tuple)
    assert isinstance(feed_urls(b"<link rel=alternate type=application/rss+xml href='" + page, URL), tuple)
