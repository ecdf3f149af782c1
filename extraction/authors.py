"""Who wrote an article: JSON-LD, then meta tags, then the byline that trafilatura finds."""

import html
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy

from lxml import etree
from lxml.html import HtmlElement
from trafilatura.metadata import extract_author

from extraction.document import Document
from extraction.lines import key, tidy
from extraction.provenance import Told
from extraction.titles import names_site, site_names

_META = (
    "author",
    "article:author",
    "og:article:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
    "cxenseparse:author",
    "article.author",
)
_STRANGERS = re.compile(r"comment|sidebar|reviews|is-hidden", re.IGNORECASE)
_MOST_SIGNED = 30  # elements
_LONGEST_NAME = 80  # characters
_MOST = 20
_BELOW_TITLE = 4  # lines
_NAME = r"[A-ZÀ-ÝŁŚŻ][\w.’'-]+(?:\s(?:(?:d[eu]|van|von|der|la|le|da|di)\s)?[A-ZÀ-ÝŁŚŻ][\w.’'-]*){0,3}"
_BY_WHOM = (
    r"(?i:(?:(?:written|posted|published|reported|story|words)\s+)?by|(?:propos\s+)?recueillis?\s+par"
    r"|(?:article|texte|billet|enquête|reportage|recette|chronique)\s+(?:de|par)"
    r"|(?:(?:écrit|publié|posté|rédigé|mis en ligne)\s+)?par|von|por|di|door)"
)
_SIGNATURE = re.compile(
    rf"{_BY_WHOM}\s*:?\s+(?P<names>{_NAME}(?:(?:,\s*|\s+(?:and|et|und|y|e|en|&)\s+){_NAME}){{0,3}})"
    r"(?:$|\s*[|•·⋅,(–—-]|\s+(?:[Ll]e|on|am|el|il|à)\s+(?:\w+\.?,?\s+)?\d)"
)
_LONGEST_LINE = 160  # characters
_OF_AUTHOR = re.compile(
    r"/(?:authors?|auteure?s?|autore?|autor|journalistes?|redakteure?|byline)/[^/?#]+/?$", re.IGNORECASE
)
_BY = re.compile(
    r"^(?:(?:this (?:post|article) was )?(?:written |posted |published |article |texte |publié |écrit |rédigé )?"
    r"(?:by|par|von|por|di|door)\b|article de\b|(?:propos )?recueillis? par\b"
    r"|aut(?:eur|hor|or)(?:e|en|es|in|s)?\b)[\s:]+",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*[;|/]\s*|\s*,\s*|\s+(?:and|et|und|y|og|och|&)\s+", re.IGNORECASE)
_INITIALS = re.compile(r"\s*\([^()]{1,12}\)$")
_ADDRESS = re.compile(r"(?:https?:)?//|www\.", re.IGNORECASE)
_NO_NAME = re.compile(
    r"https?:|www\.|@|\.(?:com|fr|org|net)\b|^\W*$|^\d+$|^(?:admin|null|undefined|none|unknown|written(?: by)?)$"
    r"|^\w+(?:\.\w+){2,}$",
    re.IGNORECASE,
)


def _names(raw: Iterable[str], sites: frozenset[str]) -> Iterator[str]:
    for text in raw:
        if _ADDRESS.match(tidy(text)):  # as Open Graph asks for: where the author is found, and no name
            continue
        for part in _AND.split(_BY.sub("", tidy(html.unescape(text)))):
            name = _INITIALS.sub("", _BY.sub("", part)).strip(" ,.;-–")
            if name and len(name) <= _LONGEST_NAME and not _NO_NAME.search(name) and not names_site(name, sites):
                yield name


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple({key(name): name for name in reversed(list(names))}.values())[::-1][:_MOST]


def _is_strangers(element: HtmlElement) -> bool:
    """Whether it stands among comments or beside the article."""
    names = (f"{around.get('class', '')} {around.get('id', '')}" for around in element.iterancestors())
    return any(_STRANGERS.search(name) for name in names)


def _byline(document: Document) -> str:
    """What trafilatura finds in the elements that are called a byline.

    On the whole page, its own rules take longer than all else here.
    """
    page = etree.Element("html")
    body = etree.SubElement(page, "body")
    last: HtmlElement | None = None
    for element in document.walk.signed:
        is_inner = last is not None and any(around is last for around in element.iterancestors())
        if is_inner or _is_strangers(element):
            continue
        last = element
        body.append(deepcopy(element))
        if len(body) >= _MOST_SIGNED:
            break
    return (extract_author(page) or "") if len(body) else ""


def _below_title(document: Document) -> Iterator[str]:
    """The short line right below the title that says by whom, on pages that mark it in no way."""
    lines = document.lines
    title = next((at for at, line in enumerate(lines) if line.style.startswith("h1.")), len(lines))
    for line in lines[title + 1 : title + 1 + _BELOW_TITLE]:
        found = _SIGNATURE.match(line.text) if len(line.text) <= _LONGEST_LINE else None
        if found:
            yield found["names"]
            return


def _linked(document: Document) -> Iterator[str]:
    """The text of the first link to an author's page."""
    for link in document.elements.anchors:
        if _OF_AUTHOR.search(link.get("href") or "") and not _is_strangers(link):
            name = tidy(link.text_content())
            if name:
                yield name
                return


def _declared(document: Document) -> Iterator[tuple[tuple[str, ...], str]]:
    yield document.data.get("author", ()), "json-ld"
    yield from ((document.meta[name], f"meta {name}") for name in _META if name in document.meta)


def signed(document: Document) -> Told[tuple[str, ...]]:
    """The names as the page writes them, each once, and their origin; empty where nobody signs.

    The site's own name is taken only where it is declared and nobody else signs: a blog that is called as its author.
    """
    sites = site_names(document)
    for raw, origin in _declared(document):
        names = _unique(_names(raw, sites))
        if names:
            return Told(names, origin)
    for find, origin in _SHOWN:
        names = _unique(_names(find(document), sites))
        if names:
            return Told(names, origin)
    for raw, origin in _declared(document):
        names = _unique(_names(raw, frozenset()))
        if names:
            return Told(names, f"{origin}, the site's own name")
    return Told(())


_SHOWN = (
    (lambda document: _byline(document).split("; "), "trafilatura"),
    (_below_title, "text"),
    (_linked, "link to an author"),
)


def authors(document: Document) -> tuple[str, ...]:
    """The names alone."""
    return signed(document).value
