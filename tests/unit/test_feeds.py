"""Feeds of every kind, as sites write them."""

import json
import pickle
from datetime import UTC, datetime

import pytest

from crawler.feeds import looks_like_feed
from tests.feeds import addresses, atom, read, rss

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


def test_characters_that_xml_forbids_are_dropped() -> None:
    assert read(rss(ITEM, "<title>Ne\x00\x08\ufffews</title>")).title == "News"


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
        ("<guid>HTTPS://news.example/a</guid>", "https://news.example/a"),
        ("<guid>12345</guid><link>/a</link>", "https://news.example/a"),
        ("<link>/b</link><feedburner:origLink>https://news.example/a</feedburner:origLink>", "https://news.example/a"),
        ("<link>/a</link><feedburner:origLink>javascript:x</feedburner:origLink>", "https://news.example/a"),
        ("<link>/a</link><feedburner:origLink>no URL</feedburner:origLink>", "https://news.example/a"),
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
    """Row 29: what leads nowhere is dropped, what is relative is resolved."""
    assert addresses(rss(f"<item>{item}</item>")) == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ('<link rel="self" href="/s"/><link rel="alternate" type="text/html" href="/a"/>', "https://news.example/a"),
        ('<link rel="alternate" href="/a"/><link rel="replies" href="/r"/>', "https://news.example/a"),
        ('<link rel="alternate" type="application/pdf" href="/a.pdf"/>', "https://news.example/a.pdf"),
        ('<link rel="edit" href="/e"/><id>https://news.example/a</id>', "https://news.example/a"),
        ("<id>tag:news.example,2026:1</id>", None),
        ('<id>tag:1</id><link rel="ALTERNATE" href="/b"/><link href="/a"/>', "https://news.example/a"),
        ('<link rel="http://www.iana.org/assignments/relation/alternate" href="/a"/>', "https://news.example/a"),
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
        ("Ok&lt;!-- note", "Ok"),
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
        ("<pubDate>Fri, 20 Nov 2026 08:00:00 NOWHERE</pubDate>", datetime(2026, 11, 20, 8, tzinfo=UTC)),
        ("<pubDate>Fri, 20 Nov 2026 08:00:00 +9999</pubDate>", datetime(2026, 11, 16, 3, 21, tzinfo=UTC)),
        ("<pubDate>Fri, 20 Nov 2026 08:00:00</pubDate>", datetime(2026, 11, 20, 8, tzinfo=UTC)),
        ("<pubDate></pubDate>", None),
        ("", None),
    ],
)
def test_a_date_is_aware_and_believable_or_none(element: str, expected: datetime | None) -> None:
    """Row 28: no date, year 1, 2099, no zone, a bad zone; the article is kept with the date unknown."""
    assert read(rss(f"<item><link>/a</link>{element}</item>")).links[0].published_at == expected


@pytest.mark.parametrize(
    ("dates", "published", "modified"),
    [
        ("<published>2026-11-19T08:00:00Z</published><updated>2026-11-20T08:00:00Z</updated>", 19, 20),
        ("<updated>2026-11-20T08:00:00Z</updated>", 20, 20),
        ("<published>2026-11-19T08:00:00Z</published>", 19, None),
        ("<published>2026-11-19T08:00:00Z</published><updated>2099-01-01T08:00:00Z</updated>", 19, None),
        ("<published>2099-01-01T08:00:00Z</published><updated>2026-11-20T08:00:00Z</updated>", 20, 20),
    ],
)
@pytest.mark.parametrize("detour", ["", '<!-- base="" -->'], ids=["fast road", "feedparser"])
def test_what_atom_calls_updated_is_the_last_change(
    dates: str, published: int, modified: int | None, detour: str
) -> None:
    [link] = read(atom(f'<entry><link href="/a"/>{dates}</entry>{detour}')).links
    assert (link.published_at and link.published_at.day) == published
    assert (link.modified_at and link.modified_at.day) == modified


def test_a_json_feed_says_when_an_item_was_modified() -> None:
    items = [
        {"url": "/a", "date_published": "2026-11-19T08:00:00Z", "date_modified": "2026-11-20T08:00:00Z"},
        {"url": "/b", "date_modified": "2026-11-20T08:00:00Z"},
        {"url": "/c", "date_published": "2026-11-19T08:00:00Z", "date_modified": 7},
    ]
    links = read(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()).links
    days = [tuple(each and each.day for each in (link.published_at, link.modified_at)) for link in links]
    assert days == [(19, 20), (20, 20), (19, None)]


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
        ("<ttl>0</ttl>", 0),
        ("<ttl>-5</ttl>", 0),
        ("<ttl>soon</ttl>", 0),
        ("<ttl>99999999</ttl>", 7 * 86_400),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 1800),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", 86_400),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 3600),
        ("", 0),
    ],
)
def test_how_long_a_publisher_asks_to_be_left_alone(head: str, seconds: int) -> None:
    assert read(rss("", head)).ttl == seconds


