"""Feeds as attackers write them, and as broken machines do: rows 24, 25, 27 and more of what must be survived."""

import contextlib
import json
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.feeds import MOST_ENTRIES, ParsedFeed, looks_like_feed
from news.errors import FeedError
from tests.feeds import addresses, read, rss

RSS_091 = b"""<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
"http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><title>News</title>
<item><title>One</title><link>https://news.example/1</link></item></channel></rss>"""
ITEM = "<item><title>One</title><link>https://news.example/1</link></item>"


BILLION = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))


BAD = {
    "empty": b"",
    "white space": b" \n\t ",
    "html": b"<!DOCTYPE html><html><head><title>News</title></head><body><p>Hello</p></body></html>",
    "html without doctype": b"<html><body>Not found</body></html>",
    "xhtml": b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x.dtd"><html></html>',
    "text": b"Service unavailable",
    "no feed": b"<urlset><url><loc>https://news.example/1</loc></url></urlset>",
    "binary": bytes(range(256)) * 4,
    "gzip": b"\x1f\x8b\x08\x00abc",
    "broken off": b'<?xml version="1.0"?><rss version="2.0"><channel><title>Ne',
    "json": b'{"error": "not found"}',
    "json list": b"[1, 2]",
    "broken json": b'{"version": "https://jsonfeed.org/version/1", "items": [',
    "deep json": b'{"items": ' + b"[" * 200_000,
    "billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{BILLION}]><rss><channel>&l9;</channel></rss>'.encode(),
    "quadratic": b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 100_000 + b'">]><rss>' + b"&a;" * 10_000 + b"</rss>",
    "xxe": b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><rss><channel><title>&f;</title></channel></rss>',
    "parameter entity": b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/p"> %p;]><rss><channel/></rss>',
    "entity behind a comment": b'<!-- <x> --><!DOCTYPE x [<!ENTITY a "b">]><rss><channel/></rss>',
    "entity in utf-16": '<!DOCTYPE x [<!ENTITY a "b">]><rss><channel/></rss>'.encode("utf-16"),
    "entity behind text": b'junk <!DOCTYPE x [<!ENTITY a "b">]><rss><channel/></rss>',
    "too many tags": b"<rss><channel><item><title>" + b"<b>" * 500_000,
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD.keys())
def test_what_is_no_feed_is_refused_soon_and_with_a_sentence(body: bytes) -> None:
    """Rows 24 and 25: what would fetch or blow up is refused within a second of CPU."""
    started = time.process_time()
    with pytest.raises(FeedError) as refused:
        read(body)
    assert time.process_time() - started < 1.0
    assert str(refused.value).startswith(("the ", "it "))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", [name for name in BAD if "entity" in name or name in ("xxe", "quadratic")])
def test_entities_are_refused_for_what_they_are(name: str) -> None:
    with pytest.raises(FeedError, match="declares entities"):
        read(BAD[name])


@pytest.mark.parametrize("name", ["xxe", "parameter entity", "external dtd"])
def test_nothing_is_opened_or_fetched(name: str) -> None:
    """Row 24: XXE, an external DTD, a parameter entity, read by every road."""
    touched: list[str] = []
    watching = False

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event in ("open", "socket.connect", "socket.getaddrinfo", "urllib.Request"):
            touched.append(f"{event} {arguments[0]}")

    body = BAD.get(name, RSS_091.replace(b"http://my.netscape.com", b"http://127.0.0.1:1"))
    with contextlib.suppress(FeedError):
        read(body)  # so that no module is loaded while we look
    watching = True
    sys.addaudithook(note)
    with contextlib.suppress(FeedError):
        read(body)
    watching = False
    assert touched == []


def test_an_external_dtd_is_never_fetched() -> None:
    """Row 24: the feed is read all the same."""
    assert addresses(RSS_091.replace(b"http://my.netscape.com", b"http://127.0.0.1:1")) == ["https://news.example/1"]


def test_an_article_may_write_about_entities() -> None:
    item = '<item><title>XXE</title><link>/x</link><description><![CDATA[<!ENTITY a "b">]]></description></item>'
    assert addresses(rss(item)) == ["https://news.example/x"]


