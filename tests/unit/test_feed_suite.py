"""feedparser's own suite and the feed validator's, driven through our own reading.

An expectation counts where it speaks of what we read: links, titles, dates, the feed's title, the number of entries.
An entry without a link is no article to us, so such entries are given one before their titles and dates are asked.
"""

import ast
import contextlib
import html
import io
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

import feedparser
import pytest

from crawler.feeds import ParsedFeed, parse_feed
from crawler.markup import root_name, xml_text
from crawler.plainfeed import read_plain_feed
from news.errors import FeedError
from news.url import joined, key
from tests.judges import judge

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
_EXPECTATION = re.compile(rb"Expect:[ \t]*(.*?)\s*-->", re.DOTALL)
_HEADER = re.compile(rb"^\s*Header:\s*content-type:\s*(.*?)\s*$", re.IGNORECASE | re.MULTILINE)
_ENTRY = re.compile(rb"<((?:[a-z]+:)?(?:entry|item))(\s[^>]*[^>/])?>", re.IGNORECASE)
_ASKED = re.compile(
    r"(?:entries\[(\d+)\]|feed)(?:\['|\.)(link|title|published_parsed|updated_parsed|created_parsed)(?:'\])?"
)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->", re.DOTALL)


# Expectations that speak of what we read, and those that we do not meet, each with its reason.
AGREED = 429
NOT_OURS = 1676
DIFFERENCES = {
    "wellformed/base/http_item_link_base_content_location.xml": "Content-Location is no base (RFC 7231, appendix B)",
}
_ENTITIES = "declares entities, which Vigie refuses whatever they are for"
REFUSED_WITH_ENTRIES = {
    "wellformed/rss/entity_in_doctype.xml": _ENTITIES,
    "rss/should/system_entity.xml": _ENTITIES,
    "rss/should/system_entity_http.xml": _ENTITIES,
}
FILES = {"feedparser": 2_106, "feedvalidator": 2_156}
ON_THE_FAST_ROAD = {"feedparser": 733, "feedvalidator": 1_235}
VALID_FEEDS = 796


class Case(NamedTuple):
    """One file of a suite."""

    name: str
    body: bytes

    @property
    def url(self) -> str:
        """Where the suite's own server has it."""
        return f"http://127.0.0.1:8097/tests/{self.name}"

    @property
    def content_type(self) -> str:
        """The header that the file asks to be served with."""
        found = _HEADER.search(self.body)
        return found[1].decode() if found else ""

    def read(self, body: bytes = b"") -> ParsedFeed | None:
        """What we read in it, None where it is refused; nothing but FeedError may be raised."""
        try:
            return parse_feed(body or self.body, self.url, NOW, self.content_type)
        except FeedError:
            return None


@cache
def suite(name: str) -> tuple[Case, ...]:
    """The files of one of the two suites."""
    with tarfile.open(judge("feeds.tar.xz")) as archive:
        return tuple(
            Case(member.name.partition(f"{name}/")[2], file.read())
            for member in archive
            if f"/{name}/" in f"/{member.name}" and (file := archive.extractfile(member)) is not None
            if member.name.endswith(".xml")
        )


def _asked(case: Case) -> Iterator[tuple[int | None, str, Any]]:
    """The entry's number (None: the feed), the key and the value of each equation that an expectation consists of."""
    found = _EXPECTATION.search(case.body)
    try:
        tree = ast.parse(found[1].decode().strip() if found else "", mode="eval").body
    except (SyntaxError, UnicodeDecodeError, ValueError):
        return
    for part in tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]:
        if isinstance(part, ast.Compare) and isinstance(part.ops[0], ast.Eq):
            asked = _ASKED.fullmatch(ast.unparse(part.left))
            with contextlib.suppress(ValueError):  # a value that is no literal
                if asked:
                    yield int(asked[1]) if asked[1] else None, asked[2], ast.literal_eval(part.comparators[0])


def _with_links(body: bytes) -> bytes:
    return _ENTRY.sub(rb'<\1\2><link href="http://suite.example/a"/>', body)


def _plain(value: str) -> set[str]:
    """The ways in which a title may be written as plain text: as it is, or without its tags and entities."""
    return {" ".join(text.split()) for text in (value, html.unescape(_TAG.sub("", value)))}


