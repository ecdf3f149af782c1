"""Who wrote an article: JSON-LD, then meta tags, then the byline that trafilatura finds."""

import html
import re
from collections.abc import Iterable, Iterator

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
_LONGEST_NAME = 80  # characters
_MOST = 20
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


def authors(document: Document) -> tuple[str, ...]:
    """The names as the page writes them, each once, none of them the site's own; empty where nobody signs."""
    sites = site_names(document)
    for raw in (document.data.get("author", ()), *(document.meta.get(name, ()) for name in _META)):
        names = _unique(_names(raw, sites))
        if names:
            return names
    byline = extract_author(document.tree)
    return _unique(_names((byline or "").split("; "), sites))
