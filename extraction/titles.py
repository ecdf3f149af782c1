"""The title of an article: its single h1, else JSON-LD's, else the meta tags'; without the site's name."""

import html
import re

from extraction.document import Document
from extraction.lines import key, page_lines, tidy
from news.text import clip, storable
from news.url import host

LONGEST_TITLE = 1_000  # characters
_BETWEEN = r"\s+[|–—·•:»‹›<>/~-]+\s+|\s*[|•·»]\s*"
_SUFFIX = re.compile(rf"(?:{_BETWEEN})(?P<name>[^|]{{2,60}})$")


def site_names(document: Document) -> frozenset[str]:
    """The names that the site gives itself, as keys: og:site_name, the publisher, the host."""
    bare = host(document.url).removeprefix("www.")
    names = [
        *document.meta.get("og:site_name", ()),
        *document.data.get("publisher", ()),
        document.first("application-name"),
    ]
    return frozenset(key(name) for name in (*names, bare, bare.rpartition(".")[0]) if name)


def _without_site(title: str, sites: frozenset[str]) -> str:
    """The title without the parts at its end that only name the site."""
    for found in re.finditer(_BETWEEN, title):
        if found.start() and key(title[found.end() :]) in sites:
            return title[: found.start()]
    return title


def _headlines(document: Document) -> list[str]:
    """The text of each h1 that has one."""
    texts = (" ".join(line.text for line in page_lines(element)) for element in document.tree.iter("h1"))
    return [text for text in texts if text]


def candidates(document: Document) -> list[str]:
    """What the page gives as its title, best first, site names removed; never empty strings."""
    sites = site_names(document)
    headlines = _headlines(document)
    element = next(document.tree.iter("title"), None)
    raw = [
        *(headlines if len(headlines) == 1 else ()),
        *document.data.get("headline", ()),
        document.first("og:title"),
        document.first("twitter:title"),
        "" if element is None else element.text_content(),
        *headlines[:1],
    ]
    plain = (_without_site(tidy(storable(html.unescape(title))), sites) for title in raw)
    return [clip(title, LONGEST_TITLE) for title in plain if title and key(title) not in sites]


def title(document: Document) -> str:
    """The title, at most 1,000 characters; empty where the page has none."""
    return next(iter(candidates(document)), "")
