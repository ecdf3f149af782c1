"""The Atom feed: valid by RFC 4287, read without complaint, and nothing that was crawled acts in it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from alerting.atom import AtomFeed, FeedEntry, atom
from tests.receivers import FOUND_AT, TOLD

# What RFC 4287 asks for, as RELAX NG: the elements that must be there, how often, and what they hold.
SCHEMA = """
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.w3.org/2005/Atom"
         datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><element name="feed"><interleave>
    <ref name="id"/><ref name="title"/><ref name="updated"/><oneOrMore><ref name="author"/></oneOrMore>
    <optional><element name="generator"><text/></element></optional>
    <optional><element name="link"><attribute name="rel"><value>self</value></attribute>
      <attribute name="type"><value>application/atom+xml</value></attribute><ref name="href"/></element></optional>
    <zeroOrMore><element name="entry">
      <optional><attribute name="lang" ns="http://www.w3.org/XML/1998/namespace"><data type="language"/></attribute>
      </optional><interleave>
      <ref name="id"/><ref name="title"/><ref name="updated"/><oneOrMore><ref name="author"/></oneOrMore>
      <optional><element name="published"><ref name="instant"/></element></optional>
      <optional><element name="link"><attribute name="rel"><value>alternate</value></attribute><ref name="href"/>
      </element></optional>
      <zeroOrMore><element name="category"><attribute name="term"><ref name="words"/></attribute></element></zeroOrMore>
      <element name="content"><attribute name="type"><value>html</value></attribute><text/></element>
    </interleave></element></zeroOrMore>
  </interleave></element></start>
  <define name="id"><element name="id"><data type="string">
    <param name="pattern">urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}</param></data></element></define>
  <define name="title"><element name="title"><ref name="words"/></element></define>
  <define name="updated"><element name="updated"><ref name="instant"/></element></define>
  <define name="author"><element name="author"><element name="name"><ref name="words"/></element></element></define>
  <define name="instant"><data type="dateTime"><param name="pattern">.*Z</param></data></define>
  <define name="words"><data type="string"><param name="minLength">1</param></data></define>
  <define name="href"><attribute name="href"><data type="anyURI"><param name="pattern">https?://.+</param></data>
  </attribute></define>
