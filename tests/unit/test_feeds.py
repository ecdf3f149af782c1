"""Feeds of every kind, as sites write them and as attackers do."""

import contextlib
import json
import pickle
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.feeds import MOST_ENTRIES, ParsedFeed, looks_like_feed, parse_feed
from news.errors import FeedError

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://news.example/feeds/all.xml"


def rss(items: str, head: str = "<title>News</title>", declaration: str = '<?xml version="1.0"?>') -> bytes:
    """An RSS 2.0 feed around the items."""
    spaces = 'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:atom="http://www.w3.org/2005/Atom"'
    spaces += ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    return f'{declaration}<rss version="2.0" {spaces}><channel>{head}{items}</channel></rss>'.encode()


def atom(entries: str, attributes: str = "") -> bytes:
    """An Atom feed around the entries."""
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>News</title>{entries}</feed>'.encode()


def read(body: bytes, content_type: str = "") -> ParsedFeed:
    """The feed at the usual address, at the usual time."""
    return parse_feed(body, URL, NOW, content_type)


def addresses(body: bytes) -> list[str]:
    """The links' URLs."""
    return [link.url for link in read(body).links]


RSS_091 = b"""<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
"http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><title>News</title>
<item><title>One</title><link>https://news.example/1</link></item></channel></rss>"""
RSS_090 = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">
<channel><title>News</title></channel><item><title>One</title><link>https://news.example/1</link></item></rdf:RDF>"""
RSS_10 = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel><title>News</title></channel><item rdf:about="https://news.example/1"><title>One</title>
<link>https://news.example/1</link></item></rdf:RDF>"""
ATOM_03 = b"""<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>News</title>
<entry><title>One</title><link rel="alternate" type="text/html" href="https://news.example/1"/></entry></feed>"""
JSON_FEED = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "News",
"items": [{"id": "1", "url": "https://news.example/1", "title": "One"}]}"""
ITEM = "<item><title>One</title><link>https://news.example/1</link></item>"
KINDS = [RSS_090, RSS_091, RSS_10, rss(ITEM), ATOM_03, JSON_FEED]
KINDS += [atom('<entry><title>One</title><link href="https://news.example/1"/></entry>')]


@pytest.mark.parametrize("body", KINDS)
def test_every_kind_of_feed_is_known_and_read(body: bytes) -> None:
    feed = read(body)
    assert looks_like_feed(body)
    assert feed.title == "News"
    assert [(link.url, link.title) for link in feed.links] == [("https://news.example/1", "One")]
    assert pickle.loads(pickle.dumps(feed)) == feed


@pytest.mark.parametrize("body", [rss(""), atom(""), b'{"version": "https://jsonfeed.org/version/1", "items": []}'])
def test_a_feed_without_entries_is_fine(body: bytes) -> None:
    assert read(body).links == ()


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


def test_characters_that_xml_forbids_are_dropped() -> None:
    assert read(rss(ITEM, "<title>Ne\x00\x08\ufffews</title>")).title == "News"


def test_an_external_dtd_is_never_fetched() -> None:
    assert addresses(RSS_091.replace(b"http://my.netscape.com", b"http://127.0.0.1:1")) == ["https://news.example/1"]


def test_an_article_may_write_about_entities() -> None:
    item = '<item><title>XXE</title><link>/x</link><description><![CDATA[<!ENTITY a "b">]]></description></item>'
    assert addresses(rss(item)) == ["https://news.example/x"]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("<link>/a</link>", "https://news.example/a"),
        ("<link>a?x=1&amp;y=2</link>", "https://news.example/feeds/a?x=1&y=2"),
        ("<link>\n  https://news.example/a\n  </link>", "https://news.example/a"),
        ("<link>https://News.Example:443/a?utm_source=rss#top</link>", "https://news.example/a"),
        ("<guid>https://news.example/a</guid>", "https://news.example/a"),
        ('<guid isPermaLink="true">https://news.example/a</guid>', "https://news.example/a"),
        ('<guid isPermaLink="false">https://news.example/a</guid>', None),
        ("<guid>12345</guid>", None),
        ("<guid>12345</guid><link>/a</link>", "https://news.example/a"),
        ("<link>/b</link><feedburner:origLink>https://news.example/a</feedburner:origLink>", "https://news.example/a"),
        ("<link>/a</link><feedburner:origLink>javascript:x</feedburner:origLink>", "https://news.example/a"),
        ('<link>/a</link><atom:link rel="self" href="/b"/>', "https://news.example/a"),
        ('<link>/a</link><enclosure url="/b.mp3" type="audio/mpeg" length="1"/>', "https://news.example/a"),
        ("<link>javascript:alert(1)</link>", None),
        ("<link>mailto:desk@news.example</link>", None),
        ("<link>file:///etc/passwd</link>", None),
        ("<link>https://user:pass@news.example/a</link>", None),
        (f"<link>https://news.example/{'a' * 100_000}</link>", None),
        ("<title>No link at all</title>", None),
    ],
)
def test_the_link_of_an_rss_item(item: str, expected: str | None) -> None:
    assert addresses(rss(f"<item>{item}</item>")) == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ('<link rel="self" href="/s"/><link rel="alternate" type="text/html" href="/a"/>', "https://news.example/a"),
        ('<link rel="alternate" href="/a"/><link rel="replies" href="/r"/>', "https://news.example/a"),
        ('<link rel="alternate" type="application/pdf" href="/a.pdf"/>', "https://news.example/a.pdf"),
        ('<link rel="edit" href="/e"/><id>https://news.example/a</id>', "https://news.example/a"),
        ("<id>tag:news.example,2026:1</id>", None),
        ('<link xml:base="/deep/" href="a"/>', "https://news.example/deep/a"),
    ],
)
def test_the_link_of_an_atom_entry(entry: str, expected: str | None) -> None:
    assert addresses(atom(f"<entry>{entry}</entry>")) == ([expected] if expected else [])


def test_xml_base_is_followed() -> None:
    assert addresses(atom('<entry><link href="a"/></entry>', 'xml:base="https://other.example/b/"')) == [
        "https://other.example/b/a"
    ]


def test_repeated_links_are_told_once_in_the_feeds_order() -> None:
    items = "".join(
        f"<item><link>{link}</link></item>" for link in ("/b", "/a", "/b?utm_source=x", "http://news.example/a/")
    )
    assert addresses(rss(items)) == ["https://news.example/b", "https://news.example/a"]


@pytest.mark.parametrize("closing", ["</item>", "</item >"])
def test_a_hundred_thousand_items_are_capped_quickly(closing: str) -> None:
    items = "".join(f"<item><title>{n}</title><link>/{n}</link>{closing}" for n in range(100_000))
    started = time.process_time()
    feed = read(rss(items))
    assert time.process_time() - started < 5.0
    assert [link.title for link in feed.links] == [str(n) for n in range(MOST_ENTRIES)]
    assert feed.is_truncated


def test_a_json_feed_is_capped_too() -> None:
    feed = read(json.dumps({"items": [{"url": f"/{n}"} for n in range(MOST_ENTRIES + 1)], "version": "1"}).encode())
    assert len(feed.links) == MOST_ENTRIES
    assert feed.is_truncated


def test_exactly_as_many_items_as_the_limit_are_not_truncated() -> None:
    feed = read(rss("".join(f"<item><link>/{n}</link></item>" for n in range(MOST_ENTRIES))))
    assert (len(feed.links), feed.is_truncated) == (MOST_ENTRIES, False)


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Café &amp; thé", "Café & thé"),
        ("AT&amp;amp;T", "AT&T"),
        ("&amp;amp;lt;b&amp;amp;gt;", "&lt;b&gt;"),
        ("L&amp;#8217;été", "L’été"),
        ("&lt;b&gt;Fire&lt;/b&gt; in &lt;a href='x'&gt;Lyon&lt;/a&gt;", "Fire in Lyon"),
        ("<![CDATA[<em>Fire</em> &eacute;teint]]>", "Fire éteint"),
        ("List&lt;T&gt; and 3 &lt; 4 &gt; 2", "List<T> and 3 < 4 > 2"),
        ("Ok&lt;script&gt;alert(1)&lt;/script&gt;", "Ok"),
        ("\n two\n  lines\t", "two lines"),
        ("a&#0;b", "ab"),
        ("x" * 5_000, "x" * 999 + "…"),
        ("", ""),
    ],
)
def test_a_title_is_plain_text(written: str, title: str) -> None:
    assert read(rss(f"<item><title>{written}</title><link>/a</link></item>")).links[0].title == title


@pytest.mark.parametrize(
    ("element", "title"),
    [
        ('<title type="text">1 &lt;b&gt; 2 &amp;eacute;</title>', "1 <b> 2 &eacute;"),
        ('<title type="html">1 &lt;b&gt;2&lt;/b&gt; &amp;eacute;</title>', "1 2 é"),
        ('<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">1 &lt; <b>2</b></div></title>', "1 < 2"),
    ],
)
def test_an_atom_title_says_how_it_is_written(element: str, title: str) -> None:
    assert read(atom(f'<entry>{element}<link href="/a"/></entry>')).links[0].title == title


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ("<pubDate>Fri, 20 Nov 2026 08:00:00 +0100</pubDate>", datetime(2026, 11, 20, 7, tzinfo=UTC)),
        ("<pubDate>Fri, 20 Nov 2026 08:00:00 EST</pubDate>", datetime(2026, 11, 20, 13, tzinfo=UTC)),
        ("<dc:date>2026-11-20T08:00:00Z</dc:date>", datetime(2026, 11, 20, 8, tzinfo=UTC)),
        ("<pubDate>Sat, 21 Nov 2026 11:00:00 GMT</pubDate>", datetime(2026, 11, 21, 11, tzinfo=UTC)),
        ("<pubDate>Sat, 21 Nov 2026 13:00:00 GMT</pubDate>", None),
        ("<pubDate>Thu, 01 Jan 2099 00:00:00 GMT</pubDate>", None),
        ("<pubDate>Mon, 01 Jan 0001 00:00:00 GMT</pubDate>", None),
        ("<dc:date>0001-01-01T00:00:00Z</dc:date>", None),
        ("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>", None),
        ("<pubDate>yesterday</pubDate>", None),
        ("<pubDate></pubDate>", None),
        ("", None),
    ],
)
def test_a_date_is_aware_and_believable_or_none(element: str, expected: datetime | None) -> None:
    assert read(rss(f"<item><link>/a</link>{element}</item>")).links[0].published_at == expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"url": "/a"}, "https://news.example/a"),
        ({"external_url": "https://other.example/a"}, "https://other.example/a"),
        ({"url": "/a", "external_url": "https://other.example/a"}, "https://news.example/a"),
        ({"id": "https://news.example/a"}, "https://news.example/a"),
        ({"id": "7"}, None),
        ({"url": 7, "title": []}, None),
        ("not an object", None),
        (None, None),
    ],
)
def test_the_link_of_a_json_feed_item(item: object, expected: str | None) -> None:
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]}).encode()
    assert addresses(body) == ([expected] if expected else [])


def test_a_json_feed_has_titles_dates_and_a_hub() -> None:
    body = b"""\xef\xbb\xbf{"version": "https:\\/\\/jsonfeed.org\\/version\\/1.1", "title": "N\xc3\xa9ws",
    "hubs": [{"type": "WebSub", "url": "/hub"}], "items": [{"url": "/a", "title": "5 < 6 \\ud800",
    "date_published": "2026-11-20T09:00:00+01:00"}]}"""
    feed = read(body)
    assert (feed.title, feed.hub) == ("Néws", "https://news.example/hub")
    assert feed.links[0].title == "5 < 6 \ufffd"
    assert feed.links[0].published_at == datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "seconds"),
    [
        ("<ttl>60</ttl>", 3600),
        ("<ttl>0</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<ttl>99999999</ttl>", 7 * 86_400),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 1800),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", 86_400),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 3600),
        ("", None),
    ],
)
def test_how_long_a_publisher_asks_to_be_left_alone(head: str, seconds: int | None) -> None:
    assert read(rss("", head)).ttl_seconds == seconds


def test_a_hub_is_found() -> None:
    assert read(rss("", '<atom:link rel="hub" href="https://hub.example/"/>')).hub == "https://hub.example/"
    assert read(rss("", '<atom:link rel="hub" href="javascript:x"/>')).hub == ""


FRENCH = "<item><title>L’été à Évry</title><link>/a</link></item>"


@pytest.mark.parametrize(
    ("declared", "charset", "content_type"),
    [
        ("utf-8", "utf-8", ""),
        ("iso-8859-1", "cp1252", ""),
        ("iso-8859-1", "utf-8", "text/xml"),
        ("utf-8", "cp1252", "application/xml; charset=utf-8"),
        ("utf-16", "utf-16", ""),
        ("no-such-charset", "utf-8", ""),
        ("utf-7", "utf-8", ""),
        ("utf-8", "cp1252", "text/xml; charset=iso-8859-1"),
        ("utf-8", "utf-8-sig", "text/xml; charset=us-ascii"),
    ],
)
def test_a_lying_charset_does_no_harm(declared: str, charset: str, content_type: str) -> None:
    body = rss(FRENCH, declaration=f'<?xml version="1.0" encoding="{declared}"?>').decode().encode(charset)
    assert read(body, content_type).links[0].title == "L’été à Évry"


@pytest.mark.parametrize(
    "body",
    [
        rss(ITEM).replace(b"</channel></rss>", b""),
        rss(ITEM).replace(b"<title>News", b"<title>News & more &nbsp;<br>"),
        rss(ITEM).replace(b"<title>News", b"<title>Ne\x00\x08ws"),
        b"\n\n  " + rss(ITEM),
        b"Warning: something in line 3\n" + rss(ITEM),
        b"\xef\xbb\xbf" + rss(ITEM),
    ],
)
def test_a_broken_feed_gives_what_can_be_read(body: bytes) -> None:
    assert addresses(body) == ["https://news.example/1"]


def test_a_tag_that_takes_the_name_of_a_field_does_no_harm() -> None:
    tags = ("links", "title_detail", "published_parsed", "guidislink", "id", "link", "tags", "entries", "feed")
    items = "".join(f"<item><{tag} a='1'/><{tag}>x</{tag}><link>/{tag}</link></item>" for tag in tags)
    assert "https://news.example/tags" in addresses(rss(items, head="".join(f"<{tag}>x</{tag}>" for tag in tags[:3])))


@given(st.binary(max_size=300), st.sampled_from([b"", b"<rss><channel><item>", b"<feed>", b'{"items":[']))
def test_any_bytes_are_a_feed_or_a_feed_error(tail: bytes, start: bytes) -> None:
    body = start + tail
    looks_like_feed(body)
    with contextlib.suppress(FeedError):
        assert isinstance(read(body), ParsedFeed)


FRIENDS = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:foaf="http://xmlns.com/foaf/0.1/"/>'
PAGE = b"<!DOCTYPE html><html><rss></rss></html>"


@pytest.mark.parametrize("body", [b"", b"<html></html>", PAGE, b"plain", b'{"items": []}', b"<urlset/>", FRIENDS])
def test_what_does_not_look_like_a_feed(body: bytes) -> None:
    assert not looks_like_feed(body, "application/rss+xml")
