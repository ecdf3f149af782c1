"""One parsed page: its tree, its meta tags, its JSON-LD and its lines, each read once and used by every rule."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lxml.etree import ElementDefaultClassLookup, ParserError
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from extraction.blocks import Walk, walked
from extraction.elements import Elements, elements_of
from extraction.lines import Line, lines_of
from extraction.linked_data import Node, article_data, nodes_of
from extraction.selectors import pruned

# One that XML cannot hold would cost trafilatura the whole article.
_REFERENCE = re.compile(r"&#(?:[xX](?P<hex>[0-9a-fA-F]{1,6})|(?P<decimal>\d{1,7}));?")

_FOREWORD = 4_096  # bytes in which a page says what kind of document it is
_DOCTYPE = re.compile(rb"<!doctype[^<>]*>", re.IGNORECASE)
_CLOSED_AT_ONCE = re.compile(rb"(<html\b[^<>]*?)\s*/>", re.IGNORECASE)
# What XML cannot hold, and trafilatura breaks at.
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\r")
_NO_CHARACTERS = ("\ufffe", "\uffff")
# lxml's own lookup asks, in Python and for every element, which class it is of; none but this one is needed.
_ELEMENTS = ElementDefaultClassLookup(element=HtmlElement)

Strings = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Document:
    """A page as the rules see it. `meta` is keyed by lower-case name or property, `data` by JSON-LD property.

    `elements` are those that rules ask for by their tags, `nodes` all objects of JSON-LD, of which `data` is one.
    `dropped` is the text that the user's selectors have taken out of it, block by block, each with its selector.
    """

    url: str
    tree: HtmlElement
    walk: Walk
    lines: tuple[Line, ...]
    elements: Elements
    nodes: Sequence[Node]
    meta: Strings
    data: Strings
    dropped: tuple[tuple[str, str], ...] = ()

    def first(self, *names: str) -> str:
        """The first meta tag that is there under one of these names, or an empty string."""
        return next((self.meta[name][0] for name in names if name in self.meta), "")


def _meta(metas: Iterable[HtmlElement]) -> Strings:
    found: dict[str, list[str]] = {}
    for element in metas:
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
    for character in _NO_CHARACTERS:
        text = text.replace(character, "")
    source = _REFERENCE.sub(_kept, text).encode("utf-8", "ignore").translate(None, _CONTROLS)
    # Wrong document types, and a root that is closed as soon as it is opened, make the parser lose the page.
    start = _CLOSED_AT_ONCE.sub(rb"\1>", _DOCTYPE.sub(b"", source[:_FOREWORD], count=1), count=1)
    parser = HTMLParser(
        collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True
    )
    parser.set_element_class_lookup(_ELEMENTS)
    try:
        return document_fromstring(start + source[_FOREWORD:], parser=parser)
    except ParserError:
        return None


def parsed(url: str, text: str, drop: Sequence[str] = ()) -> Document | None:
    """The document without what `drop` selects, or None where the parser finds no elements in the text."""
    tree = _tree(text)
    if tree is None:
        return None
    dropped = tuple(pruned(tree, drop))
    body = tree.find("body")
    walk = walked(tree if body is None else body)
    elements = elements_of(tree)
    nodes = nodes_of(elements.scripts)
    meta, data = _meta(elements.metas), article_data(nodes, elements, url)
    return Document(url, tree, walk, tuple(lines_of(walk)), elements, nodes, meta, data, dropped)