@pytest.mark.parametrize(
    ("head", "hours", "days"),
    [
        ("<skipHours><hour>0</hour><hour> 23 </hour></skipHours>", {0, 23}, set()),
        ("<skipHours><hour>24</hour><hour>25</hour><hour>x</hour><hour>-1</hour></skipHours>", {0}, set()),
        (f"<skipHours>{''.join(f'<hour>{n}</hour>' for n in range(24))}</skipHours>", set(), set()),
        ("<skipDays><day>Monday</day><day>sunday</day><day>Foo</day></skipDays>", set(), {0, 6}),
        ("<skipHours/><skipDays></skipDays>", set(), set()),
        ("<title>News & more</title><skipHours><hour>3</hour></skipHours>", {3}, set()),
    ],
)
def test_when_asking_is_no_use(head: str, hours: set[int], days: set[int]) -> None:
    for feed in (read(rss(ITEM, head)), read(rss(f"{ITEM}{head}", ""))):
        assert set(feed.skip_hours) == hours
        assert set(feed.skip_days) == days


def test_an_article_cannot_say_when_the_feed_sleeps() -> None:
    sleeps = "<skipHours><hour>3</hour></skipHours>"
    item = f"<item><link>/a</link><description><![CDATA[{sleeps}]]></description></item>"
    assert read(rss(item * 2)).skip_hours == frozenset()


@pytest.mark.parametrize(
    ("links", "hub", "topic", "next_page"),
    [
        ('<atom:link rel="hub" href="https://hub.example/"/>', "https://hub.example/", "", ""),
        ('<atom:link rel="HUB" href="https://Hub.example"/>', "https://hub.example/", "", ""),
        (
            '<atom:link rel="hub" href="javascript:x"/><atom:link rel="hub" href="/h"/>',
            "https://news.example/h",
            "",
            "",
        ),
        ('<atom:link rel="self" href="all.xml#x"/>', "", "https://news.example/feeds/all.xml#x", ""),
        ('<atom:link rel="next" href="?page=2"/>', "", "", "https://news.example/feeds/all.xml?page=2"),
        (
            '<atom:link rel="prev-archive" href="/2025"/><atom:link rel="next" href="/2"/>',
            "",
            "",
            "https://news.example/2",
        ),
        ('<atom:link rel="prev-archive" href="/2025"/>', "", "", "https://news.example/2025"),
        ('<atom:link rel="self" href="file:///a"/><atom:link rel="next" href="mailto:a@b.example"/>', "", "", ""),
        (
            '<atom:link rel="http://www.iana.org/assignments/relation/next" href="/2"/>',
            "",
            "",
            "https://news.example/2",
        ),
    ],
)
def test_where_a_feed_leads(links: str, hub: str, topic: str, next_page: str) -> None:
    as_atom = atom(links.replace("atom:", ""))
    for body in (rss("", links), rss(f"{ITEM}{links}", "<title>& &nbsp;</title>"), as_atom):
        feed = read(body)
        assert (feed.hub, feed.topic, feed.next_page) == (hub, topic, next_page)


def test_where_a_json_feed_leads() -> None:
    said: dict[str, object] = {
        "feed_url": "/feed.json",
        "next_url": "?page=2",
        "hubs": [{"type": "rssCloud", "url": "/c"}, 7],
    }
    feed = read(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [], **said}).encode())
    next_page = "https://news.example/feeds/all.xml?page=2"
    assert (feed.hub, feed.topic, feed.next_page) == ("", "https://news.example/feed.json", next_page)
    said = {"feed_url": "file:///a", "next_url": 7, "hubs": [{"type": "WebSub"}]}
    feed = read(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [], **said}).encode())
    assert (feed.hub, feed.topic, feed.next_page) == ("", "", "")


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
        rss(ITEM) + b"&nope;",
        b"\xef\xbb\xbf" + rss(ITEM),
    ],
)
def test_a_broken_feed_gives_what_can_be_read(body: bytes) -> None:
    assert addresses(body) == ["https://news.example/1"]


def test_a_tag_that_takes_the_name_of_a_field_does_no_harm() -> None:
    tags = ("links", "title_detail", "published_parsed", "guidislink", "id", "link", "tags", "entries", "feed")
    items = "".join(f"<item><{tag} a='1'/><{tag}>x</{tag}><link>/{tag}</link></item>" for tag in tags)
    assert "https://news.example/tags" in addresses(rss(items, head="".join(f"<{tag}>x</{tag}>" for tag in tags[:3])))


FRIENDS = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:foaf="http://xmlns.com/foaf/0.1/"/>'


PAGE = b"<!DOCTYPE html><html><rss></rss></html>"


@pytest.mark.parametrize("body", [b"", b"<html></html>", PAGE, b"plain", b'{"items": []}', b"<urlset/>", FRIENDS])
def test_what_does_not_look_like_a_feed(body: bytes) -> None:
    assert not looks_like_feed(body, "application/rss+xml")
