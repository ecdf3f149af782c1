"""What an article is filed under: its section and its tags."""

import html
from collections.abc import Iterable, Iterator

from extraction.document import Document
from extraction.lines import key, tidy
from extraction.provenance import Told
from news.text import storable

_SECTION = ("article:section", "og:article:section", "section", "parsely-section", "cxenseparse:section", "dc.subject")
_TAGS = ("article:tag", "og:article:tag", "keywords", "news_keywords", "parsely-tags", "sailthru.tags")
_LONGEST = 80  # characters
_MOST = 50


def _plain(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        name = storable(tidy(html.unescape(text)))
        if name and len(name) <= _LONGEST:
            yield name


def section(document: Document) -> Told[str]:
    """The section that the page files the article under; empty where it names none."""
    for name in _plain(document.data.get("articleSection", ())):
        return Told(name, "json-ld")
    for meta in _SECTION:
        for name in _plain(document.meta.get(meta, ())):
            return Told(name, f"meta {meta}")
    return Told("")


def _lists(document: Document) -> Iterator[tuple[Iterable[str], str]]:
    yield document.data.get("keywords", ()), "json-ld"
    for name in _TAGS:
        yield document.meta.get(name, ()), f"meta {name}"
    links = ((link, (link.get("rel") or "").split()) for link in document.elements.anchors)
    # A category is called a tag too: it is the section.
    yield [link.text_content() for link, kinds in links if "tag" in kinds and "category" not in kinds], "rel=tag"


def tags(document: Document) -> Told[tuple[str, ...]]:
    """The tags that the page gives the article, from all places where it does, each once, 50 at most."""
    found: dict[str, str] = {}
    origins = []
    for texts, origin in _lists(document):
        names = list(_plain(part for text in texts for part in text.split(",")))
        if names:
            origins.append(origin)
        for name in names:
            found.setdefault(key(name), name)
    return Told(tuple(found.values())[:_MOST], ", ".join(origins))
