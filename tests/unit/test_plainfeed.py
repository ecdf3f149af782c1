"""The fast road through plain feeds: what it says is what feedparser says, or nothing."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.feeds import MOST_ENTRIES, ParsedFeed, parse_feed
from crawler.plainfeed import read_plain_feed

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://news.example/feeds/all.xml"
# Changes nothing, and sends a feed by feedparser's road.
DETOUR = '<!-- base="" -->'
SPACES = " ".join(
    f'xmlns:{prefix}="{space}"'
    for prefix, space in {
        "atom": "http://www.w3.org/2005/Atom",
        "content": "http://purl.org/rss/1.0/modules/content/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "dcterms": "http://purl.org/dc/terms/",
        "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
        "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
        "media": "http://search.yahoo.com/mrss/",
        "sy": "http://purl.org/rss/1.0/modules/syndication/",
        "thr": "http://purl.org/syndication/thread/1.0",
        "x": "urn:x",
        "title": "urn:y",
    }.items()
)


def rss(channel: str) -> str:
    """An RSS feed whose channel holds this."""
    return f'<rss version="2.0" {SPACES}><channel>{channel}</channel></rss>'


def atom(feed: str) -> str:
    """An Atom feed that holds this."""
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {SPACES}>{feed}</feed>'


def by_feedparser(text: str) -> ParsedFeed:
    """What the feed says by the other road."""
    assert read_plain_feed(text + DETOUR) is None
    return parse_feed((text + DETOUR).encode(), URL, NOW)


ITEM = """<title>L’été &amp; &lt;b&gt;l’eau&lt;/b&gt;</title><link>https://news.example/1?a=1&amp;b=2</link>
<guid isPermaLink="false">7</guid><pubDate>Fri, 20 Nov 2026 08:00:00 +0100</pubDate><dc:creator>Jane</dc:creator>
<category>News</category><description><![CDATA[<p>…</p>]]></description><content:encoded>x</content:encoded>
<media:content url="/a.jpg"><media:title>A picture</media:title></media:content><post-id
xmlns="com-wordpress:feed-additions:1">9</post-id><x:y><x:z/></x:y>"""
ENTRY = """<title type="html">L’été &amp;amp; l’eau</title><link rel="alternate" type="text/html" href="/1"/>
<link rel="replies" href="/1#c" thr:count="1"/><id>tag:news.example,2026:1</id><updated>2026-11-20T08:00:00Z</updated>
<published>2026-11-20T07:00:00.5+01:00</published><author><name>Jane</name></author><summary type="html">x</summary>"""
CHANNEL = """<title>News</title><link>https://news.example/</link><ttl>60</ttl><language>fr</language>
<atom:link rel="self" href="https://news.example/feed"/><atom:link rel="hub" href="https://hub.example/"/><image>
<url>/a.png</url><title>Logo</title><link>https://news.example/logo</link></image><skipHours><hour>3</hour></skipHours>"""


DATED_LATE = "<link>/a</link><lastBuildDate>Fri, 20 Nov 2026 08:00:00 GMT</lastBuildDate>"
TWO_GUIDS = '<guid isPermaLink="false">1</guid><guid>https://news.example/1</guid>'
TWO_GUIDS_AND_A_LINK = "<guid>1</guid><link>/a</link><guid>https://news.example/1</guid>"


@pytest.mark.parametrize(
    "text",
    [
        rss(f"{CHANNEL}<item>{ITEM}</item>"),
        rss(f"<item>{DATED_LATE}</item>"),
        rss(f"<item>{TWO_GUIDS}</item>"),
        rss(f"<item>{TWO_GUIDS_AND_A_LINK}</item>"),
        atom(f"<title>News</title><entry>{ENTRY}</entry>"),
        rss(""),
        atom(""),
    ],
)
def test_a_usual_feed_takes_the_fast_road_and_says_the_same(text: str) -> None:
    assert read_plain_feed(text) is not None
    assert parse_feed(text.encode(), URL, NOW) == by_feedparser(text)


