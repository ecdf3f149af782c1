"""Where a list of articles goes on."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pagination import next_page_of

SITE = "https://www.journal.example"


def rss(head: str = "", tail: str = "") -> bytes:
    """A feed with one entry."""
    item = "<item><title>a</title><link>https://www.journal.example/a</link></item>"
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>J</title>{head}{item}{tail}</channel></rss>'.encode()
    )


@pytest.mark.parametrize("place", ["head", "tail"])
def test_a_feed_names_its_next_page(place: str) -> None:
    link = '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" href="/feed?a=1&amp;page=2" rel="next"/>'
    assert next_page_of(rss(**{place: link}), f"{SITE}/feed?a=1") == f"{SITE}/feed?a=1&page=2"


def test_an_atom_feed_names_its_next_page_and_others() -> None:
    body = b"""<feed xmlns='http://www.w3.org/2005/Atom'><link rel='self' href='/1'/><link rel='prev' href='/0'/>
    <link href='archive/2' rel='next'/><entry><link rel='alternate' href='/x'/></entry></feed>"""
    assert next_page_of(body, f"{SITE}/atom/") == f"{SITE}/atom/archive/2"


def test_a_json_feed_names_its_next_page() -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "next_url": "/feed.json?page=2", "items": []}
    assert next_page_of(json.dumps(feed).encode(), f"{SITE}/feed.json") == f"{SITE}/feed.json?page=2"


@pytest.mark.parametrize(
    ("here", "there"),
    [("/feed/", "/feed/?paged=2"), ("/feed/?paged=2", "/feed/?paged=3"), ("/?feed=rss2", "/?feed=rss2&paged=2")],
)
def test_wordpress_pages_its_feeds_unsaid(here: str, there: str) -> None:
    assert next_page_of(rss("<generator>https://wordpress.org/?v=6.6</generator>"), SITE + here) == SITE + there


@pytest.mark.parametrize(
    "body",
    [
        rss(),
        rss('<atom:link rel="next" href="https://elsewhere.example/feed?page=2"/>'),
        rss('<atom:link rel="next" href="/feed"/>'),
        rss('<atom:link rel="next" href="javascript:alert(1)"/>'),
        b'{"version": "https://jsonfeed.org/version/1", "next_url": 3}',
        b'{"version": "https://jsonfeed.org/version/1", ',
        b"",
        b"<html><a href='/feed?page=0'>1</a></html>",
    ],
)
def test_where_nothing_follows_nothing_is_made_up(body: bytes) -> None:
    assert next_page_of(body, f"{SITE}/feed") is None


@pytest.mark.parametrize(
    ("here", "links", "there"),
    [
        ("/monde/", '<link rel="next" href="/monde/suite-2">', "/monde/suite-2"),
        ("/monde/", '<a rel="nofollow next" href="?page=2">encore</a>', "/monde/?page=2"),
        ("/monde/", '<a href="?page=3">3</a><a href="?page=2">2</a><a href="?page=14">14</a>', "/monde/?page=2"),
        ("/monde?page=2", '<a href="?page=1">1</a><a href="?page=3">3</a>', "/monde?page=3"),
        ("/monde/", '<a href="/monde/page/2/">2</a><a href="/monde/page/3/">3</a>', "/monde/page/2/"),
        ("/monde/page/2/", '<a href="/monde/">1</a><a href="/monde/page/3/">3</a>', "/monde/page/3/"),
        ("/monde/", '<a href="/monde/2/">2</a>', "/monde/2/"),
        (
            "/spip.php?rubrique3",
            '<a href="?rubrique3&debut_articles=10">2</a>',
            "/spip.php?rubrique3&debut_articles=10",
        ),
        ("/monde/", '<a href="/monde/?avant=2026-11-01">Articles plus anciens »</a>', "/monde/?avant=2026-11-01"),
        ("/monde/", '<a href="/monde/b">Suivant</a>', "/monde/b"),
        ("/monde/", '<a href="/monde/b">← Older posts</a>', "/monde/b"),
        ("/monde/", '<a href="/monde/b">Older posts →</a>', "/monde/b"),
        ("/world/", '<a href="/world/b" aria-label="Next page"><svg></svg></a>', "/world/b"),
        ("/monde/", '<a href="/sport/?page=2">2</a><a href="/monde/">1</a>', None),
        ("/monde/", '<a href="/monde/le-jour-suivant">Le jour suivant, tout avait disparu</a>', None),
        ("/monde/", '<a href="https://autre.example/?page=2" rel="next">2</a>', None),
        ("/", '<a href="/?p=12345">Un article</a>', None),
        ("/monde/?tri=date", '<a href="?page=2&tri=date">2</a>', "/monde/?page=2&tri=date"),
    ],
)
def test_a_web_page_links_to_its_next_one(here: str, links: str, there: str | None) -> None:
    body = f"<html><body><main>{links}</main></body></html>".encode()
    assert next_page_of(body, SITE + here, "text/html") == (SITE + there if there else None)


@pytest.mark.parametrize(
    "body", [b"<link " * 200_000, b"<a href='?page=2'>" * 50_000, rss("<link " * 100_000), b"<a>" + b"x " * 500_000]
)
def test_no_page_is_too_much(body: bytes) -> None:
    started = time.process_time()
    next_page_of(body, f"{SITE}/monde/")
    assert time.process_time() - started < 5


@given(st.binary(max_size=200))
def test_any_bytes_are_read(body: bytes) -> None:
    next_page_of(b"<html><a href='/b'>" + body, f"{SITE}/a")
    next_page_of(b"<rss>" + body, f"{SITE}/a")
