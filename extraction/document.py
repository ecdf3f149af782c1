"""One parsed page: its tree, its meta tags, its JSON-LD and its lines, each read once and used by every rule."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml.etree import ParserError
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from extraction.blocks import Walk, walked
from extraction.lines import Line, lines_of
from extraction.linked_data import article_data

# One that XML cannot hold would cost trafilatura the whole article.
_REFERENCE = re.compile(r"&#(?:[xX](?P<hex>[0-9a-fA-F]{1,6})|(?P<decimal>\d{1,7}));?")

_FOREWORD = 4_096  # bytes in which a page says what kind of document it is
_DOCTYPE = re.compile(rb"<!doctype[^<>]*>", re.IGNORECASE)
_CLOSED_AT_ONCE = re.compile(rb"(<html\b[^<>]*?)\s*/>", re.IGNORECASE)
# What XML cannot hold, and trafilatura breaks at, once it has become UTF-8.
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\r")
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")

Strings = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Document:
    """A page as the rules see it. `meta` is keyed by lower-case name or property, `data` by JSON-LD property."""

    url: str
    tree: HtmlElement
    walk: Walk
    lines: tuple[Line, ...]
    meta: Strings
    data: Strings

    def first(self, *names: str) -> str:
        """The first meta tag that is there under one of these names, or an empty string."""
        return next((self.meta[name][0] for name in names if name in self.meta), "")


def _meta(tree: HtmlElement) -> Strings:
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = (element.get("content") or "").strip()
        for name in {(element.get(attribute) or "").strip().lower() for attribute in ("name", "property", "itemprop")}:
            if name and content:
                found.setdefault(name, []).append(content)
    return {name: tuple(contents) for name, contents in found.items()}


def _kept(reference: re.Match[str]) -> str:
    """A numeric character reference, or nothing if XML has no such character."""
    code = int(reference["hex"], 16) if reference["hex"] else int(reference["decimal"])
    is_character = code in (0x9, 0xA, 0xD) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code > 0xFFFF
    return reference[0] if is_character else ""


def _tree(text: str) -> HtmlElement | None:
    """The tree, its root always `html`, without comments; None where there is nothing to parse."""
    source = _REFERENCE.sub(_kept, text).encode("utf-8", "ignore").translate(None, _CONTROLS)
    for sequence in _NO_CHARACTERS:
        source = source.replace(sequence, b"")
    # Wrong document types, and a root that is closed as soon as it is opened, make the parser lose the page.
    start = _CLOSED_AT_ONCE.sub(rb"\1>", _DOCTYPE.sub(b"", source[:_FOREWORD], count=1), count=1)
    parser = HTMLParser(
        collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True
    )
    try:
        return document_fromstring(start + source[_FOREWORD:], parser=parser)
    except ParserError:
        return None


def parsed(url: str, text: str) -> Document | None:
    """The document, or None where the parser finds no elements in the text."""
    tree = _tree(text)
    if tree is None:
        return None
    body = tree.find("body")
    walk = walked(tree if body is None else body)
    return Document(url, tree, walk, tuple(lines_of(walk)), _meta(tree), article_data(tree))
