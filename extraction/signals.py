"""What a page shows of its kind, as numbers and flags: whether it is an article or stands in the place of one."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from extraction.document import Document
from extraction.lines import PROSE, Line, key, word_count
from extraction.walls import walls
from news.url import host

_TEASER = 4  # words from which a link is the headline of something else
_CARD_TEXT = 8  # words from which a line may be the text below such a headline
_LINKED_SHARE = 0.5  # of a line that is a link with something beside it
_ABOVE = 3  # lines between a headline, with its date and section, and its text
_NEAR = 8  # lines beneath the body in which a page says that the rest is to be paid for
_SHORT = 250  # words; of a page with more, nothing that stands in an article's place is feared
_CUT = ("…", "...", "[…]", "[...]", "[&hellip;]")

_HOME = re.compile(r"/?(?:index\.\w{2,5}|home/?|[a-z]{2}(?:[-_][a-z]{2})?/?)?", re.IGNORECASE)
_LISTS = frozenset({
    "tag", "tags", "etiqueta", "etiquetas", "etiquette", "category", "categories", "categorie", "categoria",
    "kategorie", "kategoria", "kategori", "rubrique", "rubriques", "rubrik", "rubrika", "section", "sections",
    "seccion", "sezione", "topic", "topics", "theme", "themes", "thema", "themen", "tema", "temas", "author",
    "authors", "auteur", "auteurs", "autor", "autores", "autore", "autoren", "search", "recherche",
    "suche", "buscar", "busca", "cerca",
    "ricerca", "zoeken", "szukaj", "arama", "archive", "archives", "archiv", "archivo", "page", "seite", "pagina",
    "label", "keyword", "galleries", "gallery", "galeries", "latest", "news",
})  # fmt: skip
_ASKED = frozenset({"q", "s", "query", "search", "suche", "recherche", "keyword", "keywords"})
_DATED_PATH = re.compile(r"/(?:19|20)\d\d[/-]?(?:0?[1-9]|1[0-2])(?:[/-]\d{1,2})?/.")
_SLUG = re.compile(r"(?:[^-_/]+[-_]){3}|\d{5}")

_DATES = (
    "article:published_time", "datepublished", "date", "dc.date", "dc.date.issued", "dcterms.created", "pubdate",
    "publishdate", "publish-date", "sailthru.date", "parsely-pub-date", "article.published", "og:published_time",
    "cxenseparse:recs:publishtime", "publication_date",
)  # fmt: skip

_LIST_TYPE = re.compile(
    r'"@type"\s*:\s*(?:\[[^]]*?)?"(?:CollectionPage|SearchResultsPage|ProfilePage|ItemList|Blog|WebPage/CollectionPage)"'
)
_NOT_FREE = re.compile(r'"isAccessibleForFree"\s*:\s*(?:"\s*false\s*"|false)', re.IGNORECASE)
_NOT_FREE_META = frozenset({"locked", "metered", "premium", "paid", "subscription", "subscriber", "subscribers"})
_ROOTS = frozenset({"root", "app", "__next", "__nuxt", "react-root", "main-app", "application", "gatsby-focus-wrapper"})


@dataclass(frozen=True, slots=True)
class Signals:
    """What a verdict is made of.

    Of the body: `words`, `sureness` (the F1 that its finder expects), `run` (words of its longest stretch without the
    headline of something else in it), the shares of its words in `cards` under such headlines, and in lines that are
    `cut` off. Of the page: `teasers` (headlines that lead elsewhere), `linked` (share of its words that are links),
    `says_list`, `says_article` and `is_dated` (by its metadata), `is_listing` and `is_article_path` (by its address).
    What it asks of its reader, and whether it is a mere shell for scripts, is looked for only where the body is short.
    """

    url: str
    titles: tuple[str, ...] = ()
    words: int = 0
    sureness: float = 1.0
    run: int = 0
    cards: float = 0.0
    cut: float = 0.0
    teasers: int = 0
    linked: float = 0.0
    page_words: int = 0
    headings: tuple[str, ...] = ()
    is_dated: bool = False
    is_home: bool = False
    is_listing: bool = False
    is_article_path: bool = False
    says_article: bool = False
    says_website: bool = False
    says_list: bool = False
    is_not_free: bool = False
    asks_for_payment: bool = False
    asks_who: bool = False
    is_shell: bool = False
    is_text_cut: bool = False


@dataclass(frozen=True, slots=True)
class _Set:
    """How the lines of a page are set: which are the body's, which are headlines of something else."""

    lines: Sequence[Line]
    own: Sequence[int]
    teasers: frozenset[int]

    def words(self, at: int) -> int:
        """The words of a line."""
        return word_count(self.lines[at].text)

    def share(self, numbers: Iterable[int]) -> float:
        """The share of the body's words in these of its lines."""
        return sum(map(self.words, numbers)) / (sum(map(self.words, self.own)) or 1)