@pytest.mark.parametrize(
    "text",
    [
        rss("<title>News & more</title>"),
        rss("<title>&nbsp;</title>"),
        rss("<item><title>1</title><title>2</title></item>"),
        rss("<item><title>A <b>b</b></title></item>"),
        rss("<item><description><p>x</p></description></item>"),
        rss("<item><dc:title>1</dc:title></item>"),
        rss("<item><media:title>1</media:title></item>"),
        rss("<item><title>1</title><source url='/s'>S</source><media:title>2</media:title></item>"),
        rss("<item><image><title>1</title></image></item>"),
        rss("<item><links>x</links></item>"),
        rss("<item><link rel='self'>/a</link></item>"),
        rss("<item><title:detail>x</title:detail></item>"),
        rss("<item><link xmlns='urn:x'>/a</link></item>"),
        rss("<item><dcterms:issued>2026-11-20</dcterms:issued></item>"),
        rss("<item><pubDate>20/11/2026</pubDate></item>"),
        rss("<item><pubDate>Fri, 31 Feb 2026 08:00:00 GMT</pubDate></item>"),
        rss("<item><title>L\x92été</title></item>"),
        rss("<item><title>Ã©tÃ©</title></item>"),
        rss("<item xml:base='/a/'><link>b</link></item>"),
        rss("<item><x:y base='/a/'/><link>b</link></item>"),
        rss("<item lastmod='2026-11-20'/>"),
        rss("<item><atom:link x:href='/a'/></item>"),
        rss("<Item><link>/a</link></Item>"),
        rss("").replace("rss", "RSS"),
        rss("") .replace("<channel>", "<item/><channel>"),
        atom("<entry><title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>x</div></title></entry>"),
        atom("<entry><title mode='base64'>eA==</title></entry>"),
        atom("<entry><source><title>S</title></source></entry>"),
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "x.dtd">' + rss(""),
    ],
)  # fmt: skip
def test_whatever_feedparser_might_see_in_another_way_is_left_to_it(text: str) -> None:
    assert read_plain_feed(text) is None


WORDS = st.sampled_from(
    ["", "a", " /a b ", "https://h.example/a?x=1&amp;y=2", "http:////h.example", "é&#160;»", "&lt;b&gt;"]
)
USUAL = ["", "Fri, 20 Nov 2026 08:00:00 EST", "20 Nov 2026 08:00 -0030", "2026-11-20T08:00:00.9+05:30"]
UNUSUAL = ["9 Nov 26 8:00 GMT", "2026-11-20", "2026-11-20T24:00:00Z", "Fri, 20 Nov 2026 08:00:60 GMT", "x"]
DATES = st.sampled_from(USUAL * 4 + UNUSUAL)
RELATIONS = st.sampled_from(["", 'rel="alternate"', 'rel="SELF"', 'rel="hub"', 'rel="next"', 'rel="enclosure"'])
TYPES = st.sampled_from(["", 'type="html"', 'type="text"', 'type="text/html"', 'type="application/pdf"'])
NAMES = [
    "title",
    "media:title",
    "x:title",
    "guid",
    "id",
    "atom:id",
    "category",
    "source",
    "author",
    "feedburner:origLink",
]
NAMES += ["description", "itunes:title", "itunes:image", "comments", "ttl", "sy:updatePeriod", "language", "dc:creator"]
DATED = ["pubDate", "dc:date", "atom:updated", "atom:published", "updated", "published", "lastBuildDate"]
ELEMENT = st.one_of(
    st.builds("<{0}>{1}</{0}>".format, st.sampled_from(NAMES), WORDS),
    st.builds("<{0}>{1}</{0}>".format, st.sampled_from(DATED), DATES),
    st.builds("<title {}>{}</title>".format, TYPES, WORDS),
    st.builds('<guid isPermaLink="{}">{}</guid>'.format, st.sampled_from(["true", "false", "True"]), WORDS),
    st.builds('<{} {} {} href="{}"/>'.format, st.sampled_from(["link", "atom:link"]), RELATIONS, TYPES, WORDS),
    st.builds("<link>{}</link>".format, WORDS),
    st.builds("<media:group><media:title>{}</media:title></media:group>".format, WORDS),
    st.builds("<image><title>{0}</title><link>{0}</link></image>".format, WORDS),
    st.builds("<author><name>{0}</name><uri>{0}</uri></author>".format, WORDS),
)
ELEMENTS = st.lists(ELEMENT, max_size=7).map("".join)


@settings(max_examples=300)
@given(st.lists(ELEMENTS, min_size=1, max_size=3), ELEMENTS, ELEMENTS)
def test_both_roads_say_the_same_of_any_feed(entries: list[str], head: str, tail: str) -> None:
    for text in (
        rss(head + "".join(f"<item>{entry}</item>" for entry in entries) + tail),
        atom(head + "".join(f"<entry>{entry}</entry>" for entry in entries) + tail),
    ):
        if read_plain_feed(text) is not None:
            assert parse_feed(text.encode(), URL, NOW) == by_feedparser(text)


def test_a_large_plain_feed_is_read_several_times_faster() -> None:
    text = rss(CHANNEL + "".join(f"<item>{ITEM.replace('/1', f'/{n}')}</item>" for n in range(MOST_ENTRIES)))
    started = time.process_time()
    feed = parse_feed(text.encode(), URL, NOW)
    fast = time.process_time() - started
    assert feed == by_feedparser(text)
    assert len(feed.links) == MOST_ENTRIES
    assert fast * 3 < time.process_time() - started - fast