@pytest.mark.parametrize("head", ["", "<title>News & more</title>"])
@pytest.mark.parametrize("closing", ["</item>", "</item >", ""])
def test_a_hundred_thousand_items_are_capped_quickly(closing: str, head: str) -> None:
    """Row 27, well-formed and not."""
    items = "".join(f"<item><title>{n}</title><link>/{n}</link>{closing}" for n in range(100_000))
    started = time.process_time()
    feed = read(rss(items, head))
    assert time.process_time() - started < 2.5
    assert [link.title for link in feed.links] == [str(n) for n in range(MOST_ENTRIES)]
    assert feed.is_truncated


@pytest.mark.parametrize(
    ("guids", "expected"),
    [
        (["1", "1", "1"], 3),  # the same GUID on three articles
        (["", "", ""], 3),
        (["1", "2", "3"], 3),
    ],
)
def test_an_article_is_known_by_its_link_whatever_its_guid(guids: list[str], expected: int) -> None:
    """Row 27: a GUID missing, shared or changed makes no article twice, and swallows none."""
    items = [f"<item><guid>{guid}</guid><link>/{n}</link></item>" for n, guid in enumerate(guids)]
    changed = [f"<item><guid>new-{n}</guid><link>/{n}</link></item>" for n in range(3)]
    assert len(addresses(rss("".join(items)))) == expected
    assert addresses(rss("".join(items + changed))) == addresses(rss("".join(items)))


SLOW = {
    "10 MB cut off": "<item><link>/a</link><description>" + "<![CDATA[" + "a &amp; b <p>" * 700_000,
    "many tags in each": f"<item><link>/a</link>{'<x/>' * 390}</item>" * 990,
    "many open tags": f"&nope;<item><link>/a</link>{'<x>' * 390}</item>" * 990,
    "many references": "<item><link>/a</link><title>" + "&eacute;" * 1_250_000,
    "many attributes": "<item " + " ".join(f"a{n}='x'" for n in range(300_000)) + "><link>/a</link></item>",
    "many bare attributes": "&nope;<item " + " ".join(f"a{n}=x" for n in range(300_000)) + "><link>/a</link></item>",
    "many categories": "&nope;<item><link>/a</link>" + "<category>a</category>" * 40_000 + "</item>",
    "many different categories": "&nope;<item>" + "".join(f"<category term='{n}'/>" for n in range(70_000)) + "</item>",
    "many namespaces": "<item>" + "".join(f"<a:b xmlns:a='u{n}'/>" for n in range(100_000)) + "</item>",
    "deep": "&nope;<item><description>" + "<a>" * 140_000,
    "brackets": "<item><title>" + "<" * 5_000_000,
}


@pytest.mark.parametrize("body", SLOW.values(), ids=SLOW.keys())
def test_no_feed_takes_long(body: str) -> None:
    """Rows 15 and 27: seconds before the worker's limit, whatever feedparser does in the square of its input."""
    started = time.process_time()
    with contextlib.suppress(FeedError):
        read(rss(body))
    assert time.process_time() - started < 4.0


def test_as_many_entries_as_can_be_read_in_time_are_read() -> None:
    feed = read(rss("".join(f"<item><link>/{n}</link>&nope;{'<x/>' * 390}</item>" for n in range(990))))
    assert feed.is_truncated
    assert 300 < len(feed.links) < 990


def test_a_json_feed_is_capped_too() -> None:
    feed = read(json.dumps({"items": [{"url": f"/{n}"} for n in range(MOST_ENTRIES + 1)], "version": "1"}).encode())
    assert len(feed.links) == MOST_ENTRIES
    assert feed.is_truncated


def test_exactly_as_many_items_as_the_limit_are_not_truncated() -> None:
    feed = read(rss("".join(f"<item><link>/{n}</link></item>" for n in range(MOST_ENTRIES))))
    assert (len(feed.links), feed.is_truncated) == (MOST_ENTRIES, False)


@given(st.binary(max_size=300), st.sampled_from([b"", b"<rss><channel><item>", b"<feed>", b'{"items":[']))
def test_any_bytes_are_a_feed_or_a_feed_error(tail: bytes, start: bytes) -> None:
    body = start + tail
    looks_like_feed(body)
    with contextlib.suppress(FeedError):
        assert isinstance(read(body), ParsedFeed)