def verdict(case: Case) -> str:
    """`agreed`, `not ours` where the expectation is of something we do not read, or how we differ."""
    feed = case.read()
    verdicts = [_verdict(case, feed, *asked) for asked in _asked(case)]
    differing = [each for each in verdicts if each not in ("agreed", "not ours")]
    return differing[0] if differing else "agreed" if "agreed" in verdicts else "not ours"


def _verdict(case: Case, feed: ParsedFeed | None, number: int | None, key: str, value: Any) -> str:
    if feed is None:
        return "refused"
    if number is None:
        if key == "title":
            return "agreed" if feed.title in _plain(value) else "feed title"
        return "not ours"
    if key == "link":
        expected = joined(case.url, value) if value else None
        if expected is None:
            return "not ours" if not feed.links else "agreed" if feed.links[number].url else "link"
        return "agreed" if number < len(feed.links) and feed.links[number].url == expected else "link"
    if number >= len(feed.links):
        feed = case.read(_with_links(case.body))
        if feed is None or not feed.links:
            return "lost"
    link = feed.links[min(number, len(feed.links) - 1)]
    if key == "title":
        return "agreed" if link.title in _plain(value) else "title"
    expected_at = datetime(*value[:6]).replace(tzinfo=UTC) if value else None
    if expected_at is not None and not 1990 <= expected_at.year <= 2026:
        expected_at = None
    return "agreed" if link.published_at == expected_at else "date"


def test_feedparsers_expectations_are_met_but_where_a_standard_says_otherwise() -> None:
    verdicts = {case.name: verdict(case) for case in suite("feedparser")}
    differing = {name: each for name, each in verdicts.items() if each not in ("agreed", "not ours")}
    counts = Counter(verdicts.values())
    assert set(differing) == set(DIFFERENCES)
    assert (counts["agreed"], counts["not ours"]) == (AGREED, NOT_OURS)


def _theirs(case: Case) -> tuple[int, set[str]]:
    """How many entries feedparser finds, and the keys of their links, as far as they are links."""
    headers = {"content-type": case.content_type or "application/xml"}
    parsed = feedparser.parse(
        io.BytesIO(case.body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    found = set()
    for entry in parsed["entries"]:
        link, guid = str(dict.get(entry, "link") or ""), str(dict.get(entry, "id") or "")
        is_bare_guid = link == guid and "://" not in guid
        address = joined(case.url, link) if link and not is_bare_guid else None
        if address is not None:
            found.add(key(address))
    return len(parsed["entries"]), found


@pytest.mark.parametrize("name", FILES)
def test_no_link_is_lost_that_feedparser_finds(name: str) -> None:
    refused, lost = set(), set()
    for case in suite(name):
        feed = case.read()
        entries, theirs = _theirs(case)
        if feed is None:
            refused |= {case.name} if entries else set()
            continue
        ours = {key(link.url) for link in feed.links}
        is_rerouted = b"origlink" in case.body.lower() and len(ours) >= len(theirs)  # we take the article's own URL
        if not theirs <= ours and not is_rerouted:
            lost.add(case.name)
    assert len(suite(name)) == FILES[name]
    assert lost == set()
    assert refused <= set(REFUSED_WITH_ENTRIES)


def test_every_valid_feed_is_read() -> None:
    valid = [case for case in suite("feedvalidator") if _is_valid(case) and _is_feed(case)]
    assert [case.name for case in valid if case.read() is None] == []
    assert len(valid) == VALID_FEEDS


def _is_valid(case: Case) -> bool:
    """Whether the validator is expected to say that something is well, or not to complain of something."""
    found = _EXPECTATION.search(case.body)
    return found is not None and found[1].startswith((b"!", b"Valid"))


def _is_feed(case: Case) -> bool:
    """Whether it is one at all: the suite has OPML, KML, OpenSearch and XRD too."""
    with contextlib.suppress(FeedError):
        return root_name(xml_text(case.body)).lower() in ("rss", "feed", "rdf", "channel")
    return False


@pytest.mark.parametrize("name", FILES)
def test_the_fast_road_says_what_feedparser_says(name: str) -> None:
    fast = 0
    for case in suite(name):
        with contextlib.suppress(FeedError):
            text = xml_text(case.body, case.content_type)
            if read_plain_feed(text) is not None:
                fast += 1
                by_feedparser = Case(case.name, text.encode() + b'<!-- base="" -->')  # what sends it by the other road
                assert read_plain_feed(by_feedparser.body.decode()) is None
                assert case.read(text.encode()) == by_feedparser.read(), case.name
    assert fast == ON_THE_FAST_ROAD[name]