</grammar>
"""
VALID = etree.RelaxNG(etree.fromstring(SCHEMA))
ENTRY = FeedEntry(TOLD, ("Corée",), FOUND_AT)
FEED = AtomFeed("Vigie: Corée", "w1.token", "https://vigie.example/feeds/w1.token.atom", (ENTRY,), FOUND_AT)
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</title></entry></feed>",
    "]]> <![CDATA[ & &amp; &lt;b&gt;",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "a\x00b\x0bc\u202e\ufffe\ud800",
    "",
    " \n ",
)


def parsed(feed: AtomFeed) -> Any:
    """The feed as feedparser reads it, after the schema has found nothing wrong."""
    written = atom(feed)
    VALID.assertValid(etree.fromstring(written))
    read = feedparser.parse(BytesIO(written))
    assert not read.bozo
    assert read.version == "atom10"
    return read


def test_the_schema_refuses_what_is_no_feed() -> None:
    for what in ("id", "title", "updated", "author"):
        root = etree.fromstring(atom(FEED))
        for parent in (root, root.find("{*}entry")):
            parent.remove(parent.find(f"{{*}}{what}"))
            assert not VALID.validate(root)


def test_an_entry_tells_of_its_article_with_the_hits_marked() -> None:
    read = parsed(FEED)
    assert (read.feed.title, read.feed.updated) == ("Vigie: Corée", "2026-11-14T09:30:00Z")
    assert [link.href for link in read.feed.links] == [FEED.address]
    [entry] = read.entries
    assert (entry.title, entry.link, entry.author) == (TOLD.title, TOLD.url, "Alerte Monde, Sara")
    assert (entry.published, entry.updated) == ("2026-11-14T08:00:00Z", "2026-11-14T09:30:00Z")
    assert [tag.term for tag in entry.tags] == ["Corée"]
    html = etree.fromstring(atom(FEED)).findtext("{*}entry/{*}content")
    assert "<mark>Pyongyang</mark>, accusée de fournir des <mark>troupes</mark>.<br>" in html


def test_an_entry_says_in_which_language_it_is_where_that_is_known() -> None:
    found = []
    for language in ("fr", "pt-BR", None, "", "français", "x" * 20, 'fr"'):
        root = etree.fromstring(atom(replace(FEED, entries=(replace(ENTRY, told=replace(TOLD, language=language)),))))
        VALID.assertValid(root)
        found.append(root.find("{*}entry").get("{http://www.w3.org/XML/1998/namespace}lang"))
    assert found == ["fr", "pt-BR", None, None, None, None, None]


def test_ids_stay_and_are_those_of_the_feed_and_the_article() -> None:
    later = replace(ENTRY, matched_at=FOUND_AT + timedelta(days=1), told=replace(TOLD, title="Autre"))
    first, second = parsed(FEED), parsed(replace(FEED, entries=(later,), title="renamed"))
    assert (first.feed.id, first.entries[0].id) == (second.feed.id, second.entries[0].id)
    other = parsed(replace(FEED, identity="w2.token"))
    assert other.feed.id != first.feed.id
    assert other.entries[0].id != first.entries[0].id
    assert "token" not in first.feed.id


def test_a_feed_is_as_new_as_its_newest_entry_and_as_its_watch_while_it_has_none() -> None:
    older = replace(ENTRY, matched_at=FOUND_AT - timedelta(days=1), told=replace(TOLD, article_id=8))
    assert parsed(replace(FEED, entries=(ENTRY, older))).feed.updated == "2026-11-14T09:30:00Z"
    empty = parsed(replace(FEED, entries=(), begun_at=datetime(2026, 1, 2, tzinfo=UTC)))
    assert (empty.feed.updated, empty.entries) == ("2026-01-02T00:00:00Z", [])


@pytest.mark.parametrize("field", ["title", "excerpt", "source", "authors", "watch"])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_that_was_crawled_acts(field: str, hostile: str) -> None:
    """Row 50, in a feed: markup is seen as it was written."""
    value: Any = (hostile,) if field == "authors" else hostile
    told = TOLD if field == "watch" else replace(TOLD, title_spans=(), excerpt_spans=(), **{field: value})
    watches = (hostile,) if field == "watch" else ("Corée",)
    root = etree.fromstring(atom(replace(FEED, entries=(FeedEntry(told, watches, FOUND_AT),))))
    assert VALID.validate(root), VALID.error_log
    shown = etree.HTML(root.findtext("{*}entry/{*}content"))
    assert {node.tag for node in shown.iter()} <= {"html", "body", "p", "mark", "br"}
    if field == "excerpt" and hostile.startswith("<img"):
        assert hostile in "".join(shown.itertext())


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://user:secret@example.com/"])
def test_an_address_that_a_reader_must_not_follow_is_no_link(url: str) -> None:
    [entry] = parsed(replace(FEED, entries=(replace(ENTRY, told=replace(TOLD, url=url)),))).entries
    assert (entry.get("links", []), entry.link) == ([], entry.id), "feedparser takes the id where there is no link"


def test_a_feed_whose_address_is_unknown_says_none() -> None:
    assert parsed(replace(FEED, address="")).feed.get("links", []) == []


@given(st.text(), st.text(), st.text())
def test_whatever_the_texts_it_is_a_feed(title: str, excerpt: str, source: str) -> None:
    told = replace(TOLD, title=title, excerpt=excerpt, source=source)
    root = etree.fromstring(atom(replace(FEED, title=title, entries=(replace(ENTRY, told=told),))))
    assert VALID.validate(root), VALID.error_log
