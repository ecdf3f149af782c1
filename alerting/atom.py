"""An Atom feed (RFC 4287) of what a watch or a watchlist found: rendered as bytes. Pure."""

import html
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from alerting.marks import Piece, one_line, pieces, safe_link
from news.alert import Told
from news.text import clip

ATOM = "http://www.w3.org/2005/Atom"
CONTENT_TYPE = "application/atom+xml; charset=utf-8"
_LONGEST_TITLE = 300
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")  # RFC 4287, section 2


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One article that was found: for which watches, and when."""

    told: Told
    watches: tuple[str, ...]
    matched_at: datetime


@dataclass(frozen=True, slots=True)
class AtomFeed:
    """A feed: `identity` is what its ids are made of and never shown, `address` where it is read (may be unknown).

    Entries stand newest first; `begun_at` is the feed's age while it has none.
    """

    title: str
    identity: str
    address: str
    entries: Sequence[FeedEntry]
    begun_at: datetime


def atom(feed: AtomFeed) -> bytes:
    """The feed as XML, UTF-8; the hits stand in `<mark>` in each entry's HTML."""
    space = uuid.uuid5(uuid.NAMESPACE_OID, feed.identity)
    root = Element("feed", {"xmlns": ATOM})
    _text(root, "id", space.urn)
    _text(root, "title", one_line(feed.title) or "Vigie")
    _text(root, "updated", _instant(max((entry.matched_at for entry in feed.entries), default=feed.begun_at)))
    _person(root, "Vigie")
    _text(root, "generator", "Vigie")
    if feed.address:
        SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": feed.address})
    for entry in feed.entries:
        _entry(root, entry, uuid.uuid5(space, str(entry.told.article_id)))
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _entry(root: Element, entry: FeedEntry, identity: uuid.UUID) -> None:
    told = entry.told
    language = told.language if told.language and _LANGUAGE.fullmatch(told.language) else ""
    node = SubElement(root, "entry", {"xml:lang": language} if language else {})
    _text(node, "id", identity.urn)
    _text(node, "title", clip(one_line(told.title), _LONGEST_TITLE) or "(no title)")
    _text(node, "updated", _instant(entry.matched_at))
    if told.published_at:
        _text(node, "published", _instant(told.published_at))
    _person(node, ", ".join([one_line(told.source), *map(one_line, told.authors)]) or "Vigie")
    if link := safe_link(told.url):
        SubElement(node, "link", {"rel": "alternate", "href": link})
    for watch in entry.watches:
        SubElement(node, "category", {"term": one_line(watch) or "?"})
    content = SubElement(node, "content", {"type": "html"})
    content.text = _html(pieces(told.excerpt, told.excerpt_spans))


def _html(excerpt: tuple[Piece, ...]) -> str:
    """The passage as HTML, which XML then escapes once more."""
    texts = (html.escape(piece.text).replace("\n", "<br>") for piece in excerpt)
    marked = (f"<mark>{text}</mark>" if piece.hit else text for piece, text in zip(excerpt, texts, strict=True))
    return f"<p>{''.join(marked)}</p>"


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _person(parent: Element, name: str) -> None:
    _text(SubElement(parent, "author"), "name", name)


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
