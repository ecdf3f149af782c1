"""XML and HTML made safe to parse: decoded, without entity tricks, named by their root."""

import re

from lxml import etree

from crawler.decoding import decoded
from news.errors import FeedError
from news.url import joined

_AFTER_DOCTYPE = 2_048
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_SKIPPED = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_DOCTYPE = re.compile(r"""<!DOCTYPE(?:[^\[<>"']++|"[^"]*+"|'[^']*+')*+(?P<end>\[|>)""", re.IGNORECASE)
_TAG = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")


def xml_text(body: bytes, content_type: str = "") -> str:
    """The document as text, without the characters that XML forbids.

    Raises FeedError where it is empty, compressed, or declares entities: those are for bombs and for reading the
    server's own files, and no feed needs them.
    """
    if body.startswith(b"\x1f\x8b"):
        raise FeedError("the answer is a compressed file", "check what the server sends")
    text = _NOT_XML.sub("", decoded(body, content_type)).strip()
    if not text:
        raise FeedError("the answer is empty")
    _refuse_entities(text)
    return text


def _refuse_entities(text: str) -> None:
    """Look only before the root element, where a declaration counts: articles may well write about entities."""
    start = _prolog_end(text)
    doctype = _DOCTYPE.match(text, start)
    first_tag = re.search(r"<\w", text)
    declared = first_tag is not None and "<!ENTITY" in text[: first_tag.start()].upper()
    if declared or (doctype is not None and doctype["end"] == "["):
        raise FeedError("the document declares entities of its own, which Vigie refuses", "feeds need none")
    if doctype is None and text[start : start + 9].upper() == "<!DOCTYPE":
        raise FeedError("the document's DOCTYPE cannot be read")


def _prolog_end(text: str) -> int:
    """Where the first thing stands that is no white space, comment or processing instruction."""
    position = 0
    while skipped := _SKIPPED.match(text, position):
        position = skipped.end()
    return position


def root_name(text: str) -> str:
    """The local name of the root element as written, without its prefix; empty where there is none."""
    position = _prolog_end(text)
    doctype = _DOCTYPE.match(text, position)
    if doctype is not None and doctype["end"] == ">":
        position = doctype.end()
        position += _prolog_end(text[position : position + _AFTER_DOCTYPE])
    found = _TAG.match(text, position)
    return found[1] if found else ""


def html_tree(body: bytes, content_type: str = "") -> "etree._Element | None":
    """The page as a tree, mended as browsers would; None where nothing is in it. Never raises for a bad page."""
    text = _NOT_XML.sub("", decoded(body, content_type))
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    parser.feed(text.encode())
    try:
        return parser.close()
    except etree.XMLSyntaxError:
        return None


def base_url(tree: "etree._Element", url: str) -> str:
    """What the page's relative links are relative to: its `base` element, or its own URL."""
    for element in tree.iter("base"):
        href = element.get("href")
        if href:
            return joined(url, href) or url
    return url
