"""What is compared: Vigie and the libraries that extract articles, each as a function from a page to what it found."""

import logging
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any

from lxml import html
from trafilatura import bare_extraction
from trafilatura.settings import Document

from bench.corpus import AnnotatedPage
from extraction.article import extract_article
from extraction.decoding import decoded
from news.article import Article, Page

VIGIE = "Vigie"
REFERENCE = "trafilatura, precision"

_BLOCKS = frozenset({
    "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "h1", "h2",
    "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "td", "th", "tr",
    "ul",
})  # fmt: skip


_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Found:
    """What was extracted from one page; `published` is a day where the library gives no time."""

    text: str
    title: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | date | None = None


@dataclass(frozen=True, slots=True)
class Extractor:
    """One way to extract; `gives_metadata` says whether title, authors and date are extracted and to be measured."""

    name: str
    extract: Callable[[AnnotatedPage], Found]
    gives_metadata: bool = False


def installed() -> tuple[list[Extractor], list[str]]:
    """The extractors that can run here, Vigie first, and the names of those whose library is not installed."""
    extractors = [Extractor(VIGIE, _vigie, gives_metadata=True)]
    extractors += [
        Extractor(name, _trafilatura(**options), gives_metadata=True) for name, options in _TRAFILATURA.items()
    ]
    missing = []
    for name, (module, extract) in _LIBRARIES.items():
        if find_spec(module) is None:
            missing.append(name)
        else:
            extractors.append(Extractor(name, extract))
    return extractors, missing


def _vigie(page: AnnotatedPage) -> Found:
    found = extract_article(Page(page.gold.url, page.body, "text/html"))
    if not isinstance(found, Article):
        return Found("")
    return Found(found.text, found.title, found.authors, found.published_at)


_TRAFILATURA: MappingProxyType[str, dict[str, Any]] = MappingProxyType({
    "trafilatura": {},
    "trafilatura, fast": {"fast": True},
    REFERENCE: {"include_comments": False, "favor_precision": True},
})  # fmt: skip


def _trafilatura(**options: Any) -> Callable[[AnnotatedPage], Found]:
    def extract(page: AnnotatedPage) -> Found:
        document = bare_extraction(page.body, url=page.gold.url or None, with_metadata=True, **options)
        if not isinstance(document, Document):
            return Found("")
        text = "\n".join(filter(None, (document.text, document.comments)))  # as its text output has them
        authors = tuple(name for name in re.split(r"\s*;\s*", document.author or "") if name)
        day = date.fromisoformat(document.date) if document.date else None
        return Found(text, document.title or "", authors, day)

    return extract


def _readable(page: AnnotatedPage) -> str:
    """The page in characters, without those that XML cannot hold, at which libraries that take no bytes fail."""
    return _UNREADABLE.sub("", decoded(page.body, "text/html"))


def _readability(page: AnnotatedPage) -> Found:
    readability: Any = import_module("readability")
    document = readability.Document(_readable(page), url=page.gold.url or None)
    return Found(_lines(document.summary(html_partial=True)))


def _lines(markup: str) -> str:
    """The text of a piece of HTML, its blocks on lines of their own."""
    tree = html.fromstring(f"<div>{markup}</div>")
    for block in tree.iter(*_BLOCKS):
        block.text, block.tail = f"\n{block.text or ''}", f"\n{block.tail or ''}"
    return str(tree.text_content())


def _newspaper(page: AnnotatedPage) -> Found:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses what it does not need here
        newspaper: Any = import_module("newspaper")
        article = newspaper.Article(page.gold.url, fetch_images=False)
        article.download(input_html=_readable(page))
        article.parse()
    return Found(article.text or "")


def _resiliparse(page: AnnotatedPage) -> Found:
    html2text: Any = import_module("resiliparse.extract.html2text")
    return Found(html2text.extract_plain_text(_readable(page), main_content=True, alt_texts=False, list_bullets=False))


_LIBRARIES: MappingProxyType[str, tuple[str, Callable[[AnnotatedPage], Found]]] = MappingProxyType({
    "readability-lxml": ("readability", _readability),
    "newspaper4k": ("newspaper", _newspaper),
    "resiliparse, main": ("resiliparse", _resiliparse),
})  # fmt: skip

for _noisy in ("readability", "newspaper"):
    logging.getLogger(_noisy).setLevel(logging.CRITICAL)  # as extraction does with trafilatura
