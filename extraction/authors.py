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
from extraction.titles import site_names

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
_SIGNATURE = re.compile(r"(?i:by|par|von|por|di|door)\s+(?:[A-ZÀ-ÝŁŚŻ][\w.’'-]+\s?){1,4}")
_BY = re.compile(
    r"^(?:(?:written |posted |published |article |texte |publié |écrit )?(?:by|par|von|por|di|door)\b|article de\b"
    r"|aut(?:eur|hor|or)(?:e|en|es|in|s)?\b)[\s:]+",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*[;|/]\s*|\s*,\s*|\s+(?:and|et|und|y|og|och|&)\s+", re.IGNORECASE)
_INITIALS = re.compile(r"\s*\([^()]{1,12}\)$")
_NO_NAME = re.compile(
    r"https?:|www\.|@|\.(?:com|fr|org|net)\b|^\W*$|^\d+$|^(?:admin|null|undefined|none|unknown)$", re.IGNORECASE
)


def _names(raw: Iterable[str], sites: frozenset[str]) -> Iterator[str]:
    for text in raw:
        for part in _AND.split(_BY.sub("", tidy(html.unescape(text)))):
            name = _INITIALS.sub("", _BY.sub("", part)).strip(" ,.;-–")
            if name and len(name) <= _LONGEST_NAME and not _NO_NAME.search(name) and key(name) not in sites:
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
        if _SIGNATURE.fullmatch(line.text):
            yield line.text
            return


def authors(document: Document) -> tuple[str, ...]:
    """The names as the page writes them, each once, none of them the site's own; empty where nobody signs."""
    sites = site_names(document)
    for raw in (document.data.get("author", ()), *(document.meta.get(name, ()) for name in _META)):
        names = _unique(_names(raw, sites))
        if names:
            return names
    names = _unique(_names(_byline(document).split("; "), sites))
    return names or _unique(_names(_below_title(document), sites))