def signals(document: Document, titles: Sequence[str], paragraphs: Sequence[str], sureness: float) -> Signals:
    """What the page shows; `paragraphs` is the body as it would be kept."""
    lines = document.lines
    teasers = frozenset(at for at in range(len(lines)) if _is_teaser(at, document))
    page = _Set(lines, _own(paragraphs, lines), teasers)
    carded = frozenset(at for at in page.own if _is_carded(at, page))
    plain = [at for at in page.own if at not in carded]
    words = sum(map(word_count, paragraphs))
    size = sum(len(line.text) for line in lines)
    return Signals(
        url=document.url,
        titles=tuple(titles),
        words=words,
        sureness=sureness,
        run=_run(page),
        cards=page.share(carded),
        cut=page.share(at for at in page.own if lines[at].text.endswith(_CUT) and page.words(at) >= _CARD_TEXT),
        teasers=len(teasers),
        linked=sum(len(line.text) for line in lines if line.is_linked) / (size or 1),
        headings=tuple(line.text for line in lines if line.is_heading)[:3],
        is_text_cut=bool(plain) and lines[plain[-1]].text.endswith(_CUT),
        **(_of_walls(document, page) if words * (1 - page.share(carded)) <= _SHORT else {}),
        **_of_address(document.url),
        **_of_metadata(document),
    )


def _of_walls(document: Document, page: _Set) -> dict[str, Any]:
    """What the page asks of its reader before it shows more."""
    return {
        "page_words": sum(word_count(line.text) for line in page.lines),
        "asks_for_payment": any(walls().asks_for_payment(text) for text in _around(page.own, page.lines)),
        "asks_who": any(field.get("type") == "password" for field in document.tree.iter("input")),
        "is_shell": _is_shell(document),
    }


def _of_metadata(document: Document) -> dict[str, bool]:
    """What the page says of its own kind."""
    scripts = "\n".join(
        script.text or "" for script in document.tree.iter("script") if "ld+json" in (script.get("type") or "").lower()
    )
    kind = document.first("og:type").lower()
    tier = document.first("article:content_tier", "access").lower()
    return {
        "is_dated": bool(document.data.get("datePublished")) or bool(document.first(*_DATES)),
        "says_article": kind.startswith("article") or bool(document.data),
        "says_website": kind in ("website", "blog", "profile"),
        "says_list": _LIST_TYPE.search(scripts) is not None,
        "is_not_free": _NOT_FREE.search(scripts) is not None or tier in _NOT_FREE_META,
    }


def is_consent_host(url: str) -> bool:
    """Whether the host does nothing but ask for consent."""
    return re.match(r"(?:consent|cmp|privacy-?gate|guce|collector)\.", host(url)) is not None


def _own(paragraphs: Sequence[str], lines: Sequence[Line]) -> list[int]:
    """The numbers of the lines that the body is made of; each paragraph counts for one line, the first alike."""
    wanted = {key(paragraph) for paragraph in paragraphs}
    own = []
    for at, line in enumerate(lines):
        if (text := key(line.text)) in wanted:
            wanted.discard(text)
            own.append(at)
    return own


def _is_teaser(at: int, document: Document) -> bool:
    """Whether the line is the headline of something else, its date perhaps beside it."""
    line = document.lines[at]
    linked = document.walk.blocks[at].linked
    is_link = not line.in_chrome and linked >= _LINKED_SHARE * len(line.text)
    return is_link and word_count(line.text) >= _TEASER


def _is_carded(at: int, page: _Set) -> bool:
    """Whether the line is the text of a teaser: a headline that leads elsewhere stands over it, or it is one itself."""
    if page.lines[at].is_linked or at in page.teasers:
        return True
    if page.words(at) < _CARD_TEXT:
        return False
    for above in range(at - 1, max(-1, at - 1 - _ABOVE), -1):
        if above in page.teasers:
            return True
        if page.words(above) >= PROSE and not page.lines[above].is_heading:
            return False
    return False


def _run(page: _Set) -> int:
    longest = words = 0
    last = page.own[0] if page.own else 0
    for at in page.own:
        if any(between in page.teasers for between in range(last + 1, at + 1)):
            words = 0
        words += page.words(at)
        longest, last = max(longest, words), at
    return longest


def _around(own: Sequence[int], lines: Sequence[Line]) -> Iterator[str]:
    """The texts of the lines that the body spans, and of those right beneath it."""
    first, last = (own[0], own[-1]) if own else (0, 0)
    return (line.text for line in lines[first : last + 1 + _NEAR])


def _of_address(url: str) -> dict[str, bool]:
    """Whether it is the address of a home page, of a list, of an article."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.lower().split("/") if segment]
    asks = any(name in _ASKED for name, _ in parse_qsl(parts.query))
    is_article = bool(_DATED_PATH.search(parts.path)) or bool(segments and _SLUG.search(segments[-1]))
    is_list = asks or (not is_article and any(segment in _LISTS for segment in segments))
    is_home = not parts.query and _HOME.fullmatch(parts.path) is not None
    return {"is_home": is_home, "is_listing": is_list, "is_article_path": is_article and not asks}


def _is_shell(document: Document) -> bool:
    """Whether the page has a place for text and scripts that will write it, or says so."""
    asks = (element.text_content() for element in document.tree.iter("noscript"))
    if any(walls().asks_for_scripts(" ".join(text.split())) for text in asks):
        return True
    if any(walls().asks_for_scripts(line.text) for line in document.lines[:20]):
        return True
    return any(element.get("id") in _ROOTS for element in document.tree.iter("div"))
