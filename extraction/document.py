"""One parsed page: its tree, its meta tags, its JSON-LD and its lines, each read once and used by every rule."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml.html import HtmlElement
from trafilatura import load_html

from extraction.lines import Line, page_lines
from extraction.linked_data import article_data

# One that XML cannot hold would cost trafilatura the whole article.
_REFERENCE = re.compile(r"&#(?:[xX](?P<hex>[0-9a-fA-F]{1,6})|(?P<decimal>\d{1,7}));?")

Strings = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Document:
    """A page as the rules see it. `meta` is keyed by lower-case name or property, `data` by JSON-LD property."""

    url: str
    tree: HtmlElement
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


def parsed(url: str, text: str) -> Document | None:
    """The document, or None where the parser finds no elements in the text."""
    tree = load_html(_REFERENCE.sub(_kept, text))
    if tree is None:
        return None
    body = tree.find("body")
    lines = tuple(page_lines(tree if body is None else body))
    return Document(url, tree, lines, _meta(tree), article_data(tree))
